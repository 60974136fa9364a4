"""Sounds that are not speech, and the features that faster-whisper computes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray
from torch import Tensor

RATE_HERTZ = 16_000
HOP = 160  # samples in a feature frame

Samples = NDArray[np.float32]
Generator = np.random.Generator


class Features:
    """faster-whisper's log-mel features, with torch's quicker transform: same numbers to 1e-4."""

    def __init__(self) -> None:
        self._mel = torch.from_numpy(np.asarray(FeatureExtractor().mel_filters, np.float32))
        self._window = torch.hann_window(400)

    def __call__(self, samples: Samples) -> Tensor:
        """Shape (len(samples) // HOP, 80)."""
        padded = torch.from_numpy(np.pad(samples, (0, HOP)))
        spectrum = torch.stft(
            padded, 400, HOP, window=self._window, center=True, pad_mode="reflect", return_complex=True
        )
        power = spectrum[:, :-1].abs() ** 2
        logarithm = (self._mel @ power).clamp(min=1e-10).log10()
        levelled = (torch.maximum(logarithm, logarithm.max() - 8.0) + 4.0) / 4.0
        return levelled[:, : len(samples) // HOP].T


def white(rng: Generator, count: int) -> Samples:
    return rng.standard_normal(count, dtype=np.float32)


def coloured(rng: Generator, count: int) -> Samples:
    spectrum = np.fft.rfft(white(rng, count))
    spectrum *= (np.arange(len(spectrum)) + 1.0) ** -rng.uniform(0.3, 1.2)
    return np.fft.irfft(spectrum, count).astype(np.float32)


def hum(rng: Generator, count: int) -> Samples:
    times = np.arange(count) / RATE_HERTZ
    base = rng.choice([50.0, 60.0])
    waves = sum(rng.uniform(0, 1) ** 2 * np.sin(2 * np.pi * base * order * times) for order in range(1, 6))
    return np.asarray(waves + rng.uniform(0, 0.1) * white(rng, count), np.float32)


def tones(rng: Generator, count: int) -> Samples:
    times = np.arange(count) / RATE_HERTZ
    waves = np.zeros(count)
    for _ in range(rng.integers(1, 5)):
        start, slope = rng.uniform(80, 3000), rng.choice([0.0, 0.0, rng.uniform(-100, 300)])
        waves += np.sin(2 * np.pi * (start + slope * times / 2) * times)
    if rng.random() < 0.4:  # pulsed, like a ringing or a busy line
        waves *= np.sin(2 * np.pi * rng.uniform(0.3, 5) * times) > 0
    return waves.astype(np.float32)


def clicks(rng: Generator, count: int) -> Samples:
    if rng.random() < 0.5:  # a metronome
        track = np.zeros(count, np.float32)
        track[:: int(RATE_HERTZ * rng.uniform(0.1, 1.5))] = 1.0
    else:
        track = (rng.random(count) > 1 - 10 ** rng.uniform(-4.5, -2.5)).astype(np.float32)
    shape = np.exp(-np.arange(320) / rng.uniform(1, 80)) * np.sin(np.arange(320) * rng.uniform(0.1, 2) + 1)
    return np.convolve(track, shape)[:count].astype(np.float32)


BACKGROUNDS: tuple[Callable[[Generator, int], Samples], ...] = (
    white,
    white,
    coloured,
    coloured,
    coloured,
    hum,
)
SOUNDS = (*BACKGROUNDS, tones, tones, clicks, clicks)


def background(rng: Generator, count: int) -> Samples:
    """Noise of unit power."""
    noise = BACKGROUNDS[rng.integers(len(BACKGROUNDS))](rng, count)
    return noise / np.float32(np.sqrt((noise**2).mean()) + 1e-9)


def without_speech(rng: Generator, count: int) -> Samples:
    """Silence, noise, tones or clicks at any level."""
    if rng.random() < 0.15:
        return np.zeros(count, np.float32)
    sound = SOUNDS[rng.integers(len(SOUNDS))](rng, count)
    if rng.random() < 0.3:
        sound = sound / (np.abs(sound).max() + 1e-9) + 0.1 * background(rng, count)
    peak = np.float32(10 ** (rng.uniform(-60, -3) / 20) / (np.abs(sound).max() + 1e-9))
    return sound * peak
