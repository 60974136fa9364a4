"""Measures of many stretches, by hand."""

from __future__ import annotations

import pytest

from services.analysis.acoustics.baseline import Baseline
from services.analysis.acoustics.pooled import PooledVoice, VoiceMetrics
from services.analysis.acoustics.voice import VoiceMeasures

SECOND = 1_000_000_000


def pooled(*stretches: VoiceMeasures) -> VoiceMetrics:
    pool = PooledVoice()
    for each in stretches:
        pool.add(each)
    return pool.measure()


def test_means_are_weighted_by_the_time_with_a_pitch() -> None:
    low = VoiceMeasures(4.0, 3.0, 3.0, 100.0, 0.0, pitch_low=90.0, pitch_high=110.0, jitter=0.01)
    high = VoiceMeasures(2.0, 1.0, 1.0, 200.0, 0.0, pitch_low=180.0, pitch_high=220.0, jitter=0.03)
    found = pooled(low, high)
    assert found.pitch_mean == pytest.approx(125.0)
    assert found.pitch_deviation == pytest.approx((0.75 * 25**2 + 0.25 * 75**2) ** 0.5)
    assert (found.pitch_low, found.pitch_high) == (90.0, 220.0)
    assert found.pitch_range == pytest.approx(15.4741, abs=1e-4)  # 12 log2(220 / 90)
    assert found.jitter == pytest.approx(0.015)
    assert (found.measured, found.speech, found.voiced) == (6 * SECOND, 4 * SECOND, 4 * SECOND)


def test_a_deviation_within_stretches_is_kept() -> None:
    one = VoiceMeasures(1.0, 1.0, 1.0, pitch_mean=100.0, pitch_deviation=8.0)
    assert pooled(one, one).pitch_deviation == pytest.approx(8.0)


def test_powers_are_added_and_slopes_averaged() -> None:
    found = pooled(
        VoiceMeasures(1.0, 1.0, intensity=-20.0, loudness=-20.0, intensity_slope=1.0),
        VoiceMeasures(1.0, 1.0, intensity=-30.0, loudness=-20.0, intensity_slope=-3.0),
    )
    assert found.intensity == pytest.approx(-22.5964, abs=1e-4)  # 10 log10((0.01 + 0.001) / 2)
    assert found.loudness == pytest.approx(-20.0)
    assert found.intensity_slope == pytest.approx(-1.0)


def test_rates_and_pauses() -> None:
    found = pooled(
        VoiceMeasures(10.0, 8.0, 5.0, pauses=2, pause_time=1.0, syllables=36),
        VoiceMeasures(3.0, 3.0, 0.0, pauses=0, pause_time=0.0),  # whispered: it has no syllables
    )
    assert (found.pauses, found.pause_time, found.mean_pause) == (2, SECOND, SECOND // 2)
    assert found.pauses_per_minute == pytest.approx(10.0)  # 2 in 12 s
    assert found.syllables == 36
    assert found.speech_rate == pytest.approx(4.0)  # in the 9 s that have any
    assert found.articulation_rate == pytest.approx(4.5)


def test_silence_has_a_length_only() -> None:
    assert pooled(VoiceMeasures(2.0)) == VoiceMetrics(2 * SECOND, 0, 0)


def spoken(hertz: float | None, decibels: float | None) -> VoiceMeasures:
    return VoiceMeasures(1.0, 1.0, 1.0, pitch_mean=hertz, intensity=decibels)


@pytest.mark.parametrize(
    ("hertz", "decibels", "expected"),
    [
        (100.0, -20.0, 0.5),  # as usual
        (100.0 * 2 ** (1 / 12), -18.0, 0.8413),  # one deviation up, in both
        (100.0 * 2 ** (1 / 12), -22.0, 0.5),  # one up, one down
        (100.0 / 2 ** (2 / 12), -24.0, 0.0228),  # two down
    ],
)
def test_arousal_beside_what_is_usual(hertz: float, decibels: float, expected: float) -> None:
    usual = Baseline()
    assert [usual.arousal(spoken(100.0, -20.0)) for _ in range(3)] == [None, None, 0.5]
    assert usual.arousal(spoken(hertz, decibels)) == pytest.approx(expected, abs=1e-4)


def test_a_lively_speaker_has_to_go_further() -> None:
    lively = Baseline()
    for semitones in (-6, 6, -6, 6):
        lively.arousal(spoken(100.0 * 2 ** (semitones / 12), -20.0))
    assert lively.arousal(spoken(100.0 * 2 ** (6 / 12), -20.0)) == pytest.approx((0.8413 + 0.5) / 2, abs=1e-4)


def test_without_a_voice_nothing_is_said_and_nothing_learnt() -> None:
    usual = Baseline()
    for hertz, decibels in ((None, -20.0), (100.0, None), (None, None)):
        assert usual.arousal(spoken(hertz, decibels)) is None
    assert [usual.arousal(spoken(100.0, -20.0)) for _ in range(3)] == [None, None, 0.5]
