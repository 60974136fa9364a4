"""One stage held still, slow, or away: what the others say arrives all the same."""

from __future__ import annotations

import pytest

from rivermouth.result.v1 import result_pb2
from rivermouth.session.v1 import config_pb2, events_pb2
from services.runtime.errors import InvalidConfig
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, Call, gateway
from tests.gateway.puppets import Puppet, puppets

FAILED = result_pb2.OUTCOME_FAILED
KINDS = {
    "quality": "audio_quality",
    "asr": "transcript_complete",
    "semantics": "semantic",
    "analysis": "analysis",
}


async def speak(call: Call, seconds: int = 2) -> None:
    for _ in range(10 * seconds):
        await call.audio(CHUNK)


def failed(call: Call) -> list[str]:
    """The kinds of the results that failed."""
    return [kind for kind, body in rules.results(call.events) if body.header.outcome == FAILED]


@pytest.mark.parametrize("held", ["quality", "asr", "semantics", "analysis"])
async def test_one_stage_held_still(over_grpc: bool, held: str) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets(held)}
    async with gateway(stages, over_grpc, session={"annotation_wait": 0.02}) as serve:
        call = await serve.session()
        await speak(call)
        await call.finish()
        stream = await stages[held].stream()
        depends = {"asr": {"semantics", "analysis"}}.get(held, set())
        answered = {held, *depends}
        while answered != set(KINDS):
            event = await call.next()
            assert event is not None
            answered |= {
                name
                for name, kind in KINDS.items()
                if event.WhichOneof("event") == kind and not getattr(event, kind).header.partial
            }
        if held == "semantics":
            last = call.bodies("analysis")[-1]
            assert last.local.quantitative_metrics.segments == 2
            assert list(last.header.evidence.missing) == ["semantics"]
        await stream.until(lambda each: each.half_closed)  # one that ends before its input is connected again
        stream.finish()
        await call.drain()
        rules.check(call.events)
        assert call.summary.end == events_pb2.SessionSummary.END_FINISHED


@pytest.mark.parametrize("away", ["nobody", "refuses"])
async def test_recognition_refused_for_the_whole_session(over_grpc: bool, away: str) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    settings: dict[str, object] = {"stage": {"give_up_after": 0.05, "reconnect_initial": 0.01}}
    if away == "nobody":
        del stages["asr"]
        settings["asr"] = "127.0.0.1:1"
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session()
        if away == "refuses":
            (await stages["asr"].stream()).fail(InvalidConfig("RECOGNITION_INVALID", "no such engine"))
        await speak(call)
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert sorted(failed(call)) == ["analysis", "semantic", "transcript_complete"]
    for kind, body in rules.results(call.events):
        if kind in ("analysis", "semantic"):
            assert body.header.failure.reason == "TRANSCRIPTION_UNAVAILABLE"
    cause = {"nobody": "PEER_UNAVAILABLE", "refuses": "RECOGNITION_INVALID"}[away]
    assert call.bodies("transcript_complete")[0].header.failure.reason == cause
    assert call.bodies("audio_quality")[-1].header.outcome == result_pb2.OUTCOME_COMPLETE
    counts = {each.service: each.failed for each in call.summary.services}
    assert counts == {"analysis": 1, "asr": 1, "quality": 0, "semantics": 1}
    states = [(each.stage, each.state) for each in call.bodies("analyser_status")]
    assert states[-1] == ("asr", events_pb2.AnalyserStatus.STATE_UNAVAILABLE)
    assert len(states) <= 2, "a state is told when it changes"


@pytest.mark.parametrize("stage", ["quality", "semantics", "analysis"])
async def test_another_stage_refused(over_grpc: bool, stage: str) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets(stage)}
    async with gateway(stages, over_grpc) as serve:
        call = await serve.session()
        (await stages[stage].stream()).fail(InvalidConfig("TEST_REASON", "no"))
        await speak(call)
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert failed(call) == [KINDS[stage]]
    assert len([each for each in call.bodies("transcript") if each.is_final]) == 2
    if stage == "semantics":
        last = call.bodies("analysis")[-1]
        assert last.local.quantitative_metrics.segments == 2
        assert list(last.header.evidence.missing) == ["semantics"]


async def test_a_stage_with_too_much_work_skips_and_says_so(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("semantics", "analysis")}
    settings = {"stage": {"work_items": 2}, "session": {"annotation_wait": 0.02}}
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session(analysers=[config_pb2.AnalyserConfig(name="semantics")])
        stream = await stages["semantics"].stream()
        await speak(call, 5)
        await call.finish()
        for _ in range(3):
            skipped = await call.until("semantic")
            assert skipped.header.outcome == result_pb2.OUTCOME_SKIPPED
            assert skipped.header.failure.reason == "BACKPRESSURE"
            assert skipped.header.evidence.segments[0].segment_id == skipped.segment_id
        await stream.until(lambda each: each.half_closed)
        assert [each.segment.header.result_id for each in stream.requests if each.HasField("segment")] == [
            "asr/1/1",
            "asr/1/2",
        ]
        stream.finish()
        await call.drain()
    rules.check(call.events)
    assert {each.service: each.skipped for each in call.summary.services}["semantics"] == 3


async def test_a_bug_in_one_session_ends_that_one_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(actors(), over_grpc=True) as serve:
        other = await serve.session()
        call = await serve.session()
        session_id = call.events[0].session_id
        monkeypatch.setattr(serve.registry._running[session_id], "stage_output", None)
        await call.audio(5 * CHUNK)
        error = await call.status()
        assert error.reason == "INTERNAL"
        rules.check(call.events)
        assert call.summary.end == events_pb2.SessionSummary.END_ERROR
        await other.audio(CHUNK)
        await other.finish()
        await other.drain()
    rules.check(other.events)
