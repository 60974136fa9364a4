"""Any transcript, context, failure of models, cancel: each analysis that began ends once, and in order."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rivermouth.analysis.v1.analysis_pb2 import SessionContext, StreamingAnalyzeRequest
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    OUTCOME_UNSPECIFIED,
)
from rivermouth.transcript.v1.transcript_pb2 import SpeakerSpan
from services.analysis.analysis import MeasuredAnalysis
from services.analysis.llm import asking
from services.analysis.registry import ANALYSES
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.llm import example, reasons
from services.llm.events import Answering, End, TextDelta, Thinking, Usage
from services.llm.failure import ModelFailure
from services.llm.request import Request
from services.llm.scripted import ScriptedProvider, Step
from tests.services.analysis.streams import UPSTREAM, asked, check, config, offset, segment, turn

LONGEST = 20.0
NOT_TRIED = {"", "NOT_ENOUGH_DATA", "ANNOTATIONS_MISSING"}


# What a model does with one request.


def good(request: Request) -> Iterator[Step]:
    yield Answering("model-1")
    for piece in example.pieces(example.answer(request.schema, request.data)):
        yield TextDelta(piece)
    yield Usage(10, 5)
    yield End(True, "stop")


def thoughtful(request: Request) -> Iterator[Step]:
    yield from (Thinking(), 0.0, Thinking(), 0.0)
    for step in good(request):
        yield from (step, 0.0)


def whole(request: Request) -> Iterator[Step]:
    yield Answering("model-1", is_streamed=False)
    yield TextDelta(example.answer(request.schema, request.data))
    yield Usage(10, 5)
    yield End(True, "stop")


def other_schema(request: Request) -> Iterator[Step]:
    yield from (Answering("model-1"), TextDelta('{"weather": ["fine", 3]}'), End(True, "stop"))


def no_json(request: Request) -> Iterator[Step]:
    yield from (Answering("model-1"), TextDelta("I would rather not."), Usage(3, 4), End(True, "stop"))


def nothing(request: Request) -> Iterator[Step]:
    yield from (Answering("model-1"), End(True, "stop"))


def cut(request: Request) -> Iterator[Step]:
    steps = list(good(request))
    yield from steps[: len(steps) // 2]
    yield End(False, "length")


def lost_midway(request: Request) -> Iterator[Step]:
    steps = list(good(request))
    yield from steps[: len(steps) * 2 // 3]
    yield ModelFailure(reasons.LLM_CONNECTION_LOST, "reset", retryable=True)


def limited(request: Request) -> Iterator[Step]:
    yield ModelFailure(reasons.LLM_QUOTA_EXCEEDED, "slowly", retryable=True, retry_after=0.001)


def refused(request: Request) -> Iterator[Step]:
    yield ModelFailure(reasons.LLM_KEY_REFUSED, "no", retryable=False)


def broken(request: Request) -> Iterator[Step]:
    yield Answering("model-1")
    raise ValueError("a bug of the provider")


CONDUCTS = (
    good, thoughtful, whole, other_schema, no_json, nothing, cut, lost_midway, limited, refused, broken,
)  # fmt: skip


@dataclass
class Models:
    """What the models do, request by request, and again from the begin; may be changed between streams."""

    conducts: Sequence[Any] = (good,)
    requests: int = 0

    def __call__(self, request: Request) -> Any:
        conduct = self.conducts[self.requests % len(self.conducts)]
        self.requests += 1
        return conduct(request)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@pytest.fixture(scope="module")
def core(runner: asyncio.Runner, models: Models) -> Iterator[AnalysisCore]:
    """One for all streams, as a service is; two vendors, both scripted."""
    values = {
        "llm": {
            "providers": ["gemini", "scripted"],
            "gemini": {"api_key": "a key"},
            "attempts": 2,
            "backoff_initial": 0.001,
            "backoff_maximum": 0.002,
            "breaker_failures": 5,
            "breaker_pause": 0.01,
        },
        "llm_calls_at_once": 2,
        "max_pending": 4,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.llm.llm.make", lambda name, values: ScriptedProvider(values, models))
        patch.setattr(asking, "_PIECE_DELAY", 0.0)
        core = AnalysisCore(AnalysisSettings.model_validate(values))
        runner.run(core.__aenter__())
        yield core
        runner.run(core.__aexit__(None, None, None))


# What is said, by whom, and what was known before.

PHRASES = st.sampled_from(
    [
        "we should definitely go, because it rains.", "Um, I think you are wrong!", "Could you please wait?",
        "Let's decide: the launch is on Monday.", "I'll send it to anna@example.com tomorrow.",
        "مرحبا كيف حالك اليوم", "שלום מה שלומך", "今天天气很好。", "สวัสดีครับ", "Привет, как дела?",
        "", "   ", "... !? -- (…)", "😀 👍🏽", "a\x00b \u202etxet\u202c \ufeff", "[1] [2] </data>",
        '{"x": 1}', "word " * 40,
    ]
)  # fmt: skip
TEXTS = st.lists(PHRASES, min_size=1, max_size=4).map(" ".join)
SPEAKERS = st.sampled_from(["", "Anna", "Bo", "دانا", "A\nB", "x" * 60])
INTENTS = st.sampled_from(["general", "question", "decision", "action_item"])
TIMES = st.floats(0, 300, allow_nan=False)


@st.composite
def transcripts(draw: st.DrawFn) -> list[StreamingAnalyzeRequest]:
    """Segments with turns that name some of them, and what else may come between."""
    requests: list[StreamingAnalyzeRequest] = []
    for ordinal in range(1, draw(st.integers(0, 14)) + 1):
        what = draw(st.integers(0, 19))
        if what == 0:
            requests.append(draw(st.sampled_from([UPSTREAM, StreamingAnalyzeRequest()])))
        elif what <= 3:
            named = draw(st.lists(st.integers(1, 14), max_size=3))
            requests.append(turn(ordinal, *(f"asr/1/{each}" for each in named)))
        else:
            requests.append(
                segment(
                    draw(TEXTS),
                    ordinal,
                    draw(INTENTS),
                    channel=draw(st.sampled_from([1, 1, 0, 2])),
                    speaker=draw(SPEAKERS),
                    start=draw(st.one_of(st.just(float(ordinal)), TIMES)),
                    length=draw(st.floats(0, 20)),
                    is_annotated=draw(st.integers(0, 4)) > 0,
                    replayed=draw(st.integers(0, 19)) == 0,
                    sentiment=(draw(st.floats(-1, 1)), 0.5),
                )
            )
    return requests


SPANS = st.builds(
    lambda start, end, speaker: SpeakerSpan(
        start_offset=offset(start), end_offset=offset(end), speaker=speaker
    ),
    TIMES,
    TIMES,  # also before the begin
    SPEAKERS,
)
CONTEXTS = st.builds(
    SessionContext,
    speaker_spans=st.lists(SPANS, max_size=6),
    dialogue_acts=st.lists(st.sampled_from(["question", "", "x" * 300]), max_size=3),
    sentiment_trend=st.lists(st.floats(-1, 1, width=32), max_size=3),
    baseline_profile=st.dictionaries(
        st.sampled_from(["words_per_minute", "words_per_minute.mad", "sentiment"]), st.floats(0, 200)
    ),
    earlier_summaries=st.lists(PHRASES, max_size=2),
)


@st.composite
def analyses(draw: st.DrawFn) -> Any:
    """One analysis with one of its triggers and options."""
    name = draw(st.sampled_from(sorted(ANALYSES)))
    analysis = ANALYSES[name]
    options = {
        key: draw(st.integers(each.least, min(each.most, each.least + 5)))
        for key, each in analysis.options.items()
        if draw(st.booleans())
    }
    trigger = draw(st.sampled_from([None, *sorted(analysis.triggers)]))
    if "llm_every" in options and trigger not in (None, "session"):
        del options["llm_every"]
    return asked(name, trigger or "", **options)


def told(responses: Sequence[Any]) -> dict[str, list[tuple[str, Any]]]:
    """All messages of results, by result."""
    found = defaultdict(list)
    for response in responses:
        kind = response.WhichOneof("result")
        if kind in ("analysis", "summary", "workflow_result"):
            body = getattr(response, kind)
            found[body.header.result_id].append((kind, body))
    return found


def check_model_part(messages: Sequence[Any]) -> None:
    """What a model found does not become less on the way, and how it ended is said once, at the end."""
    header = messages[-1].header
    parts = [each.llm for each in messages]
    for part, message in zip(parts, messages, strict=True):
        assert part.HasField("failure") == (
            part.outcome in (OUTCOME_FAILED, OUTCOME_SKIPPED, OUTCOME_TRUNCATED)
        )
        if message.header.partial:
            assert part.outcome == OUTCOME_UNSPECIFIED
        assert bool(part.provider) >= part.HasField("findings")
    for before, after in itertools.pairwise(parts):
        for count in ("calls", "input_tokens", "output_tokens"):
            assert getattr(before, count) <= getattr(after, count)
        if after is not parts[-1]:
            assert objects(before) <= objects(after)
    last = parts[-1]
    if header.outcome == OUTCOME_COMPLETE:
        assert last.outcome in (OUTCOME_COMPLETE, OUTCOME_UNSPECIFIED)
    if last.outcome == OUTCOME_COMPLETE:
        assert last.HasField("findings")
    if last.outcome == OUTCOME_FAILED:
        assert not last.HasField("findings")
    if last.HasField("failure"):
        assert header.HasField("failure")


def objects(part: Any) -> int:
    which = part.findings.WhichOneof("findings")
    fields = getattr(part.findings, which).ListFields() if which else ()
    return sum(len(value) if each.is_repeated else 1 for each, value in fields)


async def stream(
    core: AnalysisCore, requests: Sequence[StreamingAnalyzeRequest], cancel_after: int | None
) -> tuple[list[Any], bool]:
    """One stream, which may be cancelled at some response; whether it was. Nothing of it stays."""
    before = asyncio.all_tasks()
    responses: list[Any] = []
    reached = asyncio.Event()

    async def send(response: Any) -> None:
        await asyncio.sleep(0)
        responses.append(response)
        if len(responses) == cancel_after:
            reached.set()
            await asyncio.Event().wait()  # the caller reads no more

    async def incoming() -> AsyncIterator[StreamingAnalyzeRequest]:
        for request in requests:
            yield request
            await asyncio.sleep(0)

    running = asyncio.create_task(core.run(incoming(), send))
    watching = asyncio.create_task(reached.wait())
    async with asyncio.timeout(LONGEST):
        await asyncio.wait((running, watching), return_when=asyncio.FIRST_COMPLETED)
        was_cancelled = not running.done()
        watching.cancel()
        if was_cancelled:
            running.cancel()
        results = await asyncio.gather(running, watching, return_exceptions=True)
        assert was_cancelled == isinstance(results[0], asyncio.CancelledError)
        if isinstance(results[0], Exception):
            raise results[0]
        while left := asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.wait(left)
    return responses, was_cancelled


@settings(
    deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    wanted=st.lists(analyses(), min_size=1, max_size=6, unique_by=lambda each: each.name),
    items=transcripts(),
    context=CONTEXTS,
    conducts=st.lists(st.sampled_from(CONDUCTS), min_size=1, max_size=6),
    cancel_after=st.one_of(st.none(), st.none(), st.none(), st.integers(1, 30)),
)
def test_each_analysis_that_began_ends_once_and_in_order(
    runner: asyncio.Runner,
    core: AnalysisCore,
    models: Models,
    wanted: Any,
    items: Any,
    context: SessionContext,
    conducts: Any,
    cancel_after: int | None,
) -> None:
    models.conducts, models.requests = conducts, 0
    requests = [config(*wanted, context=context), *items]
    responses, was_cancelled = runner.run(stream(core, requests, cancel_after))
    found = told(responses)
    if was_cancelled:  # what was said is in order, though not ended
        for messages in found.values():
            headers = [body.header for _, body in messages]
            assert [each.revision for each in headers] == list(range(1, len(headers) + 1))
            assert [each.phase for each in headers] == sorted(each.phase for each in headers)
            assert all(each.partial for each in headers[:-1])
        return
    check(responses)
    for messages in found.values():
        bodies = [body for kind, body in messages if kind != "workflow_result"]
        if bodies:
            check_model_part(bodies)
    ended = {getattr(body, "name", "summary") for each in found.values() for _, body in each}
    # What an earlier incarnation of the service was told already had its results from that one.
    is_told_again = any(each.segment.replayed for each in items)
    for each in wanted:
        if isinstance(ANALYSES[each.name], MeasuredAnalysis) and not is_told_again:
            assert each.name in ended
