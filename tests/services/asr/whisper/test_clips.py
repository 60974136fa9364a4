"""The micro Whisper on recordings: what trips agreement of hypotheses, and that cuts change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.asr.channel import Channel
from services.asr.front import SileroFront
from services.asr.settings import AsrSettings
from services.asr.utterance import Cause, Endpointing
from services.asr.whisper.decoder import Decoder
from services.asr.whisper.guards import Guards
from services.asr.whisper.marks import plain
from services.audio.vad import SileroModel
from tests.services.asr.clips import errors
from tests.services.asr.sounds import SOUNDS, sound
from tests.services.asr.whisper.passes import Heard, Passes

SECOND = 16_000


class Stage:
    """One channel over a real model, without a stream; what is said comes as the texts of its utterances."""

    language, languages, options = "en", ("en",), frozenset()
    is_full, retry_after, interim_lag, load, name = False, None, 0.0, 0.0, "whisper"

    def __init__(self, model) -> None:
        self.passes = Passes(
            lambda request: Decoder(model, Guards(), short_windows=True).decode([request])[0]
        )
        self.heard: list[Heard] = []

    def open(self, listener, opening):
        heard = Heard()
        self.heard.append(heard)
        return self.passes.open(_Both(heard, listener), lead=opening.lead)

    async def say(self, samples, cuts, endpointing: Endpointing | None = None) -> list[str]:
        front = SileroFront(SileroModel.shared(), SECOND, 1)
        async with self.passes.scheduler:
            channel = Channel(
                AsrSettings(engine="scripted"), endpointing or Endpointing(), self, _Output(), 0, True
            )
            position, index = 0, 0
            while position < len(samples):
                piece = samples[position : position + cuts[index % len(cuts)]]
                position, index = position + len(piece), index + 1
                (each,) = front.accept(piece.tobytes())
                channel.accept(each.pcm, each.probabilities, front.window)
                await self.passes.run()
            (each,) = front.flush()
            channel.accept(each.pcm, each.probabilities, front.window)
            channel.flush(each.last)
            channel.close(Cause.END_OF_AUDIO)
            await self.passes.run()
            assert channel.closed == channel.opened
        return [heard.text for heard in self.heard if heard.text]


class _Both:
    """Tells two listeners."""

    def __init__(self, *listeners) -> None:
        self.interim = lambda *told: [listener.interim(*told) for listener in listeners]
        self.final = lambda *told: [listener.final(*told) for listener in listeners]
        self.failed = lambda *told: [listener.failed(*told) for listener in listeners]


class _Output:
    """Of a channel; nobody listens."""

    segment_id = "1"

    def open_segment(self):
        return self

    def __getattr__(self, name):
        return lambda *told, **named: None


def plain_words(texts: list[str]) -> list[str]:
    return [plain(word) for text in texts for word in text.split()]


@pytest.mark.parametrize("name", ["who", "digits", "stops_short", "pauses_12s"])
@pytest.mark.parametrize("chunk", [1_600, 8_000])
async def test_what_is_said_is_heard(model, clip, name, chunk) -> None:
    truth = clip(name)
    heard = plain_words(await Stage(model).say(truth.samples, [chunk]))
    assert errors(truth.said, heard) <= round(0.1 * len(truth.words))
    assert heard[0] == truth.words[0][0], "a first word half heard"
    assert heard[-1] == truth.words[-1][0], "the last word is lost"


async def test_digits_that_repeat_stay(model, clip) -> None:
    (text,) = [
        " ".join(plain_words([text]))
        for text in await Stage(model).say(clip("digits").samples, [1_600])
        if "eight" in text
    ]
    assert "eight six eight" in text


async def test_a_minute_without_a_pause_costs_and_errs_as_little(model, clip) -> None:
    truth, stage = clip("continuous_60s"), Stage(model)
    heard = plain_words(await stage.say(truth.samples, [4_000], Endpointing(max_utterance=60 * SECOND)))
    assert len(stage.heard) == 1
    assert errors(truth.said, heard) <= 0.06 * len(truth.words)
    windows = [request.window.length for request in stage.passes.requests]
    assert max(windows) <= 10 * SECOND
    assert sum(windows) / len(windows) < 5 * SECOND
    thirds = np.array_split(windows, 3)
    assert max(map(sum, thirds)) < 1.6 * min(map(sum, thirds)), "the cost grows with the length"


@given(cuts=st.lists(st.integers(160, 2 * SECOND), min_size=1, max_size=12))
@settings(max_examples=8, deadline=None, derandomize=True)
async def test_finals_do_not_depend_on_the_cuts(model, clip, cuts) -> None:
    samples = clip("pauses_12s").samples[: 8 * SECOND]
    if not _EXPECTED:
        _EXPECTED.extend(await Stage(model).say(samples, [1_600]))
    assert await Stage(model).say(samples, cuts) == _EXPECTED


_EXPECTED: list[str] = []


@pytest.mark.parametrize("kind", SOUNDS)
async def test_what_is_no_speech_has_no_final(model, kind) -> None:
    samples = np.frombuffer(sound(kind, 20), np.int16)
    assert await Stage(model).say(samples, [1_600]) == []
