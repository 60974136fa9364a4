"""The mel frames: faster-whisper's numbers, however they are put together."""

from __future__ import annotations

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from services.asr.whisper.features import HOP, REACH, LogMel, normalised, whole_frames


@pytest.fixture(scope="module")
def samples():
    return np.random.default_rng(1).normal(0, 3_000, 16_000).astype(np.int16)


@pytest.mark.parametrize("bands", [80, 128])
def test_they_are_those_of_faster_whisper(samples, bands) -> None:
    expected = FeatureExtractor(feature_size=bands)(samples.astype(np.float32) / 32_768)
    ours = normalised(LogMel(bands).frames(samples, 0, 100), 100)
    assert ours == pytest.approx(expected[:, :100], abs=1e-5)


@pytest.mark.parametrize("cut", [1, 17, 60])
def test_frames_in_two_pieces_are_the_same(samples, cut) -> None:
    mel = LogMel(80)
    pieces = np.concatenate([mel.frames(samples, 0, cut), mel.frames(samples, cut, 100 - cut)])
    assert pieces == pytest.approx(mel.frames(samples, 0, 100), abs=1e-5)


def test_whole_frames_do_not_change_when_more_audio_comes(samples) -> None:
    mel, known = LogMel(80), 7_777
    count = whole_frames(known)
    assert count == (known - REACH) // HOP + 1
    before = mel.frames(samples[:known], 0, count)
    assert before == pytest.approx(mel.frames(samples, 0, count), abs=1e-5)


def test_a_window_is_filled_up_with_zeros_and_cut_at_its_length(samples) -> None:
    frames = LogMel(80).frames(samples, 0, 50)
    assert normalised(frames, 80).shape == (80, 80)
    assert not normalised(frames, 80)[:, 50:].any()
    assert normalised(frames, 30).shape == (80, 30)
    assert not normalised(frames[:0], 30).any()
