"""How loud: intensity, loudness, and how far speech stands out of the noise.

intensity   mean power over what sounds (Praat's contour), in dB of full scale: a sine of full scale is at
            -3.01. Its slope is that of the least squares line through the contour of what sounds.
loudness    ITU-R BS.1770-5 of one channel: power behind the K filter in blocks of 400 ms that overlap by
            75 %, gated at -70 LUFS and at 10 LU under the rest; its slope is that of the line through them.
noise       the quietest tenth of frames of 20 ms, as by minimum statistics (Martin, Noise power spectral
            density estimation, IEEE Transactions on Speech and Audio Processing 9(5), 2001): it is what
            stays between words. Where that tenth lies less than 6 dB under the mean there is no between,
            and in digital silence there is no noise: then there is no ratio.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from services.analysis.acoustics.voice import SAMPLE_RATE_HERTZ

_RATE = SAMPLE_RATE_HERTZ
_BLOCK, _STEP = 4 * _RATE // 10, _RATE // 10
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_FRAME, _HOP = _RATE // 50, _RATE // 100
_NOISE_SHARE = 0.1
_LEAST_CONTRAST = 10 ** (6 / 10)
_QUIETEST = (1 / 32768) ** 2 / 12  # the power of rounding to 16 bits: less than this is no sound

Samples = NDArray[np.float64]


def slope(times: Samples, values: Samples) -> float | None:
    """Change a second, by least squares; None for fewer than two times."""
    centred = times - times.mean() if len(times) else times
    squares = float(np.dot(centred, centred))
    return float(np.dot(centred, values)) / squares if squares > 0 else None


def mean_power(decibels: Samples) -> float:
    """The mean of powers that are given in dB, in dB."""
    return 10.0 * math.log10(float(np.mean(10.0 ** (decibels / 10.0))))


def loudness(samples: Samples) -> tuple[float | None, float | None]:
    """LUFS and LU a second; None where all of it is gated out."""
    count = 1 + (len(samples) - _BLOCK) // _STEP
    if count < 1:
        return None, None
    blocks = np.lib.stride_tricks.sliding_window_view(samples, _BLOCK)[::_STEP][:count]
    spectra = np.abs(np.fft.rfft(blocks, axis=1)) ** 2 * _weights()
    # Parseval: all bins but the first and the last stand for two.
    power = (2 * spectra.sum(axis=1) - spectra[:, 0] - spectra[:, -1]) / _BLOCK**2
    levels = -0.691 + 10.0 * np.log10(np.maximum(power, 1e-12))
    heard = levels > _ABSOLUTE_GATE
    if not heard.any():
        return None, None
    gate = -0.691 + 10.0 * math.log10(float(power[heard].mean())) + _RELATIVE_GATE
    heard &= levels > gate
    whole = -0.691 + 10.0 * math.log10(float(power[heard].mean()))
    return whole, slope(np.flatnonzero(heard).astype(np.float64) * (_STEP / _RATE), levels[heard])


def signal_to_noise(samples: Samples) -> float | None:
    """dB, over what stands out of the noise by 3 dB."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    power = np.var(frames, axis=1)  # an offset is no noise
    quietest = np.sort(power)[: max(1, round(_NOISE_SHARE * len(power)))]
    noise = float(quietest.mean())
    if noise < _QUIETEST or float(power.mean()) < _LEAST_CONTRAST * noise:
        return None
    signal = float(power[power > 2 * noise].mean()) - noise
    return 10.0 * math.log10(signal / noise)


@cache
def _weights() -> Samples:
    """Power gain of the K filter at the frequencies of a block: a high shelf, then a high pass, from their
    analogue prototypes (De Man, Evaluation of implementations of the EBU R128 loudness measurement, AES 145,
    2018), so that they hold at any rate."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(_BLOCK))
    k = math.tan(math.pi * 1681.9744509555319 / _RATE)
    q, gain = 0.7071752369554193, 10 ** (3.99984385397 / 20)
    boost = gain**0.499666774155
    shelf = (
        (
            gain + boost * k / q + k * k,
            2 * (k * k - gain),
            gain - boost * k / q + k * k,
        ),
        (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k),
    )
    k, q = math.tan(math.pi * 38.13547087613982 / _RATE), 0.5003270373253953
    a0 = 1 + k / q + k * k
    high_pass = (a0, -2 * a0, a0), (a0, 2 * (k * k - 1), 1 - k / q + k * k)
    total = np.ones(len(turn))
    for zeros, poles in (shelf, high_pass):
        above, below = (c[0] + c[1] * turn + c[2] * turn**2 for c in (zeros, poles))
        total *= np.abs(above / below) ** 2
    return total
