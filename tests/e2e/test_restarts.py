"""A service that dies at any moment, with the real services: nothing is said twice, nothing is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from gateway.plan import Contract
from rivermouth.analysis.v1.analysis_pb2 import TRIGGER_SEGMENT
from rivermouth.result.v1 import result_pb2
from services.analysis.session import AnalysisCore
from services.runtime.errors import Unavailable
from tests.e2e.cores import cores
from tests.gateway import rules
from tests.gateway.calls import Call, gateway
from tests.gateway.puppets import Puppet, Send
from tests.services.analysis.works import answering, scripted, settings_of

SAID = (
    "we take it", "what does it cost", "I will send the invoice", "well that is fine", "no",
    "can you call me", "the price went up", "yes we agree", "so it goes", "please check the invoice",
    "who pays for that", "I promise to call", "let us decide", "good", "thank you",
)  # fmt: skip
ANALYSERS = [
    {"name": "semantics", "options": {"turn_gap": "4"}},
    {"name": "quantitative_metrics", "trigger": TRIGGER_SEGMENT},
    {"name": "conversation_flow"},
    {"name": "workflow", "options": {"batch_segments": "3", "batch_seconds": "3600"}},
]
Deaths = dict[str, set[int]]
QUICK = {"reconnect_initial": 0.001, "reconnect_max": 0.002}


class Mortal(Puppet):
    """A real core that dies as it takes a request, gives a response or has done all, the one of that number,
    counted over all its lives."""

    def __init__(self, name: str, core: Any, deaths: Deaths) -> None:
        super().__init__(Contract(name))
        self._core = core
        self._deaths = deaths
        self.count: Counter[str] = Counter()

    def _live(self, what: str) -> None:
        self.count[what] += 1
        if self.count[what] in self._deaths.get(what, ()):
            raise Unavailable("TEST_GONE", "it was killed")

    async def run(self, requests: AsyncIterator[Any], send: Send) -> None:
        async def taken() -> AsyncIterator[Any]:
            async for request in requests:
                self._live("request")
                yield request

        async def given(response: Any) -> None:
            self._live("response")
            await send(response)

        await self._core.run(taken(), given)
        self._live("end")


async def session(
    mortal: str,
    deaths: Deaths,
    over_grpc: bool = False,
    kept: int = 256,
    has_model: bool = False,
) -> tuple[Call, Mortal]:
    """A text session of two speakers in which that service dies."""
    async with cores() as real, AnalysisCore(settings_of(), scripted(settings_of(), answering)) as thinking:
        by_stage = {**real.by_stage, "analysis": thinking} if has_model else real.by_stage
        stages = {name: Mortal(name, core, {}) for name, core in by_stage.items()}
        dying = stages[mortal] = Mortal(mortal, by_stage[mortal], deaths)
        settings = {"stage": {**QUICK, "work_items": kept}, "session": {"annotation_wait": 5.0}}
        async with gateway(stages, over_grpc, **settings) as serve:
            call = await serve.session(audio_format=None, analysers=ANALYSERS)
            for number, text in enumerate(SAID):
                start = number * 5.0
                await call.text(start, start + 2, text, speaker="ben" if number % 5 > 2 else "anna")
            await call.finish()
            await call.drain()
    rules.check(call.events, whole=False)  # partial messages may be coalesced
    return call, dying


def finals(call: Call, kind: str) -> list[Any]:
    return [each for each in call.bodies(kind) if each.header.phase == result_pb2.PHASE_FINAL]


def about_all(call: Call, kind: str) -> list[Any]:
    """The ends of results about the whole session that did not fail."""
    failed = result_pb2.OUTCOME_FAILED
    ends = [each for each in finals(call, kind) if each.header.outcome != failed]
    return [each for each in ends if kind != "analysis" or each.name == "conversation_flow"]


def each_segment_once(call: Call) -> None:
    segments = [each.header.result_id for each in finals(call, "transcript")]
    once = Counter(segments)
    assert len(once) == len(segments) == len(SAID)
    assert Counter(each.segment_id for each in call.bodies("semantic")) == once
    assert Counter(id_ for each in call.bodies("turn") for id_ in each.segment_ids) == once
    assert Counter(each.segment_id for each in call.bodies("workflow_routed")) == once
    worked_on = Counter(id_ for each in finals(call, "workflow_result") for id_ in each.work_ids)
    assert worked_on == Counter({f"work/{each}": 1 for each in segments})
    measured = [each for each in finals(call, "analysis") if each.name == "quantitative_metrics"]
    assert Counter(ref.segment_id for each in measured for ref in each.header.evidence.segments) == once
    assert len(about_all(call, "analysis")) == len(about_all(call, "conversation_stats")) == 1


def each_moment(alive: Mortal) -> Iterator[Deaths]:
    """Two deaths, the first at moments over the whole life of this one, and one after its last word."""
    for number in range(2, alive.count["request"] + 1, 3):
        yield {"request": {number, number + 9}}
    last = alive.count["response"]
    for number in (*range(1, last, 4), last):
        yield {"response": {number, number + 9}}
    yield {"end": {1}}


async def test_semantics_that_dies_at_any_moment_counts_all() -> None:
    untouched, alive = await session("semantics", {})
    each_segment_once(untouched)
    (expected,) = about_all(untouched, "conversation_stats")
    for deaths in each_moment(alive):
        call, _ = await session("semantics", deaths)
        each_segment_once(call)
        (found,) = about_all(call, "conversation_stats")
        assert found.header.outcome == result_pb2.OUTCOME_COMPLETE
        assert found.header.evidence == expected.header.evidence
        found.ClearField("header")
        assert found == type(found).FromString(without_header(expected))


def without_header(message: Any) -> bytes:
    copy = type(message)()
    copy.CopyFrom(message)
    copy.ClearField("header")
    content: bytes = copy.SerializeToString()
    return content


@pytest.mark.parametrize("has_model", [False, True])
async def test_analysis_that_dies_at_any_moment_works_on_each_segment_once(has_model: bool) -> None:
    untouched, alive = await session("analysis", {}, has_model=has_model)
    each_segment_once(untouched)
    for deaths in each_moment(alive):
        call, _ = await session("analysis", deaths, has_model=has_model)
        each_segment_once(call)


@pytest.mark.parametrize("over_grpc", [False, True], ids=["in_process", "over_grpc"])
@pytest.mark.parametrize("stage", ["semantics", "analysis"])
async def test_a_service_that_dies_after_the_last_segment(stage: str, over_grpc: bool) -> None:
    _, alive = await session(stage, {})
    call, dead = await session(stage, {"request": {alive.count["request"]}}, over_grpc)
    assert dead.count["request"] > alive.count["request"]
    each_segment_once(call)
    (found,) = about_all(call, "conversation_stats")
    assert found.header.outcome == result_pb2.OUTCOME_COMPLETE
    assert {each.speaker: each.talk_time.seconds for each in found.speakers} == {"anna": 18, "ben": 12}


@pytest.mark.parametrize("stage", ["semantics", "analysis"])
async def test_what_is_about_more_than_is_kept_says_so(stage: str) -> None:
    """The gateway keeps four segments for a service that is started anew."""
    _, alive = await session(stage, {})
    call, _ = await session(stage, {"request": {alive.count["request"]}}, kept=4)
    (found,) = about_all(call, "conversation_stats" if stage == "semantics" else "analysis")
    assert found.header.outcome == result_pb2.OUTCOME_TRUNCATED
    assert found.header.failure.reason == "HISTORY_FORGOTTEN"
    assert found.header.failure.metadata["segments"] == "11"
    assert list(found.header.evidence.missing) == ["segments"]
