"""The scheduler: works on one event loop, decoded elsewhere, each with one answer."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.asr.scheduler import DecodeStalled, Scheduler, SchedulerClosed, Urgency
from tests.services.asr.scheduling import Bench, Request, ScriptedWork

FINAL, SPECULATIVE, INTERIM = Urgency


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    async with bench.scheduler:
        yield bench


async def test_a_work_begins_after_submit_and_is_told_its_result(bench: Bench) -> None:
    work = ScriptedWork("a", cost=0.5)
    ticket = bench.scheduler.submit(work)
    assert (work.begun, ticket.started, bench.scheduler.waiting) == (0, False, 1)
    await bench.turn()
    assert (work.begun, ticket.started, bench.scheduler.waiting) == (1, True, 0)
    bench.clock.now += 0.25  # until a thread takes it
    await bench.pass_once()
    assert work.told == ["A"]
    assert work.timing is not None
    assert (work.timing.queue, work.timing.inference) == (250_000_000, 500_000_000)
    assert (bench.scheduler.passes, bench.scheduler.busy) == (1, 0.5)


async def test_no_more_passes_than_workers() -> None:
    bench = Bench(workers=2)
    async with bench.scheduler:
        works = [ScriptedWork(owner) for owner in "abcde"]
        for work in works:
            bench.scheduler.submit(work)
        await bench.turn()
        assert (len(bench.executor.pending), bench.scheduler.waiting) == (2, 3)
        await bench.pass_once()
        assert (len(bench.executor.pending), bench.scheduler.waiting) == (2, 2)
        await bench.drain()
        assert [work.told for work in works] == [[owner.upper()] for owner in "abcde"]


async def test_what_is_replaced_is_not_told_anything(bench: Bench) -> None:
    first, old, new = ScriptedWork("first"), ScriptedWork("a"), ScriptedWork("a", cost=0.2)
    bench.scheduler.submit(first)
    await bench.turn()
    replaced = bench.scheduler.submit(old)
    bench.scheduler.submit(new)
    replaced.cancel()
    assert (replaced.ended, bench.scheduler.waiting) == (True, 1)
    await bench.drain()
    assert (old.begun, old.told, new.told) == (0, [], ["A"])


async def test_cancel_frees_the_slot(bench: Bench) -> None:
    running, waiting, last = (ScriptedWork(owner) for owner in "abc")
    tickets = [bench.scheduler.submit(work) for work in (running, waiting, last)]
    await bench.turn()
    tickets[0].cancel()
    tickets[1].cancel()
    assert bench.scheduler.waiting == 1
    await bench.drain()
    assert (running.told, waiting.told, last.told) == ([], [], ["C"])
    assert bench.batches == [["a"], ["c"]]


async def test_a_work_with_nothing_to_do_and_one_that_cannot_begin_cost_no_pass(bench: Bench) -> None:
    class Idle(ScriptedWork):
        def begin(self) -> None:
            self.begun += 1

    class Broken(ScriptedWork):
        def begin(self) -> None:
            raise LookupError("gone")

    idle, broken, good = Idle("idle"), Broken("broken"), ScriptedWork("good")
    for work in (idle, broken, good):
        bench.scheduler.submit(work)
    await bench.drain()
    assert (idle.begun, idle.told, good.told) == (1, [], ["GOOD"])
    assert [type(each) for each in broken.told] == [LookupError]
    assert bench.batches == [["good"]]
    assert bench.scheduler.waiting == 0


async def test_batches_hold_equal_keys_only_and_no_more_than_allowed() -> None:
    bench = Bench(batch=3)
    async with bench.scheduler:
        works = [ScriptedWork(f"{number}", key="xyxxyx"[number]) for number in range(6)]
        for work in works:
            bench.scheduler.submit(work)
        await bench.turn()
        late = ScriptedWork("1")  # for one that has begun, and waits for a batch of its kind
        bench.scheduler.submit(late)
        await bench.drain()
        assert bench.batches == [["0", "2", "3"], ["1", "4"], ["5"], ["1"]]
        assert [work.told for work in (*works, late)] == [[each] for each in "0123451"]
        assert all(work.begun == 1 for work in works)


async def test_a_final_goes_before_what_has_begun_and_waits() -> None:
    bench = Bench(batch=2)
    async with bench.scheduler:
        for number in range(3):
            bench.scheduler.submit(ScriptedWork(f"{number}", key=f"{number}"))
        await bench.turn()
        bench.scheduler.submit(ScriptedWork("final", FINAL))
        await bench.drain()
        assert bench.batches[:2] == [["0"], ["final"]]
        assert sorted(bench.batches[2:]) == [["1"], ["2"]]


@pytest.mark.parametrize("bad", ["bad", "few"])
async def test_an_exception_reaches_its_own_work_only(bad: str) -> None:
    bench = Bench(batch=4)
    async with bench.scheduler:
        works = [ScriptedWork(owner) for owner in ("a", bad, "b")]
        for work in works:
            bench.scheduler.submit(work)
        await bench.drain()
        assert bench.batches == [["a", bad, "b"], ["a"], [bad], ["b"]]
        assert (works[0].told, works[2].told) == (["A"], ["B"])
        assert len(works[1].told) == 1
        assert isinstance(works[1].told[0], ValueError if bad == "bad" else RuntimeError)


async def test_a_work_that_does_not_take_its_result_harms_nobody() -> None:
    def raise_() -> None:
        raise ZeroDivisionError

    bench = Bench(batch=2)
    async with bench.scheduler:
        broken = ScriptedWork("a", on_told=raise_)
        bench.scheduler.submit(broken)
        works = [ScriptedWork(owner) for owner in "bc"]
        for work in works:
            bench.scheduler.submit(work)
        await bench.drain()
        assert [work.told for work in works] == [["B"], ["C"]]
        assert [type(each) for each in broken.told] == [str, ZeroDivisionError]


async def test_lag_and_fullness_are_those_of_what_waits() -> None:
    bench = Bench(max_waiting=2)
    scheduler = bench.scheduler
    async with scheduler:
        assert (scheduler.lag, scheduler.is_full, scheduler.retry_after) == (0.0, False, None)
        scheduler.submit(ScriptedWork("first", cost=4.0))
        await bench.turn()
        assert scheduler.lag == 0.0
        bench.clock.now = 2.0
        scheduler.submit(ScriptedWork("a", FINAL, arrived=0.5))
        scheduler.submit(ScriptedWork("b", FINAL, arrived=1.5))
        scheduler.submit(ScriptedWork("c", arrived=2.0))
        assert (scheduler.lag, scheduler.is_full, scheduler.waiting) == (1.5, True, 3)
        assert scheduler.retry_after == 2.0  # before anything is known, a second each
        await bench.pass_once()
        assert (scheduler.lag, scheduler.is_full) == (4.5, False)
        scheduler.submit(ScriptedWork("c", FINAL))
        assert scheduler.retry_after == 8.0
        await bench.drain()
        assert scheduler.lag == 0.0


async def test_interims_become_rarer_with_the_load_and_come_back() -> None:
    bench = Bench()
    async with bench.scheduler as scheduler:
        assert (scheduler.load, scheduler.interim_interval(0.25)) == (0.0, 0.25)
        intervals = []
        for _ in range(20):
            scheduler.submit(ScriptedWork("a", cost=1.0))
            await bench.pass_once()
            intervals.append(scheduler.interim_interval(0.25))
        assert intervals == sorted(intervals)
        assert intervals[0] == 0.25
        assert 1.9 < intervals[-1] <= 2.0
        assert 0.95 < scheduler.load <= 1.0
        bench.clock.now += 60
        assert scheduler.interim_interval(0.25) == 0.25


async def test_closing_fails_what_waits_and_waits_for_what_runs() -> None:
    bench = Bench()
    running, waiting = ScriptedWork("a"), ScriptedWork("b")
    async with asyncio.TaskGroup() as tasks:
        async with asyncio.timeout(5):
            await bench.scheduler.__aenter__()
        bench.scheduler.submit(running)
        bench.scheduler.submit(waiting)
        await bench.turn()
        closing = tasks.create_task(bench.scheduler.__aexit__(None, None, None))
        await bench.turn()
        assert [type(each) for each in waiting.told] == [SchedulerClosed]
        assert not closing.done()
        assert not bench.executor.is_shut
        bench.executor.pending.popleft()()
    assert running.told == ["A"]
    assert bench.executor.is_shut
    assert bench.batches == [["a"]]


class Person:
    """Says utterances of `length` seconds without a pause between; wants an interim each `wanted` seconds."""

    def __init__(self, bench: Bench, name: str, length: float, wanted: float, cost: float) -> None:
        self.finals = self.interims = self.utterances = 0
        self.longest_wait = 0.0
        self._bench, self._name, self._length, self._wanted, self._cost = bench, name, length, wanted, cost
        self._began = self._asked = bench.clock.now

    def act(self) -> float:
        """Do what is due; returns when something is due next."""
        scheduler, now = self._bench.scheduler, self._bench.clock.now
        if now - self._began >= self._length:
            self.utterances += 1
            self._submit(FINAL, self._began + self._length)
            self._began = self._asked = now
        elif now - self._asked >= scheduler.interim_interval(self._wanted):
            self._submit(INTERIM, self._asked)
            self._asked = now
        wait = scheduler.interim_interval(self._wanted)
        return max(now + 0.001, min(self._began + self._length, self._asked + wait))

    def _submit(self, urgency: Urgency, arrived: float) -> None:
        submitted = self._bench.clock.now

        def told() -> None:
            if urgency is FINAL:
                self.finals += 1
                self.longest_wait = max(self.longest_wait, self._bench.clock.now - submitted)
            else:
                self.interims += 1

        work = ScriptedWork(self._name, urgency, arrived, cost=self._cost, on_told=told)
        self._bench.scheduler.submit(work)


async def simulate(bench: Bench, people: Sequence[Person], seconds: float) -> None:
    """Let them speak; then all that waits is done."""
    async with bench.scheduler:
        while bench.clock.now < seconds:
            due = min(person.act() for person in people)
            await bench.turn()
            if bench.executor.pending:
                await bench.pass_once()
            else:
                bench.clock.now = due
        await bench.drain()


@settings(max_examples=15)
@given(
    costs=st.lists(st.floats(0.02, 0.12), min_size=2, max_size=12),
    length=st.floats(1.5, 6.0),
)
async def test_whatever_the_load_finals_are_complete_and_nobody_starves(
    costs: list[float], length: float
) -> None:
    bench = Bench(max_waiting=1)
    people = [Person(bench, f"{number}", length, 0.25, cost) for number, cost in enumerate(costs)]
    await simulate(bench, people, 30.0)
    assert all(person.finals == person.utterances > 0 for person in people)
    # One pass of each other, the one that runs, and one in four that an interim gets.
    assert max(person.longest_wait for person in people) <= 2 * sum(costs) + 2 * max(costs)
    assert min(person.interims for person in people) > 0


async def test_past_what_the_machine_bears_interims_thin_out_and_finals_do_not() -> None:
    shown = {}
    for count in (2, 20, 60):
        bench = Bench()
        people = [Person(bench, f"{number}", 4.0, 0.25, 0.04) for number in range(count)]
        await simulate(bench, people, 40.0)
        assert [person.finals for person in people] == [person.utterances for person in people]
        shown[count] = sum(person.interims for person in people) / count
        shares = Counter(person.interims for person in people)
        assert max(shares) - min(shares) <= max(2, 0.2 * max(shares))
    # Wanted are 3.75 a second: 2 people have them, 20 (3.2 times what is there) and 60 share what is left.
    assert shown[2] >= 0.9 * 3.75 * 40
    assert 0.1 < shown[20] / shown[2] < 0.4
    assert 0 < shown[60] < shown[20]


async def test_decoding_does_not_block_the_loop_and_many_threads_lose_nothing() -> None:
    gate, entered = threading.Event(), threading.Semaphore(0)
    threads: set[str] = set()

    def decode(requests: Sequence[object]) -> Sequence[str]:
        entered.release()
        assert gate.wait(10)
        threads.add(threading.current_thread().name)
        return ["" for _ in requests]

    scheduler: Scheduler[object, str] = Scheduler(decode, workers=2, max_waiting=100)
    async with asyncio.timeout(20), scheduler:
        works = [ScriptedWork(f"{number}", FINAL) for number in range(50)]
        for work in works:
            scheduler.submit(work)
        for _ in range(2):
            await asyncio.to_thread(entered.acquire)
        assert scheduler.waiting == 48  # and the loop is here
        gate.set()
        told = asyncio.Event()
        last = ScriptedWork("last", FINAL, arrived=1.0, on_told=told.set)
        scheduler.submit(last)
        await told.wait()
    assert all(work.told == [""] for work in (*works, last))
    assert all(name.startswith("asr-decode") for name in threads)


class Stuck:
    """A decode that does not come back for texts that begin with "stuck" until it is let go."""

    def __init__(self, workers: int) -> None:
        self.let_go = threading.Event()
        self.threads: set[str] = set()
        self.scheduler: Scheduler[Request, str] = Scheduler(
            self.decode, workers=workers, max_waiting=8, patience=lambda requests: 0.05 * len(requests)
        )

    def decode(self, requests: Sequence[Request]) -> Sequence[str]:
        self.threads.add(threading.current_thread().name)
        if requests[0].text.startswith("stuck"):
            assert self.let_go.wait(20)
        return [request.text.upper() for request in requests]

    async def told(self, owner: str) -> str | Exception:
        """Submit a work; what it is told."""
        over = asyncio.Event()
        work = ScriptedWork(owner, FINAL, on_told=over.set)
        self.scheduler.submit(work)
        async with asyncio.timeout(10):
            await over.wait()
        (told,) = work.told
        return told


async def test_a_pass_that_never_ends_fails_its_works_and_no_other() -> None:
    stuck = Stuck(workers=1)
    async with asyncio.timeout(20), stuck.scheduler as scheduler:
        lost, other = await asyncio.gather(stuck.told("stuck"), stuck.told("other"))
        assert isinstance(lost, DecodeStalled)
        assert other == "OTHER"
        assert (scheduler.stalled, scheduler.passes, scheduler.waiting) == (1, 1, 0)
        assert scheduler.is_full  # its only worker is lost, and another one would be the last
        assert scheduler.retry_after == 1.0
        stuck.let_go.set()
        await until(lambda: not scheduler.stalled)
        assert not scheduler.is_full
        assert await stuck.told("again") == "AGAIN"
        assert scheduler.passes == 3


async def test_when_all_places_are_lost_works_fail_at_once_and_threads_are_bounded() -> None:
    stuck = Stuck(workers=2)
    before = threading.active_count()
    async with asyncio.timeout(20), stuck.scheduler as scheduler:
        told = await asyncio.gather(*(stuck.told(f"stuck {number}") for number in range(20)))
        assert all(isinstance(each, DecodeStalled) for each in told)
        assert scheduler.stalled == 4
        assert isinstance(await stuck.told("other"), DecodeStalled)
        assert threading.active_count() - before <= 4
        stuck.let_go.set()
        await until(lambda: not scheduler.stalled)
        assert await stuck.told("other") == "OTHER"
    assert threading.active_count() - before <= 4


async def test_closing_does_not_wait_for_a_pass_that_never_ends() -> None:
    stuck = Stuck(workers=1)
    work = ScriptedWork("stuck", FINAL)
    async with asyncio.timeout(10):
        async with stuck.scheduler as scheduler:
            scheduler.submit(work)
            await until(lambda: bool(stuck.threads))
    assert [type(each) for each in work.told] == [DecodeStalled]
    stuck.let_go.set()
    await until(lambda: not scheduler.stalled)


async def test_a_pass_in_time_is_not_watched_any_more() -> None:
    stuck = Stuck(workers=1)
    async with stuck.scheduler as scheduler:
        assert [await stuck.told(f"{number}") for number in range(30)] == [f"{n}" for n in range(30)]
        await asyncio.sleep(0.1)  # twice the time that a pass may take
        assert (scheduler.stalled, scheduler.passes) == (0, 30)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what a thread does."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
