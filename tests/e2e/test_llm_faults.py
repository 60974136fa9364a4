"""Each fault of each vendor, in a session of its own: its reason, in time, and the session ends well."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED, OUTCOME_TRUNCATED, PHASE_REFINE
from rivermouth.session.v1.events_pb2 import SessionSummary
from services.llm import reasons
from services.llm.emulator.answering import MODES, WELL, Answering
from services.llm.emulator.record import ReceivedRequest
from tests.e2e.emulated import Suite, final, suite, told
from tests.gateway import rules
from tests.gateway.calls import Call
from tests.gateway.puppets import eventually
from tests.services.llm.test_faults import FAULTS
from tests.services.llm.vendors import VENDORS

NAME = "speaker_attitude"
TEXT = "Could you please show fault {mode} of {vendor}? Thank you so much, that would be very kind of you."
QUICK: dict[str, Any] = {
    "first_token_timeout": 1.5,
    "idle_timeout": 1.0,
    "call_timeout": 10.0,
    "attempts": 1,
    "breaker_failures": 10_000,  # a session shall not see the faults of the others
    "max_answer_bytes": 64 << 10,
}
LONGEST = 8.0
"""Seconds: the longest time-out twice, for a repair or another vendor, where others use the machine too."""
AT_ONCE = 25
SLOW = replace(MODES["slow"], piece_delay=0.005)
LAST = "cannot_stream"
"""From then on the model is not asked to stream any more."""
MENDED = {reasons.LLM_INVALID_OUTPUT}  # an answer came: it is mended, not asked for elsewhere


def as_told(request: ReceivedRequest) -> Answering:
    """What the conversation asks for, of the vendor that it names; all others answer well."""
    found = re.search(r"fault (\w+) of (\w+)\?", request.message)
    if not found or found[2] != request.vendor:
        return WELL
    return SLOW if found[1] == "slow" else MODES[found[1]]


def expected(vendor: str, mode: str) -> str:
    """The reason; empty where there is none."""
    if (vendor, mode) == ("ollama", "refusal"):
        return reasons.LLM_INVALID_OUTPUT  # it has no word for it
    return FAULTS[mode][0] if mode in FAULTS else ""


@asynccontextmanager
async def matrix() -> AsyncIterator[Suite]:
    """A suite that has served already, and is as it was when it is left."""
    async with suite(answer=as_told, **QUICK) as whole:
        for vendor in VENDORS:  # loads the SDKs, opens what is kept open
            await session(whole, "good", vendor)
        before = left(whole)
        yield whole
        try:
            await eventually(lambda: not left(whole) - before)
        except TimeoutError:
            names = sorted(str(each.get_coro())[:90] for each in asyncio.all_tasks())
            raise AssertionError(f"{left(whole)}, it was {before}: {names}") from None


def left(whole: Suite | None = None) -> Counter[str]:
    """What could leak. Connections are kept to be used again, and the emulator has a task for each."""
    kept = whole.emulator.http_connections[0] if whole else 0
    tasks = len(asyncio.all_tasks()) - kept
    return Counter(tasks=tasks, threads=sum("asyncio_" not in each.name for each in threading.enumerate()))


def sockets() -> int:
    """That this process has open."""
    links = (each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink())
    return sum(str(link).startswith("socket:") for link in links)


async def session(whole: Suite, mode: str, *providers: str) -> Call:
    """A whole session, of which the first provider shows the fault."""
    call = await whole.session(NAME, llm_providers=providers)
    await call.text(0.0, 6.0, TEXT.format(mode=mode, vendor=providers[0]), speaker="Anna")
    begin = time.monotonic()
    await call.finish()
    await call.drain()
    assert time.monotonic() - begin < LONGEST, mode
    rules.check(call.events, whole=False)
    assert call.summary.end == SessionSummary.END_FINISHED
    last = final(told(call)[NAME])
    assert last.local.speaker_attitude.words > 0
    assert (call.summary.llm_calls, call.summary.llm_input_tokens) == (last.llm.calls, last.llm.input_tokens)
    return call


async def all_of_them(whole: Suite, *, stands_in: bool) -> dict[tuple[str, str], Call]:
    """A session for each vendor and mode, many at once; `stands_in`: another vendor may be asked then."""
    places = asyncio.Semaphore(AT_ONCE)
    calls: dict[tuple[str, str], Call] = {}

    async def one(vendor: str, mode: str) -> None:
        providers = (vendor, other(vendor)) if stands_in else (vendor,)
        async with places:
            calls[vendor, mode] = await session(whole, mode, *providers)

    for modes in (set(MODES) - {LAST}, {LAST}):
        async with asyncio.TaskGroup() as tasks:
            for mode, vendor in itertools.product(sorted(modes), VENDORS):
                tasks.create_task(one(vendor, mode))
    assert len(calls) == len(MODES) * len(VENDORS)
    return calls


def other(vendor: str) -> str:
    """The vendor that stands in for one."""
    return VENDORS[VENDORS.index(vendor) - 1]


async def test_each_fault_has_its_reason() -> None:
    async with matrix() as whole:
        calls = await all_of_them(whole, stands_in=False)
    wrong = {}
    for (vendor, mode), call in calls.items():
        last = final(told(call)[NAME])
        reason, part = expected(vendor, mode), last.llm
        if not reason:
            good = last.header.outcome == part.outcome == OUTCOME_COMPLETE and not part.HasField("failure")
        else:
            good = (
                last.header.outcome == OUTCOME_TRUNCATED
                and part.outcome == (OUTCOME_TRUNCATED if part.HasField("findings") else OUTCOME_FAILED)
                and last.header.failure.reason == part.failure.reason == reason
                and (reason in MENDED or part.failure.retryable == FAULTS[mode][1])
            )
        if not good or (part.provider, part.fallback_from) != (vendor, ""):
            wrong[vendor, mode] = (reason, last.header.outcome, part)
        simulated = [each for each in told(call)[NAME] if each.llm.simulated]
        assert bool(simulated) == (mode == LAST), mode
        if simulated:
            assert 3 <= sum(each.header.phase == PHASE_REFINE for each in simulated) <= 5
    assert not wrong


async def test_another_vendor_stands_in_and_the_event_says_so() -> None:
    async with matrix() as whole:
        calls = await all_of_them(whole, stands_in=True)
    wrong = {}
    for (vendor, mode), call in calls.items():
        last = final(told(call)[NAME])
        reason, part = expected(vendor, mode), last.llm
        if reason in MENDED:
            good = (part.failure.reason, part.provider, part.repaired) == (reason, vendor, True)
        elif reason:
            good = (
                last.header.outcome == part.outcome == OUTCOME_COMPLETE
                and (part.provider, part.fallback_from, part.attempt) == (other(vendor), vendor, 2)
                and part.calls == 2
                and part.findings.WhichOneof("findings") == NAME
            )
        else:
            good = (part.provider, part.fallback_from) == (vendor, "") and part.outcome == OUTCOME_COMPLETE
        if not good:
            wrong[vendor, mode] = (reason, last.header.outcome, part)
    assert not wrong


async def test_nothing_is_left_of_all_that() -> None:
    """Sockets, tasks and threads, once what kept connections is closed."""
    before: Counter[str] = Counter()
    for _ in range(2):  # what is made once, and kept, is made the first time
        async with matrix() as whole:
            faults = [session(whole, mode, vendor) for mode in ("reset_midway", "hang") for vendor in VENDORS]
            stood_in = [session(whole, "silent", vendor, other(vendor)) for vendor in VENDORS]
            await asyncio.gather(*faults, *stood_in)
        now = left() + Counter(sockets=sockets())
        before = before or now
    await eventually(lambda: not left() + Counter(sockets=sockets()) - before)
