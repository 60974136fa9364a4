"""Praat's measures of sounds that are known."""

from __future__ import annotations

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.acoustics.praat import measure
from services.analysis.acoustics.quality import voice_quality
from services.analysis.acoustics.voice import VoiceMeasures
from tests.services.analysis.acoustics.sounds import (
    Wave,
    harmonics,
    noise,
    pcm,
    pulses,
    silence,
    times,
    tone,
    vowel,
    with_noise,
)

VOICE = (
    "pitch_mean",
    "jitter",
    "shimmer",
    "first_formant",
    "harmonics_to_noise",
    "cepstral_peak",
    "syllables",
)


def of(wave: Wave) -> VoiceMeasures:
    measures = measure(pcm(wave))
    assert measures is not None
    return measures


@pytest.mark.parametrize("hertz", [80.0, 123.4, 220.0, 440.0])
def test_the_pitch_of_a_tone_within_a_hertz(hertz: float) -> None:
    found = of(tone(hertz))
    assert found.pitch_mean == pytest.approx(hertz, abs=1.0)
    assert found.pitch_deviation == pytest.approx(0.0, abs=0.1)
    assert found.voiced == pytest.approx(2.0, abs=0.1)


def test_a_perfect_tone_has_no_jitter_and_no_shimmer_and_many_harmonics_to_its_noise() -> None:
    found = of(harmonics(140.0))
    assert found.jitter == pytest.approx(0.0, abs=1e-4)
    assert found.shimmer == pytest.approx(0.0, abs=1e-3)
    assert found.harmonics_to_noise is not None
    assert found.harmonics_to_noise > 40


@pytest.mark.parametrize("spread", [0.005, 0.01, 0.02])
def test_jitter_is_that_which_was_put_in(spread: float) -> None:
    periods = (1 + spread * np.random.default_rng(0).normal(size=240)) / 125.0
    found = of(pulses(periods, np.ones(240)))
    assert found.jitter == pytest.approx(np.mean(np.abs(np.diff(periods))) / np.mean(periods), rel=0.25)


def test_shimmer_grows_with_that_which_was_put_in() -> None:
    swing = np.random.default_rng(0).normal(size=250)
    none, some, more = (
        of(pulses(np.full(250, 1 / 125.0), 1 + depth * swing)).shimmer for depth in (0.0, 0.05, 0.1)
    )
    assert none == pytest.approx(0.0, abs=0.005)
    assert some == pytest.approx(0.05 * np.mean(np.abs(np.diff(swing))), rel=0.3)
    assert more == pytest.approx(0.1 * np.mean(np.abs(np.diff(swing))), rel=0.3)


@pytest.mark.parametrize("decibels", [5.0, 10.0, 20.0, 30.0])
def test_harmonics_to_noise_is_the_noise_that_was_added(decibels: float) -> None:
    assert of(with_noise(harmonics(140.0), decibels)).harmonics_to_noise == pytest.approx(decibels, abs=1.0)


@pytest.mark.parametrize(
    ("hertz", "formants"),
    [
        (110.0, (700.0, 1200.0, 2500.0)),
        (110.0, (300.0, 2200.0, 2900.0)),
        (220.0, (500.0, 1500.0, 2600.0)),
    ],
)
def test_the_formants_of_a_synthetic_vowel(hertz: float, formants: tuple[float, ...]) -> None:
    whole = vowel(hertz, formants=formants)
    over_telephone = soxr.resample(soxr.resample(whole, 16_000, 8_000), 8_000, 16_000)
    for wave in (whole, over_telephone):
        found = of(wave)
        heard = (found.first_formant, found.second_formant, found.third_formant)
        assert heard == pytest.approx(formants, rel=0.1)


def test_tremor_of_pitch_and_of_intensity() -> None:
    at = times(3.0)
    hertz = 140.0 * (1 + 0.03 * np.sin(2 * np.pi * 5 * at))
    phase = 2 * np.pi * np.cumsum(hertz) / 16_000
    found = of(0.2 * np.sin(phase) * (1 + 0.2 * np.sin(2 * np.pi * 8 * at)))
    assert found.pitch_tremor_hertz == pytest.approx(5.0, abs=0.1)
    assert found.pitch_tremor == pytest.approx(0.03, rel=0.15)
    assert found.intensity_tremor_hertz == pytest.approx(8.0, abs=0.1)
    assert found.intensity_tremor == pytest.approx(0.2, rel=0.15)


def test_a_steady_voice_has_no_tremor_and_a_short_one_is_not_asked() -> None:
    for hertz in (125.0, 130.0):  # periods of 128 samples, and of 123.08
        steady = of(vowel(hertz, seconds=2.0))
        assert (steady.pitch_tremor, steady.intensity_tremor) == (None, None)
    at = times(0.8)
    short = of(0.2 * np.sin(2 * np.pi * np.cumsum(140 * (1 + 0.03 * np.sin(2 * np.pi * 5 * at))) / 16_000))
    assert short.pitch_tremor_hertz is None


def test_pauses_are_counted_and_their_time_added_up() -> None:
    syllable = vowel(seconds=0.6)
    wave = np.concatenate(
        [
            silence(0.5),
            syllable,
            silence(0.5),
            syllable,
            silence(0.1),
            syllable,
            silence(1.0),
            syllable,
            silence(0.4),
        ]
    )
    found = of(wave)
    assert found.pauses == 2
    assert found.pause_time == pytest.approx(1.5, abs=0.25)
    assert found.sounding == pytest.approx(len(wave) / 16_000 - 0.9 - found.pause_time, abs=0.3)


@pytest.mark.parametrize("decibels", [15.0, 20.0, 30.0])
def test_noise_in_the_pauses_does_not_hide_them(decibels: float) -> None:
    found = of(
        with_noise(np.concatenate([vowel(seconds=0.8), silence(0.5)] * 3 + [vowel(seconds=0.8)]), decibels)
    )
    assert found.pauses == 3
    assert found.pause_time == pytest.approx(1.5, abs=0.35)


@pytest.mark.parametrize("count", [3, 6, 9])
def test_syllables_are_counted(count: int) -> None:
    """Vowels whose loudness swells and fades four times a second."""
    shape = 0.02 + 0.98 * np.sin(np.pi * times(0.25) / 0.25) ** 2
    one = vowel(seconds=0.25)[: len(shape)]
    assert of(np.concatenate([one * shape[: len(one)]] * count)).syllables == count


def test_intensity_is_in_decibels_of_full_scale_and_has_a_slope() -> None:
    assert of(tone(200.0, level=1.0)).intensity == pytest.approx(-3.01, abs=0.05)
    fading = tone(200.0, 4.0, 1.0) * 10 ** (-3.0 * times(4.0) / 20)
    found = of(fading)
    assert found.intensity_slope == pytest.approx(-3.0, abs=0.1)
    assert found.loudness_slope == pytest.approx(-3.0, abs=0.2)


@pytest.mark.parametrize("decibels", [10.0, 20.0, 30.0])
def test_signal_to_noise_where_there_is_something_between(decibels: float) -> None:
    one = vowel(seconds=1.0)
    voice = np.concatenate([one, silence(0.5)] * 3)
    level = np.sqrt(np.mean(one**2) / 10 ** (decibels / 10))
    heard = of(voice + noise(len(voice) / 16_000, level))
    assert heard.signal_to_noise == pytest.approx(decibels, abs=1.5)


@pytest.mark.parametrize(
    "wave", [tone(140.0), noise(2.0), np.concatenate([vowel(seconds=1.0), silence(1.0)])]
)
def test_there_is_no_ratio_without_pauses_or_noise(wave: Wave) -> None:
    assert of(wave).signal_to_noise is None


def test_voice_quality_moves_both_ways() -> None:
    clear, hoarse, worse = (
        of(with_noise(vowel(seconds=2.0), decibels)).cepstral_peak for decibels in (40.0, 10.0, 0.0)
    )
    assert clear is not None
    assert hoarse is not None
    assert worse is not None
    assert 100 >= voice_quality(clear) > voice_quality(hoarse) > voice_quality(worse) >= 0
    assert [voice_quality(peak) for peak in (-1.0, 9.33, 30.0)] == [0.0, 50.0, 100.0]


@pytest.mark.parametrize("wave", [silence(2.0), tone(200.0, level=1 / 32768)])
def test_silence_has_a_length_and_nothing_else(wave: Wave) -> None:
    assert of(wave) == VoiceMeasures(2.0)


def test_noise_is_loud_and_has_no_voice() -> None:
    found = of(noise(2.0))
    assert found.intensity == pytest.approx(-20.0, abs=0.5)
    assert found.voiced == 0.0
    assert [getattr(found, name) for name in VOICE] == [None] * len(VOICE)


def test_whispering_has_no_voice() -> None:
    """Noise through a vowel's resonances, as wide as open cords make them, that swells like syllables."""
    rng = np.random.default_rng(3)
    breath = pulses(np.full(32_000, 1 / 16_000), rng.normal(size=32_000), bandwidth=250.0)
    found = of(breath * (0.2 + np.sin(np.pi * np.arange(len(breath)) / 4_000) ** 2))
    assert found.pitch_mean is None
    assert found.syllables is None
    assert found.intensity is not None


@pytest.mark.parametrize("length", [0, 1, 4_800, 7_999])
def test_under_half_a_second_is_not_measured(length: int) -> None:
    assert measure(pcm(tone(200.0))[:length]) is None


def test_half_a_second_is() -> None:
    assert of(tone(200.0, 0.5)).pitch_mean == pytest.approx(200.0, abs=1.0)


@pytest.mark.parametrize("seconds", [0.5, 0.7890625, 2.0])
def test_what_sounds_throughout_sounds_and_is_voiced_for_as_long_as_it_lasts(seconds: float) -> None:
    found = of(tone(442.0, seconds, 1.0))
    assert found.voiced <= found.sounding <= found.duration
    assert found.sounding == pytest.approx(seconds, abs=0.011)


def test_pitch_stays_within_its_range() -> None:
    found = of(np.concatenate([tone(50.0, 0.5, 1.0), tone(60.0, 0.5, 1.0)]))
    assert found.pitch_mean is not None
    assert found.pitch_low is not None
    assert found.pitch_low >= 60.0


@pytest.mark.parametrize(
    "wave",
    [
        np.sign(tone(100.0)),
        np.concatenate([silence(0.6), np.ones(1), silence(0.6)]),
        np.full(16_000, 0.5),
        np.where(np.arange(16_000) % 2, 1.0, -1.0),
        tone(7_900.0),
        tone(30.0),
    ],
    ids=["square", "click", "constant", "highest", "high", "low"],
)
def test_odd_sounds_are_measured_without_a_fault(wave: Wave) -> None:
    found = of(wave)
    assert found.duration == pytest.approx(len(wave) / 16_000)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["tone", "voice", "noise", "silence"]),
            st.floats(0.05, 0.8),
            st.floats(50.0, 900.0),
            st.floats(1e-4, 1.5),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_mixture_is_measured_within_the_ranges_of_the_contract(
    parts: list[tuple[str, float, float, float]],
) -> None:
    waves = {
        "tone": lambda seconds, hertz, level: tone(hertz, seconds, level),
        "voice": lambda seconds, hertz, level: harmonics(hertz, seconds, 8, level),
        "noise": lambda seconds, hertz, level: noise(seconds, level, int(hertz)),
        "silence": lambda seconds, hertz, level: silence(seconds),
    }
    wave = np.concatenate([waves[kind](*rest) for kind, *rest in parts])
    found = measure(pcm(wave))
    if found is None:
        assert len(wave) < 8_000
        return
    assert found.sounding + found.pause_time <= found.duration + 0.01
    assert found.voiced <= found.duration
    for name, least, most in (
        ("pitch_mean", 60.0, 600.0),
        ("jitter", 0.0, 1.0),
        ("shimmer", 0.0, 2.0),
        ("pitch_tremor_hertz", 1.4, 16.0),
        ("intensity_tremor_hertz", 1.4, 16.0),
        ("pitch_tremor", 0.01, 2.0),
        ("first_formant", 0.0, 8_000.0),
        ("intensity", -80.0, 1.0),
        ("loudness", -70.0, 5.0),
        ("harmonics_to_noise", -50.0, 100.0),
        ("signal_to_noise", 0.0, 120.0),
        ("syllables", 0, 60),
    ):
        value = getattr(found, name)
        assert value is None or least <= value <= most, name
    if found.pitch_mean is not None:
        assert found.pitch_low is not None
        assert found.pitch_high is not None
        assert found.pitch_low <= found.pitch_mean + found.pitch_deviation
        assert found.pitch_low <= found.pitch_high
