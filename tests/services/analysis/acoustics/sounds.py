"""Sounds that are known to the last sample: 16 kHz, one channel, as int16."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

RATE = 16_000
Wave = NDArray[np.float64]


def times(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE)) / RATE


def pcm(wave: Wave) -> NDArray[np.int16]:
    return np.clip(np.rint(wave * 32767), -32768, 32767).astype(np.int16)


def tone(hertz: float, seconds: float = 2.0, level: float = 0.3) -> Wave:
    return level * np.sin(2 * np.pi * hertz * times(seconds))


def harmonics(hertz: float, seconds: float = 2.0, count: int = 20, level: float = 0.15) -> Wave:
    """Like a voice: harmonics that fall by 6 dB an octave."""
    return level * sum(np.sin(2 * np.pi * hertz * k * times(seconds)) / k for k in range(1, count))


def noise(seconds: float, level: float = 0.1, seed: int = 1) -> Wave:
    return level * np.random.default_rng(seed).normal(size=round(seconds * RATE))


def with_noise(wave: Wave, decibels: float) -> Wave:
    """The wave with white noise so many dB under it."""
    level = np.sqrt(np.mean(wave**2) / 10 ** (decibels / 10))
    return wave + noise(len(wave) / RATE, level)


def silence(seconds: float) -> Wave:
    return np.zeros(round(seconds * RATE))


FORMANTS = (700.0, 1200.0, 2500.0)


def pulses(
    periods: Wave, amplitudes: Wave, formants: tuple[float, ...] = FORMANTS, bandwidth: float = 80.0
) -> Wave:
    """A vowel: a pulse for each period (seconds), through resonances of these and of 3500 and 4500 Hz.

    A pulse falls between two samples and is shared by them, so that no period is rounded.
    """
    at = np.concatenate(([0.0], np.cumsum(periods)))[:-1] * RATE
    wave = np.zeros(int(at[-1]) + RATE // 50)
    whole = at.astype(int)
    np.add.at(wave, whole, amplitudes * (1 - (at - whole)))
    np.add.at(wave, whole + 1, amplitudes * (at - whole))
    wave = lfilter([1.0, -1.0], [1.0, -1.96, 0.9604], wave)  # falls by 6 dB an octave, as lips radiate it
    for hertz in (*formants, 3500.0, 4500.0):
        radius, angle = np.exp(-np.pi * bandwidth / RATE), 2 * np.pi * hertz / RATE
        wave = lfilter([1.0], [1.0, -2 * radius * np.cos(angle), radius**2], wave)
    return 0.5 * wave / np.abs(wave).max()


def vowel(hertz: float = 125.0, seconds: float = 2.0, formants: tuple[float, ...] = FORMANTS) -> Wave:
    count = round(seconds * hertz)
    return pulses(np.full(count, 1 / hertz), np.ones(count), formants)
