"""The committed sample call is what its reference says, and flite still makes the same one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import wave
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

CALL = Path(__file__).parent / "sample_call"
QUIET_DBFS = -70.0
GUARD_S = 0.05  # speech fades out after the level that marks its end


def load(folder: Path) -> tuple[dict[str, Any], NDArray[np.float64], int]:
    reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    with wave.open(str(folder / "call.wav")) as file:
        assert file.getsampwidth() == 2
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return reference, frames.reshape(-1, file.getnchannels()) / 32768.0, file.getframerate()


def dbfs(samples: NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt((samples**2).mean()) + 1e-12))


def spoken(reference: dict[str, Any], channel: int, frames: int, guard_s: float) -> NDArray[np.bool_]:
    """True at the samples of one channel's utterances, each widened by guard_s."""
    rate = reference["sample_rate_hertz"]
    mask = np.zeros(frames, bool)
    for utterance in reference["utterances"]:
        if utterance["channel"] == channel:
            first = round((utterance["start_s"] - guard_s) * rate)
            mask[max(0, first) : round((utterance["end_s"] + guard_s) * rate)] = True
    return mask


def test_format_and_duration() -> None:
    reference, samples, rate = load(CALL)
    assert rate == reference["sample_rate_hertz"] == 16_000
    assert samples.shape[1] == len(reference["channels"]) == 2
    assert 40 <= len(samples) / rate <= 60
    assert len(samples) / rate == pytest.approx(reference["duration_s"], abs=0.001)
    assert np.abs(samples).max() < 0.999


def test_speakers_take_turns() -> None:
    reference, _, _ = load(CALL)
    speakers = {channel["channel"]: channel["speaker"] for channel in reference["channels"]}
    utterances = reference["utterances"]
    assert speakers == {1: "agent", 2: "customer"}
    assert 12 <= len(utterances) <= 18
    assert utterances[0]["start_s"] >= 0.5
    assert utterances[-1]["end_s"] < reference["duration_s"]
    assert all(utterance["speaker"] == speakers[utterance["channel"]] for utterance in utterances)
    pauses = [after["start_s"] - before["end_s"] for before, after in pairwise(utterances)]
    assert all(0.399 <= pause <= 0.901 for pause in pauses)


def test_each_utterance_sounds_where_the_reference_says() -> None:
    reference, samples, rate = load(CALL)
    for utterance in reference["utterances"]:
        start, end = round(utterance["start_s"] * rate), round(utterance["end_s"] * rate)
        own, other = utterance["channel"] - 1, 2 - utterance["channel"]
        edge = rate // 50
        assert dbfs(samples[start:end, own]) > -26, utterance["text"]
        assert dbfs(samples[start : start + edge, own]) > QUIET_DBFS + 6, utterance["text"]
        assert dbfs(samples[end - edge : end, own]) > QUIET_DBFS + 6, utterance["text"]
        assert dbfs(samples[start:end, other]) < QUIET_DBFS, utterance["text"]


@pytest.mark.parametrize("channel", [1, 2])
def test_silence_is_a_low_floor_and_speech_is_at_level(channel: int) -> None:
    reference, samples, _ = load(CALL)
    own = samples[:, channel - 1]
    silence = own[~spoken(reference, channel, len(own), GUARD_S)]
    assert dbfs(silence) == pytest.approx(-75, abs=1)
    blocks = silence[: len(silence) // 160 * 160].reshape(-1, 160)
    assert max(dbfs(block) for block in blocks) < QUIET_DBFS
    # a little below -20: the spans hold the pauses between sentences
    assert dbfs(own[spoken(reference, channel, len(own), 0)]) == pytest.approx(-20.5, abs=1)


def test_words_make_the_text_and_lie_inside_in_order() -> None:
    reference, _, _ = load(CALL)
    for utterance in reference["utterances"]:
        words = utterance["words"]
        assert " ".join(word["word"] for word in words) == utterance["text"]
        assert re.fullmatch(r"[a-z' ]+", utterance["text"])
        edges = [edge for word in words for edge in (word["start_s"], word["end_s"])]
        assert edges == sorted(edges)
        assert all(word["end_s"] - word["start_s"] >= 0.03 for word in words)
        assert edges[0] == utterance["start_s"]
        assert edges[-1] == utterance["end_s"]


@pytest.mark.parametrize(
    ("speaker", "act", "words"),
    [
        ("agent", "greeting", "good morning"),
        ("customer", "complaint", "complaint"),
        ("customer", "price_complaint", "expensive"),
        ("customer", "price_complaint", "price"),
        ("customer", "question", "how long"),
        ("agent", "question", "what would you like to know"),
        ("customer", "decision", "let us go with"),
        ("agent", "commitment", "i will send"),
        ("customer", "cancellation", "i will cancel"),
        ("agent", "date", "twenty first of may"),
        ("customer", "amount", "forty dollars"),
        ("agent", "amount", "thirty dollars"),
    ],
)
def test_ingredient(speaker: str, act: str, words: str) -> None:
    reference, _, _ = load(CALL)
    assert any(
        utterance["speaker"] == speaker and act in utterance["acts"] and words in utterance["text"]
        for utterance in reference["utterances"]
    )


def test_display_text_is_written_form() -> None:
    reference, _, _ = load(CALL)
    displays = [utterance["display_text"] for utterance in reference["utterances"]]
    assert all(re.match(r"[A-Z].*[.?]$", display) for display in displays)
    assert any("$40" in display for display in displays)
    assert any("21st of May" in display for display in displays)


@pytest.mark.needs("flite")
def test_flite_makes_the_same_call(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(CALL / "make.py"), "--out", str(tmp_path)], check=True, timeout=120)
    made, made_samples, _ = load(tmp_path)
    committed, samples, _ = load(CALL)
    assert len(made_samples) == pytest.approx(len(samples), abs=800)
    for again, before in zip(made["utterances"], committed["utterances"], strict=True):
        assert {key: again[key] for key in ("channel", "text", "display_text", "acts")} == {
            key: before[key] for key in ("channel", "text", "display_text", "acts")
        }
        assert again["start_s"] == pytest.approx(before["start_s"], abs=0.05)
        assert again["end_s"] == pytest.approx(before["end_s"], abs=0.05)
