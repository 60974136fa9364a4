"""Work over the real wires: gRPC on the one side, vendors' SDKs and the emulator on the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED, OUTCOME_TRUNCATED
from services.llm.emulator.answering import MODES, Answering, Gate, always, by_vendor
from services.llm.emulator.server import Emulator
from tests.services.analysis.streams import asked, check, config, segment
from tests.services.analysis.works import Heard

VENDORS = ("gemini", "claude", "openai", "ollama")
WORKFLOW = asked("workflow", batch_segments=3, batch_seconds=3600)


def vendor_settings(emulator: Emulator, *vendors: str, **changes: Any) -> dict[str, Any]:
    reached = {name: {"base_url": emulator.base_url(name), "api_key": "k"} for name in vendors}
    quick = {"attempts": 1, "first_token_timeout": 2.0, "idle_timeout": 1.0}
    return {"providers": vendors, **reached, **quick, **changes}


class Call:
    """One stream, fed piece by piece."""

    def __init__(self, stub: Any, *requests: Any) -> None:
        self._requests: asyncio.Queue[Any] = asyncio.Queue()
        self.put(*requests)
        self.heard = Heard()
        self.call = stub.StreamingAnalyze(self._stream())

    def put(self, *requests: Any) -> None:
        for request in requests:
            self._requests.put_nowait(request)

    async def _stream(self) -> AsyncIterator[Any]:
        while (request := await self._requests.get()) is not None:
            yield request

    async def read(self) -> Heard:
        async for response in self.call:
            await self.heard.send(response)
        return self.heard


@pytest.mark.parametrize("vendor", VENDORS)
async def test_every_vendor_works_off_all_queues(serve, vendor: str) -> None:
    intents = ("question", "action_item", "decision", "general", "clarification", "commitment", "general")
    said = [segment(f"text {number}", number, intent) for number, intent in enumerate(intents, 1)]
    async with Emulator() as emulator, serve(llm=vendor_settings(emulator, vendor)) as (_, stub):
        async with asyncio.timeout(60):
            heard = await Call(stub, config(WORKFLOW), *said, None).read()
    check(heard.responses)
    assert sorted(work for end in heard.ends for work in end.work_ids) == [
        f"work/asr/1/{number}" for number in range(1, 8)
    ]
    for end in heard.ends:
        assert (end.header.outcome, end.llm.provider) == (OUTCOME_COMPLETE, vendor)
        assert end.llm.model.startswith("emulator-")
        assert end.text
        assert end.llm.input_tokens > 0 < end.llm.output_tokens
    assert {end.llm.calls for end in heard.ends} == {1}


async def test_each_note_is_sent_before_the_next_is_made(serve) -> None:
    """The emulator holds note k + 1 back until the client has note k."""
    gate = Gate(free=1)
    said = [segment(f"we take {number}", number, "decision") for number in range(1, 4)]
    async with Emulator() as emulator:
        emulator.models.gate = gate
        llm = vendor_settings(emulator, "openai", first_token_timeout=20.0, idle_timeout=20.0)
        async with serve(llm=llm) as (_, stub):
            call = Call(stub, config(WORKFLOW), *said, None)
            seen = 0
            async with asyncio.timeout(30):
                async for response in call.call:
                    if not response.HasField("workflow_result"):
                        continue
                    result = response.workflow_result
                    notes = len(result.llm.findings.workflow.notes)
                    if result.header.partial and notes:
                        seen += 1
                        assert notes == seen
                        assert emulator.record.requests[0].pieces == seen
                        gate.release()
    assert seen == 3
    assert (result.header.outcome, notes) == (OUTCOME_COMPLETE, 3)


async def test_who_goes_away_takes_his_questions_along(serve) -> None:
    came = asyncio.Semaphore(0)

    def hang(_: object) -> Answering:
        came.release()
        return Answering(hangs=True)

    async with Emulator(answer=hang) as emulator:
        llm = vendor_settings(emulator, "openai", first_token_timeout=60.0)
        async with serve(llm=llm) as (_, stub):
            call = Call(stub, config(WORKFLOW), *[segment("why", n, "question") for n in range(1, 6)])
            reading = asyncio.create_task(call.read())
            await call.heard.until(lambda heard: len(heard.results) == 5)
            async with asyncio.timeout(20):
                for _ in range(3):
                    await came.acquire()
            call.call.cancel()
            with pytest.raises((asyncio.CancelledError, grpc.aio.AioRpcError)):
                await reading
            async with asyncio.timeout(10):
                await emulator.until_quiet()
        assert len(emulator.record.requests) == 3


@pytest.mark.parametrize(
    ("mode", "outcomes", "reason"),
    [
        ("silent", {OUTCOME_FAILED}, "LLM_TIMEOUT"),
        ("reset_midway", {OUTCOME_TRUNCATED, OUTCOME_FAILED}, "LLM_CONNECTION_LOST"),
        ("key_refused", {OUTCOME_FAILED}, "LLM_KEY_REFUSED"),
        ("wrong_schema", {OUTCOME_FAILED}, "LLM_INVALID_OUTPUT"),
    ],
)
async def test_a_vendor_s_fault_is_told_and_the_work_ends(
    serve, mode: str, outcomes: set[int], reason: str
) -> None:
    said = [segment("why", 1, "question"), segment("we take it", 2, "decision")]
    async with (
        Emulator(answer=always(MODES[mode])) as emulator,
        serve(llm=vendor_settings(emulator, "ollama")) as (_, stub),
        asyncio.timeout(30),
    ):
        heard = await Call(stub, config(WORKFLOW), *said, None).read()
    check(heard.responses)
    assert len(heard.ends) == 2
    for end in heard.ends:
        assert end.header.outcome in outcomes
        assert (end.header.failure.reason, end.llm.failure.reason) == (reason, reason)


async def test_another_vendor_stands_in(serve) -> None:
    async with (
        Emulator(answer=by_vendor(openai=MODES["failing"])) as emulator,
        serve(llm=vendor_settings(emulator, "openai", "ollama")) as (_, stub),
        asyncio.timeout(30),
    ):
        heard = await Call(stub, config(WORKFLOW), segment("why", 1, "question"), None).read()
    (end,) = heard.ends
    assert (end.header.outcome, end.llm.provider) == (OUTCOME_COMPLETE, "ollama")
    assert (end.llm.fallback_from, end.llm.attempt, end.llm.calls) == ("openai", 2, 2)
