"""Models' parts of results, over the real wire: the vendors' SDKs against the emulator."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import pytest
from google.protobuf.message import Message

from rivermouth.analysis.v1.analysis_pb2 import LlmPart
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_TRUNCATED,
    OUTCOME_UNSPECIFIED,
    PHASE_FINAL,
    PHASE_REFINE,
)
from services.analysis import registry
from services.analysis.analyses import argument, flow, manipulation, quantitative, summary
from services.llm.emulator.answering import MODES, Gate, by_vendor
from tests.services.analysis.models import VENDORS, Call, emulated, found, header_of, part_of, talk
from tests.services.analysis.streams import asked, bodies, check, config, reasons_of

EVERYTHING = [asked(name) for name in registry.ANALYSES]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_every_analysis_is_whole_and_counted(serve, vendor: str) -> None:
    async with emulated(serve, vendor) as (emulator, stub):
        call = Call(stub)
        await call.say([config(*EVERYTHING), *talk(4)], is_all=True)
        responses = await call.rest()
        check(responses)
        finals = [each for each in responses if header_of(each).phase == PHASE_FINAL]
        with_model = [each for each in finals if part_of(each).provider]
        assert all(header_of(each).outcome == OUTCOME_COMPLETE for each in finals)
        assert {each.analysis.name for each in with_model if each.HasField("analysis")} == {
            name for name, each in registry.ANALYSES.items() if each.llm and name != summary.NAME
        }
        for each in with_model:
            part = part_of(each)
            assert (part.provider, part.attempt, part.fallback_from) == (vendor, 1, "")
            assert part.model.startswith("emulator-")
            assert part.outcome == OUTCOME_COMPLETE
            assert min(part.calls, part.input_tokens, part.output_tokens) >= 1
            assert found(part)
        assert sum(part_of(each).calls for each in with_model) == len(emulator.record.requests)
        assert not any(reasons_of(each.errors) for each in bodies(responses, "analysis"))


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", [argument.NAME, summary.NAME])
async def test_an_object_comes_when_the_model_has_it(serve, vendor: str, name: str) -> None:
    """The next one is withheld until this one was received."""
    gate = Gate()
    async with emulated(serve, vendor) as (emulator, stub):
        emulator.models.gate = gate
        call = Call(stub)
        await call.say([config(asked(name)), *talk()], is_all=True)
        seen: list[LlmPart] = []
        gate.release()
        while True:
            told = await call.until(lambda each: found(part_of(each)) > 0)
            if header_of(told).phase == PHASE_FINAL:
                break
            seen.append(part_of(told))
            assert found(seen[-1]) == len(seen) == emulator.record.requests[0].pieces
            assert (header_of(told).phase, seen[-1].outcome) == (PHASE_REFINE, OUTCOME_UNSPECIFIED)
            gate.release()
        check(await call.rest())
    last = part_of(told)
    assert len(seen) == found(last) > 5
    assert (last.outcome, last.simulated) == (OUTCOME_COMPLETE, False)
    assert last.findings == seen[-1].findings
    assert placed_at(getattr(last.findings, name)) == {"asr/1/1", "asr/1/2", "asr/1/3"}


def placed_at(message: Message) -> set[str]:
    """All segments that objects name as theirs."""
    places = set(getattr(message, "segment_ids", ()))
    for field, value in message.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else [value]:
                places |= placed_at(each)
    return places


@pytest.mark.parametrize("vendor", VENDORS)
async def test_what_a_model_can_say_only_whole_is_shown_in_pieces(serve, vendor: str) -> None:
    async with emulated(serve, vendor, answer=MODES["cannot_stream"]) as (_, stub):
        call = Call(stub)
        await call.say([config(asked(argument.NAME)), *talk()], is_all=True)
        responses = await call.rest()
    check(responses)
    with_model = [each.analysis for each in responses if found(part_of(each))]
    *pieces, final = with_model
    assert 3 <= len(pieces) <= 5
    assert all(each.llm.simulated for each in with_model)
    assert all(each.header.phase == PHASE_REFINE for each in pieces)
    counts = [found(each.llm) for each in pieces]
    assert counts == sorted(set(counts))
    assert (final.header.outcome, final.llm.outcome) == (OUTCOME_COMPLETE, OUTCOME_COMPLETE)
    assert final.llm.findings == pieces[-1].llm.findings


async def test_everybody_else_goes_on_while_a_model_is_held(serve) -> None:
    """All local results, those of the same analyses too, and segments that come later."""
    gate = Gate()
    names = [argument.NAME, manipulation.NAME]
    async with emulated(serve, "openai") as (emulator, stub):
        emulator.models.gate = gate
        call = Call(stub)
        analyses = [asked(name, "segment") for name in names] + [asked(flow.NAME, "session")]
        await call.say([config(*analyses, asked("enhanced_metrics", "segment"))])
        for number, request in enumerate(talk(8), start=1):
            await call.say([request])
            await call.until(
                lambda each, number=number: (
                    each.analysis.name == "enhanced_metrics"
                    and each.analysis.header.phase == PHASE_FINAL
                    and each.analysis.header.evidence.segments[0].segment_id == f"asr/1/{number}"
                )
            )
        refined = [
            each.name
            for each in bodies(call.responses, "analysis")
            if each.header.phase == PHASE_REFINE and each.name in names
        ]
        assert refined == names * 8  # the complete local part
        assert not any(found(part_of(each)) for each in call.responses)
        await emulator.record.until(lambda: len(emulator.record.requests) == 4)  # so many are asked at once
        gate.release(10_000)
        await call.say([], is_all=True)
        responses = await call.rest()
    check(responses)
    finals = [each for each in bodies(responses, "analysis") if each.header.phase == PHASE_FINAL]
    assert [each.name for each in finals].count(names[0]) == 8
    assert all(each.header.outcome == OUTCOME_COMPLETE for each in finals)


async def test_a_call_that_is_cancelled_leaves_nothing(serve) -> None:
    """`emulated` looks for tasks and sockets at its end."""
    gate = Gate()
    async with emulated(serve, "claude") as (emulator, stub):
        emulator.models.gate = gate
        call = Call(stub)
        await call.say([config(*EVERYTHING), *talk()], is_all=True)
        await emulator.record.until(lambda: len(emulator.record.requests) == 4)
        call.cancel()
        async with asyncio.timeout(5):
            await emulator.record.until(
                lambda: all(each.state == "abandoned" for each in emulator.record.requests)
            )
        assert gate.waiting == 0


async def test_a_fail_over_is_seen_and_shows_no_less_than_before(serve) -> None:
    answer = by_vendor(gemini=MODES["reset_midway"])
    async with emulated(serve, "gemini", "claude", answer=answer) as (_, stub):
        call = Call(stub)
        await call.say([config(asked(argument.NAME)), *talk()], is_all=True)
        responses = await call.rest()
    check(responses)
    parts = [part_of(each) for each in responses if each.HasField("analysis")]
    assert {each.provider for each in parts if found(each)} >= {"claude"}
    counts = [found(each) for each in parts]
    assert counts == sorted(counts)
    last = parts[-1]
    assert (last.provider, last.attempt, last.fallback_from) == ("claude", 2, "gemini")
    assert (last.outcome, last.calls) == (OUTCOME_COMPLETE, 2)


async def test_what_was_complete_stays_where_the_model_breaks_off(serve) -> None:
    gate = Gate(free=2)
    limits = {"idle_timeout": 0.3, "first_token_timeout": 5}
    async with emulated(serve, "ollama", llm=limits) as (emulator, stub):
        emulator.models.gate = gate
        call = Call(stub)
        await call.say([config(asked(argument.NAME), asked(quantitative.NAME)), *talk()], is_all=True)
        responses = await call.rest()
    check(responses)
    finals = defaultdict(list)
    for each in bodies(responses, "analysis"):
        if each.header.phase == PHASE_FINAL:
            finals[each.llm.outcome].append(each)
    for each in finals[OUTCOME_TRUNCATED]:
        assert found(each.llm) in (1, 2)
    assert sum(found(each.llm) for group in finals.values() for each in group) == 2
    for group in finals.values():
        for each in group:
            assert (each.header.outcome, each.header.failure.reason) == (OUTCOME_TRUNCATED, "LLM_IDLE")
            assert each.llm.failure.reason == "LLM_IDLE"
            assert each.local.WhichOneof("measures") == each.name  # complete all the same


async def test_a_reader_that_goes_while_it_is_told_leaves_nothing(serve) -> None:
    """Answers are broken off in the middle of what they say, too."""
    async with emulated(serve, "gemini") as (emulator, stub):
        for _ in range(3):
            call = Call(stub)
            await call.say([config(*EVERYTHING), *talk()], is_all=True)
            await call.until(lambda each: found(part_of(each)) > 1)
            call.cancel()
        states = emulator.record.requests
        async with asyncio.timeout(5):
            await emulator.record.until(
                lambda: all(each.state in ("abandoned", "answered") for each in states)
            )
