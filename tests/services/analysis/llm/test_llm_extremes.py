"""Very long conversations, and models that say far too much: work, messages and memory stay bounded."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Any

import pytest

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest, StreamingAnalyzeResponse
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_TRUNCATED
from services.analysis.llm.egress import MOST_CHARACTERS
from services.analysis.registry import ANALYSES
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.llm import example
from services.llm.events import Answering, End, TextDelta, Usage
from services.llm.request import Request
from services.llm.scripted import ScriptedProvider, Step
from tests.services.analysis.streams import asked, bodies, check, config, segment

WORDS = [
    "so",
    "we",
    "should",
    "really",
    "go",
    "there",
    "because",
    "um",
    "the",
    "weather",
    "is",
    "nice",
    "don't",
    "you",
    "think?",
]
WITH_MODEL = sorted(name for name, each in ANALYSES.items() if each.llm is not None and name != "workflow")
TOO_MANY = 400
_BESIDE = 40_000
"""Characters of a request that are neither lines nor made of them: instruction, context, facts."""


def said(text: str) -> Iterator[Step]:
    yield Answering("model-1")
    for begin in range(0, len(text), 200):
        yield TextDelta(text[begin : begin + 200])
    yield Usage(1, 1)
    yield End(True, "stop")


class Models:
    """Says to each request what `answer` makes of it."""

    def __init__(self, answer: Callable[[Request], str]) -> None:
        self._answer = answer
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Sequence[Step]:
        self.requests.append(request)
        return list(said(self._answer(request)))


def fitting(request: Request) -> str:
    return example.answer(request.schema, request.data)


async def run(
    models: Models, requests: Iterable[StreamingAnalyzeRequest], monkeypatch: pytest.MonkeyPatch
) -> list[StreamingAnalyzeResponse]:
    monkeypatch.setattr("services.llm.llm.make", lambda name, values: ScriptedProvider(values, models))
    responses: list[StreamingAnalyzeResponse] = []

    async def send(response: StreamingAnalyzeResponse) -> None:
        responses.append(response)

    async def incoming() -> AsyncIterator[StreamingAnalyzeRequest]:
        for request in requests:
            yield request
            await asyncio.sleep(0)

    settings = AnalysisSettings.model_validate({"llm": {"providers": ["scripted"]}})
    async with AnalysisCore(settings) as core, asyncio.timeout(60):
        await core.run(incoming(), send)
    return responses


def conversation(segments: int, words: int) -> Iterator[StreamingAnalyzeRequest]:
    """All analyses, and so many segments of so many words."""
    text = " ".join(WORDS[number % len(WORDS)] for number in range(words))
    yield config(*(asked(name) for name in ANALYSES))
    for number in range(1, segments + 1):
        yield segment(
            text,
            number,
            speaker=f"speaker {number % 3}",
            start=number * 10.0,
            length=9.0,
            sentiment=(0.1, 0.5),
        )


async def test_a_hundred_thousand_words(monkeypatch: pytest.MonkeyPatch) -> None:
    segments = 500
    models = Models(fitting)
    responses = await run(models, conversation(segments, 200), monkeypatch)
    check(responses)
    finals = [each for each in bodies(responses, "analysis") if not each.header.partial]
    assert {each.header.outcome for each in finals} == {OUTCOME_COMPLETE}
    assert len(finals) == len(ANALYSES) - 2
    of_quantity = [each for each in finals if each.name == "quantitative_metrics"]
    assert of_quantity[0].local.quantitative_metrics.words == 100_000
    # Sums of an analysis come up to 50 times for every doubling; a summary every five segments.
    told = Counter(each.name for each in bodies(responses, "analysis"))
    assert max(told.values()) < 500
    assert len(bodies(responses, "summary")) < segments
    assert sum(each.ByteSize() for each in responses) < 32 << 20
    assert len(models.requests) < 2 * segments
    for request in models.requests:
        assert len(request.data) <= MOST_CHARACTERS + 1_000
        assert len(request.instruction) + len(request.context) <= _BESIDE


async def test_memory_for_a_hundred_thousand_words(monkeypatch: pytest.MonkeyPatch) -> None:
    models = Models(fitting)
    tracemalloc.start()
    try:
        await run(models, conversation(5, 20_000), monkeypatch)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40 << 20  # all that was said is under a megabyte of text


def too_many(request: Request) -> str:
    """Every list has far more elements than it may have."""
    made: dict[str, Any] = json.loads(fitting(request))
    for name, value in made.items():
        if isinstance(value, list) and value:
            made[name] = (value * TOO_MANY)[:TOO_MANY]
    return json.dumps(made)


def too_long(request: Request) -> str:
    """Every text is far longer than it may be."""
    made: dict[str, Any] = json.loads(fitting(request))
    return json.dumps({name: each * 5_000 if isinstance(each, str) else each for name, each in made.items()})


@pytest.mark.parametrize("name", WITH_MODEL)
async def test_findings_of_an_endless_kind(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task = ANALYSES[name].llm
    assert task is not None
    text = " ".join(WORDS * 4)
    spoken = [
        segment(text, number, speaker="Anna", sentiment=(0.1, 0.5), word_times=[(number, number + 0.2)])
        for number in (1, 2, 3)
    ]
    for answer in (too_many, too_long):
        models = Models(answer)
        requests = [config(asked(name)), *spoken]
        responses = await run(models, requests, monkeypatch)
        check(responses)
        kind = "summary" if name == "summary" else "analysis"
        last = bodies(responses, kind)[-1]
        if last.header.outcome == OUTCOME_COMPLETE:  # it has no lists, or no texts
            assert len(models.requests) == 1
        else:
            assert last.header.outcome == OUTCOME_TRUNCATED
            assert last.llm.failure.reason == "LLM_INVALID_OUTPUT"
            assert len(models.requests) == 2
            # What an answer is mended with has an end.
            assert len(models.requests[1].context) <= len(models.requests[0].context) + 21_000
        assert len(responses) < 150
        assert sum(each.ByteSize() for each in responses) < 3 << 20
