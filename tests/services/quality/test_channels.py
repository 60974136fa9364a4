import numpy as np
import pytest

from services.quality.measures import ChannelProblem, ChannelProblemKind
from tests.services.quality.sounds import figures, phrase, white

RATE = 16_000
SILENT, IDENTICAL, INVERTED = (
    ChannelProblemKind.SILENT,
    ChannelProblemKind.IDENTICAL,
    ChannelProblemKind.INVERTED,
)


def problems(*channels: np.ndarray) -> tuple[ChannelProblem, ...]:
    return figures(np.stack(channels, axis=1), RATE).problems


def test_each_problem_is_named() -> None:
    voice, other = phrase(), 0.1 * white(len(phrase()))
    silence = np.zeros(len(voice))
    assert problems(voice, other) == ()
    assert problems(voice, voice) == (ChannelProblem(IDENTICAL, 1, 2),)
    assert problems(voice, -voice) == (ChannelProblem(INVERTED, 1, 2),)
    assert problems(silence, voice) == (ChannelProblem(SILENT, 1),)
    assert problems(voice, other, voice, silence) == (
        ChannelProblem(SILENT, 4),
        ChannelProblem(IDENTICAL, 1, 3),
    )


def test_all_silent_or_mono_is_no_problem_of_channels() -> None:
    assert problems(np.zeros(RATE), np.zeros(RATE)) == ()
    assert figures(phrase(), RATE).problems == ()


@pytest.mark.parametrize(("difference_db", "found"), [(-50, 1), (-30, 0)])
def test_identical_is_within_40_db(difference_db: float, found: int) -> None:
    voice = phrase()
    noise = voice.std() * 10 ** (difference_db / 20) * white(len(voice))
    assert len(problems(voice, voice + noise)) == found


def test_a_common_dc_offset_makes_no_channels_identical() -> None:
    voice, other = 0.01 * white(RATE, 1), 0.01 * white(RATE, 2)
    assert problems(voice + 0.5, other + 0.5) == ()
