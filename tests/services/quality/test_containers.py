"""A recording has the same measures in every container, within what the codec takes away."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

from services.quality.report import as_json, measure_file
from tests.services.audio.encoded import encode

CALL = Path(__file__).parents[2] / "data" / "sample_call" / "call.wav"
SECONDS = 8
FLAC, OPUS, MP3 = 1e-6, 0.2, 0.8
"""Decibels that a level may differ by."""


def recording(rate: int, channel_count: int) -> Any:
    """(frames, channels) int16: the begin of the sample call at another rate."""
    with wave.open(str(CALL)) as source:
        frames = source.readframes(SECONDS * source.getframerate())
    stereo = np.frombuffer(frames, np.int16).reshape(-1, 2)
    resampled = soxr.resample(stereo.astype(np.float32) / 32768, 16_000, rate) if rate != 16_000 else None
    if resampled is not None:
        stereo = np.clip(np.rint(resampled * 32768), -32768, 32767).astype(np.int16)
    return np.ascontiguousarray(stereo[:, :channel_count])


def measured(path: Path) -> dict[str, Any]:
    """The measures of a file, by the names of the contract."""
    return as_json(measure_file(path))


@pytest.mark.parametrize(
    ("container", "rate", "channel_count", "decibels"),
    [
        ("flac", 16_000, 2, FLAC),
        ("flac", 44_100, 1, FLAC),
        ("flac", 48_000, 2, FLAC),
        ("ogg_opus", 16_000, 1, OPUS),
        ("ogg_opus", 48_000, 2, OPUS),
        ("webm_opus", 48_000, 2, OPUS),
        ("mp3", 16_000, 1, MP3),
        ("mp3", 44_100, 2, MP3),
    ],
)
def test_a_container_has_the_measures_of_its_wav(
    tmp_path: Path, container: str, rate: int, channel_count: int, decibels: float
) -> None:
    frames = recording(rate, channel_count)
    wav = tmp_path / "plain.wav"
    with wave.open(str(wav), "wb") as out:
        out.setnchannels(channel_count)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(frames.tobytes())

    coded = tmp_path / "coded"
    coded.write_bytes(encode(container, frames, rate))
    plain, found = measured(wav), measured(coded)

    for level in ("rms_dbfs", "loudness_lufs", "max_momentary_lufs"):
        assert found[level] == pytest.approx(plain[level], abs=decibels), level
    assert found["true_peak_dbtp"] == pytest.approx(plain["true_peak_dbtp"], abs=max(2 * decibels, 1e-6))
    assert found["snr_db"] == pytest.approx(plain["snr_db"], abs=1e-6 if decibels == FLAC else 3.0)
    assert found["clarity"] == pytest.approx(plain["clarity"], abs=1.0)
    assert found["score"] == pytest.approx(plain["score"], abs=2.0)
    assert found["silence_ratio"] == pytest.approx(plain["silence_ratio"], abs=0.03)
