"""What a client knows already: who speaks when, and what was found before. Is it within its limits?

The limits are those of SessionContext and SpeakerSpan in the contract. Every item that is wrong is named, up
to a number that fits an answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sized
from itertools import islice

from google.protobuf.duration_pb2 import Duration

from gateway.speakers import Span
from rivermouth.analysis.v1 import analysis_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.errors import FieldViolation
from services.runtime.offsets import SECOND, nanoseconds

_MAX_SPANS, _MAX_SPEAKERS, _MAX_SPEAKER = 1_000, 64, 256
_MAX_ACTS, _MAX_ACT = 200, 200
_MAX_TREND = 1_000
_MAX_PROFILE, _MAX_MEASURE = 64, 64
_MAX_SUMMARIES, _MAX_SUMMARY = 20, 4_000
_STRAYS = (".deviation", ".mad")
# No conversation lasts that long; a time beyond it is an error of units.
_LATEST = 7 * 24 * 3600 * SECOND
_MOST_NAMED = 20

Violations = Iterator[FieldViolation]


def find_context_violations(context: analysis_pb2.SessionContext, channels: int) -> Violations:
    """What is wrong with the context of a session of so many channels."""
    yield from find_span_violations("context.speaker_spans", context.speaker_spans, channels)
    yield from _texts("context.dialogue_acts", context.dialogue_acts, _MAX_ACTS, _MAX_ACT)
    trend = context.sentiment_trend
    yield from _named("context.sentiment_trend", trend, _MAX_TREND, _trend("context.sentiment_trend", trend))
    profile = context.baseline_profile
    yield from _named("context.baseline_profile", profile, _MAX_PROFILE, _profile(profile.items()))
    yield from _texts("context.earlier_summaries", context.earlier_summaries, _MAX_SUMMARIES, _MAX_SUMMARY)


def find_span_violations(path: str, spans: Iterable[transcript_pb2.SpeakerSpan], channels: int) -> Violations:
    """What is wrong with speaker spans. Those that overlap are not: people speak at once."""
    spans = list(spans)
    yield from _named(path, spans, _MAX_SPANS, _spans(path, spans, channels))
    speakers = len({span.speaker for span in spans})
    if speakers > _MAX_SPEAKERS:
        yield FieldViolation(path, f"name {speakers} speakers, at most {_MAX_SPEAKERS}")


def read_spans(spans: Iterable[transcript_pb2.SpeakerSpan]) -> list[Span]:
    """Valid spans, as the session keeps them."""
    return [
        Span(nanoseconds(span.start_offset), nanoseconds(span.end_offset), span.speaker, span.channel_tag)
        for span in spans
    ]


def _spans(path: str, spans: Iterable[transcript_pb2.SpeakerSpan], channels: int) -> Violations:
    for index, span in enumerate(spans):
        field = f"{path}[{index}]"
        is_timed = True
        for name in ("start_offset", "end_offset"):
            if not _is_time(getattr(span, name)):
                is_timed = False
                yield FieldViolation(f"{field}.{name}", "is no time from 0 s to 7 days, with valid nanos")
        start, end = nanoseconds(span.start_offset), nanoseconds(span.end_offset)
        if is_timed and end < start:
            what = f"is {end / SECOND:g} s, before start_offset, {start / SECOND:g} s"
            yield FieldViolation(f"{field}.end_offset", what)
        if not 1 <= len(span.speaker) <= _MAX_SPEAKER:
            what = f"has {len(span.speaker)} characters; 1 to {_MAX_SPEAKER}"
            yield FieldViolation(f"{field}.speaker", what)
        if not 0 <= span.channel_tag <= channels:
            yield FieldViolation(f"{field}.channel_tag", f"is {span.channel_tag}; 0 to {channels}")


def _trend(path: str, values: Iterable[float]) -> Violations:
    for index, value in enumerate(values):
        if not -1 <= value <= 1:  # nor a NaN
            yield FieldViolation(f"{path}[{index}]", f"is {value:g}; -1 to 1")


def _profile(entries: Iterable[tuple[str, float]]) -> Violations:
    for name, value in sorted(entries):
        field = f"context.baseline_profile[{name[:_MAX_MEASURE]}]"
        if not 1 <= len(name) <= _MAX_MEASURE:
            yield FieldViolation(field, f"the name has {len(name)} characters; 1 to {_MAX_MEASURE}")
        if not math.isfinite(value):
            yield FieldViolation(field, f"is {value:g}; a finite number")
        elif name.endswith(_STRAYS) and value < 0:
            yield FieldViolation(field, f"is {value:g}; from 0, for it says how far values stray")


def _texts(path: str, texts: Iterable[str], most: int, longest: int) -> Violations:
    texts = list(texts)
    wrong = (
        FieldViolation(f"{path}[{index}]", f"has {len(text)} characters; 1 to {longest}")
        for index, text in enumerate(texts)
        if not 1 <= len(text) <= longest
    )
    return _named(path, texts, most, wrong)


def _named(path: str, items: Sized, most: int, wrong: Violations) -> Violations:
    """Too many items, or the first of those that are wrong, and how many there are beside them."""
    if len(items) > most:
        yield FieldViolation(path, f"has {len(items)} entries, at most {most}")
        return
    yield from islice(wrong, _MOST_NAMED)
    if more := sum(1 for _ in wrong):
        yield FieldViolation(path, f"{more} more things are wrong with its entries")


def _is_time(value: Duration) -> bool:
    return 0 <= value.nanos < SECOND and 0 <= nanoseconds(value) <= _LATEST
