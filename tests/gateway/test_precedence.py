"""The client is told before a stage on the same loop begins; a client that does not read delays nobody."""

from __future__ import annotations

import asyncio

import pytest

from gateway import precedence as module
from gateway.inbox import WorkInbox
from gateway.precedence import Precedence
from rivermouth.analysis.v1 import analysis_pb2
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import gateway
from tests.gateway.puppets import Puppet, puppets

_MANY = 40
"""Transcripts of 20 kB, each told twice: more than is buffered for a client that does not read."""
Request = analysis_pb2.StreamingAnalyzeRequest


async def turns(count: int = 5) -> None:
    """Let everything that can run do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def waiting(capacity: int) -> tuple[WorkInbox, asyncio.Future[object]]:
    """An inbox with one item, and its reader, which gives way to a client that is owed an event."""
    inbox = WorkInbox(capacity)
    inbox.precedence = Precedence()
    reader = asyncio.ensure_future(inbox.get())
    await turns()
    inbox.precedence.owe(1)
    inbox.put("1", Request())
    await turns()
    assert not reader.done()
    return inbox, reader


async def test_a_stage_waits_until_the_client_was_sent_everything() -> None:
    precedence = Precedence()
    precedence.owe(3)
    first, second = (asyncio.create_task(precedence.give_way()) for _ in range(2))
    await turns()
    assert not first.done()
    precedence.settle()
    await asyncio.gather(first, second)


@pytest.mark.parametrize("owed", [0, 9])
async def test_nobody_waits_for_a_client_that_is_owed_nothing_or_much(owed: int) -> None:
    precedence = Precedence()
    precedence.owe(owed)
    stage = asyncio.create_task(precedence.give_way())
    await turns()
    assert stage.done()


async def test_a_client_that_does_not_read_is_waited_for_once() -> None:
    precedence = Precedence()
    precedence.owe(1)
    await precedence.give_way()  # returns, though nothing was sent
    precedence.owe(2)
    again = asyncio.create_task(precedence.give_way())
    await turns()
    assert again.done()
    precedence.settle()
    precedence.owe(1)
    once_more = asyncio.create_task(precedence.give_way())
    await turns()
    assert not once_more.done()
    precedence.settle()
    await once_more


async def test_a_stage_that_ends_while_it_waits_takes_nothing() -> None:
    inbox, reader = await waiting(16)
    reader.cancel()
    await asyncio.wait([reader])
    assert not inbox.idle()
    assert await inbox.get() is not None


async def test_a_client_that_was_told_as_its_time_ran_out_is_not_slow() -> None:
    precedence = Precedence()
    precedence.owe(1)
    stage = asyncio.create_task(precedence.give_way())
    await turns()
    loop = asyncio.get_running_loop()
    loop.call_soon(precedence.settle)
    loop.call_soon(precedence._give_up)  # due in the same turn
    await stage
    precedence.owe(1)
    again = asyncio.create_task(precedence.give_way())
    await turns()
    assert not again.done()
    again.cancel()
    await asyncio.wait([again])
    assert not precedence._waiting


async def test_a_stage_at_work_gives_way_to_nobody() -> None:
    inbox, reader = await waiting(16)
    for number in range(8):
        inbox.put(f"more {number}", Request())
    await reader
    inbox.rewind()  # it is lost, and what it had is said again
    for _ in range(9):
        again = asyncio.ensure_future(inbox.get())
        await turns()
        assert again.done()


async def test_a_stage_that_gave_way_goes_on_when_more_comes() -> None:
    inbox, reader = await waiting(16)
    for number in range(2):
        inbox.put(f"more {number}", Request())
    await turns()
    assert not reader.done()
    inbox.put("too much", Request())
    await turns()
    assert reader.done()


async def test_stages_in_this_process_begin_once_the_client_was_sent_all(
    over_grpc: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed: list[tuple[int, int]] = []
    give_way = Precedence.give_way

    async def noted(precedence: Precedence) -> None:
        before = precedence._owed
        await give_way(precedence)
        owed.append((before, precedence._owed))

    monkeypatch.setattr(module, "_PATIENCE", 30.0)  # to be sent is what ends the wait
    monkeypatch.setattr(Precedence, "give_way", noted)
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session(audio_format=None)
        for number in range(3):
            await call.text(10 * number, 10 * number + 1, "word", speaker=f"speaker {number}")
            while (
                not call.bodies("transcript") or call.bodies("transcript")[-1].speaker != f"speaker {number}"
            ):
                await call.next()
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert any(before and not after for before, after in owed) is not over_grpc


async def test_stages_are_given_all_while_the_client_does_not_read(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("semantics")}
    async with gateway(stages, over_grpc) as serve:
        call = await serve.session(audio_format=None)
        for number in range(_MANY):
            await call.text(10 * number, 10 * number + 1, "word " * 3999, speaker=f"speaker {number}")
        stream = await stages["semantics"].stream()
        # The last one is open still.
        await stream.until(lambda each: sum(r.HasField("segment") for r in each.requests) == _MANY - 1)
        await call.finish()
        await stream.until(lambda each: each.half_closed)
        stream.finish()
        await call.drain()
    rules.check(call.events, whole=False)  # interims may be left out for so slow a reader
    assert len([each for each in call.bodies("transcript") if each.is_final]) == _MANY
