"""Streams of work with models that are scripted, for tests of `workflow`."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest, StreamingAnalyzeResponse
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.llm.events import Answering, End, TextDelta, Usage
from services.llm.failure import ModelFailure
from services.llm.llm import Llm
from services.llm.request import Request
from services.llm.scripted import Script, ScriptedProvider
from tests.services.analysis.streams import bodies

_LINE = re.compile(r"^\[(\d+)\] ", re.MULTILINE)


def lines_of(request: Request) -> list[str]:
    """The lines of the data, without their numbers."""
    return _LINE.sub("", request.data).splitlines()


def is_question(request: Request) -> bool:
    return request.instruction.startswith("Answer this question")


def answer_to(request: Request) -> dict[str, Any]:
    """An answer that fits: the last line again, or a note on each line."""
    said = lines_of(request)
    if is_question(request):
        return {"answer": f"about {said[-1]}", "answered": True, "lines": [1]}
    return {"notes": [{"line": number, "text": f"of {line[:60]}"} for number, line in enumerate(said, 1)]}


def answering(request: Request, pieces: int = 3) -> list[Any]:
    """The steps of a good answer."""
    text = json.dumps(answer_to(request))
    length = -(-len(text) // pieces)
    deltas = [TextDelta(text[start : start + length]) for start in range(0, len(text), length)]
    return [Answering("scripted-1"), *deltas, Usage(100, 20), End(True, "stop")]


class Held:
    """Answers that wait until they are let go; `requests` are those that came, in order."""

    def __init__(self, settings: AnalysisSettings) -> None:
        self.name = "scripted"
        self.model = "scripted-1"
        self.hears = False
        self.requests: list[Request] = []
        self.closed = 0
        """Answers that were broken off, or given to their end."""
        self._came = asyncio.Condition()
        self._free = asyncio.Semaphore(0)

    async def stream(self, request: Request) -> Any:
        """See Provider."""
        async with self._came:
            self.requests.append(request)
            self._came.notify_all()
        try:
            await self._free.acquire()
            for step in answering(request):
                yield step
        finally:
            self.closed += 1

    async def open(self) -> None:
        """See Provider."""

    async def close(self) -> None:
        """See Provider."""

    def release(self, answers: int = 1) -> None:
        for _ in range(answers):
            self._free.release()

    async def until(self, requests: int) -> None:
        """Wait until so many requests came."""
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.requests) >= requests)


class Heard:
    """What a stream said so far."""

    def __init__(self) -> None:
        self.responses: list[StreamingAnalyzeResponse] = []
        self._changed = asyncio.Condition()

    async def send(self, response: StreamingAnalyzeResponse) -> None:
        await asyncio.sleep(0)  # as a write to a network may
        async with self._changed:
            self.responses.append(response)
            self._changed.notify_all()

    async def until(self, holds: Callable[[Heard], bool]) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: holds(self))

    @property
    def results(self) -> list[Any]:
        return bodies(self.responses, "workflow_result")

    @property
    def routed(self) -> list[Any]:
        return bodies(self.responses, "workflow_routed")

    @property
    def ends(self) -> list[Any]:
        return [result for result in self.results if not result.header.partial]


def settings_of(**changes: Any) -> AnalysisSettings:
    llm = {"providers": ("scripted",), "attempts": 1, **changes.pop("llm", {})}
    return AnalysisSettings.model_validate({"llm": llm, **changes})


def scripted(settings: AnalysisSettings, script: Script) -> Llm:
    return Llm(settings.llm, {"scripted": ScriptedProvider(settings.llm, script)})


async def run_with(script: Script, requests: Iterable[StreamingAnalyzeRequest], **changes: Any) -> Heard:
    """One stream, to its end."""
    settings, heard = settings_of(**changes), Heard()
    async with AnalysisCore(settings, scripted(settings, script)) as core:
        await run(core, requests, heard)
    return heard


async def run(core: AnalysisCore, requests: Iterable[StreamingAnalyzeRequest], heard: Heard) -> None:
    async def stream() -> AsyncIterator[StreamingAnalyzeRequest]:
        for request in requests:
            yield request

    async with asyncio.timeout(20):
        await core.run(stream(), heard.send)


def failing(reason: str, **how: Any) -> ModelFailure:
    return ModelFailure(reason, "so the script says", **{"retryable": False, **how})
