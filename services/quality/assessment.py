"""From what was tallied to figures: one room that knows how the measures hang together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from services.quality import lines
from services.quality.bandwidth import bandwidth
from services.quality.clarity import clarity
from services.quality.clipping import ClippingTally
from services.quality.continuity import ContinuityTally
from services.quality.hum import HumTally, hum_spectrum
from services.quality.levels import LevelTally, dbfs, power_dbfs
from services.quality.loudness import LoudnessTally
from services.quality.measures import Bandwidth, Channel, Figures, Hum, Levels, Loudness, Speech
from services.quality.noise import BandPowers, NoiseGauge, NoiseTally, band_powers
from services.quality.score import score
from services.quality.slices import Float64Array
from services.quality.spectrum import SpectrumTally
from services.quality.warnings import warnings

_EVEN_LU = 20.0
"""The loudness range from which on a volume is not consistent at all."""
_SNR_RANGE_DB = (-20.0, 80.0)
_HUM_REST = 0.01
"""What is left of a floor at least where hum is taken out of it: the two are known within 1 %."""
_SILENT_POWER = 1e-9
"""-90 dBFS; less than it is no signal."""
_UNDER_HUM_DB = -30.0
"""Less than so far below hum is no signal either, but what hum leaves in the spectrum."""


class Tallied(Protocol):
    """What an assessment reads; see `meter.Tally`."""

    levels: LevelTally
    true_peaks: Float64Array
    clipping: ClippingTally
    loudness: LoudnessTally
    spectrum: SpectrumTally
    noise: NoiseTally
    hum: HumTally
    continuity: ContinuityTally


@dataclass(frozen=True, slots=True)
class _Floor:
    """What is there all the time on a channel, (bins,): all but hum, the tones in that, and hum."""

    rest: Float64Array
    tones: Float64Array
    hum: Float64Array


def assess(tally: Tallied, loudness: Loudness, bands: NoiseGauge, sample_rate_hertz: int) -> Figures:
    """All figures of a tally of at least one sample."""
    count = len(tally.true_peaks)
    hums = [tally.hum.measure(channel) for channel in range(count)]
    hum = max((each for each in hums if each is not None), key=lambda each: each.dbfs, default=None)
    floors = _floors(tally, hums)
    powers = [_powers(tally, channel, bands, floors) for channel in range(count)]
    known = [each for each in powers if each is not None]
    levels = [_levels(tally, channel) for channel in range(count)]
    overall = _speech(known, count, hum) if known else None
    samples = tally.levels.samples
    continuity = tally.continuity
    consistency = None if loudness.range_lu is None else 100 * max(0.0, 1 - loudness.range_lu / _EVEN_LU)
    figures = Figures(
        overall=Levels(
            rms_dbfs=tally.levels.rms_dbfs(),
            peak_dbfs=max(each.peak_dbfs for each in levels),
            true_peak_dbtp=max(each.true_peak_dbtp for each in levels),
            clipping_ratio=sum(each.clipping_ratio for each in levels) / count,
            dc_offset=max((each.dc_offset for each in levels), key=abs),
        ),
        silence_ratio=tally.levels.silence_ratio,
        loudness=loudness,
        consistency=consistency,
        speech=overall,
        bandwidth=_bandwidth(tally, floors, sample_rate_hertz),
        hum=hum,
        dropouts=continuity.dropouts,
        gaps=continuity.gaps,
        lost_ratio=min(1.0, (continuity.lost + continuity.missing) / (samples + continuity.missing)),
        interruptions=tuple(continuity.kept),
        problems=tally.levels.problems(),
        channels=tuple(
            Channel(level, None if power is None else overall if count == 1 else _speech([power], 1, hum))
            for level, power in zip(levels, powers, strict=True)
        ),
    )
    return with_score(figures)


def with_score(figures: Figures) -> Figures:
    """The figures with the score and the warnings that follow from them."""
    return replace(figures, score=score(figures), warnings=warnings(figures))


def _levels(tally: Tallied, channel: int) -> Levels:
    sums = tally.levels
    peak = float(sums.peaks[channel])
    clipped = sums.full_scale[channel] + tally.clipping.near(channel, peak)
    return Levels(
        rms_dbfs=sums.rms_dbfs(channel),
        peak_dbfs=dbfs(peak),
        true_peak_dbtp=dbfs(max(peak, float(tally.true_peaks[channel]))),
        clipping_ratio=float(clipped) / sums.samples,
        dc_offset=sums.dc_offset(channel),
    )


def _floors(tally: Tallied, hums: Sequence[Hum | None]) -> list[_Floor] | None:
    """What is there all the time on each channel; None before the first 200 ms."""
    floors = tally.spectrum.floor()
    if floors is None:
        return None
    found = []
    for floor, hum in zip(floors, hums, strict=True):
        humming = np.zeros_like(floor) if hum is None else hum_spectrum(hum, len(floor))
        rest = np.maximum(floor - humming, floor * _HUM_REST)
        found.append(_Floor(rest, lines.line_powers(rest), humming))
    return found


def _powers(
    tally: Tallied, channel: int, bands: NoiseGauge, floors: list[_Floor] | None
) -> BandPowers | None:
    shares, hum = np.zeros(bands.bands), np.zeros(bands.bands)
    if floors is not None:
        floor = floors[channel]
        shares = lines.shares(floor.tones, floor.rest, bands.starts)
        hum = np.add.reduceat(floor.hum, bands.starts)
    return band_powers(tally.noise, channel, bands.shapes, shares, hum)


def _speech(powers: Sequence[BandPowers], count: int, hum: Hum | None) -> Speech:
    """Of `count` channels together, those that sound in `powers`.

    Their powers add up, so that a channel that only listens counts little.
    """
    noise = np.sum([each.noise for each in powers], axis=0)
    speech = np.sum([each.speech() for each in powers], axis=0)
    tones = sum(float(each.tones.sum()) for each in powers)
    signal = sum(each.signal for each in powers)
    total = float(noise.sum())
    least = _SILENT_POWER if hum is None else max(_SILENT_POWER, 10 ** ((hum.dbfs + _UNDER_HUM_DB) / 10))
    snr = None
    if signal + total > least:
        low, high = _SNR_RANGE_DB
        snr = low if signal <= 0 else min(high, max(low, 10 * math.log10(signal / max(total, 1e-12))))
    is_tone = snr is None or tones > float(speech.sum()) + total
    return Speech(power_dbfs(total / count), snr, None if is_tone else clarity(speech, noise))


def _bandwidth(tally: Tallied, floors: list[_Floor] | None, sample_rate_hertz: int) -> Bandwidth | None:
    if not tally.spectrum.frames.any():
        return None
    noise = None if floors is None else np.sum([floor.rest - floor.tones for floor in floors], axis=0)
    return bandwidth(tally.spectrum.mean().sum(axis=0), noise, sample_rate_hertz)
