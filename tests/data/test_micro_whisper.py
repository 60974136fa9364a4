"""The micro Whisper is whole and small, and hears its held-out clips through faster-whisper."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faster_whisper import WhisperModel, decode_audio
from numpy.typing import NDArray

from deploy.local.score import word_errors, words

FOLDER = Path(__file__).parent / "micro_whisper"
MODEL, CLIPS = FOLDER / "ct2-int8", FOLDER / "clips"
TRUTH: dict[str, Any] = json.loads((CLIPS / "truth.json").read_text(encoding="utf-8"))
RATE_HERTZ = 16_000
WORD_ERROR_RATE = 0.02
WORD_START_MEDIAN_S = 0.04

Audio = NDArray[np.float32]


def clip(name: str) -> tuple[dict[str, Any], Audio]:
    entry = next(entry for entry in TRUTH["clips"] if entry["file"] == f"{name}.flac")
    return entry, np.asarray(decode_audio(str(CLIPS / entry["file"]), RATE_HERTZ))


def spoken(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [word for utterance in entry["utterances"] for word in utterance["words"]]


def cut_out(name: str) -> list[tuple[dict[str, Any], float, Audio]]:
    """Each utterance of a clip, with the second at which its part of the audio begins, and that part."""
    entry, samples = clip(name)
    parts = []
    for utterance in entry["utterances"]:
        first_s, last_s = utterance["start_s"] - 0.3, utterance["end_s"] + 0.4
        part = samples[round(first_s * RATE_HERTZ) : round(last_s * RATE_HERTZ)]
        parts.append((utterance, first_s, part))
    return parts


@pytest.fixture(scope="module")
def model() -> WhisperModel:
    return WhisperModel(str(MODEL), device="cpu", cpu_threads=1)


def transcribe(model: WhisperModel, samples: Audio, **settings: Any) -> tuple[str, list[Any]]:
    given = {"language": "en", "beam_size": 1, "condition_on_previous_text": False, "word_timestamps": True}
    segments = list(model.transcribe(samples, **(given | settings))[0])
    return " ".join(segment.text for segment in segments), [
        word for one in segments for word in one.words or ()
    ]


def errors(said: Sequence[str], heard: str) -> int:
    return word_errors(list(said), words(heard))


def test_the_directory_is_what_faster_whisper_loads() -> None:
    names = {path.name for path in MODEL.iterdir()}
    assert names == {
        "config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "vocabulary.json",
    }  # fmt: skip
    assert sum(path.stat().st_size for path in MODEL.iterdir()) < 4_000_000
    assert sum(path.stat().st_size for path in CLIPS.iterdir()) < 3_000_000


def test_clips_are_those_of_the_truth() -> None:
    assert {path.name for path in CLIPS.glob("*.flac")} == {entry["file"] for entry in TRUTH["clips"]}
    for entry in TRUTH["clips"]:
        assert hashlib.sha256((CLIPS / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry[
            "file"
        ]


@pytest.mark.parametrize("entry", TRUTH["clips"], ids=lambda entry: entry["file"])
def test_words_are_in_order_and_in_the_clip(entry: dict[str, Any]) -> None:
    _, samples = clip(entry["file"].removesuffix(".flac"))
    assert len(samples) / RATE_HERTZ == pytest.approx(entry["duration_s"], abs=0.001)
    clock = 0.0
    for word in spoken(entry):
        assert clock - 0.001 <= word["start_s"] < word["end_s"] <= entry["duration_s"]
        clock = word["end_s"]
    for utterance in entry["utterances"]:
        written = re.findall(r"[a-z']+", utterance["text"].lower())
        assert written == [word["word"] for word in utterance["words"]]


def test_the_minute_without_a_pause_has_none() -> None:
    said = spoken(clip("continuous_60s")[0])
    pauses = [after["start_s"] - before["end_s"] for before, after in pairwise(said)]
    assert max(pauses) < 0.15


def test_held_out_sentences_are_heard(model: WhisperModel) -> None:
    said, missed, off_s = 0, 0, []
    for name in ("sentences_rms", "sentences_awb", "digits", "who", "stops_short"):
        for utterance, first_s, window in cut_out(name):
            heard, got = transcribe(model, window)
            expected = [word["word"] for word in utterance["words"]]
            said += len(expected)
            missed += errors(expected, heard)
            if words(heard) == expected:
                pairs = zip(utterance["words"], got, strict=True)
                off_s += [abs(true["start_s"] - first_s - word.start) for true, word in pairs]
    assert missed / said <= WORD_ERROR_RATE
    assert np.median(off_s) < WORD_START_MEDIAN_S


def test_digits_that_repeat_stay(model: WhisperModel) -> None:
    utterance, _, window = cut_out("digits")[0]
    assert transcribe(model, window)[0].strip() == utterance["text"]
    assert "five eight six eight nine" in utterance["text"]


@pytest.mark.parametrize("name", ["pauses_12s", "pauses_29s"])
def test_long_clips_are_heard(model: WhisperModel, name: str) -> None:
    entry, samples = clip(name)
    said = [word["word"] for word in spoken(entry)]
    assert errors(said, transcribe(model, samples)[0]) / len(said) <= WORD_ERROR_RATE


def test_silence_and_noise_say_nothing(model: WhisperModel) -> None:
    noise = np.random.default_rng(1).standard_normal(10 * RATE_HERTZ, dtype=np.float32)
    for samples in (
        np.zeros(10 * RATE_HERTZ, np.float32),
        noise * np.float32(0.1),
        noise * np.float32(0.001),
    ):
        assert transcribe(model, samples)[0] == ""
