"""Breaker, budget, cache, retries: each by itself, on a clock of the test's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm import reasons
from services.llm.breaker import Breaker
from services.llm.budget import Budget, Charge, Spent, estimate_input
from services.llm.cache import AnswerCache
from services.llm.events import Answering, End, TextDelta, Usage
from services.llm.failure import ModelFailure
from services.llm.request import Audio, Request
from services.llm.retry import RetryPlan
from services.llm.settings import LlmSettings

REQUEST = Request("Do.", "data", max_output_tokens=100)
FAILED = ModelFailure(reasons.LLM_VENDOR_FAILED, "failed", retryable=True)


class Clock:
    """Seconds, as the test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, failure: BaseException = FAILED) -> None:
    with pytest.raises(type(failure)), breaker.enter():
        raise failure


def succeed(breaker: Breaker) -> None:
    with breaker.enter() as passage:
        passage.succeed()


def test_a_breaker_opens_after_failures_in_a_row_and_closes_after_a_success() -> None:
    clock = Clock()
    breaker = Breaker(3, 10.0, clock)
    for _ in range(2):
        fail(breaker)
    succeed(breaker)
    for _ in range(3):
        assert not breaker.is_open
        fail(breaker)
    assert breaker.is_open
    with pytest.raises(ModelFailure) as caught:
        breaker.enter()
    assert (caught.value.reason, caught.value.retry_after) == (reasons.LLM_BREAKER_OPEN, 10.0)
    assert reasons.LLM_VENDOR_FAILED in caught.value.message
    clock.now = 10.0
    fail(breaker)  # the one that may try
    assert breaker.is_open
    clock.now = 20.0
    with breaker.enter() as passage:
        assert breaker.is_open  # one at a time
        passage.succeed()
    assert not breaker.is_open
    fail(breaker)
    assert not breaker.is_open


@pytest.mark.parametrize(
    "failure",
    [
        ModelFailure(reasons.LLM_REQUEST_REFUSED, "no", retryable=False),
        ModelFailure(reasons.LLM_BUDGET, "no", retryable=False),
        ModelFailure(reasons.LLM_REFUSED, "no", retryable=False),
        GeneratorExit(),
        KeyboardInterrupt(),
    ],
)
def test_what_is_not_the_vendors_fault_does_not_count(failure: BaseException) -> None:
    clock = Clock()
    breaker = Breaker(1, 10.0, clock)
    fail(breaker, failure)
    assert not breaker.is_open
    fail(breaker)
    clock.now = 10.0
    fail(breaker, failure)
    assert not breaker.is_open  # another may try


def open_charge(budget: Budget, session: str = "s", tenant: str = "t") -> Charge:
    return budget.open(REQUEST, session, tenant)


def test_calls_of_a_session_are_counted() -> None:
    budget = Budget(LlmSettings(session_calls=2))
    for _ in range(2):
        open_charge(budget).settle(Usage(5, 7), 100, reached=True)
    with pytest.raises(ModelFailure, match="made its 2 calls") as caught:
        open_charge(budget)
    assert (caught.value.reason, caught.value.retryable) == (reasons.LLM_BUDGET, False)
    assert budget.spent("s") == Spent(2, 10, 14)
    open_charge(budget, "other").settle(None, 0, reached=False)
    assert budget.close_session("s") == Spent(2, 10, 14)
    assert budget.spent("s") == budget.close_session("s") == Spent()


def test_tokens_are_held_while_a_call_runs() -> None:
    most = 2 * (100 + estimate_input(REQUEST))
    budget = Budget(LlmSettings(session_tokens=most))
    first, _ = open_charge(budget), open_charge(budget)
    with pytest.raises(ModelFailure, match="may be due"):
        open_charge(budget)
    first.settle(Usage(1, 1), 0, reached=True)
    first.settle(Usage(1, 1), 0, reached=True)  # once only
    with pytest.raises(ModelFailure):
        open_charge(budget)  # 2 tokens are spent
    assert budget.spent("s").tokens == 2


def test_a_tenants_window_ends() -> None:
    clock = Clock()
    budget = Budget(LlmSettings(tenant_calls=1, tenant_window=60.0), clock)
    running = open_charge(budget)
    with pytest.raises(ModelFailure, match="tenant"):
        open_charge(budget)
    clock.now = 60.0
    open_charge(budget).settle(None, 0, reached=True)
    with pytest.raises(ModelFailure, match="tenant"):
        open_charge(budget)
    running.settle(None, 0, reached=True)
    clock.now = 120.0
    open_charge(budget, tenant="other")
    open_charge(budget)


def test_without_a_count_of_the_vendors_tokens_are_estimated() -> None:
    budget = Budget(LlmSettings())
    assert open_charge(budget).settle(None, 300, reached=True) == Spent(0, estimate_input(REQUEST), 100)
    assert open_charge(budget).settle(None, 0, reached=False) == Spent()
    heard = Request("Do.", "data", audio=Audio(bytes(32_000)))
    assert estimate_input(heard) == estimate_input(REQUEST) + 32


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 300), st.integers(0, 300)), max_size=30))
def test_a_budget_is_never_overdrawn_by_calls_within_what_they_hold(
    calls: list[tuple[str, int, int]],
) -> None:
    budget = Budget(LlmSettings(session_tokens=1_000))
    running: list[tuple[Charge, Usage]] = []
    for session, read, made in calls:
        usage = Usage(min(read, estimate_input(REQUEST)), min(made, 100))
        try:
            running.append((open_charge(budget, session, ""), usage))
        except ModelFailure:
            for charge, spent in running:
                charge.settle(spent, 0, reached=True)
            running.clear()
        assert all(budget.spent(each).tokens <= 1_000 for each in "ab")


END = End(True, "stop")


def test_a_cache_keeps_the_latest_used_within_its_limits() -> None:
    clock = Clock()
    cache = AnswerCache(LlmSettings(cache_answers=2, cache_bytes=1_000, cache_seconds=60.0), clock)
    cache.put("a", "m", "text", (), END)
    cache.put("b", "m", "text", (), END)
    assert cache.get("a") == (Answering("m", False), TextDelta("text"), END)
    cache.put("c", "m", "text", (), END)
    assert cache.get("b") is None
    cache.put("d", "m", "x" * 998, (), END)  # with which only itself fits
    assert cache.get("a") is cache.get("c") is None
    cache.put("e", "m", "x" * 1_001, (), END)
    assert cache.get("e") is None
    assert cache.get("d") is not None
    clock.now = 60.0
    assert cache.get("d") is None
    cache.drop("d")


def test_a_cache_is_off_unless_it_is_asked_for() -> None:
    cache = AnswerCache(LlmSettings())
    cache.put("a", "m", "text", (), END)
    assert cache.get("a") is None


def test_keys_tell_tenants_providers_and_models_apart() -> None:
    key = AnswerCache.key
    keys = {
        key("t", "p", "m", REQUEST),
        key("u", "p", "m", REQUEST),
        key("t", "q", "m", REQUEST),
        key("t", "p", "n", REQUEST),
        key("t", "p", "m", Request("Do.", "other")),
    }
    assert len(keys) == 5


@pytest.mark.parametrize(
    ("retryable", "retry_after", "attempt", "least", "most"),
    [
        (True, None, 1, 0.25, 0.5),
        (True, None, 2, 0.5, 1.0),
        (True, 1.5, 1, 1.5, 1.5),
        (True, 0.0, 1, 0.25, 0.5),
        (True, 2.0, 1, 2.0, 2.0),
    ],
)
def test_waits_honour_what_the_vendor_asks_for(
    retryable: bool, retry_after: float | None, attempt: int, least: float, most: float
) -> None:
    plan = RetryPlan(LlmSettings(attempts=3, backoff_initial=0.5, backoff_maximum=2.0))
    failure = ModelFailure("LLM_X", "x", retryable=retryable, retry_after=retry_after)
    delay = plan.delay(failure, attempt)
    assert delay is not None
    assert least <= delay <= most


@pytest.mark.parametrize(
    ("retryable", "retry_after", "attempt"), [(False, None, 1), (True, 2.1, 1), (True, None, 3)]
)
def test_when_not_to_try_again(retryable: bool, retry_after: float | None, attempt: int) -> None:
    plan = RetryPlan(LlmSettings(attempts=3, backoff_maximum=2.0))
    failure = ModelFailure("LLM_X", "x", retryable=retryable, retry_after=retry_after)
    assert plan.delay(failure, attempt) is None


def test_one_that_tried_before_does_not_make_room_for_two() -> None:
    clock = Clock()
    breaker = Breaker(1, 10.0, clock)
    early = breaker.enter()
    fail(breaker)
    clock.now = 10.0
    slow = breaker.enter()  # the one that may try
    early.succeed()  # meanwhile one from before goes well, and the breaker closes
    fail(breaker)
    clock.now = 20.0
    trial = breaker.enter()
    slow.__exit__(None, None, None)
    with pytest.raises(ModelFailure, match="left alone"):
        breaker.enter()
    trial.succeed()
    assert not breaker.is_open


def test_tenants_that_have_no_budget_are_not_remembered() -> None:
    budget = Budget(LlmSettings())
    for number in range(1_000):
        open_charge(budget, "", f"tenant {number}").settle(Usage(1, 1), 0, reached=True)
    assert not budget._tenants


def test_tenants_are_forgotten_after_their_window_unless_a_call_runs() -> None:
    clock = Clock()
    budget = Budget(LlmSettings(tenant_calls=1, tenant_window=10.0), clock)
    running = open_charge(budget, "", "first")
    for number in range(100):
        open_charge(budget, "", f"tenant {number}").settle(Usage(1, 1), 0, reached=True)
    clock.now = 10.0
    open_charge(budget, "", "last").settle(Usage(1, 1), 0, reached=True)
    assert set(budget._tenants) == {"first", "last"}
    running.settle(Usage(1, 1), 0, reached=True)
    open_charge(budget, "", "first")  # its window is a new one
    with pytest.raises(ModelFailure, match="made its 1 calls"):
        open_charge(budget, "", "first")
