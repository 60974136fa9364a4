"""Over the wire, with the scripted recogniser: what every stream gets, in which order, with which times.

The script: speech for 2 s, silence for 0.5 s; word number n is WORDS[n % 12] from n * 0.5 to (n + 1) * 0.5 s.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from rivermouth.asr.v1 import asr_pb2
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE
from rivermouth.transcript.v1.transcript_pb2 import SpeechActivity, UtteranceEnd
from services.asr.settings import ScriptedSettings
from services.runtime.offsets import MILLISECOND, duration, from_seconds, nanoseconds
from tests.services.asr.conversation import (
    Answers,
    audio,
    configure,
    finalize,
    read_all,
    serving,
    silence,
    zeros,
)

WORDS = ScriptedSettings().words


def seconds(value) -> float:
    return nanoseconds(value) / 1e9


def spoken(first: int, last: int) -> str:
    return " ".join(WORDS[number % len(WORDS)] for number in range(first, last))


async def test_a_stream_from_start_to_whole_text() -> None:
    async with serving() as service:
        answers = (await service.converse([configure(), *zeros(7.5)])).check()
    assert [final.text for final in answers.finals] == [spoken(0, 4), spoken(5, 9), spoken(10, 14)]
    assert answers.of("transcript_complete")[0].text == " ".join([spoken(0, 4), spoken(5, 9), spoken(10, 14)])
    assert answers.of("started")[0].engine == "scripted"
    assert [final.header.result_id for final in answers.finals] == ["asr/1/1", "asr/1/2", "asr/1/3"]
    assert all(final.header.outcome == OUTCOME_COMPLETE for final in answers.finals)
    assert [(seconds(end.start_offset), seconds(end.end_offset)) for end in answers.of("utterance_end")] == [
        (0.0, 2.0),
        (2.5, 4.5),
        (5.0, 7.0),
    ]
    first = answers.finals[0]
    assert [(seconds(word.start_offset), seconds(word.end_offset)) for word in first.words] == [
        (0.0, 0.5),
        (0.5, 1.0),
        (1.0, 1.5),
        (1.5, 2.0),
    ]
    assert first.confidence == pytest.approx(0.9)
    assert first.language_code == "en-US"


async def test_interims_come_while_the_audio_still_comes() -> None:
    async with serving() as service:
        call = service.stub.StreamingRecognize()
        await call.write(configure())
        for chunk in zeros(1.6):
            await call.write(chunk)
        responses = []
        async with asyncio.timeout(10):
            while not any(response.transcript.text == spoken(0, 3) for response in responses):
                responses.append(await call.read())
        assert not any(response.transcript.is_final for response in responses)
        await call.done_writing()
        answers = Answers([*responses, *await read_all(call)]).check()
    assert answers.finals[0].text == spoken(0, 3)
    assert answers.of("utterance_end")[0].cause == UtteranceEnd.CAUSE_END_OF_AUDIO


async def test_words_of_an_interim_become_final_one_by_one() -> None:
    script = {"speech_seconds": 10.0, "word_seconds": 0.5}
    async with serving(scripted=script, settle_agreement=2, settle_seconds=1.0) as service:
        answers = (await service.converse([configure(), *zeros(8)])).check()
    settled = [sum(word.is_final for word in interim.words) for interim in answers.interims]
    assert settled == sorted(settled)
    assert settled[-1] >= 10


async def test_speech_activity_tells_onset_and_end() -> None:
    async with serving() as service:
        answers = (await service.converse([configure(), *zeros(5)])).check()
    activity = [(each.type, seconds(each.offset)) for each in answers.of("speech_activity")]
    begin, end = SpeechActivity.TYPE_SPEECH_BEGIN, SpeechActivity.TYPE_SPEECH_END
    assert activity == [(begin, 0.0), (end, 2.0), (begin, 2.5), (end, 4.5)]


async def test_channels_are_recognised_and_named_on_their_own() -> None:
    recognition = asr_pb2.RecognitionConfig(
        channels=[
            asr_pb2.ChannelConfig(channel_tag=1, speaker="agent"),
            asr_pb2.ChannelConfig(channel_tag=3, speaker="customer"),
        ]
    )
    requests = [configure(channels=3, recognition=recognition), *zeros(2.5, channels=3)]
    async with serving() as service:
        answers = (await service.converse(requests)).check()
    assert {final.channel_tag: final.speaker for final in answers.finals} == {
        1: "agent",
        2: "",
        3: "customer",
    }
    assert sorted(final.header.result_id for final in answers.finals) == ["asr/1/1", "asr/2/1", "asr/3/1"]
    assert {answers.text(tag) for tag in (1, 2, 3)} == {spoken(0, 4)}


async def test_all_times_and_ids_follow_the_callers_clock_and_identity() -> None:
    async with serving() as service:
        requests = [configure(start=100.0, stage="asr", incarnation=2), *zeros(2.5)]
        answers = (await service.converse(requests)).check()
    final = answers.finals[0]
    assert (seconds(final.start_offset), seconds(final.end_offset)) == (100.0, 102.0)
    assert seconds(final.words[0].start_offset) == 100.0
    assert final.text == spoken(200, 204)
    assert final.header.result_id == "asr~2/1/1"
    assert answers.of("transcript_complete")[0].header.result_id == "asr~2/0/complete"
    assert answers.accepted == from_seconds(102.5)


async def test_cursors_come_each_second_and_let_the_caller_forget() -> None:
    async with serving(scripted={"speech_seconds": 3.0, "silence_seconds": 7.0}) as service:
        answers = (await service.converse([configure(), *zeros(10)])).check()
    cursors = [response.cursors for response in answers.responses if response.HasField("cursors")]
    accepted = [0, *(nanoseconds(each.accepted) for each in cursors)]
    assert max(later - earlier for earlier, later in pairwise(accepted)) <= from_seconds(1)
    for each in cursors:
        if seconds(each.accepted) <= 3.0:
            assert seconds(each.final) == 0.0  # the utterance is open: all of it may be needed again
    silent = cursors[-2]
    assert seconds(silent.final) == pytest.approx(seconds(silent.accepted) - 0.3)  # less pre_roll
    assert seconds(cursors[-1].accepted) == seconds(cursors[-1].final) == 10.0


async def test_a_final_carries_the_cursor_behind_itself() -> None:
    """So that a caller who has it never asks for the same speech again."""
    async with serving() as service:
        answers = (await service.converse([configure(), *zeros(2.5)])).check()
    (final,) = [response for response in answers.responses if response.transcript.is_final]
    assert nanoseconds(final.cursors.final) >= nanoseconds(final.transcript.end_offset)


async def test_a_stream_begun_again_at_the_final_cursor_says_the_rest() -> None:
    async with serving() as service:
        first = await service.converse([configure(), *zeros(6)])
        (cursor, *_) = [
            seconds(response.cursors.final) for response in first.responses if response.transcript.is_final
        ]
        rest = await service.converse([configure(start=cursor, incarnation=1), *zeros(6 - cursor)])
    assert [final.text for final in rest.check().finals] == [final.text for final in first.finals[1:]]


async def test_finalize_closes_and_is_answered_after_what_it_closed() -> None:
    async with serving() as service:
        requests = [configure(), *zeros(1.2), finalize(7), *zeros(0.5)]
        answers = (await service.converse(requests)).check()
    kinds = answers.kinds
    assert kinds.index("utterance_end") < kinds.index("finalized")
    assert answers.of("utterance_end")[0].cause == UtteranceEnd.CAUSE_FINALIZE
    (finalized,) = answers.of("finalized")
    assert (finalized.request_id, finalized.closed) == (7, 1)
    assert answers.finals[0].text == spoken(0, 2)


async def test_finalize_waits_for_a_slow_final_while_the_audio_goes_on() -> None:
    async with serving(scripted={"delay": 0.2}) as service:
        requests = [configure(), *zeros(1.2), finalize(1), *zeros(1.3), finalize(2)]
        answers = (await service.converse(requests)).check()
    assert [each.request_id for each in answers.of("finalized")] == [1, 2]
    kinds = answers.kinds
    assert kinds.index("utterance_end") < kinds.index("finalized")


async def test_finalize_with_nothing_open_is_answered_too() -> None:
    async with serving() as service:
        requests = [configure(channels=2), finalize(1), *zeros(2.5, channels=2), finalize(2, channel=2)]
        answers = (await service.converse(requests)).check()
    assert [(each.request_id, each.closed) for each in answers.of("finalized")] == [(1, 0), (2, 0)]


async def test_finalize_of_one_channel_leaves_the_others_open() -> None:
    async with serving() as service:
        requests = [
            configure(channels=2),
            *zeros(1, channels=2),
            finalize(1, channel=2),
            *zeros(1, channels=2),
        ]
        answers = (await service.converse(requests)).check()
    causes = [(end.channel_tag, end.cause) for end in answers.of("utterance_end")]
    assert causes[0] == (2, UtteranceEnd.CAUSE_FINALIZE)
    assert (1, UtteranceEnd.CAUSE_FINALIZE) not in causes


async def test_update_changes_endpointing_and_interims_from_then_on() -> None:
    shorter = asr_pb2.RecognitionConfig(
        interim_results=False,
        endpointing=asr_pb2.Endpointing(max_utterance=duration(from_seconds(2.0))),
    )
    script = {"speech_seconds": 30.0}
    async with serving(scripted=script) as service:
        requests = [configure(), *zeros(1), asr_pb2.StreamingRecognizeRequest(update=shorter), *zeros(5)]
        answers = (await service.converse(requests)).check()
    assert UtteranceEnd.CAUSE_MAX_DURATION in {end.cause for end in answers.of("utterance_end")}
    assert len(answers.finals) == 3
    assert all(seconds(each.end_offset) <= 1.0 for each in answers.interims)


async def test_a_bad_update_is_a_failure_and_changes_nothing() -> None:
    bad = asr_pb2.RecognitionConfig(
        language_code="de", endpointing=asr_pb2.Endpointing(end_silence=duration(from_seconds(9)))
    )
    async with serving() as service:
        requests = [configure(), asr_pb2.StreamingRecognizeRequest(update=bad), *zeros(2.5)]
        answers = (await service.converse(requests)).check()
    (failure,) = answers.of("failure")
    assert failure.reason == "UPDATE_INVALID"
    assert set(failure.metadata) == {"update.language_code", "update.endpointing.end_silence"}
    assert answers.text() == spoken(0, 4)


async def test_interims_can_be_left_out() -> None:
    async with serving() as service:
        recognition = asr_pb2.RecognitionConfig(interim_results=False)
        answers = (await service.converse([configure(recognition=recognition), *zeros(5)])).check()
    assert answers.interims == []
    assert len(answers.finals) == 2


@pytest.mark.parametrize("length", [0.3, 1.0, 3.0, 60.0])
async def test_silence_advances_the_clock_like_zeros(length) -> None:
    script = {"speech_seconds": 0.9, "silence_seconds": 200.0}
    async with serving(scripted=script) as service:
        sent = (await service.converse([configure(), *zeros(0.9), silence(length)])).check()
        zeroed = (await service.converse([configure(), *zeros(0.9), *zeros(length)])).check()
    assert sent.accepted == from_seconds(0.9 + length)
    assert sent.accepted == zeroed.accepted
    assert sent.text() == zeroed.text() == spoken(0, 2)


async def test_audio_after_silence_has_its_true_time() -> None:
    async with serving(scripted={"speech_seconds": 100.0}) as service:
        answers = (await service.converse([configure(), *zeros(1), silence(58.5), *zeros(2)])).check()
    assert answers.finals[0].text == spoken(0, 2)
    assert answers.finals[1].text == spoken(119, 123)
    assert seconds(answers.finals[1].words[0].start_offset) == 59.5
    assert seconds(answers.finals[1].start_offset) == 59.5


async def test_latency_is_told() -> None:
    async with serving(scripted={"delay": 0.05}) as service:
        answers = (await service.converse([configure(), *zeros(2.5)])).check()
    for response in answers.responses:
        if response.HasField("transcript"):
            assert nanoseconds(response.latency.inference) == 50 * MILLISECOND


@pytest.mark.parametrize(
    ("rate", "encoding", "bytes_per_sample"), [(8_000, 3, 1), (48_000, 2, 4), (44_100, 1, 2)]
)
async def test_any_declared_format_keeps_the_clock(rate, encoding, bytes_per_sample) -> None:
    size = rate // 10 * bytes_per_sample * 2
    async with serving() as service:
        requests = [configure(rate=rate, encoding=encoding, channels=2), *[audio(bytes(size))] * 25]
        answers = (await service.converse(requests)).check()
    assert answers.text(1) == answers.text(2) == spoken(0, 4)
    assert answers.accepted == from_seconds(2.5)


async def test_options_that_the_engine_does_not_know_are_told() -> None:
    recognition = asr_pb2.RecognitionConfig(
        speech_contexts=[asr_pb2.SpeechContext(phrases=["rivermouth"])], profanity_filter=True
    )
    async with serving() as service:
        answers = (await service.converse([configure(recognition=recognition), *zeros(1)])).check()
    assert [(each.reason, each.metadata["option"]) for each in answers.of("failure")] == [
        ("OPTION_UNSUPPORTED", "speech_contexts"),
    ]
