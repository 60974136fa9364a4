"""The order of waiting works: urgency, fairness by owner, age; simulated, with seconds that cost nothing."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from services.asr.fair_queue import PATIENCE, Entry, FairQueue, Urgency

FINAL, SPECULATIVE, INTERIM = Urgency
COSTS = st.floats(0.01, 2.0)


def entry(owner: str, urgency: Urgency = INTERIM, arrived: float = 0.0) -> Entry[str]:
    return Entry(f"{owner} {urgency.name}", owner, urgency, arrived)


def pass_once(queue: FairQueue[str], now: float = 0.0, cost: float = 0.1) -> str:
    """Decode the next work; returns which."""
    first = queue.ordered(now)[0]
    queue.take([first])
    queue.charge(first, cost)
    return first.item


def test_finals_go_before_speculative_works_and_those_before_interims() -> None:
    queue: FairQueue[str] = FairQueue()
    for urgency in (INTERIM, SPECULATIVE, FINAL):
        queue.add(entry(f"{urgency.name}", urgency))
    assert [pass_once(queue) for _ in Urgency] == [f"{each.name} {each.name}" for each in Urgency]
    assert len(queue) == 0


def test_the_oldest_audio_goes_first() -> None:
    queue: FairQueue[str] = FairQueue()
    for owner, arrived in (("b", 2.0), ("a", 1.0), ("c", 3.0)):
        queue.add(entry(owner, FINAL, arrived))
    assert queue.oldest() == 1.0
    assert [pass_once(queue)[0] for _ in range(3)] == ["a", "b", "c"]
    assert queue.oldest() is None


def test_a_newer_work_takes_the_place_and_the_age_of_the_one_that_waits() -> None:
    queue: FairQueue[str] = FairQueue()
    old = entry("a", INTERIM, 1.0)
    assert queue.add(old) is None
    queue.add(entry("b", INTERIM, 2.0))
    assert queue.add(entry("a", INTERIM, 5.0)) is old
    assert len(queue) == 2
    assert queue.ordered(5.0)[0].owner == "a"
    assert queue.add(entry("a", SPECULATIVE, 6.0)) is not None
    assert queue.oldest() == 1.0
    assert [pass_once(queue) for _ in range(2)] == ["a SPECULATIVE", "b INTERIM"]


def test_finals_and_works_that_have_begun_are_not_replaced() -> None:
    queue: FairQueue[str] = FairQueue()
    begun = entry("a")
    queue.add(begun)
    queue.fix(begun)
    assert queue.add(entry("a")) is None
    assert queue.add(entry("a", FINAL)) is None
    assert queue.add(entry("a", FINAL)) is None
    assert len(queue) == 4
    queue.remove(begun)
    queue.remove(begun)
    assert len(queue) == 3


def test_interims_get_one_pass_in_four_while_finals_without_end_wait() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.add(entry("patient"))
    now, passes = 0.0, []
    for number in range(60):
        queue.add(entry(f"{number}", FINAL, now))
        queue.add(entry(f"{number}+", FINAL, now))
        passes.append(pass_once(queue, now).split()[1])
        if passes[-1] == "INTERIM":
            queue.add(entry("patient", INTERIM, now - PATIENCE))
        now += 0.1
    young = round(PATIENCE / 0.1)
    assert "INTERIM" not in passes[:young]
    assert passes[young:].count("INTERIM") in range(12, 14)
    gaps = "".join(each[0] for each in passes[young:]).split("I")
    assert all(gap == "FFF" for gap in gaps[1:-1])


def test_who_took_more_than_its_share_yields_though_its_audio_is_older() -> None:
    queue: FairQueue[str] = FairQueue()
    order = []
    queue.add(entry("recording", FINAL, 0.0))
    for _ in range(3):  # a recording that came in one piece, and a person who speaks now
        order.append(pass_once(queue, 20.0, cost=1.0).split()[0])
        queue.add(entry("recording", FINAL, 0.0))
        queue.add(entry("person", FINAL, 19.0))
        order.append(pass_once(queue, 20.0, cost=0.1).split()[0])
    assert order == ["recording", "person"] * 3


@given(costs=st.dictionaries(st.sampled_from("abcdef"), COSTS, min_size=2), passes=st.integers(10, 120))
def test_owners_that_always_want_more_get_the_same_seconds(costs: dict[str, float], passes: int) -> None:
    queue: FairQueue[str] = FairQueue()
    seconds = dict.fromkeys(costs, 0.0)
    for owner in costs:
        queue.add(entry(owner))
    for _ in range(passes):
        owner = queue.ordered(0.0)[0].owner
        assert isinstance(owner, str)
        pass_once(queue, cost=costs[owner])
        seconds[owner] += costs[owner]
        queue.add(entry(owner))
    for one, other in ((a, b) for a in costs for b in costs):
        # The theorem of start-time fair queueing: one longest pass of each.
        assert abs(seconds[one] - seconds[other]) <= costs[one] + costs[other] + 1e-9


@given(
    script=st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from([FINAL, INTERIM]), COSTS), min_size=5, max_size=80
    ),
    data=st.data(),
)
def test_nobody_waits_longer_than_the_bound(
    script: list[tuple[str, Urgency, float]], data: st.DataObject
) -> None:
    """Works come at random; each owner waits for each other, in its class, at most one pass of that owner and
    as long as its own last pass."""
    queue: FairQueue[str] = FairQueue(patience=float("inf"))  # the bound is within a class
    own_last: dict[tuple[object, Urgency], float] = defaultdict(float)
    longest: dict[tuple[object, Urgency], float] = defaultdict(float)
    served: dict[int, dict[object, float]] = {}
    waiting: list[Entry[str]] = []
    while script or waiting:
        while script and (not waiting or data.draw(st.booleans())):
            owner, urgency, _ = script[0]
            if any((each.owner, each.urgency) == (owner, urgency) for each in waiting):
                break
            work = entry(owner, urgency)
            work.item = str(script.pop(0)[2])
            assert queue.add(work) is None
            waiting.append(work)
            served[id(work)] = defaultdict(float)
        first = queue.ordered(0.0)[0]
        cost = float(first.item)
        queue.take([first])
        waiting.remove(first)
        key = (first.owner, first.urgency)
        longest[key] = max(longest[key], cost)
        for each in waiting:
            if each.urgency is first.urgency:
                served[id(each)][first.owner] += cost
        for other, seconds in served[id(first)].items():
            assert seconds <= own_last[key] + longest[other, first.urgency] + 1e-9
        queue.charge(first, cost)
        own_last[key] = cost


def test_what_owners_used_is_forgotten_when_nobody_waits() -> None:
    queue: FairQueue[str] = FairQueue()
    for cost in (50.0, 0.1):
        queue.add(entry("a" if cost > 1 else "b"))
        pass_once(queue, cost=cost)
    queue.add(entry("a", INTERIM, 1.0))
    queue.add(entry("b", INTERIM, 2.0))
    assert pass_once(queue, 3.0) == "a INTERIM"
