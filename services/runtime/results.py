"""The head of every result: ids, revisions and phases, made the same way by every service."""

from __future__ import annotations

from collections.abc import Iterable

from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_UNSPECIFIED,
    PHASE_COARSE,
    PHASE_FINAL,
    PHASE_REFINE,
    Evidence,
    Failure,
    Outcome,
    Phase,
    ResultHeader,
    Source,
    StreamIdentity,
)

VERSION = "0.1.0"


class ResultOrigin:
    """What a service stamps on the results of one stream.

    Ids are "stage/channel/ordinal", and "stage~incarnation/channel/ordinal" once the stage was started
    anew, so that they are unique in a session also across restarts of the service.
    """

    def __init__(self, identity: StreamIdentity, service: str, model: str, provider: str = "") -> None:
        stage = identity.stage or service
        self.prefix = f"{stage}~{identity.incarnation}" if identity.incarnation else stage
        self.source = Source(service=service, service_version=VERSION, model=model, provider=provider)

    def open(self, channel: int, ordinal: int | str, evidence: Evidence | None = None) -> OpenResult:
        """A new result; `ordinal` is unique in its channel."""
        return OpenResult(f"{self.prefix}/{channel}/{ordinal}", self.source, evidence)


class OpenResult:
    """One result from its first message to its terminal."""

    def __init__(self, result_id: str, source: Source, evidence: Evidence | None = None) -> None:
        self.result_id = result_id
        self.revision = 0
        self.ended = False
        self.evidence = evidence
        self._source = source

    def partial(self) -> ResultHeader:
        """The head of the next message that is not the last: COARSE first, then REFINE."""
        return self._next(PHASE_REFINE if self.revision else PHASE_COARSE, OUTCOME_UNSPECIFIED, None)

    def final(
        self,
        outcome: Outcome = OUTCOME_COMPLETE,
        failure: Failure | None = None,
        supersedes: Iterable[str] = (),
    ) -> ResultHeader:
        """The head of the last message."""
        header = self._next(PHASE_FINAL, outcome, failure)
        header.supersedes.extend(supersedes)
        return header

    def _next(self, phase: Phase, outcome: Outcome, failure: Failure | None) -> ResultHeader:
        if self.ended:
            raise AssertionError(f"{self.result_id} has had its terminal")
        self.revision += 1
        self.ended = phase == PHASE_FINAL
        return ResultHeader(
            result_id=self.result_id,
            revision=self.revision,
            phase=phase,
            partial=not self.ended,
            outcome=outcome,
            failure=failure,
            source=self._source,
            evidence=self.evidence,
        )
