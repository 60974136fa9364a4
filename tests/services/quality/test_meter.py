"""The meter as a whole: the same figures however a stream is cut, gaps, silence, the rolling window."""

import dataclasses
import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.quality.measures import Measurement
from services.quality.meter import PANE_FRAMES, WINDOW_PANES, Meter
from tests.services.quality.sounds import DATA, load, pcm, phrase, pink, sine, white

RATE = 8_000
FRAME = 160


def flat(value: object, name: str = "") -> dict[str, object]:
    """Every number of a measurement by its name, so that they can be compared within rounding."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif isinstance(value, dict):
        fields = value
    elif isinstance(value, tuple):
        fields = dict(enumerate(value))
    else:
        return {name: value}
    return {
        path: each for key, inner in fields.items() for path, each in flat(inner, f"{name}.{key}").items()
    }


def same(first: Measurement, second: Measurement) -> None:
    one, other = flat(first), flat(second)
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert other[name] == (
            pytest.approx(value, rel=1e-6, abs=1e-6) if isinstance(value, float) else value
        ), name


def measured(*pieces: bytes, channels: int = 1, rate: int = RATE, finish: bool = True) -> Measurement:
    meter = Meter(rate, channels)
    for piece in pieces:
        meter.accept(piece)
        meter.process()
    if finish:
        meter.finish()
    return meter.measure()


def test_nothing_measured_has_no_figures() -> None:
    found = Meter(RATE, 2).measure()
    assert (found.figures, found.measured_share, found.position) == (None, 0.0, 0)


def anything(rate: int, channels: int, frames: int, seed: int) -> np.ndarray:
    """Noise in steps, hum, dropouts and clipping, (frames, channels)."""
    rng = np.random.default_rng(seed)
    samples = 10 ** rng.uniform(-4, 0.3) * rng.standard_normal((frames, channels))
    samples *= np.repeat(10 ** rng.uniform(-3, 0, frames // 400 + 1), 400)[:frames, None]
    samples += 0.1 * np.sin(2 * np.pi * 50 * np.arange(frames) / rate)[:, None] * rng.random(channels)
    for at in rng.integers(0, frames, 3):
        samples[at : at + rng.integers(0, 500)] = 0
    limit = rng.uniform(0.2, 1.5)
    return np.clip(samples, -limit, limit)


@settings(deadline=None, max_examples=60)
@given(
    rate=st.sampled_from([8_000, 11_025, 16_000, 44_100]),
    channels=st.integers(1, 3),
    seconds=st.floats(0.001, 3),
    seed=st.integers(0, 2**32),
    cuts=st.lists(st.floats(0, 1), max_size=12),
)
@example(rate=44_100, channels=3, seconds=1.6724806595462751, seed=48220816, cuts=[0.28125])
def test_a_stream_measures_what_the_whole_does(
    rate: int, channels: int, seconds: float, seed: int, cuts: list[float]
) -> None:
    frames = round(seconds * rate)
    data, size = pcm(anything(rate, channels, frames, seed)), 2 * channels
    edges = [0, *sorted(round(cut * frames) for cut in cuts), frames]
    pieces = [data[first * size : last * size] for first, last in pairwise(edges)]
    same(measured(*pieces, channels=channels, rate=rate), measured(data, channels=channels, rate=rate))


KINDS = {
    "noise": white,
    "pink": pink,
    "zeros": np.zeros,
    "offset": lambda frames: np.full(frames, 0.7),
    "click": lambda frames: np.eye(1, frames, frames // 2)[0],
    "square": lambda frames: np.sign(np.sin(np.arange(frames) * 0.05)),
    "tone": lambda frames: np.sin(np.arange(frames) * 0.7),
    "largest": lambda frames: np.where(np.arange(frames) % 2, 1.0, -1.0),
}


@settings(deadline=None, max_examples=80)
@given(
    st.integers(8_000, 48_000),
    st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=8),
    st.floats(0.0001, 2),
    st.floats(-100, 20),
)
def test_any_audio_at_any_rate_has_figures_within_their_ranges(
    rate: int, kinds: list[str], seconds: float, gain_db: float
) -> None:
    frames = max(2, round(seconds * rate))
    samples = np.stack([KINDS[kind](frames) for kind in kinds], axis=1) * 10 ** (gain_db / 20)
    found = measured(pcm(samples), channels=len(kinds), rate=rate)
    numbers = {name: value for name, value in flat(found).items() if isinstance(value, float)}
    assert all(np.isfinite(value) for value in numbers.values())
    figures = found.figures
    for levels in (figures.overall, *(channel.levels for channel in figures.channels)):
        assert -120 <= levels.rms_dbfs <= levels.peak_dbfs + 1e-6 <= levels.true_peak_dbtp + 2e-6 < 10
        assert 0 <= levels.clipping_ratio <= 1
        assert -1 <= levels.dc_offset <= 1
    for speech in (figures.speech, *(channel.speech for channel in figures.channels)):
        if speech is not None:
            assert -120 <= speech.noise_dbfs <= 0.5
            assert speech.snr_db is None or -20 <= speech.snr_db <= 80
            assert speech.clarity is None or 0 <= speech.clarity <= 100
    if figures.bandwidth is not None:
        assert 0 <= figures.bandwidth.signal_hertz <= figures.bandwidth.hertz <= rate / 2
    assert figures.score is None or 0 <= figures.score.points <= 100
    assert 0 <= figures.lost_ratio <= 1


@pytest.mark.parametrize("size", [160, 1600, 1601, 24_000])
def test_the_sample_call_in_pieces(size: int) -> None:
    rate, call = load(DATA / "sample_call" / "call.wav")
    data = pcm(call)
    pieces = [data[at : at + 4 * size] for at in range(0, len(data), 4 * size)]
    meter = Meter(rate, 2)
    for piece in pieces:
        meter.accept(piece)
        if meter.backlog >= rate // 2:
            meter.process()
    meter.finish()
    same(meter.measure(), measured(data, channels=2, rate=rate))


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4000)), max_size=8))
def test_silence_that_was_not_sent_counts_like_zeros(pieces: list[tuple[bool, int]]) -> None:
    told, sent = Meter(RATE, 1), Meter(RATE, 1)
    for is_silence, frames in pieces:
        samples = bytes(2 * frames) if is_silence else pcm(sine(1000, frames / RATE, RATE, 0.3))
        sent.accept(samples)
        if is_silence:
            told.silence(frames)
        else:
            told.accept(samples)
    told.finish()
    sent.finish()
    same(told.measure(), sent.measure())


def test_the_backlog_is_measured_but_for_less_than_20_ms() -> None:
    meter = Meter(RATE, 1)
    meter.accept(bytes(2 * (10 * FRAME + 7)))
    assert (meter.position, meter.backlog, meter.measure().measured) == (10 * FRAME + 7, 10 * FRAME + 7, 0)
    meter.process()
    assert (meter.backlog, meter.measure().measured) == (7, 10 * FRAME)
    meter.finish()
    assert (meter.backlog, meter.measure().measured_share) == (0, 1.0)


def test_gaps_lower_the_measured_share_and_nothing_reaches_over_them() -> None:
    meter = Meter(RATE, 1)
    meter.accept(bytes(2 * (FRAME + FRAME // 2)))
    meter.skip(3 * FRAME)
    meter.accept(bytes(2 * (FRAME + FRAME // 2)))
    meter.finish()
    found = meter.measure()
    assert (found.position, found.measured) == (6 * FRAME, 3 * FRAME)
    assert found.measured_share == 0.5
    assert found.figures.silence_ratio == 1.0


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 20_000), st.integers(1, 20_000), st.integers(1, 500))
def test_after_a_gap_a_stretch_is_as_at_the_start(first: int, second: int, gap: int) -> None:
    """No filter, window or run goes on: two stretches have the peaks and blocks of two streams."""
    noise = 0.2 * pink(first + second)
    parts = noise[:first], noise[first:]
    both = Meter(RATE, 1)
    both.accept(pcm(parts[0]))
    both.skip(gap)
    both.accept(pcm(parts[1]))
    both.finish()
    alone = [measured(pcm(part)).figures for part in parts]
    found = both.measure().figures
    maxima = [each.loudness.max_momentary_lufs for each in alone]
    assert found.loudness.max_momentary_lufs == pytest.approx(max(maxima, key=lambda each: each or -99))
    assert found.overall.true_peak_dbtp == pytest.approx(max(each.overall.true_peak_dbtp for each in alone))
    assert found.gaps == 1


def test_the_window_is_the_last_10_to_12_seconds() -> None:
    meter = Meter(RATE, 1)
    meter.accept(pcm(np.concatenate([phrase()[::2], phrase()[::2], 0.3 * white(14 * RATE)])))
    meter.process()
    recent, whole = meter.measure(recent=True), meter.measure()
    pane = PANE_FRAMES * FRAME
    assert recent.position == whole.position
    assert (whole.start, whole.measured_share) == (0, pytest.approx(1, abs=0.001))
    assert WINDOW_PANES * pane <= recent.measured < (WINDOW_PANES + 1) * pane
    assert recent.start + recent.measured == whole.measured
    assert recent.measured_share == pytest.approx(recent.measured / recent.position)
    assert recent.figures.speech.snr_db < -10
    assert whole.figures.speech.snr_db > 40


def test_before_it_is_full_the_window_is_all() -> None:
    meter = Meter(RATE, 1)
    meter.accept(pcm(phrase()[::2]))
    meter.process()
    same(meter.measure(recent=True), meter.measure())


def test_hours_take_no_more_memory_than_minutes() -> None:
    meter, sizes = Meter(RATE, 1), []
    piece = pcm(0.1 * white(50 * RATE))
    for _ in range(3):
        for _ in range(13):
            meter.accept(piece)
            meter.process()
        sizes.append(len(pickle.dumps([meter._whole, meter._recent, meter._pane])))
    assert sizes[2] < 1.05 * sizes[1] < 1_000_000
