"""The rules over the real wire, whatever the stages do and whenever the client comes and goes."""

from __future__ import annotations

import asyncio
import random

import grpc.aio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rivermouth.session.v1 import service_pb2
from services.runtime.errors import InvalidConfig, Unavailable
from tests.gateway import rules
from tests.gateway.actors import Actor, Analysis, Asr, Quality, Semantics
from tests.gateway.calls import CHUNK, Call, Gateway, gateway
from tests.gateway.puppets import LIMIT, eventually


def moody(base: type[Actor], chance: random.Random) -> Actor:
    """An actor that sometimes dies, retryably or for good, and sometimes lets others go first."""

    class Moody(base):  # type: ignore[valid-type, misc]
        async def play(self, config: object, requests: object, send: object) -> None:
            async def troubled(response: object) -> None:
                for _ in range(chance.choice((0, 0, 1, 5))):
                    await asyncio.sleep(0)
                if chance.random() < 0.04:
                    raise Unavailable("TEST_GONE", "it was killed")
                if chance.random() < 0.01:
                    raise InvalidConfig("TEST_REASON", "it will not")
                await send(response)  # type: ignore[operator]

            await super().play(config, requests, troubled)

    return Moody()


async def feed(call: Call, steps: list[str], with_audio: bool) -> None:
    """The client's side; a call that is over already takes nothing."""
    at = 0
    try:
        for step in steps:
            if step == "input" and with_audio:
                for _ in range(3):
                    await call.audio(CHUNK)
            elif step == "input":
                await call.text(at, at + 1, "word", speaker=str(at % 3))
                at += 1
            elif step == "finalize":
                await call.send(finalize=service_pb2.Finalize())
            elif step == "wait":
                await asyncio.sleep(0.002)
            elif step == "bad":
                await call.audio(b"odd")
        await call.finish()
    except (asyncio.InvalidStateError, asyncio.CancelledError, grpc.aio.AioRpcError):
        return


steps = st.lists(st.sampled_from(["input", "input", "input", "finalize", "wait", "bad"]), max_size=25)


async def run(
    over_grpc: bool, steps: list[str], seed: int, with_audio: bool, slow: bool, gone: int | None
) -> None:
    """One session. `slow`: the client reads after it has sent; `gone`: it cancels after so many events."""
    chance = random.Random(seed)
    stages = {
        "quality": moody(Quality, chance),
        "asr": moody(Asr, chance),
        "semantics": moody(Semantics, chance),
        "analysis": moody(Analysis, chance),
    }
    limits = {
        "stage": {"reconnect_initial": 0.001, "reconnect_max": 0.002, "give_up_after": 0.05},
        "session": {"annotation_wait": 0.005},
    }
    async with asyncio.timeout(LIMIT), gateway(stages, over_grpc, **limits) as serve:
        call = await serve.session(**({} if with_audio else {"audio_format": None}))
        sender = asyncio.create_task(feed(call, steps, with_audio))
        if slow:
            await sender
        if gone is not None:
            for _ in range(gone):
                await call.next()
            await call.cancel()
            await sender
            rules.check_sequence(call.events, whole=False)
            await nothing_left(serve)
            return
        await call.drain()
        await sender
        rules.check(call.events, whole=not any(event.skipped for event in call.events))
        assert len(call.bodies("finalize_ack")) == steps.count("finalize")
        assert call.summary.end == call.summary.END_FINISHED


async def nothing_left(serve: Gateway) -> None:
    """All handlers end; the session says how it ended."""
    await eventually(lambda: not serve.server.calls_in_flight, 1)
    (session_id,) = serve.registry.session_ids()
    shown = serve.registry.get(session_id)
    assert shown.state == shown.STATE_ENDED


def test_stages_that_die_and_a_client_that_asks_for_much(over_grpc: bool) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        steps=steps,
        seed=st.integers(0, 2**32),
        with_audio=st.booleans(),
        slow=st.booleans(),
        gone=st.none() | st.integers(0, 9),
    )
    def once(steps: list[str], seed: int, with_audio: bool, slow: bool, gone: int | None) -> None:
        asyncio.run(run(over_grpc, steps, seed, with_audio, slow, gone))

    once()
