"""Each fault, with each vendor's own SDK: the documented reason, in time, and nothing left behind."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from services.llm import reasons
from services.llm.answers import Whole, ask
from services.llm.emulator.answering import MODES, WELL, by_vendor
from services.llm.events import Attempt
from services.llm.failure import ModelFailure
from services.llm.llm import Llm
from tests.services.llm.vendors import REQUEST, VENDORS, Claims, claims, collected, emulated, only, settings

# Mode, reason, whether the same request may go well later, seconds that the vendor asks for.
FAULTS = {
    "slow_first_token": (reasons.LLM_TIMEOUT, True, None),
    "silent": (reasons.LLM_TIMEOUT, True, None),
    "hang": (reasons.LLM_IDLE, True, None),
    "reset": (reasons.LLM_CONNECTION_LOST, True, None),
    "reset_midway": (reasons.LLM_CONNECTION_LOST, True, None),
    "no_marker": (reasons.LLM_TRUNCATED, True, None),
    "error_midway": (reasons.LLM_VENDOR_FAILED, True, None),
    "garbage": (reasons.LLM_PROTOCOL, False, None),
    "rate_limited": (reasons.LLM_QUOTA_EXCEEDED, True, 1.0),
    "failing": (reasons.LLM_VENDOR_FAILED, True, None),
    "overloaded": (reasons.LLM_VENDOR_FAILED, True, 1.0),
    "html": (reasons.LLM_PROTOCOL, False, None),
    "html_error": (reasons.LLM_VENDOR_FAILED, True, None),
    "key_refused": (reasons.LLM_KEY_REFUSED, False, None),
    "model_unknown": (reasons.LLM_MODEL_UNKNOWN, False, None),
    "bad_request": (reasons.LLM_REQUEST_REFUSED, False, None),
    "no_json": (reasons.LLM_INVALID_OUTPUT, False, None),
    "wrong_schema": (reasons.LLM_INVALID_OUTPUT, False, None),
    "huge": (reasons.LLM_TOO_LARGE, False, None),
    "length": (reasons.LLM_TRUNCATED, False, None),
    "refusal": (reasons.LLM_REFUSED, False, None),
}
HARMLESS = {"good", "slow", "at_once", "cannot_stream", "tool"}
LONGEST = 2.0
"""Seconds that the longest time-out, and a repair, may come to on a busy machine."""


def test_every_mode_is_tested() -> None:
    assert set(FAULTS) | HARMLESS == set(MODES)


@pytest.mark.parametrize("mode", FAULTS)
@pytest.mark.parametrize("vendor", VENDORS)
async def test_the_reason_of_each_fault(vendor: str, mode: str) -> None:
    reason, retryable, wait = FAULTS[mode]
    if (vendor, mode) == ("ollama", "refusal"):
        reason = reasons.LLM_INVALID_OUTPUT  # it has no word for it: what declines is text like any other
    async with emulated(vendor, answer=MODES[mode]) as (_, llm):
        begin = time.monotonic()
        with pytest.raises(ModelFailure) as caught:
            await claims(llm)
        assert time.monotonic() - begin < LONGEST
    failure = caught.value
    assert (failure.reason, failure.retryable, failure.retry_after) == (reason, retryable, wait)
    assert failure.provider == vendor


@pytest.mark.parametrize("mode", sorted(HARMLESS - {"slow"}))
@pytest.mark.parametrize("vendor", VENDORS)
async def test_what_is_no_fault(vendor: str, mode: str) -> None:
    async with emulated(vendor, answer=MODES[mode]) as (_, llm):
        whole = await claims(llm)
    assert [claim.quote for claim in whole.value.claims] == ["We should go.", "It rains!", "Perhaps later?"]


@pytest.mark.parametrize("mode", FAULTS)
async def test_the_next_provider_stands_in(mode: str) -> None:
    async with emulated("gemini", "claude", answer=by_vendor(gemini=MODES[mode])) as (_, llm):
        if FAULTS[mode][0] == reasons.LLM_INVALID_OUTPUT:
            # An answer came: it is mended, not asked for elsewhere.
            with pytest.raises(ModelFailure):
                await claims(llm)
            return
        events = await collected(ask(llm, REQUEST, Claims))
    attempts = only(Attempt, events)
    assert [(each.provider, each.number, each.fallback_from) for each in attempts] == [
        ("gemini", 1, ""),
        ("claude", 2, "gemini"),
    ]
    assert isinstance(events[-1], Whole)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_vendor_that_is_not_there(vendor: str) -> None:
    with socket.socket() as taken:  # bound, and not listening: nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        await _not_there(vendor, taken.getsockname()[1])


async def _not_there(vendor: str, port: int) -> None:
    address = {"base_url": f"http://127.0.0.1:{port}"}
    async with emulated(vendor, **{vendor: address}) as (_, llm):
        with pytest.raises(ModelFailure) as caught:
            await claims(llm)
    assert (caught.value.reason, caught.value.retryable) == (reasons.LLM_UNREACHABLE, True)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_certificate_that_is_not_trusted(vendor: str) -> None:
    async with emulated(vendor) as (emulator, _):
        address = {"base_url": emulator.base_url(vendor, secure=True)}
        async with Llm(settings(emulator, vendor, **{vendor: address})) as other:
            await other.warm()
            with pytest.raises(ModelFailure) as caught:
                await claims(other)
    assert (caught.value.reason, caught.value.retryable) == (reasons.LLM_UNTRUSTED, False)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_cancelled_call_ends_at_once(vendor: str) -> None:
    async with emulated(vendor, answer=MODES["hang"], idle_timeout=60.0) as (emulator, llm):
        call = asyncio.create_task(claims(llm))
        record = emulator.record
        async with asyncio.timeout(5):
            await record.until(lambda: bool(record.requests) and record.requests[0].pieces == 4)
            call.cancel()
            await record.until(lambda: record.requests[0].state == "abandoned")
        with pytest.raises(asyncio.CancelledError):
            await call


@pytest.mark.parametrize("vendor", VENDORS)
async def test_an_iterator_that_is_closed_ends_the_call(vendor: str) -> None:
    async with emulated(vendor, answer=MODES["hang"], idle_timeout=60.0) as (emulator, llm):
        record = emulator.record
        events = ask(llm, REQUEST, Claims)
        async with asyncio.timeout(5):
            await anext(events)
            await anext(events)
            await events.aclose()
            await record.until(lambda: record.requests[0].state == "abandoned")


@pytest.mark.parametrize("vendor", VENDORS)
async def test_connections_are_reused(vendor: str) -> None:
    async with emulated(vendor, answer=WELL) as (emulator, llm):
        for _ in range(5):
            await claims(llm)
        assert emulator.http_connections == (1, 1)
