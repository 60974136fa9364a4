import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.quality.gating import EXACT_BLOCKS, GatedBlocks, lufs, power_of

LOUDNESSES = st.lists(st.floats(-90, 5), min_size=1, max_size=200)


def blocks(loudnesses) -> np.ndarray:
    return 10 ** ((np.asarray(loudnesses) + 0.691) / 10)


def by_definition(powers: np.ndarray) -> float | None:
    """BS.1770-4, Annex 1, equations 5 to 7."""
    powers = powers[powers >= power_of(-70)]
    powers = powers[powers > powers.mean() / 10] if powers.size else powers
    return -0.691 + 10 * math.log10(powers.mean()) if powers.size else None


@given(LOUDNESSES, st.integers(0, 200))
def test_short_streams_are_exact_however_they_were_put_together(loudnesses, cut: int) -> None:
    powers = blocks(loudnesses)
    first, second = GatedBlocks(), GatedBlocks()
    first.put(powers[:cut])
    second.put(powers[cut:])
    first.add(second)
    assert first.integrated() == pytest.approx(by_definition(powers))


def test_long_streams_are_a_histogram_with_exact_means() -> None:
    rng = np.random.default_rng(1)
    powers = blocks(np.concatenate([rng.normal(-23, 4, 20_000), rng.normal(-45, 6, 20_000)]))
    whole = GatedBlocks()
    for at in range(0, len(powers), 20):
        pane = GatedBlocks()
        pane.put(powers[at : at + 20])
        whole.add(pane)
    assert len(powers) > EXACT_BLOCKS
    assert whole.integrated() == pytest.approx(by_definition(powers), abs=1e-3)
    other = GatedBlocks()
    other.add(whole)
    other.add(whole)
    assert other.integrated() == pytest.approx(whole.integrated())
    assert other.range() == pytest.approx(whole.range())


def test_nothing_above_the_absolute_gate_has_no_loudness() -> None:
    quiet = GatedBlocks()
    quiet.put(blocks([-70.1, -80, -120]))
    assert (quiet.integrated(), quiet.range()) == (None, None)
    quiet.put(blocks([-69.9]))
    assert quiet.integrated() == pytest.approx(-69.9)
    assert lufs(0.0) is None


@pytest.mark.parametrize("spread", [0, 5, 10, 15])
def test_range_is_the_distance_of_the_percentiles(spread: float) -> None:
    steady = GatedBlocks()
    steady.put(blocks([-20.0] * 500 + [-20.0 - spread] * 500))
    assert steady.range() == pytest.approx(spread)
