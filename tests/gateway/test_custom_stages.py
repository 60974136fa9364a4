"""Analysers of a deployment's own, by configuration: what they are given, and how their results travel."""

from __future__ import annotations

import pytest

from rivermouth.analysis.v1 import custom_pb2
from rivermouth.session.v1 import config_pb2, service_pb2
from tests.gateway import rules
from tests.gateway.actors import Custom, actors
from tests.gateway.calls import CHUNK, LINEAR16, Call, gateway


def asked(*names: str, **options: str) -> list[config_pb2.AnalyserConfig]:
    return [config_pb2.AnalyserConfig(name=name, options=options) for name in names]


def payloads(call: Call, name: str) -> list[custom_pb2.StreamingProcessRequest]:
    """What an analyser was given, out of the results that it made of it."""
    given = []
    for body in call.bodies("custom_result"):
        if body.name == name:
            given.append(custom_pb2.StreamingProcessRequest())
            assert body.payload.Unpack(given[-1])
    return given


@pytest.mark.parametrize("inputs", ["audio", "segments", "annotations"])
async def test_what_an_analyser_is_given(over_grpc: bool, inputs: str) -> None:
    mine = Custom()
    async with gateway({**actors(), "mine": mine}, over_grpc, custom_inputs={"mine": inputs}) as serve:
        call = await serve.session(analysers=[*asked("mine", tone="warm"), *asked("semantics")])
        for _ in range(20):
            await call.audio(CHUNK)
        await call.finish()
        await call.drain()
    rules.check(call.events)
    (config,) = mine.configs
    assert (config.name, dict(config.options)) == ("mine", {"tone": "warm"})
    assert config.identity.session_id == call.events[0].session_id
    given = payloads(call, "mine")
    if inputs == "audio":
        assert config.audio_format == LINEAR16
        assert b"".join(each.audio.content for each in given) == 20 * CHUNK
    else:
        assert not config.HasField("audio_format")
        assert [each.segment.transcript.header.result_id for each in given] == ["asr/1/1", "asr/1/2"]
        assert all(each.segment.HasField("semantic") == (inputs == "annotations") for each in given)
    assert {each.service: each.final for each in call.summary.services}["mine"] == len(given)


async def test_two_analysers_are_told_of_and_run_apart(over_grpc: bool) -> None:
    stages = {**actors(), "mine": Custom(), "yours": Custom()}
    inputs = {"mine": "segments", "yours": "audio"}
    async with gateway(stages, over_grpc, custom_inputs=inputs) as serve:
        known = await serve.ask("GetCapabilities", service_pb2.GetCapabilitiesRequest())
        assert {each.name: list(each.inputs) for each in known.analysers}["yours"] == ["audio"]
        call = await serve.session(analysers=asked("mine"))
        assert list(call.events[0].session_started.steps) == ["transcription", "mine"]
        await call.audio(CHUNK)
        await call.finish()
        await call.drain()
        rules.check(call.events)
        assert payloads(call, "yours") == []


async def test_an_analyser_that_never_answers_by_segment_is_never_full() -> None:
    class Silent(Custom):
        async def play(self, config: object, requests: object, send: object) -> None:
            async for _ in requests:  # type: ignore[attr-defined]
                pass

    settings = {"custom_inputs": {"mine": "segments"}, "stage": {"work_items": 4}}
    async with gateway({**actors(), "mine": Silent()}, **settings) as serve:
        call = await serve.session(audio_format=None, analysers=asked("mine"))
        for number in range(30):
            await call.text(number * 2, number * 2 + 0.5, "word")
            await call.until("transcript")
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert call.bodies("custom_result") == []


async def test_an_analyser_that_is_away_is_an_error_of_its_own(over_grpc: bool) -> None:
    settings = {
        "custom": {"mine": {"address": "127.0.0.1:1"}},
        "stage": {"give_up_after": 0.01, "reconnect_initial": 0.01},
    }
    async with gateway(actors(), over_grpc, **settings) as serve:
        call = await serve.session(analysers=asked("mine", "semantics"))
        for _ in range(10):
            await call.audio(CHUNK)
        await call.finish()
        await call.drain()
    rules.check(call.events)
    (failed,) = call.bodies("custom_result")
    assert (failed.name, failed.header.failure.reason) == ("mine", "PEER_UNAVAILABLE")
    assert failed.header.source.service == "mine"
    assert len(call.bodies("semantic")) == 1
