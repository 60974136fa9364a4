"""Work that was dropped, as a line of JSON: all that is needed to do it later."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from services.analysis.llm.egress import MOST_CHARACTERS
from services.analysis.segment import Intent
from services.analysis.workflow.routing import Queue, WorkItem, line_of
from services.text.context import MAX_SEGMENTS, Line

_SECOND = 1_000_000_000
_LONGEST_ID = 4_096
_LONGEST_TEXT = 1 << 20
_MOST_CONTEXT = 12_000
_CUT = "…"

Id = Annotated[str, Field(max_length=_LONGEST_ID)]
Text = Annotated[str, Field(max_length=_LONGEST_TEXT)]
Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
"""From the first sample of the session."""

Clean = Callable[[Sequence[Line]], Sequence[Line]]
"""Takes the personal data out of lines that follow one another, where the session wants that."""


@dataclass(frozen=True)
class LoggedLine:
    """Something that was said."""

    start_seconds: Seconds
    end_seconds: Seconds
    speaker: Id
    text: Text


@dataclass(frozen=True)
class LoggedWork:
    """A work item, and whose it is. Its texts are as a model may see them.

    Attributes:
        version: of this format.
        id: of this line, unlike any other.
        dropped_at: time of day, ISO 8601.
        reason: why it was not done, as in its workflow_result.
        session_id, tenant: whose it is; empty: nobody's.
        providers: that the session asked for, in order; empty: those that are configured.
        work_id, queue, intent, segment_id: as in workflow_routed.
        said: the segment.
        context: what was said last before it, oldest first.
    """

    version: Literal[1]
    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z-]+$")]
    dropped_at: Id
    reason: Id
    session_id: Id
    tenant: Id
    providers: tuple[Id, ...]
    work_id: Id
    queue: Queue
    intent: Intent
    segment_id: Id
    said: LoggedLine
    context: Annotated[tuple[LoggedLine, ...], Field(max_length=MAX_SEGMENTS)]


_ADAPTER = TypeAdapter(LoggedWork)


class BadLine(ValueError):
    """A line is no work; the message says what is wrong with it, and quotes nothing of it."""


def logged(
    item: WorkItem, reason: str, *, session: str, tenant: str, providers: Sequence[str], clean: Clean
) -> LoggedWork:
    """A work item that is dropped now; of long texts as much as a model would be given."""
    *context, said = clean([*item.context, line_of(item)])
    while sum(len(line.text) for line in context) > _MOST_CONTEXT:
        del context[0]
    if len(said.text) > MOST_CHARACTERS:
        said = replace(said, text=_CUT + said.text[-MOST_CHARACTERS:])
    return LoggedWork(
        version=1,
        id=uuid.uuid4().hex,
        dropped_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        reason=reason,
        session_id=session,
        tenant=tenant,
        providers=tuple(providers),
        work_id=item.work_id,
        queue=item.queue,
        intent=item.intent,
        segment_id=item.segment_id,
        said=_logged_line(said),
        context=tuple(map(_logged_line, context)),
    )


def work_item_of(work: LoggedWork) -> WorkItem:
    """The work item again."""
    said = _line(work.said)
    return WorkItem(
        work_id=work.work_id,
        queue=work.queue,
        text=said.text,
        speaker=said.speaker,
        start=said.start,
        end=said.end,
        intent=work.intent,
        segment_id=work.segment_id,
        context=tuple(map(_line, work.context)),
    )


def to_json(work: LoggedWork) -> str:
    """One line, without its end."""
    return json.dumps(asdict(work), ensure_ascii=True, separators=(",", ":"))


def from_json(line: bytes) -> LoggedWork:
    """Raises BadLine."""
    try:
        return _ADAPTER.validate_json(line)
    except ValidationError as error:
        raise BadLine(_first_problem(error)) from None


def _first_problem(error: ValidationError) -> str:
    details: list[Any] = error.errors(include_url=False, include_input=False, include_context=False)
    where = ".".join(map(str, details[0]["loc"]))
    more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    # Of JSON that cannot be read the message may quote a character; that much is no secret.
    return f"{where}: {details[0]['msg']}{more}" if where else f"{details[0]['msg']}{more}"


def _logged_line(line: Line) -> LoggedLine:
    return LoggedLine(line.start / _SECOND, line.end / _SECOND, line.speaker[:_LONGEST_ID], line.text)


def _line(logged_line: LoggedLine) -> Line:
    start, end = round(logged_line.start_seconds * _SECOND), round(logged_line.end_seconds * _SECOND)
    return Line(start, max(start, end), logged_line.text, logged_line.speaker)
