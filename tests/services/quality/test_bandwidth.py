import numpy as np
import pytest

from tests.services.quality.sounds import figures, phrase, sine, white

soxr = pytest.importorskip("soxr")
RATE = 48_000


def low_passed(samples: np.ndarray, rate: int, edge: float) -> np.ndarray:
    spectrum = np.fft.rfft(samples)
    spectrum[np.arange(len(spectrum)) * rate / len(samples) > edge] = 0
    return np.fft.irfft(spectrum, len(samples))


@pytest.mark.parametrize("edge", [1_000, 3_400, 5_000, 8_000, 12_500, 16_000, 20_000])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_edge_of_noise(edge: float, rate: int) -> None:
    found = figures(low_passed(0.1 * white(4 * rate), rate, edge), rate).bandwidth
    assert found.hertz == pytest.approx(edge, abs=75)


@pytest.mark.parametrize("edge", [2_000, 3_400, 6_000])
def test_edge_of_speech(edge: float) -> None:
    assert figures(low_passed(phrase(), 16_000, edge), 16_000).bandwidth.hertz == pytest.approx(edge, abs=150)


@pytest.mark.parametrize("source", [8_000, 11_025, 12_000, 16_000, 24_000])
def test_resampled_speech_and_noise_are_found_out(source: int) -> None:
    for samples, rate in ((phrase(), 16_000), (0.1 * white(4 * RATE), RATE)):
        if source < rate:
            narrow = soxr.resample(soxr.resample(samples, rate, source), source, RATE)
            found = figures(narrow, RATE).bandwidth
            assert found.content_rate_hertz == source
            assert found.hertz == pytest.approx(source / 2, rel=0.12)


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_a_telephone_line_at_its_own_rate_is_not_resampled(rate: int) -> None:
    found = figures(soxr.resample(phrase(), 16_000, rate), rate).bandwidth
    assert found.content_rate_hertz is None
    assert found.hertz > 0.85 * rate / 2


def test_what_fades_out_or_is_a_tone_is_not_resampled() -> None:
    spectrum = np.fft.rfft(white(4 * RATE))
    hertz = np.arange(1, len(spectrum) + 1) / 4
    fading = np.fft.irfft(spectrum / (1 + (hertz / 1500) ** 3.5), 4 * RATE)
    found = figures(0.1 * fading / fading.std(), RATE).bandwidth
    assert found.content_rate_hertz is None
    assert 5_000 < found.hertz < 23_900
    assert figures(sine(3_000, 3, RATE), RATE).bandwidth.content_rate_hertz is None


def test_the_signal_has_its_own_under_noise() -> None:
    widths = []
    for dbfs in (-80, -45, -30, -20):
        found = figures(phrase() + 10 ** (dbfs / 20) * white(len(phrase())), 16_000).bandwidth
        widths.append(found.signal_hertz)
        assert found.signal_hertz <= found.hertz
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 7_000
    assert widths[-1] < 5_000
    assert figures(0.1 * white(64_000), 16_000).bandwidth.signal_hertz == 0
    tone = sine(1_000, 4, 16_000) + 0.001 * white(64_000)
    assert figures(tone, 16_000).bandwidth.signal_hertz == pytest.approx(1_000, abs=150)


def test_silence_has_no_bandwidth() -> None:
    assert figures(np.zeros(RATE), RATE).bandwidth is None
