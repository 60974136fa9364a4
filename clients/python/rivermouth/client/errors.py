"""What can go wrong, by whose fault it is and whether trying again helps.

    RivermouthError
    ├── RequestError        yours; the same request fails again
    │   ├── AccessError     no or wrong credentials
    │   └── UpdateRejected  an update_config was refused; the session goes on as before
    ├── AtCapacity          nobody's; try again after `retry_after`
    ├── SessionExpired      a time limit: first message, idle, longest session
    ├── SessionAborted      the server gave the call up: taken over by a newer connection, resume gap
    ├── SessionFailed       an error event ended the session
    ├── SessionEnded        there was something to send and nobody to take it any more
    ├── Unavailable         no server, no network, or a server that closes; try again
    ├── ServerError         a bug of the server; `metadata` may carry a correlation id
    └── ProtocolViolation   the server broke the rules of the stream

Failures of one step do not raise: they are events, and the session goes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode, aio

from rivermouth.client.offsets import seconds
from rivermouth.result.v1.result_pb2 import Failure
from rivermouth.session.v1 import events_pb2

Metadata: TypeAlias = aio.Metadata | Iterable[tuple[str, str | bytes]]

_DETAILS_KEY = "grpc-status-details-bin"


@dataclass(frozen=True)
class Violation:
    """One thing wrong with one field of a request."""

    field: str
    """Path, such as "streaming_config.audio_format.sample_rate_hertz"."""
    description: str
    """What is wrong and what is allowed."""


class RivermouthError(Exception):
    """The root of the tree."""

    retryable_by_nature = False

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        code: StatusCode | None = None,
        violations: tuple[Violation, ...] = (),
        retry_after: float | None = None,
        retryable: bool | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        """For a person."""
        self.reason = reason
        """Stable, UPPER_SNAKE_CASE; may be empty where the failure is not the server's."""
        self.code = code
        """The gRPC status, where the call ended with one."""
        self.violations = violations
        self.retry_after = retry_after
        """Seconds to wait before trying again, where the server said so."""
        self.retryable = self.retryable_by_nature if retryable is None else retryable
        """Whether the same request may succeed later."""
        self.metadata = dict(metadata or {})
        """Further facts by name."""

    def __str__(self) -> str:
        # A message may name its fields itself.
        unnamed = [each for each in self.violations if each.field not in self.message]
        fields = "; ".join(f"{each.field}: {each.description}" for each in unnamed)
        text = f"{self.reason}: {self.message}" if self.reason else self.message
        return f"{text} ({fields})" if fields else text


class RequestError(RivermouthError):
    """The request cannot be carried out as it stands."""


class AccessError(RequestError):
    """The server does not know the caller, or does not let it do this."""


class UpdateRejected(RequestError):
    """An update_config was refused as a whole; `violations` say why."""


class AtCapacity(RivermouthError):
    """The server takes no further session now."""

    retryable_by_nature = True


class SessionExpired(RivermouthError):
    """A limit of time ended the session."""


class SessionAborted(RivermouthError):
    """The server gave this call up."""


class SessionFailed(RivermouthError):
    """A fatal error event ended the session; its failure is what this error says."""


class SessionEnded(RivermouthError):
    """The session has ended; its last events say how."""


class Unavailable(RivermouthError):
    """The server could not be reached, was lost, or is about to close."""

    retryable_by_nature = True


class ServerError(RivermouthError):
    """Something that the server should not do."""


class ProtocolViolation(RivermouthError):
    """The server broke the rules of the stream."""


_BY_CODE: dict[StatusCode, type[RivermouthError]] = {
    StatusCode.INVALID_ARGUMENT: RequestError,
    StatusCode.FAILED_PRECONDITION: RequestError,
    StatusCode.NOT_FOUND: RequestError,
    StatusCode.ALREADY_EXISTS: RequestError,
    StatusCode.UNIMPLEMENTED: RequestError,
    StatusCode.UNAUTHENTICATED: AccessError,
    StatusCode.PERMISSION_DENIED: AccessError,
    StatusCode.RESOURCE_EXHAUSTED: AtCapacity,
    StatusCode.DEADLINE_EXCEEDED: SessionExpired,
    StatusCode.OUT_OF_RANGE: SessionExpired,
    StatusCode.ABORTED: SessionAborted,
    StatusCode.CANCELLED: SessionAborted,
    StatusCode.UNAVAILABLE: Unavailable,
}


def error_from_call(error: aio.AioRpcError, address: str) -> RivermouthError:
    """The error for a call that ended badly."""
    return error_from_status(error.code(), error.details() or "", error.trailing_metadata(), address)


def error_from_status(
    code: StatusCode, details: str, metadata: Metadata | None, address: str
) -> RivermouthError:
    """The error for a status other than OK, from it and the google.rpc details in the trailing metadata.

    A status without details is not from a Rivermouth server but from gRPC itself, most often a lost or
    missing connection; then the message names the address and the last thing the transport said.
    """
    details = details or code.name
    kind = _BY_CODE.get(code, ServerError)
    status = _status(metadata)
    if status is None:
        place = f"{address}: {details}"
        return kind(place, reason=f"TRANSPORT_{code.name}" if kind is Unavailable else code.name, code=code)
    info, bad_request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    retry_after = None
    for detail in status.details:
        if detail.Unpack(retry):
            retry_after = seconds(retry.retry_delay)
        elif not detail.Unpack(info):
            detail.Unpack(bad_request)
    return kind(
        status.message or details,
        reason=info.reason or code.name,
        code=code,
        violations=tuple(Violation(v.field, v.description) for v in bad_request.field_violations),
        retry_after=retry_after,
        retryable=True if retry_after is not None else None,
        metadata=info.metadata,
    )


def error_from_failure(failure: Failure, kind: type[RivermouthError] = SessionFailed) -> RivermouthError:
    """The error for a failure that came as an event."""
    return kind(
        failure.message, reason=failure.reason, retryable=failure.retryable, metadata=dict(failure.metadata)
    )


def error_from_rejection(rejected: events_pb2.ConfigRejected) -> UpdateRejected:
    """The error for a refused update_config."""
    violations = tuple(Violation(v.field, v.description) for v in rejected.violations)
    return UpdateRejected("the update was refused", reason="CONFIG_REJECTED", violations=violations)


def _status(metadata: Metadata | None) -> status_pb2.Status | None:
    for key, value in metadata or ():
        if key == _DETAILS_KEY and isinstance(value, bytes):
            try:
                return status_pb2.Status.FromString(value)
            except DecodeError:
                return None
    return None
