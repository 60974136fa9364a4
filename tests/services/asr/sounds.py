"""What is no speech: silence, noises, hum, tones and a click track, as 16-bit mono at 16 kHz."""

from __future__ import annotations

import numpy as np

RATE = 16_000
SOUNDS = ("silence", "white noise", "pink noise", "noise in bursts", "hum", "tones", "clicks")


def sound(kind: str, seconds: float) -> bytes:
    """One of SOUNDS, the same each time."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    white = np.random.default_rng(7).standard_normal(count)
    match kind:
        case "silence":
            samples = np.zeros(count)
        case "white noise":
            samples = white * 3_000
        case "pink noise":
            spectrum = np.fft.rfft(white)
            spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
            pink = np.fft.irfft(spectrum, count)
            samples = pink / pink.std() * 5_000
        case "noise in bursts":
            samples = white * 6_000 * (time % 1.3 < 0.6)
        case "hum":
            samples = 10_000 * np.sin(2 * np.pi * 50 * time) + 3_000 * np.sin(2 * np.pi * 150 * time)
        case "tones":
            # Each half second another one, of a telephone's keys, dialling and measuring tones.
            pitches = np.array([440, 660, 350, 1_000, 697, 1_336, 2_100])[(time / 0.5).astype(int) % 7]
            samples = 8_000 * np.sin(2 * np.pi * pitches * time)
        case "clicks":
            samples = 26_000.0 * (time % 0.5 < 0.002)
        case _:
            raise ValueError(kind)
    return np.clip(samples, -32_768, 32_767).astype("<i2").tobytes()
