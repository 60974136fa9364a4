"""Redaction as the contract has it: what is asked for, and what was replaced."""

from __future__ import annotations

import asyncio
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalysisConfig, StreamingAnalyzeResponse
from rivermouth.analysis.v1.redaction_pb2 import (
    Redaction,
    RedactionConfig,
    RedactionNumber,
    RedactionNumbers,
    Replacement,
)
from rivermouth.semantics.v1.semantics_pb2 import Span
from services.analysis.llm.egress import Egress
from services.analysis.llm.screen import READ_AGAIN, Change, Taken
from services.analysis.segment import Segment
from services.analysis.threads import off_loop
from services.runtime.errors import FieldViolation
from services.text.redaction.kinds import Kind
from services.text.redaction.options import KINDS, find_wrong
from services.text.redaction.pseudonyms import Numbered, Policy
from services.text.redaction.redactor import Redactor

KEY_BYTES = 32
_POLICIES = {
    RedactionConfig.POLICY_UNSPECIFIED: Policy.MASK,
    RedactionConfig.POLICY_MASK: Policy.MASK,
    RedactionConfig.POLICY_HASH: Policy.HASH,
    RedactionConfig.POLICY_ENTITY: Policy.ENTITY,
}
_WORD = re.compile(r"\S+")


def find_violations(config: StreamingAnalysisConfig) -> Iterator[FieldViolation]:
    """What is wrong with what is asked for. Where nothing is, `egress_of` raises nothing."""
    for field, what in _find_wrong(config):
        yield FieldViolation(f"streaming_config.{field}", what)


def _find_wrong(config: StreamingAnalysisConfig) -> Iterator[tuple[str, str]]:
    if config.redaction_key and len(config.redaction_key) != KEY_BYTES:
        yield "redaction_key", f"has {len(config.redaction_key)} bytes; {KEY_BYTES}, or none"
    for index, told in enumerate(config.redaction_numbers):
        if told.kind not in KINDS or told.number < 1:
            yield f"redaction_numbers[{index}]", "is none that this service tells"
            break
    if config.redaction.policy not in _POLICIES:
        yield "redaction.policy", f"is {config.redaction.policy}, which is no policy"
    for field, what in find_wrong(config.redaction.kinds, config.redaction.names):
        yield f"redaction.{field}", what


async def egress_of(config: StreamingAnalysisConfig) -> Egress:
    """What leaves of a stream with a valid configuration."""
    if not config.HasField("redaction"):
        return Egress()
    asked = config.redaction

    def redactor() -> Redactor:  # takes 10 to 20 µs for each name
        numbered = (Numbered(Kind(each.kind), each.digest, each.number) for each in config.redaction_numbers)
        kinds = tuple(map(Kind, asked.kinds)) or tuple(Kind)
        key = config.redaction_key or None
        return Redactor(_POLICIES[asked.policy], kinds, asked.names, key, numbered=numbered)

    return Egress(await off_loop(50 * len(asked.names), redactor))


async def taken(egress: Egress, segment: Segment) -> list[StreamingAnalyzeResponse]:
    """Have a segment read by what leaves, and what is to be told of that."""
    responses = await off_loop(len(segment.text) + 2 * READ_AGAIN, lambda: _told(egress.try_take(segment)))
    if responses is None:
        responses = await asyncio.to_thread(lambda: _told(egress.take(segment)))
    return responses or []


def _told(read: Taken | None) -> list[StreamingAnalyzeResponse] | None:
    if read is None:
        return None
    responses = [StreamingAnalyzeResponse(redaction=redaction_of(change)) for change in read.changes]
    numbers = [
        RedactionNumber(kind=each.kind, digest=each.digest, number=each.number) for each in read.numbered
    ]
    if numbers:  # before they are used, so that they are known whatever happens
        responses.insert(0, StreamingAnalyzeResponse(redaction_numbers=RedactionNumbers(numbers=numbers)))
    return responses


def redaction_of(change: Change) -> Redaction:
    """What is replaced in a segment, as an event. Spans are in the text of its transcript."""
    segment, replaced = change.segment, change.replaced
    words = [match.span() for match in _WORD.finditer(segment.text)]
    starts, ends = [start for start, _ in words], [end for _, end in words]
    return Redaction(
        segment_id=segment.segment_id,
        segment_revision=segment.revision,
        replacements=[
            Replacement(
                kind=each.kind,
                span=Span(
                    start_char=each.start,
                    end_char=each.end,
                    start_word=bisect_right(ends, each.start),
                    end_word=bisect_left(starts, each.end),
                ),
                replacement=each.token,
            )
            for each in replaced
        ],
        counts=Counter(str(each.kind) for each in replaced),
        revision=change.revision,
        channel_tag=segment.channel,
    )
