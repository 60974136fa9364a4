"""Canaries over the real wire: what is replaced reaches no model, no log line and no span."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rivermouth.analysis.v1.analysis_pb2 import SessionContext, StreamingAnalyzeRequest
from rivermouth.analysis.v1.redaction_pb2 import RedactionConfig
from rivermouth.asr.v1.asr_pb2 import RecognitionConfig
from rivermouth.client.reducer import Reducer
from rivermouth.session.v1.config_pb2 import AnalyserConfig, Segmentation
from rivermouth.session.v1.events_pb2 import AnalyserStatus
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.llm.emulator import models
from services.llm.emulator.script import KnownAudio
from services.llm.emulator.server import Emulator
from services.runtime.errors import Unavailable
from services.runtime.settings import TelemetrySettings
from services.runtime.telemetry import setup
from tests.e2e.cores import cores
from tests.e2e.emulated import suite
from tests.gateway import rules
from tests.gateway.calls import LINEAR16, Call, gateway
from tests.services.analysis.canaries import NAMES, NEAR_MISSES, SPELLINGS, found_in, plain
from tests.services.llm.vendors import VENDORS

ENTITY = RedactionConfig(policy=RedactionConfig.POLICY_ENTITY, names=NAMES)
ASKED = ("session_insights", "summary", "argument", "speaker_intent", "speaker_attitude", "workflow")
CONTEXT = SessionContext(
    earlier_summaries=[SPELLINGS["email"][0], SPELLINGS["card"][3]], dialogue_acts=[SPELLINGS["phone"][1]]
)
TOKEN = re.compile(r"\[[A-Z]+_\d+\]")
SPOKEN = "Could you " + SPELLINGS["card"][4].removesuffix(" thanks") + "?"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    shutdown = setup(TelemetrySettings(service_name="test"), exporter=exporter)
    yield exporter
    shutdown()


def spoken() -> Iterator[tuple[str, str]]:
    """All canaries in turn, each cut into three, with somebody else in between; then what must stay."""
    for number, text in enumerate(each for spellings in SPELLINGS.values() for each in spellings):
        words = text.split()
        cuts = [0, len(words) // 3, 2 * len(words) // 3, len(words)]
        speaker = NAMES[number % 2]
        yield speaker, " ".join(words[: cuts[1]])
        yield "Bob", "I think so, because it is late."
        yield speaker, " ".join(words[cuts[1] : cuts[2]])
        yield speaker, " ".join(words[cuts[2] :]) + "."
        yield "Bob", f"Can you {text}?"
    for text in NEAR_MISSES:
        yield "Bob", f"So {text}."


async def say(call: Call, said: list[tuple[str, str]]) -> None:
    for at, (speaker, text) in enumerate(said):
        await call.text(2.0 * at, 2.0 * at + 1.5, text, speaker=speaker, channel_tag=1)
    await call.finish()


def models_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each question the first answer is no JSON, and full of what was never said to the model."""
    fitting = models._text

    def text(asked: Any, behaviour: Any) -> str:
        if "not valid" in asked.system:
            return fitting(asked, behaviour)
        return f"{SPELLINGS['card'][0]}, {SPELLINGS['email'][2]}, {SPELLINGS['iban'][1]}, {NAMES[0]}"

    monkeypatch.setattr(models, "_text", text)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_no_canary_leaves(
    vendor: str,
    spans: InMemorySpanExporter,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    models_words(monkeypatch)
    async with suite(vendor) as whole:
        call = await whole.serve.session(
            audio_format=None,
            analysers=[AnalyserConfig(name=name) for name in ("semantics", *ASKED)],
            redaction=ENTITY,
            context=CONTEXT,
            segmentation=Segmentation(max_gap={"nanos": 0}),
        )
        await say(call, list(spoken()))
        await call.drain()
        requests = list(whole.emulator.record.requests)
    rules.check(call.events, whole=False)
    repairs = [each for each in requests if "not valid" in each.system]
    assert len(repairs) >= len(ASKED) - 1
    for each in requests:
        for text in (each.message, each.system, each.body):
            assert found_in(text) == [], text
    for record in caplog.records:
        line = logging.Formatter().format(record)
        assert found_in(line) == [], line
    for span in spans.get_finished_spans():
        assert found_in(span.to_json()) == [], span.name
    data = " ".join(each.message for each in requests)
    assert "earlier session: write to [EMAIL_1]" in data
    assert re.search(r"dialogue acts before: call me on \[PHONE_\d\]", data)
    for text in NEAR_MISSES:
        assert plain(text) in plain(data)
    told = {each.replacement for body in call.bodies("redaction") for each in body.replacements}
    assert told == set(TOKEN.findall(data)) | told
    assert set(TOKEN.findall(data)) <= told | {"[NAME_1]", "[NAME_2]"}


async def test_the_client_sees_what_was_replaced_in_each_segment() -> None:
    async with cores() as real, gateway(real.by_stage) as serve:
        call = await serve.session(
            audio_format=None, analysers=[{"name": "semantics"}, {"name": "argument"}], redaction=ENTITY
        )
        await say(
            call, [("Cleo", "my card is 4929 1234"), ("Bob", "aha"), ("Cleo", "5678 9015, ask anna berg")]
        )
        await call.drain()
    rules.check(call.events, whole=False)
    reducer = Reducer()
    for event in call.events:
        reducer.apply(event)
    assert reducer.violations == []
    assert [reducer.redacted(each) for each in reducer.transcript()] == [
        "my card is [CARD_1]", "aha", "[CARD_1], ask [NAME_1]",
    ]  # fmt: skip
    assert {*reducer.redactions} == {each.header.result_id for each in reducer.transcript()[::2]}
    assert reducer.transcript()[0].text == "my card is 4929 1234"


async def test_redactions_can_be_left_out() -> None:
    async with cores() as real, gateway(real.by_stage) as serve:
        call = await serve.session(
            audio_format=None,
            analysers=[{"name": "argument"}],
            redaction=ENTITY,
            event_filter={"exclude": ["redaction"]},
        )
        await say(call, [("Cleo", "mail a@x.org"), ("Bob", "or b@x.org")])
        await call.drain()
    assert call.bodies("redaction") == []
    assert call.summary.events["redaction"] == 2


class DiesOnce:
    """A core whose first stream fails at a request."""

    def __init__(self, core: Any, at: int) -> None:
        self._core = core
        self._at = at
        self.configs: list[Any] = []

    async def run(self, requests: AsyncIterator[StreamingAnalyzeRequest], send: Any) -> None:
        is_first = not self.configs

        async def until_it_dies() -> AsyncIterator[StreamingAnalyzeRequest]:
            number = 0
            async for request in requests:
                if request.HasField("streaming_config"):
                    self.configs.append(request.streaming_config)
                number += 1
                if is_first and number == self._at:
                    raise Unavailable("TEST_GONE", "it was killed")
                yield request

        await self._core.run(until_it_dies(), send)


@pytest.mark.parametrize("kept", [256, 2])
async def test_a_value_keeps_its_token_when_the_stage_is_started_anew(kept: int) -> None:
    """`kept`: segments that the new one is told again."""
    said = [("Cleo", f"mail user{each}@example.com") for each in "abcacdba"]
    async with cores() as real:
        dying = DiesOnce(real.by_stage["analysis"], 7)
        stages = {**real.by_stage, "analysis": dying}
        quick = {"reconnect_initial": 0.01, "reconnect_max": 0.05, "work_items": kept}
        async with gateway(stages, stage=quick) as serve:
            call = await serve.session(audio_format=None, analysers=[{"name": "argument"}], redaction=ENTITY)
            for at, (speaker, text) in enumerate(said):
                await call.text(3.0 * at, 3.0 * at + 1.5, text, speaker=speaker)
                if at:  # a chunk shows that the one before was whole
                    await call.until("redaction")
            await call.finish()
            await call.drain()
    first, second = dying.configs
    assert first.redaction_key == second.redaction_key
    assert len(first.redaction_key) == 32
    assert len(first.redaction_numbers) == 0
    states = [each.state for each in call.bodies("analyser_status") if each.stage == "analysis"]
    assert states[:2] == [AnalyserStatus.STATE_RECONNECTING, AnalyserStatus.STATE_RUNNING]
    tokens = [body.replacements[0].replacement for body in call.bodies("redaction")]
    assert tokens == [f"[EMAIL_{number}]" for number in (1, 2, 3, 1, 3, 4, 2, 1)]
    rules.check(call.events, whole=False)


async def test_a_recogniser_that_is_a_vendor_refuses_where_redaction_is_on(tmp_path: Path) -> None:
    async with Emulator(KnownAudio([]), keys={"key"}) as emulator:
        certificate = emulator.write_certificate(tmp_path / "ca.pem")
        live = {"api_key": "key", "base_url": emulator.live_url, "ca_file": str(certificate)}
        settings = AsrSettings.model_validate({"engine": "gemini_live", "gemini_live": live})
        async with cores() as real, AsrCore(settings) as asr, gateway({**real.by_stage, "asr": asr}) as serve:
            refused = serve()
            recognition = RecognitionConfig(allow_audio_egress=True)
            await refused.send(
                streaming_config={"audio_format": LINEAR16, "redaction": ENTITY, "recognition": recognition}
            )
            error = await refused.status()
            assert error.reason == "CONFIG_INVALID"
            assert [each.field for each in error.violations] == [
                "streaming_config.recognition.allow_audio_egress"
            ]
            call = await serve.session(redaction=ENTITY)
            await call.audio(bytes(32_000))
            await call.finish()
            await call.drain()
        assert not emulator.record.connections
    gone = [each for each in call.bodies("analyser_status") if each.stage == "asr"]
    assert [each.state for each in gone] == [AnalyserStatus.STATE_UNAVAILABLE]
    assert gone[0].failure.reason == "CONFIG_INVALID"
    (complete,) = call.bodies("transcript_complete")
    assert complete.header.failure.reason == "CONFIG_INVALID"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kinds": ["mail"]}, "redaction.kinds[0]"),
        ({"names": [""]}, "redaction.names[0]"),
        ({"names": ["Secretname" * 11]}, "redaction.names[0]"),
        ({"names": ["a"] * 10_001}, "redaction.names"),
        ({"kinds": ["card"], "names": ["Bo"]}, "redaction.names"),
        ({"policy": 9}, "redaction.policy"),
    ],
)
async def test_every_field_that_is_wrong_is_named(
    fields: dict[str, Any], field: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with cores() as real, gateway(real.by_stage) as serve:
        call = serve()
        await call.send(streaming_config={"redaction": RedactionConfig(**fields)})
        error = await call.status()
    assert (error.reason, [each.field for each in error.violations]) == (
        "CONFIG_INVALID", [f"streaming_config.{field}"],
    )  # fmt: skip
    assert "Secretname" not in str(error.violations)
    assert "Secretname" not in caplog.text
