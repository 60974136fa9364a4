import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from services.analysis.measures.wilson import Z_95, wilson


def test_the_quantile_is_that_of_95_percent() -> None:
    assert pytest.approx(norm.ppf(0.975), abs=1e-15) == Z_95


@given(st.integers(1, 500), st.data())
def test_it_is_the_interval_of_scipy(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    expected = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    assert wilson(successes / trials, trials) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(
    ("proportion", "trials", "expected"),
    [
        # z^2 = 3.8415; centre (0.5 + 0.19207) / 1.38415 = 0.5, spread 1.96 / 1.38415 * sqrt(0.025 + 0.0096)
        (0.5, 10, (0.2366, 0.7634)),
        # centre (0.8 + 0.038415) / 1.03841 = 0.80740 at 50 trials: 0.0768 = z^2 / 50
        (0.8, 50, (0.6696, 0.8876)),
        # of nothing seen in 10: 0 to z^2 / 10 / (1 + z^2 / 10)
        (0.0, 10, (0.0, 0.2775)),
    ],
)
def test_by_hand(proportion: float, trials: int, expected: tuple[float, float]) -> None:
    assert wilson(proportion, trials) == pytest.approx(expected, abs=1e-4)


@given(st.floats(0, 1), st.integers(0, 10_000))
def test_within_bounds_and_narrower_with_more_trials(proportion: float, trials: int) -> None:
    lower, upper = wilson(proportion, trials)
    assert 0 <= lower <= proportion <= upper <= 1
    more = wilson(proportion, 2 * trials + 1)
    assert more[1] - more[0] < upper - lower


def test_without_trials_nothing_is_known() -> None:
    assert wilson(0.3, 0) == (0.0, 1.0)
