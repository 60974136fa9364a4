"""What a model's part is when something is short: time, room, money, a valid answer, text."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic.dataclasses import dataclass

from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    OUTCOME_UNSPECIFIED,
    PHASE_COARSE,
    PHASE_FINAL,
    PHASE_REFINE,
    StreamIdentity,
)
from services.analysis import registry, stream
from services.analysis.analyses import argument, quantitative
from services.analysis.llm.egress import Egress
from services.analysis.llm.llm_task import LlmTask
from services.llm.events import Answering, TextDelta
from services.llm.failure import ModelFailure
from services.llm.reasons import LLM_REFUSED, LLM_VENDOR_FAILED
from services.runtime.errors import InvalidConfig
from tests.services.analysis.models import (
    Stream,
    answer,
    found,
    header_of,
    is_final,
    part_of,
    run,
    scripted,
    talk,
)
from tests.services.analysis.streams import (
    UPSTREAM,
    asked,
    bodies,
    check,
    config,
    last,
    reasons_of,
    segment,
    turn,
)

NAME = argument.NAME
ARGUMENT = config(asked(NAME))


def claim(number: int, *lines: int) -> dict[str, Any]:
    return {
        "claim": f"claim {number}",
        "speaker": "Ben",
        "supporting_statements": [],
        "contradicting_statements": [],
        "confidence": 0.5,
        "lines": lines or (number,),
    }


def claims(count: int) -> str:
    """An answer with so many claims."""
    found = [claim(number) for number in range(1, count + 1)]
    scores = {"coherence": 50, "evidence_strength": 40, "logical_consistency": None}
    return json.dumps({"claims": found, "fallacies": [], **scores})


WHOLE = answer(claims(2))
HALF = claims(3)[: claims(3).index("claim 3")]
"""Two claims, and the begin of a third."""


async def test_local_results_come_first_and_then_the_model() -> None:
    go = asyncio.Event()
    async with scripted([go, *WHOLE]) as (core, _):
        stream = Stream(core)
        stream.say(ARGUMENT, *talk())
        ended = asyncio.create_task(stream.rest())
        local = await stream.until(lambda each: header_of(each).revision == 4)
        told = [each.analysis for each in stream.responses]
        assert [each.header.phase for each in told] == [PHASE_COARSE, *[PHASE_REFINE] * 3]
        assert local.analysis.local.argument.words == 47
        assert not any(found(each.llm) for each in told)
        go.set()
        responses = await ended
    check(responses)
    *shown, final = bodies(responses, "analysis")[4:]
    assert [each.local for each in shown] == [local.analysis.local] * len(shown)
    assert [each.segment_ids for each in final.llm.findings.argument.claims] == [["asr/1/1"], ["asr/1/2"]]
    assert (final.header.outcome, final.llm.outcome) == (OUTCOME_COMPLETE, OUTCOME_COMPLETE)
    assert final.llm.calls == 1
    assert (final.llm.input_tokens, final.llm.output_tokens) == (10, 5)
    assert final.llm.findings.argument.coherence == 50
    assert not final.llm.findings.argument.HasField("logical_consistency")


async def test_lines_that_are_not_there_are_left_out() -> None:
    text = json.loads(claims(1))
    text["claims"][0]["lines"] = [3, 7, 1, 3, 2]
    async with scripted(answer(json.dumps(text))) as (core, _):
        final = last(await run(core, [ARGUMENT, *talk()]), NAME)
    assert final.llm.findings.argument.claims[0].segment_ids == ["asr/1/1", "asr/1/2", "asr/1/3"]


async def test_an_answer_that_does_not_fit_is_mended_once() -> None:
    async with scripted(answer('{"claims": 7}'), WHOLE) as (core, provider):
        final = last(await run(core, [ARGUMENT, *talk()]), NAME)
    assert len(provider.asked) == 2
    assert (final.header.outcome, final.llm.outcome) == (OUTCOME_COMPLETE, OUTCOME_COMPLETE)
    assert (final.llm.repaired, final.llm.calls, final.llm.attempt) == (True, 2, 2)
    assert (final.llm.input_tokens, final.llm.output_tokens) == (20, 10)


async def test_an_answer_that_never_fits_fails_with_its_reason() -> None:
    async with scripted(answer('{"claims": 7}')) as (core, provider):
        responses = await run(core, [ARGUMENT, *talk()])
    check(responses)
    final = last(responses, NAME)
    assert len(provider.asked) == 2
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_TRUNCATED, "LLM_INVALID_OUTPUT")
    assert (final.llm.outcome, final.llm.failure.reason) == (OUTCOME_FAILED, "LLM_INVALID_OUTPUT")
    assert final.llm.failure.metadata["provider"] == "scripted"
    assert (final.llm.calls, final.llm.input_tokens) == (2, 20)
    assert final.local.argument.words == 47


async def test_objects_that_were_complete_stay() -> None:
    failure = ModelFailure(LLM_VENDOR_FAILED, "gone", retryable=True)
    async with scripted([Answering("m"), TextDelta(HALF), failure]) as (core, _):
        responses = await run(core, [ARGUMENT, *talk()])
    check(responses)
    final = last(responses, NAME)
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_TRUNCATED, LLM_VENDOR_FAILED)
    assert (final.llm.outcome, final.llm.failure.retryable) == (OUTCOME_TRUNCATED, True)
    assert [each.claim for each in final.llm.findings.argument.claims] == ["claim 1", "claim 2"]


async def test_another_attempt_shows_no_less_than_the_one_before() -> None:
    """What it has is held back until it is as much."""
    failure = ModelFailure(LLM_VENDOR_FAILED, "gone", retryable=True)
    second = claims(4)
    pieces = second.partition('{"claim": "claim 3"')
    turns = [Answering("m"), TextDelta(HALF), failure], answer(pieces[0], pieces[1] + pieces[2])
    async with scripted(*turns, llm={"attempts": 2}) as (core, _):
        responses = await run(core, [ARGUMENT, *talk()])
    check(responses)
    shown = [(part_of(each).attempt, found(part_of(each))) for each in responses if found(part_of(each))]
    assert shown == [(1, 2), (2, 2), (2, 6), (2, 6)]
    assert last(responses, NAME).llm.calls == 2


@pytest.mark.parametrize("trigger", ["session", "segment", "turn"])
async def test_an_answer_has_so_long_and_no_longer(trigger: str) -> None:
    never = asyncio.Event()
    requests = [config(asked(NAME, trigger)), *talk(1), turn(1, "asr/1/1")]
    async with scripted([Answering("m"), TextDelta(HALF), never], llm_timeout=0.05) as (core, _):
        responses = await run(core, requests)
    check(responses)
    final = last(responses, NAME)
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_TRUNCATED, "LLM_TIMEOUT")
    assert (final.llm.outcome, found(final.llm)) == (OUTCOME_TRUNCATED, 2)


async def test_what_waits_for_others_has_its_time_still(monkeypatch: pytest.MonkeyPatch) -> None:
    go = asyncio.Event()
    settings = {"llm_timeout": 0.2, "llm_calls_at_once": 1}
    async with scripted([go, *WHOLE], WHOLE, **settings) as (core, provider):
        stream = Stream(core)
        stream.say(config(asked(NAME, "segment")), *talk(2))
        ended = asyncio.create_task(stream.rest())
        final = await stream.until(lambda each: header_of(each).phase == PHASE_FINAL)
        assert final.analysis.header.failure.reason == "LLM_TIMEOUT"  # the first; the other began only then
        responses = await ended
    assert len(provider.asked) == 2
    assert [each.llm.outcome for each in bodies(responses, "analysis")][-1] == OUTCOME_COMPLETE


async def test_after_the_input_all_answers_together_have_so_long_and_no_longer() -> None:
    never = asyncio.Event()
    settings = {"llm_finish_timeout": 0.1, "llm_calls_at_once": 1}
    async with scripted([never], **settings) as (core, provider):
        async with asyncio.timeout(10):  # one after the other, each with its own 90 s, would take 27 minutes
            responses = await run(core, [config(asked(NAME, "segment")), *talk(18)])
    check(responses)
    finals = [each for each in bodies(responses, "analysis") if each.header.phase == PHASE_FINAL]
    assert {each.header.failure.reason for each in finals} == {"LLM_TIMEOUT"}
    assert (len(provider.asked), len(finals)) == (1, 18)
    assert all("the input ended more than 0.1 s ago" in each.header.failure.message for each in finals)


@pytest.mark.parametrize(
    ("budget", "calls"), [({"session_calls": 2}, 2), ({"tenant_calls": 1}, 1), ({"session_tokens": 1}, 0)]
)
async def test_past_the_budget_nothing_is_asked(budget: dict[str, int], calls: int) -> None:
    identity = StreamIdentity(session_id="s", tenant="t")
    async with scripted(WHOLE, llm=budget) as (core, provider):
        responses = await run(core, [config(asked(NAME, "segment"), identity=identity), *talk(4)])
    check(responses)
    finals = [each for each in bodies(responses, "analysis") if each.header.phase == PHASE_FINAL]
    skipped = [each for each in finals if each.llm.outcome == OUTCOME_SKIPPED]
    assert (len(provider.asked), len(finals), len(skipped)) == (calls, 4, 4 - calls)
    for each in skipped:
        assert (each.header.outcome, each.header.failure.reason) == (OUTCOME_TRUNCATED, "LLM_BUDGET")
        assert each.llm.failure.reason == "LLM_BUDGET"
        assert each.local.argument.words


async def test_a_stream_without_a_session_has_a_budget_too() -> None:
    async with scripted(WHOLE, llm={"session_calls": 1}) as (core, provider):
        for _ in range(2):
            responses = await run(core, [config(asked(NAME, "segment")), *talk(3)])
            outcomes = [part_of(each).outcome for each in responses if header_of(each).phase == PHASE_FINAL]
            assert sorted(outcomes) == [OUTCOME_COMPLETE, OUTCOME_SKIPPED, OUTCOME_SKIPPED]
    assert len(provider.asked) == 2


async def test_where_too_many_wait_the_next_are_not_asked() -> None:
    go = asyncio.Event()
    async with scripted([go, *WHOLE], WHOLE, max_pending=2) as (core, provider):
        stream = Stream(core)
        stream.say(config(asked(NAME, "segment")), *talk(5))
        await stream.until(lambda each: header_of(each).result_id.endswith("/5") and is_final(each))
        go.set()
        responses = await stream.rest()
    check(responses)
    finals = {each.analysis.header.result_id: each.analysis for each in responses if is_final(each)}
    assert len(provider.asked) == 2
    for ordinal in (1, 2):
        assert finals[f"analysis/1/{ordinal}"].llm.outcome == OUTCOME_COMPLETE
    for ordinal in (3, 4, 5):
        each = finals[f"analysis/1/{ordinal}"]
        assert (each.header.outcome, each.header.failure.reason) == (OUTCOME_TRUNCATED, "BACKPRESSURE")
        assert (each.llm.outcome, each.llm.failure.reason) == (OUTCOME_SKIPPED, "BACKPRESSURE")
        assert each.local.argument.words


async def test_too_little_to_analyse_is_not_asked_about() -> None:
    async with scripted(WHOLE) as (core, provider):
        responses = await run(core, [ARGUMENT, segment("only four words here", 1)])
    check(responses)
    final = last(responses, NAME)
    assert provider.asked == []
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_FAILED, "NOT_ENOUGH_DATA")
    assert (final.llm.outcome, final.llm.failure.reason) == (OUTCOME_SKIPPED, "NOT_ENOUGH_DATA")


async def test_what_came_before_transcription_failed_is_asked_about() -> None:
    async with scripted(WHOLE) as (core, provider):
        responses = await run(core, [ARGUMENT, *talk(), UPSTREAM])
    check(responses)
    final = last(responses, NAME)
    assert len(provider.asked) == 1
    assert final.header.outcome == OUTCOME_TRUNCATED
    assert final.header.failure.reason == "TRANSCRIPTION_UNAVAILABLE"
    assert (final.llm.outcome, found(final.llm)) == (OUTCOME_COMPLETE, 4)


@pytest.mark.parametrize("trigger", ["segment", "turn"])
async def test_segments_that_are_told_again_ask_nothing_again(trigger: str) -> None:
    async with scripted(WHOLE) as (core, provider):
        told = [*talk(2, replayed=True), *talk(3)[2:], turn(1, "asr/1/3")]
        responses = await run(core, [config(asked(NAME, trigger)), *told])
    check(responses)
    assert len(provider.asked) == 1
    context, data = provider.asked[0].context, provider.asked[0].data
    assert "three percent" in data
    if trigger == "segment":
        assert context.count("Ben: ") == 1
        assert "customers will leave" in context
        assert "customers will leave" not in data


async def test_newest_text_goes_to_a_model_and_the_rest_is_named() -> None:
    long = "We should go because it rains and nobody else is here to tell us. " * 300  # 19,800 characters
    async with scripted(WHOLE) as (core, provider):
        said = [segment(f"number {each}. {long}", each) for each in range(1, 6)]
        responses = await run(core, [ARGUMENT, *said])
    final = last(responses, NAME)
    assert len(provider.asked[0].data) <= 48_000
    assert "number 5." in provider.asked[0].data
    assert "number 1." not in provider.asked[0].data
    (error,) = [each for each in final.errors if each.reason == "LLM_TEXT_SHORTENED"]
    assert (final.header.outcome, dict(error.metadata)) == (OUTCOME_COMPLETE, {"segments": "3"})
    assert final.llm.findings.argument.claims[0].segment_ids == ["asr/1/4"]  # line 1 of what was sent


async def test_a_model_is_told_what_was_measured() -> None:
    async with scripted([ModelFailure(LLM_REFUSED, "no", retryable=False)]) as (core, provider):
        await run(core, [config(asked(quantitative.NAME)), *talk()])
    assert "Measured:\nwords: 47\n" in provider.asked[0].context


async def test_a_provider_that_nobody_knows_is_refused() -> None:
    async with scripted(WHOLE) as (core, _):
        with pytest.raises(InvalidConfig) as refused:
            await run(core, [config(asked(NAME), llm_providers=["gemnii", "ollama", "ollama"])])
    assert [each.field for each in refused.value.violations] == [
        "streaming_config.llm_providers[0]",
        "streaming_config.llm_providers[2]",
    ]


async def test_an_order_without_a_configured_provider_is_as_without_any() -> None:
    async with scripted(WHOLE) as (core, provider):
        responses = await run(core, [config(asked(NAME, "segment"), llm_providers=["gemini"]), *talk()])
    assert provider.asked == []
    told = [reasons_of(each.errors) for each in bodies(responses, "analysis")]
    assert [reason for each in told for reason in each] == ["LLM_NOT_CONFIGURED"]
    assert {part_of(each).outcome for each in responses} == {OUTCOME_UNSPECIFIED}


async def test_answers_are_kept_on_request() -> None:
    settings = {"llm": {"cache_answers": 10}}
    async with scripted(WHOLE, **settings) as (core, provider):
        finals = []
        for caches in (False, True, True, False):
            responses = await run(core, [config(asked(NAME), cache_answers=caches), *talk()])
            check(responses)
            finals.append(last(responses, NAME))
    assert [each.llm.cached for each in finals] == [False, False, True, False]
    assert [each.llm.calls for each in finals] == [1, 1, 0, 1]
    assert len(provider.asked) == 3
    assert finals[2].llm.findings == finals[1].llm.findings
    assert not finals[2].llm.simulated


async def test_who_only_waits_for_models_says_that_it_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_KEEP_ALIVE", 0.02)
    go = asyncio.Event()
    async with scripted([go, *WHOLE]) as (core, _):
        held = Stream(core)
        held.say(ARGUMENT, *talk())
        ended = asyncio.create_task(held.rest())
        await held.until(lambda each: each.WhichOneof("result") is None)
        go.set()
        responses = await ended
    check(responses)
    assert last(responses, NAME).header.outcome == OUTCOME_COMPLETE


@pytest.mark.parametrize("trigger", ["session", "segment"])
async def test_without_annotations_a_model_reads_the_text(trigger: str) -> None:
    name = "speaker_intent"
    findings = json.dumps({"speakers": []})
    said = [segment("We should go now, because it is late.", number, is_annotated=False) for number in (1, 2)]
    async with scripted(answer(findings)) as (core, provider):
        responses = await run(core, [config(asked(name, trigger)), *said])
    check(responses)
    assert len(provider.asked) == (1 if trigger == "session" else 2)
    final = last(responses, name)
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_TRUNCATED, "ANNOTATIONS_MISSING")
    assert (final.llm.outcome, final.llm.calls) == (OUTCOME_COMPLETE, 1)
    assert final.local.WhichOneof("measures") is None


async def test_a_question_that_crashes_here_is_a_failure_like_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(Egress, "compose", crash)
    async with scripted(WHOLE) as (core, provider):
        responses = await run(core, [ARGUMENT, *talk()])
    check(responses)
    final = last(responses, NAME)
    assert provider.asked == []
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_TRUNCATED, "ANALYSIS_CRASHED")
    assert (final.llm.outcome, final.local.argument.words) == (OUTCOME_FAILED, 47)


async def test_findings_without_a_message_are_a_bug_that_ends_the_model_s_part_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @dataclass(frozen=True)
    class Unknown:
        weather: str

    task = LlmTask(instruction="How is the weather?", findings=Unknown)
    monkeypatch.setitem(registry.ANALYSES, NAME, replace(argument.ANALYSIS, llm=task))
    async with scripted(answer('{"weather": "fine"}')) as (core, _):
        responses = await run(core, [ARGUMENT, *talk()])
    check(responses)
    final = last(responses, NAME)
    assert (final.header.failure.reason, final.llm.outcome) == ("ANALYSIS_CRASHED", OUTCOME_FAILED)
    assert final.local.argument.words == 47
