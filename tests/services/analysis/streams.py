"""Requests of a stream, and what its responses must keep to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.duration_pb2 import Duration

from rivermouth.analysis.v1.analysis_pb2 import (
    AnalysisRequest,
    AnnotatedSegment,
    StreamingAnalysisConfig,
    StreamingAnalyzeRequest,
    StreamingAnalyzeResponse,
)
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_SKIPPED,
    PHASE_FINAL,
    Failure,
    ResultHeader,
)
from rivermouth.semantics.v1.semantics_pb2 import (
    Annotation,
    Intent,
    SemanticAnnotation,
    Sentiment,
    Span,
    Turn,
)
from rivermouth.transcript.v1.transcript_pb2 import Transcript, Word
from services.analysis.analyses import summary
from services.analysis.registry import ANALYSES

UPSTREAM = StreamingAnalyzeRequest(
    upstream_failure=Failure(
        reason="TRANSCRIPTION_UNAVAILABLE",
        message="the recogniser is full",
        retryable=True,
        metadata={"cause": "AT_CAPACITY", "stage": "asr"},
    )
)
RESULTS = ("analysis", "summary", "workflow_result")


def offset(seconds: float) -> Duration:
    value = Duration()
    value.FromNanoseconds(round(seconds * 1e9))
    return value


def asked(name: str, trigger: str = "", **options: object) -> AnalysisRequest:
    named = f"TRIGGER_{trigger.upper()}" if trigger else None
    return AnalysisRequest(
        name=name, trigger=named, options={key: str(value) for key, value in options.items()}
    )


def config(*analyses: AnalysisRequest, **fields: Any) -> StreamingAnalyzeRequest:
    return StreamingAnalyzeRequest(streaming_config=StreamingAnalysisConfig(analyses=analyses, **fields))


def annotation(
    text: str,
    *intents: str,
    keywords: Mapping[str, int] | None = None,
    topics: Iterable[str] = (),
    risks: Iterable[str] = (),
    sentiment: tuple[float, float] | None = None,
    **places: str,
) -> SemanticAnnotation:
    """`places`: decision, action_item, commitment or question, and the words of the text that show it."""
    found = [
        Annotation(kind=Annotation.KIND_KEYWORD, label=label, attributes={"count": str(count)})
        for label, count in (keywords or {}).items()
    ]
    found += [Annotation(kind=Annotation.KIND_TOPIC, label=label) for label in topics]
    found += [Annotation(kind=Annotation.KIND_RISK, label=label) for label in risks]
    for kind, words in places.items():
        start = text.index(words)
        span = Span(start_char=start, end_char=start + len(words))
        found.append(Annotation(kind=f"KIND_{kind.upper()}", text=words, span=span))
    numbers = [Intent.Value(f"INTENT_{intent.upper()}") for intent in intents or ("general",)]
    return SemanticAnnotation(
        header=ResultHeader(outcome=OUTCOME_COMPLETE),
        primary_intent=numbers[0],
        intents=numbers,
        annotations=found,
        sentiment=Sentiment(score=sentiment[0], magnitude=sentiment[1]) if sentiment else None,
    )


def segment(
    text: str,
    ordinal: int = 1,
    *intents: str,
    channel: int = 1,
    speaker: str = "",
    start: float | None = None,
    length: float = 1.0,
    is_annotated: bool = True,
    is_final: bool = True,
    replayed: bool = False,
    segment_id: str | None = None,
    language: str = "",
    word_times: Iterable[tuple[float, float]] = (),
    **found: Any,
) -> StreamingAnalyzeRequest:
    start = float(ordinal) if start is None else start
    transcript = Transcript(
        header=ResultHeader(
            result_id=f"asr/{channel}/{ordinal}" if segment_id is None else segment_id, revision=4
        ),
        channel_tag=channel,
        speaker=speaker,
        text=text,
        start_offset=offset(start),
        end_offset=offset(start + length),
        is_final=is_final,
        language_code=language,
        words=[Word(start_offset=offset(begin), end_offset=offset(end)) for begin, end in word_times],
    )
    semantic = annotation(text, *intents, **found) if is_annotated else None
    return StreamingAnalyzeRequest(
        segment=AnnotatedSegment(transcript=transcript, semantic=semantic, replayed=replayed)
    )


def turn(ordinal: int, *segment_ids: str, channel: int = 1, **header: Any) -> StreamingAnalyzeRequest:
    result_id = f"semantics/{channel}/turn-{ordinal}"
    stated = {"result_id": result_id, "phase": PHASE_FINAL, "outcome": OUTCOME_COMPLETE, **header}
    return StreamingAnalyzeRequest(
        turn=Turn(header=ResultHeader(**stated), channel_tag=channel, segment_ids=segment_ids)
    )


def bodies(responses: Iterable[StreamingAnalyzeResponse], kind: str) -> list[Any]:
    return [getattr(each, kind) for each in responses if each.HasField(kind)]


def last(responses: Iterable[StreamingAnalyzeResponse], name: str) -> Any:
    """The last message of an analysis."""
    return [each for each in bodies(responses, "analysis") if each.name == name][-1]


def reasons_of(failures: Iterable[Failure]) -> list[str]:
    return [failure.reason for failure in failures]


def check(responses: Iterable[StreamingAnalyzeResponse]) -> None:
    """Within each result: revisions and chunks without gaps, phases that never go back, one terminal, the
    last; at least two messages, unless it was not tried."""
    results = defaultdict(list)
    for response in responses:
        kind = response.WhichOneof("result")
        if kind in RESULTS:
            body = getattr(response, kind)
            results[body.header.result_id].append((kind, body))
    for told in results.values():
        kinds, messages = {kind for kind, _ in told}, [body for _, body in told]
        headers = [each.header for each in messages]
        assert len(kinds) == 1
        assert [each.revision for each in headers] == list(range(1, len(headers) + 1))
        assert [each.phase for each in headers] == sorted(each.phase for each in headers)
        assert [each.partial for each in headers] == [True] * (len(headers) - 1) + [False]
        for header in headers:
            assert header.partial == (header.phase != PHASE_FINAL) == (header.outcome == 0)
            assert header.HasField("failure") == (header.outcome not in (0, OUTCOME_COMPLETE))
        if "workflow_result" not in kinds:
            assert [each.chunk_index for each in messages] == list(range(len(messages)))
            assert len(messages) > 1 or headers[0].outcome == OUTCOME_SKIPPED
            has_llm_part = ANALYSES[getattr(messages[0], "name", summary.NAME)].has_llm_part
            assert {each.HasField("llm") for each in messages} == {has_llm_part}
