"""The suite with language models: gateway, real cores and the vendors' SDKs, which speak to the emulator."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

from gateway.plan import ANALYSIS
from rivermouth.analysis.v1.analysis_pb2 import Analysis
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from services.analysis.settings import AnalysisSettings
from services.llm.emulator.answering import WELL, Answering, Behave, always
from services.llm.emulator.record import ReceivedRequest, Record
from services.llm.emulator.server import Emulator
from tests.e2e.cores import cores
from tests.gateway.calls import Call, Gateway, gateway
from tests.services.llm.vendors import KEY, settings

FOURTEEN = tuple(name for name in ANALYSIS.analysers if name != "workflow")
BYTES_PER_TOKEN = 4
"""By which the emulator counts what it reads; of what it says each piece is a token."""


@dataclass(frozen=True)
class Suite:
    """What serves, and the models behind it."""

    emulator: Emulator
    serve: Gateway

    async def session(self, *analysers: str | AnalyserConfig, **fields: Any) -> Call:
        """A session of text, with annotations."""
        asked = [AnalyserConfig(name=each) if isinstance(each, str) else each for each in analysers]
        return await self.serve.session(
            audio_format=None, analysers=[AnalyserConfig(name="semantics"), *asked], **fields
        )


@contextlib.asynccontextmanager
async def suite(
    *providers: str, answer: Answering | Behave = WELL, analysis: dict[str, Any] | None = None, **llm: Any
) -> AsyncIterator[Suite]:
    """`providers`: that are configured, all vendors by default. `answer`: what the emulator does. `analysis`
    and `llm`: settings of the service and of the models; the latter's time-outs are patient by default."""
    behave = always(answer) if isinstance(answer, Answering) else answer
    patient = {"first_token_timeout": 10.0, "idle_timeout": 5.0, "call_timeout": 20.0, **llm}
    async with Emulator(answer=behave, keys={KEY}, record=Record(most=2_000)) as emulator:
        configured = AnalysisSettings.model_validate(
            {"llm": settings(emulator, *providers, **patient), **(analysis or {})}
        )
        async with cores(analysis=configured) as real, gateway(real.by_stage) as serve:
            yield Suite(emulator, serve)


def told(call: Call) -> dict[str, list[Any]]:
    """All messages of analyses with a single result, by name."""
    found = defaultdict(list)
    for body in call.bodies("analysis") + call.bodies("summary"):
        found[body.name if isinstance(body, Analysis) else "summary"].append(body)
    return found


def final(messages: Iterable[Any]) -> Any:
    """The one that ends the result."""
    (last,) = [each for each in messages if not each.header.partial]
    return last


def tokens(requests: Iterable[ReceivedRequest]) -> tuple[int, int]:
    """What the emulator counted for requests that it answered: read and said."""
    answered = [each for each in requests if each.state == "answered"]
    return (
        sum((len(each.system) + len(each.message)) // BYTES_PER_TOKEN for each in answered),
        sum(each.pieces for each in answered),
    )
