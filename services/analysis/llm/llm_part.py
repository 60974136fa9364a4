"""A model's part of one result: what it found so far, what that cost, and how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from rivermouth.analysis.v1.analysis_pb2 import LlmPart
from rivermouth.analysis.v1.findings_pb2 import LlmFindings
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    Failure,
)
from services.analysis import reasons
from services.analysis.fill import fill_parts
from services.analysis.llm.asking import Asking, Question
from services.analysis.llm.course import Said
from services.analysis.llm.evidence_times import set_times
from services.llm.failure import ModelFailure
from services.runtime.crash import log_crash

_log = logging.getLogger(__name__)


def head(said: Said) -> LlmPart:
    """A part with all but what was found, and how it ended."""
    return LlmPart(
        provider=said.provider,
        model=said.model,
        input_tokens=said.input_tokens,
        output_tokens=said.output_tokens,
        attempt=said.attempt,
        fallback_from=said.fallback_from,
        simulated=said.simulated,
        calls=said.calls,
        cached=said.cached,
        repaired=said.repaired,
    )


def failure_of(failed: ModelFailure) -> Failure:
    """Why a model's part is not complete."""
    metadata = {"provider": failed.provider} if failed.provider else {}
    return Failure(
        reason=failed.reason, message=failed.message, retryable=failed.retryable, metadata=metadata
    )


class ModelPart:
    """The part of one result; it may be asked for again and again, one question at a time."""

    def __init__(self, name: str, asking: Asking) -> None:
        """`name`: of the analysis, and of its field in LlmFindings."""
        self._name = name
        self._asking = asking
        self._before = LlmPart()
        """What the questions before this one came to."""
        self._found = (0, 0, False)
        """What was shown of the answer to this question: by which attempt, how many parts, whether whole."""
        self._scope: asyncio.Timeout | None = None
        self._is_stopped = False
        self._was_whole = False
        """Whether some question was answered wholly."""
        self.message = LlmPart()
        """As it stands."""
        self.failure: Failure | None = None
        """Why it is not complete, once it has ended."""
        self.is_whole = False
        """Whether what was found is the whole answer to the last question."""
        self.left_out = 0
        """Segments for which the last question had no room."""
        self.unheard: ModelFailure | None = None
        """Why no model listened to what the last question was about, where one was to."""

    @property
    def earlier_summary(self) -> str:
        """What it said of the session before, for itself to go on from; empty where it said nothing."""
        text = self.message.findings.summary.text
        return f"Earlier summary:\n{text}" if text else ""

    async def ask(self, question: Question, is_last: bool) -> AsyncGenerator[None]:
        """Ask; yields whenever there is more to show. After the last question, the part has ended.

        What a whole answer said before stays until there is another; in the last question each field is
        replaced as soon as there is as much in the new one.
        """
        keeps = self._was_whole and not is_last
        self._before = LlmPart()
        self._before.CopyFrom(self.message)
        self.is_whole = False
        if is_last:
            self._is_stopped = False
        self._found = (0, 0, False)
        failed: ModelFailure | None = None
        try:
            async with aclosing(self._asking.ask(question)) as answer:
                while (said := await self._next(answer)) is not None:
                    if self._take(said, keeps) and not (is_last and said.is_whole):
                        yield
        except ModelFailure as failure:
            failed = failure
        except Exception as error:
            log_crash(_log, f"the model's part of {self._name}", error)
            message = f"the model's part of {self._name} crashed: {type(error).__name__}"
            failed = ModelFailure(reasons.ANALYSIS_CRASHED, message, retryable=False)
        if is_last and failed is not None:
            self._fail(failed)
        elif is_last:
            self.complete()

    def stop(self) -> None:
        """Break the question off that is being asked, or is about to be; the last one comes after it."""
        self._is_stopped = True
        if self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())

    def complete(self) -> None:
        """What is there is the whole."""
        self.message.outcome = OUTCOME_COMPLETE

    def skip(self, failure: Failure) -> None:
        """Nothing is asked (any more), and why."""
        self.message.outcome = OUTCOME_TRUNCATED if self._has_findings else OUTCOME_SKIPPED
        self.message.failure.CopyFrom(failure)
        self.failure = failure

    @property
    def _has_findings(self) -> bool:
        return self.message.HasField("findings")

    def _fail(self, failed: ModelFailure) -> None:
        self.skip(failure_of(failed))
        if failed.reason != reasons.LLM_BUDGET and not self._has_findings:
            self.message.outcome = OUTCOME_FAILED

    async def _next(self, answer: AsyncGenerator[Said]) -> Said | None:
        """What is said next; None after the last, and where it was broken off."""
        if self._is_stopped:
            return None
        scope = self._scope = asyncio.timeout(None)
        try:
            async with scope:
                return await anext(answer, None)
        except TimeoutError:
            if not scope.expired():
                raise
            return None
        finally:
            self._scope = None

    def _take(self, said: Said, keeps: bool) -> bool:
        """Whether there is more to show."""
        before, shown = self._before, self.message
        part = head(said)
        self.left_out, self.unheard = said.left_out, said.unheard
        has_grown = False
        if said.parts and (said.is_whole or not keeps):
            part.findings.CopyFrom(self._findings(said))
            found = (said.attempt, said.parts, said.is_whole)
            has_grown, self._found = found != self._found, found
        elif shown.HasField("findings"):
            part.CopyFrom(shown)
        part.calls = before.calls + said.calls
        part.input_tokens = before.input_tokens + said.input_tokens
        part.output_tokens = before.output_tokens + said.output_tokens
        self.message = part
        self.is_whole = said.is_whole
        self._was_whole |= said.is_whole
        return has_grown

    def _findings(self, said: Said) -> LlmFindings:
        """What is found now; fields of an earlier answer stay where this one has less so far."""
        findings = LlmFindings()
        found: Message = getattr(findings, self._name)
        found.SetInParent()
        fill_parts(found, said.findings, [segment.segment_id for segment in said.segments])
        set_times(found, said.segments)
        if not said.is_whole and self._before.HasField("findings"):
            earlier: Message = getattr(self._before.findings, self._name)
            for field, value in earlier.ListFields():
                if _has_less(found, field, value):
                    found.ClearField(field.name)
                    _set(found, field, value)
        return findings


def _has_less(found: Message, field: FieldDescriptor, value: Any) -> bool:
    """Whether a field has fewer elements than that, or is not there at all."""
    if field.is_repeated:
        return len(getattr(found, field.name)) < len(value)
    return field.name not in {each.name for each, _ in found.ListFields()}


def _set(message: Message, field: FieldDescriptor, value: Any) -> None:
    if field.is_repeated:
        getattr(message, field.name).extend(value)
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(value)
    else:
        setattr(message, field.name, value)
