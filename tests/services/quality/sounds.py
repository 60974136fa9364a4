"""Sounds with known properties, and the meter over them; float64, (frames,) or (frames, channels)."""

from __future__ import annotations

import math
import wave
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.quality.measures import Figures
from services.quality.meter import Meter

DATA = Path(__file__).parents[2] / "data"
Samples = NDArray[np.float64]


def pcm(samples: Samples) -> bytes:
    """16-bit, full scale 1, clipped."""
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def figures(samples: Samples, rate: int, clipping_level: int = 32767) -> Figures:
    """What the meter finds."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    meter = Meter(rate, channels, clipping_level)
    meter.accept(pcm(samples))
    meter.finish()
    found = meter.measure().figures
    assert found is not None
    return found


def load(path: Path) -> tuple[int, Samples]:
    """A WAV file's rate and samples; (frames,) if it is mono."""
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        return file.getframerate(), data.reshape(-1, file.getnchannels()).squeeze()


@cache
def speech() -> Samples:
    """Both voices of the sample call as one, 16 kHz, 20 s, noise floor 52 dB below."""
    rate, call = load(DATA / "sample_call" / "call.wav")
    assert rate == 16_000
    return call[: 20 * rate].sum(axis=1)


@cache
def phrase() -> Samples:
    """A short one: the clean recording of the degraded sample, 16 kHz."""
    return load(DATA / "degraded_sample" / "clean.wav")[1]


def sine(hertz: float, seconds: float, rate: int, amplitude: float = 0.1, phase: float = 0.0) -> Samples:
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate + phase)


def white(frames: int, seed: int = 1) -> Samples:
    """RMS 1."""
    return np.random.default_rng(seed).standard_normal(frames)


def pink(frames: int, seed: int = 1) -> Samples:
    """RMS 1, 3 dB less an octave."""
    spectrum = np.fft.rfft(white(frames, seed))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, frames)
    return noise / noise.std()


def active_power(samples: Samples, rate: int) -> float:
    """Mean power while speech lasts: 20 ms frames, 200 ms hangover, 15.9 dB margin (after ITU-T P.56)."""
    frame = rate // 50
    powers = np.square(samples[: len(samples) // frame * frame]).reshape(-1, frame).mean(axis=1)
    held = np.array([powers[max(0, at - 9) : at + 1].max() for at in range(len(powers))])
    for threshold in np.arange(-90.0, 0.0, 0.5):
        active = int(np.count_nonzero(10 * np.log10(held + 1e-15) >= threshold))
        if active and 10 * math.log10(powers.sum() / active) - threshold <= 15.9:
            return float(powers.sum() / active)
    raise AssertionError("no speech")


def with_noise(clean: Samples, rate: int, snr_db: float, noise: Samples) -> Samples:
    """Speech with noise of RMS 1 so far below it."""
    return clean + noise * math.sqrt(active_power(clean, rate) / 10 ** (snr_db / 10))
