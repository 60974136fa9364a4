"""One channel with a recogniser that says what the test wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeResponse
from rivermouth.result.v1.result_pb2 import OUTCOME_FAILED, OUTCOME_SKIPPED, StreamIdentity
from services.asr.channel import Channel
from services.asr.engine import (
    DEFAULT_OPTIONS,
    NANOSECONDS_PER_SAMPLE,
    Hypothesis,
    Opening,
    Options,
    Phrase,
    Word,
)
from services.asr.outbox import Outbox
from services.asr.recogniser import Listener, RecognitionFailure, Timing
from services.asr.responses import ChannelResponses, StreamResponses
from services.asr.settings import AsrSettings
from services.asr.utterance import Cause, Endpointing
from services.runtime.results import ResultOrigin

WINDOW = 512
PCM = bytes(2 * WINDOW)


@dataclass
class Dictation:
    """A decoding whose results the test gives."""

    listener: Listener
    opening: Opening
    started: bool = True
    pcm: bytearray = field(default_factory=bytearray)
    pauses: list[int] = field(default_factory=list)
    finished: bool = False
    cancelled: bool = False

    def accept(self, pcm: bytes) -> None:
        assert not self.finished
        self.pcm += pcm

    def pause(self) -> None:
        self.pauses.append(len(self.pcm) // 2)

    def finish(self) -> None:
        self.finished = True

    def cancel(self) -> None:
        self.cancelled = True

    def says(self, text: str, confidence: float | None = 0.9, adaptation: str = "") -> Hypothesis:
        """Words one after the other over the audio so far."""
        samples = len(self.pcm) // 2
        words = text.split()
        each = samples * NANOSECONDS_PER_SAMPLE // max(len(words), 1)
        said = (Word(word, n * each, (n + 1) * each, confidence) for n, word in enumerate(words))
        return Hypothesis(tuple(said), samples, adaptation)

    def interim(self, text: str) -> None:
        self.listener.interim(self.says(text), Timing())

    def final(self, text: str, confidence: float | None = 0.9, adaptation: str = "") -> None:
        self.listener.final(self.says(text, confidence, adaptation), Timing())


class Setting:
    """A channel, its recogniser and what it has sent."""

    name, model, language, is_full = "dictated", "dictated-1", "en-US", False

    def __init__(self, endpointing: Endpointing | None = None, options: Options = DEFAULT_OPTIONS) -> None:
        self.decodings: list[Dictation] = []
        self.outbox = Outbox(1_000)
        stream = StreamResponses(
            self.outbox,
            ResultOrigin(StreamIdentity(), "asr", self.model),
            0,
            self.language,
            lambda: (0, 0, 0),
        )
        self.channel = Channel(
            AsrSettings(engine="scripted"),
            endpointing or Endpointing(),
            self,  # type: ignore[arg-type]
            ChannelResponses(stream, 1, "anna", lambda: None),
            0,
            True,
            options,
        )

    def open(self, listener: Listener, opening: Opening) -> Dictation:
        self.decodings.append(Dictation(listener, opening))
        return self.decodings[-1]

    def hear(self, windows: int, probability: float) -> None:
        for _ in range(windows):
            self.channel.accept(PCM, [probability], WINDOW)

    async def sent(self) -> list[StreamingRecognizeResponse]:
        self.outbox.close()
        sent: list[StreamingRecognizeResponse] = []

        async def send(response: StreamingRecognizeResponse) -> None:
            sent.append(response)

        await self.outbox.drain(send)
        return sent


def kinds(sent: list[StreamingRecognizeResponse]) -> list[str | None]:
    return [response.WhichOneof("result") for response in sent]


async def test_the_decoder_gets_the_pre_roll_the_speech_and_a_short_trail() -> None:
    setting = Setting()
    setting.hear(30, 0.0)
    setting.hear(30, 0.9)
    setting.hear(20, 0.0)
    (decoding,) = setting.decodings
    assert decoding.opening == Opening(30 * WINDOW - 4_800, 4_800, "")
    assert len(decoding.pcm) // 2 == 4_800 + 30 * WINDOW + 3_200
    assert decoding.finished


async def test_a_pause_inside_an_utterance_is_handed_over_when_speech_goes_on() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    setting.hear(12, 0.0)
    setting.hear(5, 0.9)
    assert len(setting.decodings[0].pcm) // 2 == 47 * WINDOW


async def test_a_pause_is_told_once_when_all_audio_of_a_final_is_there() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    setting.hear(12, 0.0)
    setting.hear(5, 0.9)
    setting.hear(20, 0.0)
    (decoding,) = setting.decodings
    assert decoding.pauses == [30 * WINDOW + 3_200, 47 * WINDOW + 3_200]
    assert decoding.finished
    assert len(decoding.pcm) // 2 == decoding.pauses[-1]


async def test_a_pause_while_an_utterance_waits_is_told_when_its_turn_comes() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    setting.hear(20, 0.0)
    setting.hear(30, 0.9)
    setting.hear(8, 0.0)
    setting.decodings[0].final("one")
    assert setting.decodings[1].pauses == [len(setting.decodings[1].pcm) // 2]


async def test_options_reach_the_engine() -> None:
    options = Options("de-DE", phrases=(Phrase("Rivermouth", 5.0),))
    setting = Setting(options=options)
    setting.hear(30, 0.9)
    assert setting.decodings[0].opening.options == options


async def test_an_engine_that_settles_words_itself_is_taken_at_its_word() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    decoding = setting.decodings[0]
    said = replace(decoding.says("one two three"), settled=2, stability=0.75)
    decoding.listener.interim(said, Timing())
    (interim,) = [each.transcript for each in await setting.sent() if each.HasField("transcript")]
    assert [word.is_final for word in interim.words] == [True, True, False]
    assert interim.stability == pytest.approx(0.75)


async def test_words_shown_and_then_none_end_as_skipped() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    setting.decodings[0].interim("well")
    setting.channel.close(Cause.END_OF_AUDIO)
    setting.decodings[0].final("")
    sent = await setting.sent()
    expected = ["speech_activity", "transcript", "speech_activity", "transcript", "utterance_end"]
    assert kinds(sent) == expected
    terminal = [each.transcript for each in sent if each.transcript.is_final]
    assert [(each.header.outcome, each.header.failure.reason, each.text) for each in terminal] == [
        (OUTCOME_SKIPPED, "NO_SPEECH_RECOGNISED", "")
    ]
    assert sent[-1].utterance_end.segment_id == "asr/1/1"


async def test_nothing_shown_and_nothing_recognised_is_only_an_end() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    setting.channel.close(Cause.END_OF_AUDIO)
    setting.decodings[0].final("")
    sent = await setting.sent()
    assert kinds(sent) == ["speech_activity", "speech_activity", "utterance_end"]
    assert sent[-1].utterance_end.segment_id == ""


@pytest.mark.parametrize(
    ("probability", "confidence", "accepted"),
    [(0.9, 0.9, True), (0.9, 0.1, False), (0.52, 0.9, False), (0.9, None, True)],
)
async def test_guards_keep_out_what_is_hardly_speech(probability, confidence, accepted) -> None:
    setting = Setting()
    setting.hear(30, probability)
    setting.channel.close(Cause.END_OF_AUDIO)
    setting.decodings[0].final("no noise", confidence)
    finals = [each.transcript.text for each in await setting.sent() if each.HasField("transcript")]
    assert finals == (["no noise"] if accepted else [])


async def test_hardly_speech_shows_no_interims() -> None:
    setting = Setting()
    setting.hear(30, 0.52)
    setting.decodings[0].interim("hum")
    assert kinds(await setting.sent()) == ["speech_activity"]


async def test_a_second_decoder_is_silent_until_it_knows_more() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    decoding = setting.decodings[0]
    decoding.interim("one two three")
    early = Hypothesis(decoding.says("one").words, samples=100)
    decoding.listener.interim(early, Timing())
    setting.hear(10, 0.9)
    decoding.interim("one two three four")
    texts = [each.transcript.text for each in await setting.sent() if each.HasField("transcript")]
    assert texts == ["one two three four"]  # the older one was not sent yet, and is replaced


async def test_utterances_are_decoded_in_order_each_with_what_was_learnt() -> None:
    setting = Setting()
    for _ in range(2):
        setting.hear(30, 0.9)
        setting.hear(20, 0.0)
    (first,) = setting.decodings
    first.final("one", adaptation="40,3,-1")
    first_again, second = setting.decodings
    assert first_again is first
    assert second.opening.adaptation == "40,3,-1"
    assert second.finished
    second.final("two")
    texts = [each.transcript.text for each in await setting.sent() if each.transcript.is_final]
    assert texts == ["one", "two"]
    assert setting.channel.opened == setting.channel.closed == 2


@pytest.mark.parametrize("ended_first", [True, False])
async def test_a_failed_utterance_has_its_terminal_with_what_was_shown(ended_first) -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    decoding = setting.decodings[0]
    decoding.interim("one two")
    fail: Callable[[], None] = lambda: decoding.listener.failed(RecognitionFailure("RECOGNISER_DIED", "gone"))  # noqa: E731
    end: Callable[[], None] = lambda: setting.hear(20, 0.0)  # noqa: E731
    for step in (end, fail) if ended_first else (fail, end):
        step()
    (terminal,) = [each.transcript for each in await setting.sent() if each.transcript.is_final]
    assert (terminal.header.outcome, terminal.header.failure.reason) == (OUTCOME_FAILED, "RECOGNISER_DIED")
    assert terminal.text == "one two"
    assert setting.channel.closed == 1
    assert setting.channel.backlog() == (0, 0)


async def test_words_past_the_boundary_are_not_claimed() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    setting.channel.close(Cause.FINALIZE)
    decoding = setting.decodings[0]
    end = len(decoding.pcm) // 2 * NANOSECONDS_PER_SAMPLE
    words = (
        Word("inside", 0, end // 2, 0.9),
        Word("over", end // 2, 2 * end, 0.9),
        Word("outside", end, 2 * end, 0.9),
    )
    decoding.listener.final(Hypothesis(words, len(decoding.pcm) // 2), Timing())
    (final,) = [each.transcript for each in await setting.sent() if each.transcript.is_final]
    assert final.text == "inside over"
    assert final.words[-1].end_offset == final.end_offset


async def test_cancelling_cancels_what_is_decoded() -> None:
    setting = Setting()
    setting.hear(30, 0.9)
    setting.channel.cancel()
    assert setting.decodings[0].cancelled


async def test_the_final_position_follows_the_oldest_unfinished_utterance() -> None:
    setting = Setting()
    setting.hear(30, 0.0)
    assert setting.channel.final_position == 30 * WINDOW - 4_800
    setting.hear(30, 0.9)
    setting.hear(20, 0.0)
    assert setting.channel.final_position == setting.decodings[0].opening.start
    setting.decodings[0].final("one")
    assert setting.channel.final_position == 80 * WINDOW - 4_800
    assert setting.channel.interim_position >= setting.channel.final_position
