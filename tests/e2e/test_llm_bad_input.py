"""Bad input to models and from them, through the whole suite: refused by its field, or told by its reason."""

from __future__ import annotations

import json
import logging
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToJson

from rivermouth.analysis.v1.analysis_pb2 import SessionContext
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
)
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from rivermouth.session.v1.events_pb2 import SessionSummary
from rivermouth.transcript.v1.transcript_pb2 import SpeakerSpan
from services.llm.emulator.answering import Answering
from tests.e2e.emulated import FOURTEEN, Suite, final, suite, told
from tests.gateway import rules
from tests.gateway.calls import Call, config
from tests.services.analysis.streams import offset
from tests.services.llm.vendors import KEY, VENDORS

NAME = "speaker_attitude"
TEXT = "Could you please wait? That is really kind of you, and I am sorry that it takes so long."
OTHER_KEY = "sk-another-key-that-must-not-be-shown"


async def session(whole: Suite, *texts: str, **fields: Any) -> Call:
    call = await whole.session(NAME, **fields)
    for number, text in enumerate(texts or (TEXT,)):
        await call.text(number * 10.0, number * 10.0 + 6, text, speaker=f"speaker {number % 2}")
    await call.finish()
    await call.drain()
    rules.check(call.events, whole=False)
    assert call.summary.end == SessionSummary.END_FINISHED
    return call


@pytest.mark.parametrize("vendor", VENDORS[:3])
async def test_a_key_that_is_refused_is_told_and_shown_nowhere(
    vendor: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refused: dict[str, Any] = {vendor: {"api_key": OTHER_KEY}}
    async with suite(vendor, **refused) as whole:
        call = await session(whole)
        last = final(told(call)[NAME])
    assert (last.header.outcome, last.llm.outcome) == (OUTCOME_TRUNCATED, OUTCOME_FAILED)
    assert last.llm.failure.reason == last.header.failure.reason == "LLM_KEY_REFUSED"
    assert not last.llm.failure.retryable
    shown = "\n".join(MessageToJson(each) for each in call.events)
    logged = "\n".join(f"{each.getMessage()} {each.args} {each.exc_text}" for each in caplog.records)
    for text in (shown, logged):
        assert OTHER_KEY not in text
        assert KEY not in text


async def test_an_unknown_provider_is_refused_by_its_field() -> None:
    async with suite() as whole:
        call = whole.serve()
        await call.send(
            streaming_config=config(
                audio_format=None,
                analysers=[AnalyserConfig(name=NAME)],
                llm_providers=["gemini", "horoscope"],
            )
        )
        error = await call.status()
        assert error.code is grpc.StatusCode.INVALID_ARGUMENT
        assert [each.field for each in error.violations] == ["streaming_config.llm_providers[1]"]
        assert "horoscope" in error.violations[0].description
        await session(whole)


async def test_a_known_provider_without_a_key_is_as_none() -> None:
    async with suite("gemini") as whole:
        call = await session(whole, llm_providers=["claude"])
        last = final(told(call)[NAME])
        assert whole.emulator.record.requests == whole.emulator.record.connections
    assert last.header.outcome == OUTCOME_COMPLETE
    assert [each.reason for each in last.errors] == ["LLM_NOT_CONFIGURED"]
    assert last.local.speaker_attitude.words > 0


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_model_that_ignores_the_schema_is_asked_once_more(vendor: str) -> None:
    async with suite(vendor, answer=Answering(text="other_schema")) as whole:
        call = await session(whole)
        last = final(told(call)[NAME])
        first, second = whole.emulator.record.requests
    assert (last.llm.calls, last.llm.repaired) == (2, True)
    assert last.llm.failure.reason == "LLM_INVALID_OUTPUT"
    assert (last.llm.outcome, last.llm.HasField("findings")) == (OUTCOME_FAILED, False)
    assert "not valid" not in first.system
    assert "not valid" in second.system


async def test_reversed_spans_are_refused_and_overlapping_ones_are_not() -> None:
    def spans(*times: tuple[float, float, str]) -> SessionContext:
        made = [
            SpeakerSpan(start_offset=offset(begin), end_offset=offset(end), speaker=who)
            for begin, end, who in times
        ]
        return SessionContext(speaker_spans=made)

    async with suite("gemini") as whole:
        call = whole.serve()
        asked = config(audio_format=None, analysers=[AnalyserConfig(name=NAME)])
        asked.context.CopyFrom(spans((0, 4, "Anna"), (9, 3, "Bo")))
        await call.send(streaming_config=asked)
        error = await call.status()
        assert error.code is grpc.StatusCode.INVALID_ARGUMENT
        fields = [each.field for each in error.violations]
        assert fields == ["streaming_config.context.speaker_spans[1].end_offset"]
        call = await session(whole, context=spans((0, 5, "Anna"), (2, 30, "Bo"), (2, 30, "Cleo")))
        last = final(told(call)[NAME])
        (request,) = whole.emulator.record.requests
    assert last.llm.outcome == OUTCOME_COMPLETE
    assert "[1] [0.0s] Anna: Could" in request.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "... !? -- (…) ؟ 。",
        "مرحبا كيف حالك اليوم، أنا بخير شكرا لك",
        "שלום, מה שלומך היום?",
        "今天天气很好。",
    ],
    ids=["empty", "blank", "punctuation", "arabic", "hebrew", "chinese"],
)
async def test_texts_that_nobody_expects(text: str) -> None:
    async with suite("claude") as whole:
        call = await whole.session(*FOURTEEN)
        for number in range(2):
            await call.text(number * 5.0, number * 5.0 + 4, text, speaker=f"speaker {number}")
        await call.finish()
        await call.drain()
        requests = list(whole.emulator.record.requests)
    rules.check(call.events, whole=False)
    for name, messages in told(call).items():
        last = final(messages)
        assert last.header.failure.reason in {"", "NOT_ENOUGH_DATA"}, name
        assert last.llm.outcome in {0, OUTCOME_COMPLETE, OUTCOME_SKIPPED}, name
    if text.strip(" .!?-()…؟。"):
        assert requests
        assert all(text.strip() in each.message for each in requests)
        assert all(text.strip() in json.loads(json.dumps(each.body)) for each in requests)
