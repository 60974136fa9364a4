"""What tests with models share: vendors' SDKs against the emulator, a call that is read while it is written,
and a scripted provider."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from rivermouth.analysis.v1.analysis_pb2 import LlmPart, StreamingAnalyzeRequest, StreamingAnalyzeResponse
from rivermouth.result.v1.result_pb2 import PHASE_FINAL, ResultHeader
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.llm.emulator.answering import WELL, Answering, Behave, always
from services.llm.emulator.server import Emulator
from services.llm.events import Answering as Answers
from services.llm.events import End, ProviderEvent, TextDelta, Usage
from services.llm.failure import ModelFailure
from services.llm.llm import Llm
from services.llm.request import Request
from services.llm.scripted import ScriptedProvider
from services.llm.settings import LlmSettings
from tests.services.analysis.streams import segment

KEY = "sk-a-key-that-must-not-be-shown"
VENDORS = ("gemini", "claude", "openai", "ollama")
QUICK: dict[str, Any] = {"attempts": 1, "backoff_initial": 0.01, "backoff_maximum": 0.02}
TEXTS = (
    "We should raise the price by five percent, because our costs went up a lot this year.",
    "I am not sure about that, and I think that customers will leave us if we do.",
    "Then we decide on three percent, and Anna tells the customers until Friday.",
)


def talk(count: int = 3, **fields: Any) -> list[StreamingAnalyzeRequest]:
    """So many annotated segments of two speakers."""
    return [
        segment(
            TEXTS[number % len(TEXTS)],
            number + 1,
            "general",
            speaker="Anna" if number % 2 else "Ben",
            start=6.0 * number,
            length=5.0,
            sentiment=(0.2, 0.5),
            keywords={"price": 1},
            **fields,
        )
        for number in range(count)
    ]


def leading_to(emulator: Emulator, *providers: str, **changes: Any) -> dict[str, Any]:
    """Settings of models that lead to the emulator."""
    vendors = {
        name: {"base_url": emulator.base_url(name), "api_key": KEY} | changes.pop(name, {})
        for name in VENDORS
    }
    return {"providers": providers, **vendors, **QUICK, **changes}


@asynccontextmanager
async def emulated(
    serve: Any,
    *providers: str,
    answer: Answering | Behave = WELL,
    llm: dict[str, Any] | None = None,
    **own: Any,
) -> AsyncIterator[tuple[Emulator, Any]]:
    """The service with these vendors, and what they lead to; nothing of it stays, no task and no socket."""
    before = asyncio.all_tasks()
    behave = always(answer) if isinstance(answer, Answering) else answer
    async with Emulator(answer=behave, keys={KEY}) as emulator:
        async with serve(llm=leading_to(emulator, *providers, **(llm or {})), **own) as (_, stub):
            yield emulator, stub
        async with asyncio.timeout(5):
            await emulator.until_quiet()
    ending = asyncio.all_tasks() - before
    if ending:
        _, left = await asyncio.wait(ending, timeout=2)
        assert not left


class Call:
    """A stream to the service: written and read in turn."""

    def __init__(self, stub: Any) -> None:
        self._call = stub.StreamingAnalyze()
        self.responses: list[StreamingAnalyzeResponse] = []

    async def say(self, requests: Iterable[StreamingAnalyzeRequest], *, is_all: bool = False) -> None:
        """Send these; `is_all`: and no more."""
        for request in requests:
            await self._call.write(request)
        if is_all:
            await self._call.done_writing()

    async def until(self, what: Callable[[StreamingAnalyzeResponse], bool]) -> StreamingAnalyzeResponse:
        """Read up to the first response of which this holds."""
        async with asyncio.timeout(10):
            while True:
                response = await self._call.read()
                assert response, "the stream ended before that"
                self.responses.append(response)
                if what(response):
                    return response

    async def rest(self) -> list[StreamingAnalyzeResponse]:
        """Read to the end; all responses."""
        async with asyncio.timeout(20):
            while response := await self._call.read():
                self.responses.append(response)
        return self.responses

    def cancel(self) -> None:
        self._call.cancel()


def part_of(response: StreamingAnalyzeResponse) -> LlmPart:
    """The model's part of a message; empty where it has none."""
    part: LlmPart = getattr(_body(response), "llm", _NO_PART)
    return part


def header_of(response: StreamingAnalyzeResponse) -> ResultHeader:
    """The head of a message; empty where it is no result."""
    header: ResultHeader = getattr(_body(response), "header", _NO_HEADER)
    return header


def is_final(response: StreamingAnalyzeResponse) -> bool:
    """Whether it is the last message of a result."""
    return header_of(response).phase == PHASE_FINAL


def _body(response: StreamingAnalyzeResponse) -> object:
    return getattr(response, response.WhichOneof("result") or "failure")


_NO_PART, _NO_HEADER = LlmPart(), ResultHeader()


def found(part: LlmPart) -> int:
    """How many objects a part has: elements of lists, and fields."""
    name = part.findings.WhichOneof("findings")
    if name is None:
        return 0
    fields = getattr(part.findings, name).ListFields()
    return sum(len(value) if field.is_repeated else 1 for field, value in fields)


Steps = Sequence[ProviderEvent | ModelFailure | asyncio.Event]


def answer(*pieces: str, streams: bool = True) -> Steps:
    """A whole answer, piece by piece, that took 10 tokens to read and 5 to write."""
    return [Answers("scripted-1", streams), *map(TextDelta, pieces), Usage(10, 5), End(True, "stop")]


class Provider(ScriptedProvider):
    """Answers questions as it is told, in turn, the last again and again; waits where there is an event.

    Attributes:
        asked: the questions.
    """

    def __init__(self, settings: LlmSettings, *turns: Steps, name: str = "scripted") -> None:
        super().__init__(settings)
        self.name = name
        self._turns = list(turns)
        self.asked: list[Request] = []

    async def stream(self, request: Request) -> AsyncGenerator[ProviderEvent]:
        self.asked.append(request)
        for step in self._turns.pop(0) if len(self._turns) > 1 else self._turns[0]:
            match step:
                case asyncio.Event():
                    await step.wait()
                case ModelFailure():
                    raise step
                case _:
                    yield step


@asynccontextmanager
async def scripted(*turns: Steps, **settings: Any) -> AsyncIterator[tuple[AnalysisCore, Provider]]:
    """A core with a provider that answers so."""
    llm = LlmSettings.model_validate({"providers": ["scripted"], **QUICK, **settings.pop("llm", {})})
    provider = Provider(llm, *turns)
    models = Llm(llm, {"scripted": provider})
    async with AnalysisCore(AnalysisSettings.model_validate(settings), models) as core:
        yield core, provider


class Stream:
    """A stream to a core, fed and looked at in turn."""

    def __init__(self, core: AnalysisCore) -> None:
        self.responses: list[StreamingAnalyzeResponse] = []
        self._requests: asyncio.Queue[StreamingAnalyzeRequest | None] = asyncio.Queue()
        self._changed = asyncio.Condition()
        self._running = asyncio.create_task(core.run(self._read(), self._send))

    def say(self, *requests: StreamingAnalyzeRequest) -> None:
        """The next requests."""
        for request in requests:
            self._requests.put_nowait(request)

    async def until(self, what: Callable[[StreamingAnalyzeResponse], bool]) -> StreamingAnalyzeResponse:
        """The first response of which this holds."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: any(map(what, self.responses)))
        return next(filter(what, self.responses))

    async def rest(self) -> list[StreamingAnalyzeResponse]:
        """No more requests; all responses."""
        self._requests.put_nowait(None)
        async with asyncio.timeout(20):
            await self._running
        return self.responses

    async def cancel(self) -> None:
        self._running.cancel()
        await asyncio.wait([self._running])

    async def _read(self) -> AsyncIterator[StreamingAnalyzeRequest]:
        while (request := await self._requests.get()) is not None:
            yield request

    async def _send(self, response: StreamingAnalyzeResponse) -> None:
        async with self._changed:
            self.responses.append(response)
            self._changed.notify_all()


async def run(
    core: AnalysisCore, requests: Iterable[StreamingAnalyzeRequest]
) -> list[StreamingAnalyzeResponse]:
    """Everything that a core says to these."""
    stream = Stream(core)
    stream.say(*requests)
    return await stream.rest()
