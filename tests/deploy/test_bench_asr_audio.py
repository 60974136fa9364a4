"""Clips are cut where their words are."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from deploy.local.bench import BenchError
from deploy.local.benches import asr_audio
from deploy.local.benches.asr_audio import RATE, Clip
from deploy.local.benches.asr_scores import Said

FIRST = (Said("one", 0.5, 0.9), Said("two", 0.9, 1.2))
SECOND = (Said("three", 2.0, 2.4),)


def clip() -> Clip:
    """3 s in which each sample tells its own time, in milliseconds."""
    samples = (np.arange(3 * RATE) * 1000 // RATE).astype(np.int16)[:, None]
    return Clip("clip", samples, ((FIRST, SECOND),))


def test_the_begin_holds_whole_sentences_only() -> None:
    begin = clip().until(2.2)
    assert begin.said(0) == FIRST
    assert begin.seconds == pytest.approx(1.95)
    assert clip().until(9.0).said(0) == (*FIRST, *SECOND)


def test_a_clip_may_stop_right_after_its_last_word() -> None:
    assert clip().stopped(0.1).seconds == pytest.approx(2.5)


def test_each_sentence_is_a_clip_with_the_silence_around_it() -> None:
    first, second = clip().each_sentence()
    assert [word.text for word in second.said(0)] == ["three"]
    for part, start in ((first, 0.2), (second, 1.7)):
        assert part.samples[0, 0] == start * 1000
        assert part.said(0)[0].start == pytest.approx(0.3)
        assert part.seconds == pytest.approx(0.3 + part.said(0)[-1].end - part.said(0)[0].start + 0.6)


def test_speech_without_pauses_has_its_words_where_they_are_said() -> None:
    speech = clip().without_pauses(2.0)
    assert speech.seconds == pytest.approx(2.5)
    assert [word.text for word in speech.said(0)] == ["one", "two", "three", "one", "two", "three"]
    for said, spoken in zip(speech.said(0), [*FIRST, *SECOND] * 2, strict=True):
        assert speech.samples[round(said.start * RATE) + 8, 0] == pytest.approx(1000 * spoken.start, abs=1)


def test_clips_are_read_the_shortest_first(tmp_path: Path) -> None:
    for name, seconds in (("long", 2), ("short", 1)):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(np.full(seconds * RATE, 1000, "<i2").tobytes())
    words = [{"word": "Hello,", "start_s": 0.1, "end_s": 0.4}]
    listed = [{"file": f"{name}.wav", "utterances": [{"words": words}]} for name in ("long", "short")]
    (tmp_path / "truth.json").write_text(json.dumps({"clips": listed}))
    short, long = asr_audio.clips(tmp_path)
    assert (short.name, short.seconds, long.name) == ("short", 1.0, "long")
    assert short.said(0) == (Said("hello", 0.1, 0.4),)
    assert abs(int(short.samples[RATE // 2, 0]) - 1000) <= 1


def test_a_folder_without_clips_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"truth\.json"):
        asr_audio.clips(tmp_path)


def test_the_sample_call_has_a_channel_for_each_speaker() -> None:
    call = asr_audio.sample_call()
    assert call.channels == 2
    assert call.said(0)[:2] == (Said("good", 0.5, 0.776), Said("morning", 0.776, 1.282))
    assert sum(len(call.said(channel)) for channel in (0, 1)) == 136
