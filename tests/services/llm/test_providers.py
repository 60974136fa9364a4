"""The vendors' SDKs, as they are: what they send, and what is made of what comes."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from services.llm import claude as claude_module
from services.llm import openai as openai_module
from services.llm.answers import Grown, Whole, ask
from services.llm.emulator.answering import MODES, Answering, Gate, one_by_one
from services.llm.events import Answering as Answers
from services.llm.events import Attempt, End, TextDelta, ToolCall, Usage
from services.llm.failure import ModelFailure
from services.llm.llm import Llm
from services.llm.request import Audio, Request, Tool
from services.llm.typed import schema_of
from tests.services.llm.vendors import (
    KEY,
    PATIENT,
    REQUEST,
    VENDORS,
    Claims,
    claims,
    collected,
    emulated,
    only,
    settings,
    text_of,
)

TOOL = Tool("look_up", "Looks a word up.", {"type": "object", "properties": {"word": {"type": "string"}}})


async def test_all_vendors_give_the_same_object() -> None:
    async with emulated() as (_, llm):
        answers = [await claims(llm, order=[vendor]) for vendor in VENDORS]
    assert {repr(each) for each in answers} == {repr(answers[0])}
    assert answers[0].value.claims[0].quote in REQUEST.data


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_stream_of_each_vendor(vendor: str) -> None:
    async with emulated(vendor) as (emulator, llm):
        events = await collected(llm.stream(replace(REQUEST, schema=schema_of(Claims)), session="s"))
        spent = llm.spent("s")
    model = settings(emulator).of(vendor).model  # type: ignore[arg-type]
    assert events[0] == Attempt(vendor, model, 1)
    assert events[1] == Answers(f"emulator-{model}")
    assert len(only(TextDelta, events)) > 5
    (usage,) = only(Usage, events)
    assert isinstance(events[-1], End)
    assert (spent.calls, spent.input_tokens, spent.output_tokens) == (
        1,
        usage.input_tokens,
        usage.output_tokens,
    )
    assert usage.output_tokens == emulator.record.requests[0].pieces
    assert json.loads(text_of(events))["claims"]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_what_is_sent(vendor: str) -> None:
    request = Request("Find claims.", "What was said.", context="What went before.", max_output_tokens=321)
    async with emulated(vendor, **{vendor: {"model": "some-model"}}) as (emulator, llm):
        await claims(llm, request)
        received = emulator.record.requests[0]
    assert (received.vendor, received.model, received.streams) == (vendor, "some-model", True)
    assert received.system.startswith("Find claims.")
    assert "What was said." in received.message
    assert "What went before." in received.message
    assert "said" not in received.system.replace("What people said", "")
    assert "321" in received.body
    schema: Any = received.schema
    assert set(schema["properties"]) == {"topic", "claims", "level", "summary"}
    assert KEY not in received.body
    assert received.state == "answered"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_text_without_a_schema(vendor: str) -> None:
    async with emulated(vendor) as (emulator, llm):
        events = await collected(llm.stream(REQUEST))
    assert text_of(events).endswith("Somebody said: We should go.")
    assert emulator.record.requests[0].schema is None


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "text", ["", "word " * 100_000, "?!… —", "שלום עולם! 你好。ปัญหา", 'quote " \\ \u2028 \x00 end']
)
async def test_any_text(vendor: str, text: str) -> None:
    async with emulated(vendor) as (emulator, llm):
        assert (await claims(llm, Request("Find claims.", text))).value
    assert text in emulator.record.requests[0].message


@pytest.mark.parametrize("vendor", ["gemini", "openai"])
async def test_audio_is_in_the_same_message(vendor: str) -> None:
    async with emulated(vendor, **{vendor: {"hears": True}}) as (emulator, llm):
        await claims(llm, replace(REQUEST, audio=Audio(b"RIFF" + bytes(996))))
    received = emulator.record.requests[0]
    assert received.audio_bytes == 1_000
    assert REQUEST.data in received.message


@pytest.mark.parametrize("vendor", ["claude", "ollama"])
async def test_who_does_not_hear_says_so(vendor: str) -> None:
    async with emulated(vendor, **{vendor: {"hears": True}}) as (emulator, llm):
        with pytest.raises(ModelFailure, match="does not hear"):
            await claims(llm, replace(REQUEST, audio=Audio(b"RIFF")))
    assert not emulator.record.requests


@pytest.mark.parametrize("vendor", VENDORS)
async def test_tools_are_called(vendor: str) -> None:
    async with emulated(vendor, answer=Answering(calls_tool=True)) as (_, llm):
        events = await collected(llm.stream(replace(REQUEST, tools=(TOOL,))))
        (call,) = only(ToolCall, events)
        assert (call.name, call.arguments) == ("look_up", {"word": "made up word"})
        assert not only(ToolCall, await collected(llm.stream(REQUEST)))


@pytest.mark.parametrize("vendor", VENDORS)
async def test_each_object_comes_before_the_next_is_made(vendor: str) -> None:
    """The emulator holds object k + 1 back until the client has object k; the answer ends all the same."""
    gate = Gate()
    async with emulated(vendor, first_token_timeout=5.0, idle_timeout=5.0) as (emulator, llm):
        emulator.models.gate = gate
        paths: list[tuple[str | int, ...]] = []
        gate.release()
        async with asyncio.timeout(10):
            async for event in ask(llm, REQUEST, Claims):
                if isinstance(event, Grown):
                    (part,) = event.completed
                    paths.append(part.path)
                    assert emulator.record.requests[0].pieces == len(paths)
                    gate.release()
    assert paths == [("topic",), ("claims", 0), ("claims", 1), ("claims", 2), ("level",), ("summary",)]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("asks", [True, False])
async def test_a_model_that_cannot_stream(vendor: str, asks: bool) -> None:
    """It is asked for whole answers: as the settings say, or once it has refused to stream."""
    changes = {vendor: {"streams": asks}}
    async with emulated(vendor, answer=MODES["cannot_stream"], **changes) as (emulator, llm):
        for _ in range(2):
            events = await collected(llm.stream(replace(REQUEST, schema=schema_of(Claims))))
            assert [each.is_streamed for each in only(Answers, events)] == [False]
            assert len(only(TextDelta, events)) == 1
            assert len(only(Usage, events)) == 1
            assert len(only(Attempt, events)) == 1
    requests = emulator.record.requests
    assert [each.streams for each in requests] == [True, False, False] if asks else [False, False]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_tls_with_an_authority_of_ones_own(vendor: str, tmp_path: Any) -> None:
    async with emulated(vendor) as (emulator, _):
        file = emulator.write_certificate(tmp_path / "ca.pem")
        where = {"base_url": emulator.base_url(vendor, secure=True), "ca_file": str(file)}
        async with Llm(settings(emulator, vendor, **{vendor: where})) as llm:
            assert (await claims(llm)).value
        missing = {vendor: where | {"ca_file": str(tmp_path / "missing.pem")}}
        async with Llm(settings(emulator, vendor, **missing)) as llm:
            with pytest.raises(ModelFailure, match=r"missing\.pem cannot be used"):
                await claims(llm)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_keys_are_not_in_logs_nor_failures(vendor: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with emulated(vendor, answer=one_by_one(MODES["good"], MODES["key_refused"]), **PATIENT) as (
        _,
        llm,
    ):
        await claims(llm)
        with pytest.raises(ModelFailure) as caught:
            await claims(llm)
    failure = caught.value
    shown = [repr(failure), failure.message, repr(vars(failure)), caplog.text]
    assert not [each for each in shown if KEY in each]
    assert failure.__cause__ is None
    assert failure.__context__ is None


async def test_a_wrong_key(caplog: pytest.LogCaptureFixture) -> None:
    async with emulated("claude", claude={"api_key": "wrong-key-0123"}) as (_, llm):
        with pytest.raises(ModelFailure, match="LLM_KEY_REFUSED") as caught:
            await claims(llm)
    assert "wrong-key" not in str(caught.value)


async def test_an_sdk_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ollama", None)
    async with emulated("ollama") as (_, llm):
        with pytest.raises(ModelFailure, match=r"pip install 'rivermouth\[llm\]'"):
            await claims(llm)


async def test_a_closed_provider_makes_no_connections() -> None:
    async with emulated("openai") as (emulator, llm):
        await llm.__aexit__(None, None, None)
        with pytest.raises(ModelFailure, match="closed"):
            await claims(llm)
    assert not emulator.record.requests


async def test_an_answer_that_does_not_fit_is_mended_once() -> None:
    answers = one_by_one(MODES["wrong_schema"], MODES["good"])
    async with emulated("gemini", answer=answers) as (emulator, llm):
        whole = await claims(llm)
    assert whole.was_repaired
    first, second = emulator.record.requests
    assert "topic: Field required" in second.system
    assert "another schema" in second.message  # the faulty answer, as data
    assert "another schema" not in first.message


async def test_a_mended_answer_is_kept_and_the_faulty_one_is_not() -> None:
    answers = one_by_one(MODES["wrong_schema"], MODES["good"])
    async with emulated("gemini", answer=answers, cache_answers=5) as (emulator, llm):
        await claims(llm, cached=True)
        assert not (await claims(llm, cached=True)).was_repaired
        assert not (await claims(llm, cached=True)).was_repaired
    assert len(emulator.record.requests) == 3


async def test_parts_start_anew_with_each_attempt() -> None:
    answers = one_by_one(Answering(stops_after=12, stop="reset"), MODES["good"])
    async with emulated("claude", answer=answers, attempts=2) as (_, llm):
        events = await collected(ask(llm, REQUEST, Claims))
    second = max(number for number, event in enumerate(events) if isinstance(event, Attempt))
    assert only(Grown, events[:second])
    partial: dict[str, Any] = {}
    for event in only(Grown, events[second:]):
        for part in event.completed:
            if len(part.path) == 2:
                partial.setdefault(str(part.path[0]), []).append(part.value)
            else:
                partial[str(part.path[0])] = part.value
        assert event.partial == partial
    assert isinstance(events[-1], Whole)


def test_a_tool_call_that_was_cut_is_an_answer_that_was_cut() -> None:
    from anthropic.types import (
        RawContentBlockDeltaEvent,
        RawContentBlockStartEvent,
        RawContentBlockStopEvent,
        RawMessageDeltaEvent,
    )
    from openai.types.chat import ChatCompletionChunk

    claude, half = claude_module._Reader(), '{"place": "Ber'
    block = {"type": "tool_use", "id": "1", "name": "look", "input": {}}
    delta = {"type": "input_json_delta", "partial_json": half}
    usage = {"output_tokens": 9}
    parts = (
        RawContentBlockStartEvent.model_validate(
            {"type": "content_block_start", "index": 0, "content_block": block}
        ),
        RawContentBlockDeltaEvent.model_validate({"type": "content_block_delta", "index": 0, "delta": delta}),
        RawContentBlockStopEvent(type="content_block_stop", index=0),
        RawMessageDeltaEvent.model_validate(
            {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": usage}
        ),
    )
    told = [event for part in parts for event in claude.read(part)]
    assert [*told, *claude.finish()][-1] == End(False, "max_tokens")

    reader = openai_module._Reader()
    call = {"index": 0, "id": "1", "function": {"name": "look", "arguments": half}, "type": "function"}
    choice = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "length"}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    told = list(reader.read(ChatCompletionChunk.model_validate(chunk)))
    assert [*told, *reader.finish()][-1] == End(False, "length")
