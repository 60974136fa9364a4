"""Speech for analyses that hear comes before the segments that it is the sound of; others cost nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from gateway.inbox import AudioInbox, HeardInbox, WorkInbox
from gateway.plan import ANALYSIS, BUILT_IN, Input, Plan
from rivermouth.analysis.v1 import analysis_pb2
from rivermouth.asr.v1 import asr_pb2
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2
from services.runtime.errors import Unavailable
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import Call, Gateway, gateway
from tests.gateway.puppets import Puppet, Speaker, Stream, annotation, puppets
from tests.gateway.test_inbox import TENTH, audio, speak, take

HEARING = ("enhanced_metrics", "emotion", "credibility")
QUICK = {"reconnect_initial": 0.01, "reconnect_max": 0.05}
STEREO = audio_pb2.AudioFormat(
    encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=48_000, channel_count=2
)
Request = analysis_pb2.StreamingAnalyzeRequest


def kinds(stream: Stream) -> list[str]:
    return [str(each.WhichOneof("request")) for each in stream.requests]


def heard(stream: Stream) -> bytes:
    return b"".join(each.audio.content for each in stream.requests)


def tenth(number: int) -> bytes:
    """100 ms that can be told apart."""
    return np.full(1600, number, np.int16).tobytes()


def asking(*names: str) -> list[config_pb2.AnalyserConfig]:
    return [config_pb2.AnalyserConfig(name=name) for name in names]


async def speak_tenths(call: Call, first: int, last: int) -> None:
    for number in range(first, last):
        await call.audio(tenth(number))


async def say(stages: dict[str, Puppet], text: str, start_ms: int, end_ms: int, number: int = 1) -> None:
    """Recognition says a segment, and semantics annotates it."""
    asr, semantics = await stages["asr"].stream(), await stages["semantics"].stream()
    speaker = Speaker(asr)
    speaker.count = number - 1
    await speaker.transcript(speaker.open(), text, end_ms, start_ms=start_ms)
    await semantics.until(lambda each: kinds(each).count("segment") == number)
    segment = [each.segment for each in semantics.requests if each.HasField("segment")][-1]
    await semantics.say(annotation(semantics, number, segment))


@pytest.mark.parametrize("name", HEARING)
async def test_speech_comes_before_the_segment_that_it_is_the_sound_of(over_grpc: bool, name: str) -> None:
    stages = puppets("asr", "semantics", "analysis")
    async with gateway({**actors(), **stages}, over_grpc) as serve:
        call = await serve.session(analysers=asking(name, "semantics"))
        await speak_tenths(call, 0, 13)
        analysis = await stages["analysis"].stream()
        speech = analysis.config.audio_format
        assert (speech.encoding, speech.sample_rate_hertz, speech.channel_count) == (1, 16_000, 1)
        await analysis.until(lambda each: len(heard(each)) == 10 * 3200)  # once a second is whole
        await (await stages["asr"].stream()).until(lambda each: len(heard(each)) == 13 * 3200)
        await say(stages, "one", 100, 1250)
        await analysis.until(lambda each: "segment" in kinds(each))
        assert kinds(analysis) == ["streaming_config", "audio", "audio", "segment"]
        assert heard(analysis) == b"".join(map(tenth, range(13)))
        assert [each.audio.sample_offset for each in analysis.requests[1:3]] == [0, 16_000]


async def test_a_session_whose_analyses_do_not_hear_sends_no_audio(over_grpc: bool) -> None:
    """The very messages that there were before anything could hear."""
    stages = puppets("asr", "semantics", "analysis")
    async with gateway({**actors(), **stages}, over_grpc) as serve:
        call = await serve.session(analysers=asking("quantitative_metrics", "semantics", "argument"))
        await speak_tenths(call, 0, 30)
        await say(stages, "one", 100, 1250)
        analysis = await stages["analysis"].stream()
        await analysis.until(lambda each: "segment" in kinds(each))
        assert kinds(analysis) == ["streaming_config", "segment"]
        assert not analysis.config.HasField("audio_format")


@pytest.mark.parametrize("is_allowed", [False, True])
async def test_what_only_models_hear_is_sent_where_they_may(over_grpc: bool, is_allowed: bool) -> None:
    stages = puppets("asr", "semantics", "analysis")
    async with gateway({**actors(), **stages}, over_grpc) as serve:
        recognition = asr_pb2.RecognitionConfig(allow_audio_egress=is_allowed)
        wanted = asking("text_audio_features", "semantics")
        call = await serve.session(analysers=wanted, recognition=recognition)
        await speak_tenths(call, 0, 30)
        await (await stages["asr"].stream()).until(lambda each: len(heard(each)) == 30 * 3200)
        await say(stages, "one", 100, 1250)
        analysis = await stages["analysis"].stream()
        await analysis.until(lambda each: "segment" in kinds(each))
        assert len(heard(analysis)) == (30 * 3200 if is_allowed else 0)
        assert set(kinds(analysis)) - {"audio"} == {"streaming_config", "segment"}
        assert analysis.config.HasField("audio_format") is is_allowed


@pytest.mark.parametrize("is_allowed", [False, True])
async def test_whether_audio_may_go_to_a_vendor_is_passed_on(is_allowed: bool) -> None:
    stages = puppets("analysis")
    async with gateway({**actors(), **stages}) as serve:
        recognition = asr_pb2.RecognitionConfig(allow_audio_egress=is_allowed)
        call = await serve.session(analysers=asking("emotion"), recognition=recognition)
        await speak_tenths(call, 0, 1)
        analysis = await stages["analysis"].stream()
        assert analysis.config.allow_audio_egress is is_allowed


async def test_a_session_of_text_has_no_audio_to_give() -> None:
    stages = puppets("analysis")
    async with gateway({**actors(), **stages}) as serve:
        call = await serve.session(analysers=asking(*HEARING), audio_format=None)
        await call.text(0.0, 1.0, "well then")
        await call.finish()
        analysis = await stages["analysis"].stream()
        await analysis.until(lambda each: each.half_closed)
        assert kinds(analysis) == ["streaming_config", "segment"]
        analysis.finish()
        await call.drain()


async def test_other_rates_and_channels_come_as_sixteen_kilohertz_with_true_places() -> None:
    stages = puppets("analysis")
    async with gateway({**actors(), **stages}) as serve:
        call = await serve.session(analysers=asking("emotion"), audio_format=STEREO)
        for _ in range(25):
            await call.audio(bytes(4800 * 4))
        await call.finish()
        analysis = await stages["analysis"].stream()
        await analysis.until(lambda each: each.half_closed)
        assert len(heard(analysis)) == 40_000 * 4
        pieces = [each.audio for each in analysis.requests if each.HasField("audio")]
        place = 0
        for piece in pieces:
            assert piece.sample_offset == place
            place += len(piece.content) // 4
        items = [each for each in kinds(analysis) if each not in ("streaming_config", "audio")]
        assert len(pieces) <= 3 + len(items)
        analysis.finish()
        await call.drain()
        rules.check(call.events)


async def test_a_stage_that_takes_nothing_loses_audio_and_no_segment() -> None:
    """Its audio is forgotten, oldest first, and counted; nobody waits for it."""
    inbox = HeardInbox(audio(5, 10 * TENTH), work := WorkInbox(3))
    inner: AudioInbox = inbox.audio
    speak(inner, "abcdefgh")
    assert [work.put(str(number), number) for number in range(4)] == [True, True, True, False]
    assert inner.dropped == 3
    assert take(inbox) == [("defgh", 3), 0, 1, 2]


def test_speech_goes_before_items_and_holds_none_up() -> None:
    inbox = HeardInbox(audio(50, 10 * TENTH), work := WorkInbox(9))
    speak(inbox.audio, "abc")
    assert inbox.idle()  # a second is not whole
    work.put("1", "one")
    assert take(inbox) == [("abc", 0), "one"]
    work.put("2", "two")
    taken: list[Any] = []
    for number in range(100):  # sound that never ends comes between, but not for ever
        speak(inbox.audio, "x" * 10, 3 + 10 * number)
        taken += take(inbox, 1)
        if "two" in taken:
            break
    assert len(taken) == 6


async def test_the_reader_is_woken_by_either_and_ends_with_both() -> None:
    inbox = HeardInbox(audio(50), work := WorkInbox(9))
    for put, expected in ((lambda: speak(inbox.audio, "a"), ("a", 0)), (lambda: work.put("1", "one"), "one")):
        waiting = asyncio.create_task(inbox.get())
        await asyncio.sleep(0)
        assert not waiting.done()
        put()
        assert await asyncio.wait_for(waiting, 1) == expected
    speak(inbox.audio, "b")
    inbox.close()
    assert inbox.closed
    assert take(inbox) == [("b", 0)]
    with pytest.raises(StopAsyncIteration):
        await inbox.get()


def segment_request(name: str) -> Any:
    request = Request()
    request.segment.transcript.header.result_id = name
    return request


def test_after_a_loss_segments_come_again_and_sound_does_not() -> None:
    inbox = HeardInbox(audio(50), work := WorkInbox(9, history=True))
    speak(inbox.audio, "ab")
    work.put("1", segment_request("1"))
    take(inbox)
    inbox.rewind()
    speak(inbox.audio, "c", 2)
    sound, again = take(inbox)
    assert sound == ("c", 2)
    assert (again.segment.transcript.header.result_id, again.segment.replayed) == ("1", True)


async def test_after_a_kill_segments_come_again_and_sound_goes_on_where_it_is() -> None:
    stages = puppets("asr", "semantics", "analysis")
    async with gateway({**actors(), **stages}, stage=QUICK) as serve:
        call = await serve.session(analysers=asking("emotion", "semantics"))
        await speak_tenths(call, 0, 10)
        await (await stages["asr"].stream()).until(lambda each: len(heard(each)) == 10 * 3200)
        await say(stages, "one", 0, 900)
        first = await stages["analysis"].stream()
        await first.until(lambda each: "segment" in kinds(each))
        first.fail(Unavailable("TEST_GONE", "it was killed"))
        status = events_pb2.AnalyserStatus
        await call.until("analyser_status", lambda each: each.state == status.STATE_RUNNING)
        await speak_tenths(call, 10, 20)
        await (await stages["asr"].stream()).until(lambda each: len(heard(each)) == 20 * 3200)
        await say(stages, "two", 1000, 1900, 2)
        again = await stages["analysis"].stream(1)
        await again.until(lambda each: kinds(each).count("segment") == 2)
        replayed, new = (each.segment for each in again.requests if each.HasField("segment"))
        assert (replayed.replayed, new.replayed) == (True, False)
        assert heard(again) == b"".join(map(tenth, range(10, 20)))
        assert next(each.audio for each in again.requests if each.HasField("audio")).sample_offset == 16_000


def inputs(infos: Any) -> dict[str, list[str]]:
    return {each.name: list(each.inputs) for each in infos}


async def test_clients_are_told_who_hears() -> None:
    async with gateway(actors()) as serve:
        able = inputs((await capabilities(serve)).analysers)
        assert able["emotion"] == ["annotations", "speech"]
        assert able["text_audio_features"] == ["annotations", "speech"]
        assert able["quantitative_metrics"] == ["annotations"]
        call = serve()
        await call.send(
            streaming_config=config_pb2.StreamingConfig(
                audio_format=STEREO, analysers=asking("emotion", "summary")
            )
        )
        told = inputs((await call.until("session_started")).analysers)
        assert told["emotion"] == ["annotations", "speech"]
        assert told["summary"] == ["annotations"]
        call = serve()
        wanted = asking("emotion", "text_audio_features")  # this one is given speech only where it may leave
        await call.send(streaming_config=config_pb2.StreamingConfig(audio_format=STEREO, analysers=wanted))
        told = inputs((await call.until("session_started")).analysers)
        assert (told["emotion"], told["text_audio_features"]) == (["annotations", "speech"], ["annotations"])
        call = serve()
        await call.send(streaming_config=config_pb2.StreamingConfig(analysers=asking("emotion")))
        told = inputs((await call.until("session_started")).analysers)
        assert told["emotion"] == ["annotations"]


async def capabilities(serve: Gateway) -> Any:
    return await serve.ask("GetCapabilities", service_pb2.GetCapabilitiesRequest())


@pytest.mark.parametrize(
    ("wanted", "has_audio", "may_leave", "has_speech"),
    [
        (["emotion"], True, False, True),
        (["text_audio_features"], True, True, True),  # for models
        (["text_audio_features"], True, False, False),
        (["text_audio_features"], False, True, False),
        (["summary", "credibility"], True, False, True),
        (["emotion"], False, True, False),
        (["summary"], True, True, False),
        ([], True, True, False),
    ],
)
def test_the_plan_gives_speech_where_it_is_wanted(
    wanted: list[str], has_audio: bool, may_leave: bool, has_speech: bool
) -> None:
    stages = Plan(BUILT_IN).for_session(wanted, has_audio, may_leave)
    (analysis,) = [each for each in stages if each.name == ANALYSIS.name]
    assert (Input.SPEECH in analysis.spec.inputs) is has_speech
    assert Input.ANNOTATIONS in analysis.spec.inputs
