"""What sessions and tenants may spend on models, through streams; past that, local parts are whole still."""

import asyncio
from typing import Any

import pytest

from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_SKIPPED
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.llm.emulator.server import Emulator
from services.llm.llm import Llm
from services.llm.scripted import ScriptedProvider
from tests.services.analysis.streams import asked, bodies, check, config, segment
from tests.services.analysis.works import Heard, answering, run, scripted, settings_of

WORKFLOW = asked("workflow", batch_segments=2, batch_seconds=3600)
CALLS = 2


def session(session_id: str, tenant: str = "", questions: int = 4, **fields: Any) -> list[Any]:
    said = [segment(f"what is {number}", number, "question") for number in range(1, questions + 1)]
    identity = {"session_id": session_id, "tenant": tenant}
    return [config(WORKFLOW, identity=identity, **fields), *said]


def outcomes(heard: Heard) -> list[str]:
    return sorted(end.header.failure.reason for end in heard.ends)


async def heard_from(core: AnalysisCore, requests: list[Any]) -> Heard:
    heard = Heard()
    await run(core, requests, heard)
    check(heard.responses)
    return heard


async def test_a_session_s_budget_ends_its_model_s_parts_and_nothing_else() -> None:
    """Calls of one stream are for all its analyses; whichever came first had them."""
    settings = settings_of(llm={"session_calls": CALLS})
    names = ("manipulation", "argument", "speaker_attitude", "psychological", "enhanced_understanding")
    analyses = [asked(name, "session") for name in names if name != "enhanced_understanding"]
    said = "we should go because it is late and you always say that it is not"
    requests = [config(*analyses, WORKFLOW, identity={"session_id": "one"})]
    requests += [segment(said, number, "decision") for number in range(1, 5)]
    async with AnalysisCore(settings) as core:  # answers are made up
        heard = await heard_from(core, requests)
    finals = [each for each in bodies(heard.responses, "analysis") if not each.header.partial]
    assert len(finals) == len(analyses)
    for final in finals:
        assert final.local.WhichOneof("measures") == final.name
        assert getattr(final.local, final.name).words == 4 * len(said.split())
    reasons = [each.llm.failure.reason for each in (*finals, *heard.ends)]
    assert len(reasons) == len(analyses) + 2
    assert reasons.count("") == CALLS
    assert reasons.count("LLM_BUDGET") == len(reasons) - CALLS
    for each in (*finals, *heard.ends):
        is_over = each.llm.failure.reason == "LLM_BUDGET"
        assert each.llm.outcome == (OUTCOME_SKIPPED if is_over else OUTCOME_COMPLETE)
    assert sum(each.llm.calls for each in (*finals, *heard.ends)) == CALLS


async def test_a_session_has_a_budget_of_its_own_and_is_forgotten_at_its_end() -> None:
    settings = settings_of(llm={"session_calls": CALLS})
    llm = scripted(settings, answering)
    async with AnalysisCore(settings, llm) as core:
        first = await heard_from(core, session("one"))
        assert llm.spent("one").calls == 0  # it is forgotten
        second = await heard_from(core, session("two"))
    for heard in (first, second):
        assert outcomes(heard) == ["", "", "LLM_BUDGET", "LLM_BUDGET"]


async def test_a_session_s_budget_holds_over_streams_that_run_at_once() -> None:
    settings = settings_of(llm={"session_calls": CALLS})
    ended = asyncio.Event()

    async with AnalysisCore(settings, scripted(settings, answering)) as core:

        async def held() -> Any:
            for request in session("one", questions=CALLS):
                yield request
            await ended.wait()

        first = Heard()
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            tasks.create_task(core.run(held(), first.send))
            await first.until(lambda heard: len(heard.ends) == CALLS)
            second = await heard_from(core, session("one", questions=2))
            third = await heard_from(core, session("one", questions=1))
            ended.set()
    assert outcomes(first) == [""] * CALLS
    assert outcomes(second) == ["LLM_BUDGET"] * 2
    assert outcomes(third) == ["LLM_BUDGET"]


async def test_a_tenant_s_budget_holds_over_its_sessions_and_nobody_else_s() -> None:
    settings = settings_of(llm={"tenant_calls": 3})
    async with AnalysisCore(settings, scripted(settings, answering)) as core:
        first = await heard_from(core, session("one", "acme", questions=2))
        second = await heard_from(core, session("two", "acme", questions=2))
        other = await heard_from(core, session("three", "other", questions=2))
        nobody = await heard_from(core, session("four", "", questions=4))
    assert outcomes(first) == ["", ""]
    assert outcomes(second) == ["", "LLM_BUDGET"]
    assert outcomes(other) == ["", ""]
    assert outcomes(nobody) == [""] * 4


async def test_tokens_count_too() -> None:
    """A call is not made where it could take more than is left, its 2,048 tokens of output included."""
    settings = settings_of(llm={"session_tokens": 3_000})
    async with AnalysisCore(settings, scripted(settings, answering)) as core:
        heard = await heard_from(core, session("one", questions=12))
    reasons = outcomes(heard)
    assert 0 < reasons.count("LLM_BUDGET") < 12
    assert set(reasons) == {"", "LLM_BUDGET"}
    assert sum(end.llm.input_tokens + end.llm.output_tokens for end in heard.ends) <= 3_000


@pytest.mark.parametrize("tenants", [("acme", "acme"), ("acme", "other")])
async def test_answers_are_given_again_where_that_is_asked_for_within_a_tenant(tenants: Any) -> None:
    settings = settings_of(llm={"cache_answers": 100})
    provider = ScriptedProvider(settings.llm, answering)
    async with AnalysisCore(settings, Llm(settings.llm, {"scripted": provider})) as core:
        first, second = [
            await heard_from(core, session(name, tenant, cache_answers=True))
            for name, tenant in zip("ab", tenants, strict=True)
        ]
    is_same = tenants[0] == tenants[1]
    assert provider.requests == (4 if is_same else 8)
    assert {end.llm.cached for end in first.ends} == {False}
    assert {end.llm.cached for end in second.ends} == {is_same}
    assert {end.work_id: end.text for end in first.ends} == {end.work_id: end.text for end in second.ends}
    assert sum(end.llm.calls for end in second.ends) == (0 if is_same else 4)


async def test_batches_of_the_same_session_are_the_same_questions_again() -> None:
    settings = settings_of(llm={"cache_answers": 100})
    provider = ScriptedProvider(settings.llm, answering)
    intents = ("decision", "general", "action_item", "decision", "general", "question", "general")
    requests = [config(WORKFLOW, cache_answers=True)]
    requests += [segment(f"text {number}", number, intent) for number, intent in enumerate(intents, 1)]
    async with AnalysisCore(settings, Llm(settings.llm, {"scripted": provider})) as core:
        await heard_from(core, requests)
        count = provider.requests
        await heard_from(core, requests)
    assert provider.requests == count == 5


@pytest.mark.parametrize("vendor", ["openai", "ollama"])
async def test_over_the_real_wires_a_session_twice_asks_the_vendor_once(serve, vendor: str) -> None:
    async with Emulator() as emulator:
        llm = {
            "providers": [vendor],
            "attempts": 1,
            "cache_answers": 100,
            vendor: {"base_url": emulator.base_url(vendor), "api_key": "k"},
        }
        async with serve(llm=llm) as (_, stub):
            for repeated in (False, True):
                call = stub.StreamingAnalyze(iter(session("one", cache_answers=True)))
                heard = Heard()
                async with asyncio.timeout(60):
                    async for response in call:
                        heard.responses.append(response)
                check(heard.responses)
                assert len(heard.routed) == len(heard.ends) == 4
                assert {end.header.outcome for end in heard.ends} == {OUTCOME_COMPLETE}
                assert {end.llm.cached for end in heard.ends} == {repeated}
                assert all(end.llm.model.startswith("emulator-") for end in heard.ends)
                assert len(emulator.record.requests) == 4
                body = str(emulator.record.requests[-1])
                assert "Answer this question from the conversation" in body


def test_no_budget_is_set_unless_somebody_sets_it() -> None:
    llm = AnalysisSettings().llm
    assert (llm.session_calls, llm.session_tokens, llm.tenant_calls, llm.tenant_tokens) == (0, 0, 0, 0)
