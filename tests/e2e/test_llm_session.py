"""The sample call with every analysis asked for: without a model, and with each vendor's in turn."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_UNSPECIFIED, PHASE_REFINE
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from rivermouth.session.v1.events_pb2 import SessionSummary
from services.analysis.registry import ANALYSES
from services.llm.emulator.answering import Answering, Gate
from tests.e2e.cores import cores
from tests.e2e.emulated import FOURTEEN, final, suite, tokens, told
from tests.gateway import rules
from tests.gateway.calls import Call, gateway
from tests.services.llm.vendors import VENDORS

REFERENCE = Path(__file__).parents[1] / "data" / "sample_call" / "reference.json"
WITH_MODEL = [name for name in FOURTEEN if ANALYSES[name].has_llm_part]


async def say(call: Call, most: int | None = None) -> None:
    """The sample call, as text."""
    for each in json.loads(REFERENCE.read_text())["utterances"][:most]:
        await call.text(
            each["start_s"],
            each["end_s"],
            each["display_text"],
            speaker=each["speaker"],
            channel_tag=each["channel"],
        )
    await call.finish()


def check_local(messages: list[Any], name: str) -> None:
    """The local part is complete."""
    last = final(messages)
    if name == "summary":
        assert last.text
    else:
        assert last.local.WhichOneof("measures") == name
        assert getattr(last.local, name).ListFields(), name


async def test_with_no_model_every_local_part_is_final_and_says_so_once() -> None:
    async with cores() as real, gateway(real.by_stage) as serve:
        names = [{"name": name} for name in ("semantics", *FOURTEEN)]
        call = await serve.session(audio_format=None, analysers=names)
        await say(call)
        await call.drain()
    rules.check(call.events, whole=False)
    found = told(call)
    assert set(found) == set(FOURTEEN)
    for name, messages in found.items():
        assert final(messages).header.outcome == OUTCOME_COMPLETE
        check_local(messages, name)
        reasons = Counter(error.reason for each in messages for error in each.errors)
        assert reasons == ({"LLM_NOT_CONFIGURED": 1} if name in WITH_MODEL else {}), name
        assert not any(each.llm.provider or each.llm.HasField("findings") for each in messages)
    summary = call.summary
    assert (summary.llm_calls, summary.llm_input_tokens, summary.llm_output_tokens) == (0, 0, 0)


async def test_each_vendor_finds_the_same_and_its_usage_is_counted() -> None:
    found_by: dict[str, dict[str, Any]] = {}
    async with suite() as whole:
        for vendor in VENDORS:
            whole.emulator.record.requests.clear()
            # A question that is broken off for the last one would be counted here, and never reach the model.
            summary = AnalyserConfig(name="summary", options={"every": "1000"})
            others = [name for name in FOURTEEN if name != "summary"]
            call = await whole.session(*others, summary, llm_providers=[vendor])
            await say(call)
            await call.drain()
            rules.check(call.events, whole=False)
            found_by[vendor] = check_vendor(call, vendor)
            check_usage(call, whole.emulator.record.requests)
    for vendor in VENDORS[1:]:
        assert found_by[vendor] == found_by[VENDORS[0]], vendor


def check_vendor(call: Call, vendor: str) -> dict[str, Any]:
    """All parts are final, complete, and the emulator's; the findings by analysis."""
    assert call.summary.end == SessionSummary.END_FINISHED
    found = told(call)
    assert set(found) == set(FOURTEEN)
    findings = {}
    for name, messages in found.items():
        check_local(messages, name)
        last = final(messages)
        assert last.header.outcome == OUTCOME_COMPLETE, (vendor, name, last.header.failure)
        assert not last.errors
        if name not in WITH_MODEL:
            assert not last.HasField("llm")
            continue
        assert last.llm.outcome == OUTCOME_COMPLETE, (vendor, name)
        assert (last.llm.provider, last.llm.attempt, last.llm.fallback_from) == (vendor, 1, "")
        assert (last.llm.cached, last.llm.repaired, last.llm.simulated) == (False, False, False)
        assert last.llm.findings.WhichOneof("findings") == name
        for each in messages:
            assert each.llm.outcome == (OUTCOME_UNSPECIFIED if each.header.partial else OUTCOME_COMPLETE)
            if each.llm.HasField("findings"):
                assert each.llm.model.startswith("emulator-")
        findings[name] = last.llm.findings
    return findings


def check_usage(call: Call, requests: Any) -> None:
    """The session's, an independent reader's and the model's own counts are the same."""
    finals = [each for each in call.bodies("analysis") + call.bodies("summary") if not each.header.partial]
    summed = [
        sum(getattr(each.llm, field) for each in finals)
        for field in ("calls", "input_tokens", "output_tokens")
    ]
    summary = call.summary
    assert [summary.llm_calls, summary.llm_input_tokens, summary.llm_output_tokens] == summed
    assert summed == [len(requests), *tokens(requests)]
    assert summed[0] == len(WITH_MODEL)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_each_object_is_here_before_the_next_is_made(vendor: str) -> None:
    """The model says one object more only when the one before was seen by the client; still all ends well."""
    async with suite(vendor, idle_timeout=20.0) as whole:
        gate = whole.emulator.models.gate = Gate(free=1)
        call = await whole.session("summary")
        await say(call, 6)
        counts: list[int] = []
        async with asyncio.timeout(20):
            while True:
                body = await call.until("summary", lambda each: bool(each.llm.ByteSize()))
                count = _objects(body)
                if not body.header.partial:
                    break
                if count > (counts[-1] if counts else 0):
                    counts.append(count)
                    gate.release()
        await call.drain()
    rules.check(call.events, whole=False)
    assert counts == list(range(1, len(counts) + 1))
    assert count - 1 <= len(counts) <= count
    assert final(told(call)["summary"]).llm.outcome == OUTCOME_COMPLETE


def _objects(body: Any) -> int:
    found = body.llm.findings.summary
    return sum(len(value) if field.is_repeated else 1 for field, value in found.ListFields())


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_model_that_cannot_stream_is_shown_in_marked_pieces(vendor: str) -> None:
    async with suite(vendor, answer=Answering(streams="refused")) as whole:
        call = await whole.session("speaker_attitude")
        await say(call, 6)
        await call.drain()
    rules.check(call.events, whole=False)
    messages = told(call)["speaker_attitude"]
    shown = [each for each in messages if each.llm.HasField("findings")]
    assert {each.llm.simulated for each in shown} == {True}
    assert 3 <= sum(each.header.phase == PHASE_REFINE for each in shown) <= 5
    assert final(messages).llm.outcome == OUTCOME_COMPLETE


async def test_no_transcript_waits_for_a_model() -> None:
    """A model says nothing until all is transcribed, annotated and measured."""
    async with suite("gemini", first_token_timeout=60.0, call_timeout=60.0) as whole:
        whole.emulator.models.gate = gate = Gate()
        call = await whole.session(*FOURTEEN)
        spoken = json.loads(REFERENCE.read_text())["utterances"]
        await say(call)
        transcribed = 0
        async with asyncio.timeout(20):
            while transcribed < len(spoken) or len(told(call)) < len(FOURTEEN):
                event = await call.next()
                assert event is not None
                transcribed += event.transcript.is_final
        assert not any(each.pieces for each in whole.emulator.record.requests)
        gate.release(10_000)
        await call.drain()
    rules.check(call.events, whole=False)
    check_vendor(call, "gemini")
