"""Errors that end a call: one tree, and its way to a `google.rpc.Status` and back.

    RivermouthError              whose fault it is                   does a retry help?
    ├── InvalidConfig            caller: a bad configuration         no; `violations` name the fields
    ├── ProtocolOrder            caller: messages out of order       no
    ├── Unauthenticated          caller: no valid credentials        with new credentials
    ├── PermissionDenied         caller: not allowed to do this      no
    ├── NotFound                 caller: no such thing, or another's no
    ├── TooLong                  caller: past a stated limit         no; start a new session
    ├── TimedOut                 caller or network: silence          yes
    ├── Aborted                  nobody: overtaken by events         yes, after reading the reason
    ├── AtCapacity               nobody: the process is full         yes, after `retry_after`
    ├── Unavailable              ours: draining, or a peer is away   yes, after `retry_after`, elsewhere too
    └── InternalError            ours: a bug                         perhaps once; quote the correlation id

An error of one step inside a living session is an event in its stream, not one of these. Anything else that a
handler raises is a bug: it is logged here with its traceback, and the caller sees a correlation id only.
"""

import argparse
import importlib
import logging
import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Never

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from services.runtime.reasons import REASONS as REASONS
from services.runtime.reasons import declare as declare
from services.runtime.reasons import page

DOMAIN = "rivermouth"

# A peer drops a call at random once its trailing metadata passes 8 KiB (at 8 KiB of details 7 % of calls, at
# 12 KiB half) and always past 16 KiB, and the call then looks like RESOURCE_EXHAUSTED. The message travels
# twice, once percent-encoded at up to three bytes for one.
_MAX_DETAILS_BYTES = 5 * 1024
_MAX_MESSAGE_BYTES = 512
_MAX_METADATA_BYTES = 2 * 1024
_MAX_VALUE_BYTES = 256

_DETAILS_KEY = "grpc-status-details-bin"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One bad field: its path as in the proto ("streaming_config.audio.sample_rate") and what is allowed."""

    field: str
    description: str


class RivermouthError(Exception):
    """An error that ends a call, with a stable reason.

    `reason` is UPPER_SNAKE and declared in the catalogue; `message` is for people; `metadata` holds the
    values that a program may want; `retry_after` is in seconds, None where the caller is to choose.
    """

    code: ClassVar[grpc.StatusCode] = grpc.StatusCode.UNKNOWN
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        violations: Iterable[FieldViolation] = (),
    ) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
        self.metadata: dict[str, str] = dict(metadata or {})
        self.retry_after = retry_after
        self.violations = tuple(violations)

    def __str__(self) -> str:
        fields = "".join(f"; {violation.field}: {violation.description}" for violation in self.violations)
        return f"{self.reason}: {self.message}{fields}"


class InvalidConfig(RivermouthError):
    """The caller's configuration cannot be carried out; the same one fails again."""

    code = grpc.StatusCode.INVALID_ARGUMENT


class ProtocolOrder(RivermouthError):
    """The caller sent a message that may not come now, such as data before the configuration."""

    code = grpc.StatusCode.FAILED_PRECONDITION


class Unauthenticated(RivermouthError):
    """The caller did not say who it is, or could not prove it."""

    code = grpc.StatusCode.UNAUTHENTICATED


class PermissionDenied(RivermouthError):
    """The caller is known and may not do this."""

    code = grpc.StatusCode.PERMISSION_DENIED


class NotFound(RivermouthError):
    """There is no such thing, or it belongs to another tenant, which looks the same on purpose."""

    code = grpc.StatusCode.NOT_FOUND


class NotOffered(RivermouthError):
    """A part of the contract that this server does not have."""

    code = grpc.StatusCode.UNIMPLEMENTED


class TooLong(RivermouthError):
    """The caller went past a stated limit, such as the longest session."""

    code = grpc.StatusCode.OUT_OF_RANGE


class TimedOut(RivermouthError):
    """Nothing came for longer than the limit: the caller or the network fell silent. A new call may work."""

    code = grpc.StatusCode.DEADLINE_EXCEEDED
    retryable = True


class Aborted(RivermouthError):
    """Overtaken by events, such as a newer connection or a gap in a resume; the reason says how to go on."""

    code = grpc.StatusCode.ABORTED
    retryable = True


class AtCapacity(RivermouthError):
    """Nobody's fault: the process is full. Retry after `retry_after`, or on another one."""

    code = grpc.StatusCode.RESOURCE_EXHAUSTED
    retryable = True


class Unavailable(RivermouthError):
    """Ours: the process is draining, or a peer that it needs is away. Retry, best on another process."""

    code = grpc.StatusCode.UNAVAILABLE
    retryable = True


class InternalError(RivermouthError):
    """Ours: a bug. The caller gets a correlation id, the log has the traceback under the same id."""

    code = grpc.StatusCode.INTERNAL


_CLASSES: dict[grpc.StatusCode, type[RivermouthError]] = {
    kind.code: kind for kind in RivermouthError.__subclasses__()
}

INTERNAL = declare(
    "INTERNAL",
    "INTERNAL",
    "A bug of ours. Retry once; report the correlation id, which the server's log has too.",
)

# A peer that dies, or that is no server of ours, sends a bare status without a reason.
_PEER_REASONS: dict[grpc.StatusCode, tuple[type[RivermouthError], str]] = {
    code: (kind, declare(f"PEER_{code.name}", kind.code.name, advice))
    for code, kind, advice in (
        (
            grpc.StatusCode.UNAVAILABLE,
            Unavailable,
            "The server is not there or went away: check its address, that it runs, TLS on both; retry.",
        ),
        (
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            AtCapacity,
            "Too many calls at once or a message over the size limit: send smaller messages, or retry later.",
        ),
        (
            grpc.StatusCode.DEADLINE_EXCEEDED,
            TimedOut,
            "The call's own deadline passed: allow more time, or look why the server is slow.",
        ),
        (grpc.StatusCode.CANCELLED, Aborted, "The call was cancelled on the way: retry if it was not you."),
        (
            grpc.StatusCode.UNIMPLEMENTED,
            InternalError,
            "The server does not have this RPC: check the address and that both sides have the same version.",
        ),
    )
}
_PEER_FAILED = declare(
    "PEER_FAILED", "INTERNAL", "The server failed without a reason: look at its log; the message is its own."
)


def as_error(raised: BaseException) -> RivermouthError:
    """Return the error that a caller should see for anything that was raised.

    A RivermouthError is itself, a group of a task group is its first failure; all else is a bug, logged with
    its traceback under the correlation id of the InternalError that comes back.
    """
    if isinstance(raised, RivermouthError):
        return raised
    if isinstance(raised, BaseExceptionGroup):
        first, *rest = leaves(raised)
        for other in rest:
            _log.warning("also failed, after the first failure", exc_info=other)
        return as_error(first)
    name = secrets.token_hex(8)
    _log.error("unexpected %s [correlation id %s]", type(raised).__name__, name, exc_info=raised)
    return InternalError(
        INTERNAL, f"internal error, correlation id {name}", metadata={"correlation_id": name}
    )


def leaves(raised: BaseException) -> list[BaseException]:
    """Return the exceptions inside a group and its groups, first failure first; of a lone one, itself."""
    if isinstance(raised, BaseExceptionGroup):
        return [leaf for member in raised.exceptions for leaf in leaves(member)]
    return [raised]


def to_status(error: BaseException) -> Status:
    """Return an error as `google.rpc.Status` of at most 5 KiB; violations past that are only counted."""
    error = as_error(error)
    info = ErrorInfo(reason=error.reason, domain=DOMAIN)
    for key, value in error.metadata.items():
        if info.ByteSize() + len(key) + _MAX_VALUE_BYTES < _MAX_METADATA_BYTES:
            info.metadata[key] = _clip(value, _MAX_VALUE_BYTES)
    status = Status(code=error.code.value[0], message=_clip(error.message, _MAX_MESSAGE_BYTES))
    status.details.add().Pack(info)
    if error.retry_after is not None:
        delay = Duration()
        delay.FromNanoseconds(round(error.retry_after * 1e9))
        status.details.add().Pack(RetryInfo(retry_delay=delay))
    if error.violations:
        room = _MAX_DETAILS_BYTES - status.ByteSize() - 128
        status.details.add().Pack(_bad_request(error.violations, room))
    return status


async def abort(context: grpc.aio.ServicerContext[Any, Any], error: BaseException) -> Never:
    """End a call of grpc.aio with the status and details of an error (`as_error` says which)."""
    status: grpc.Status = rpc_status.to_status(to_status(error))
    await context.abort_with_status(status)


def from_rpc_error(err: grpc.aio.AioRpcError) -> RivermouthError:
    """Return the error that a server of ours raised, or for a bare status one with a PEER_… reason."""
    for key, value in err.trailing_metadata() or ():
        if key == _DETAILS_KEY and isinstance(value, bytes):
            error = _from_details(err, value)
            if error is not None:
                return error
    kind, reason = _PEER_REASONS.get(err.code(), (_CLASSES.get(err.code(), InternalError), _PEER_FAILED))
    return kind(reason, err.details() or err.code().name, metadata={"grpc_code": err.code().name})


def _from_details(err: grpc.aio.AioRpcError, value: bytes) -> RivermouthError | None:
    """Return what the details say, or None if they are unreadable or of another domain."""
    info, retry, bad = ErrorInfo(), RetryInfo(), BadRequest()
    try:
        status = Status.FromString(value)
        for detail in status.details:
            for message in (info, retry, bad):
                if detail.Is(message.DESCRIPTOR):
                    detail.Unpack(message)
    except DecodeError:
        return None
    if info.domain != DOMAIN:
        return None
    return _CLASSES.get(err.code(), InternalError)(
        info.reason,
        status.message,
        metadata=info.metadata,
        retry_after=retry.retry_delay.ToNanoseconds() / 1e9 if retry.HasField("retry_delay") else None,
        violations=(FieldViolation(each.field, each.description) for each in bad.field_violations),
    )


def _bad_request(violations: tuple[FieldViolation, ...], room: int) -> BadRequest:
    """Return as many violations as fit into `room` bytes, and a last one that counts the rest."""
    bad = BadRequest()
    for index, violation in enumerate(violations):
        entry = BadRequest.FieldViolation(
            field=_clip(violation.field, _MAX_VALUE_BYTES),
            description=_clip(violation.description, _MAX_VALUE_BYTES),
        )
        room -= entry.ByteSize() + 4
        if room < 0:
            bad.field_violations.add(field="", description=f"and {len(violations) - index} more")
            break
        bad.field_violations.append(entry)
    return bad


def _clip(text: str, limit: int) -> str:
    """Return text of at most `limit` bytes in UTF-8, cut between characters."""
    raw = text.encode("utf-8", "replace")
    return raw.decode() if len(raw) <= limit else raw[: limit - 3].decode("utf-8", "ignore") + "…"


def main(arguments: list[str] | None = None) -> int:
    """Print the page of all reasons that this module and the named ones declare."""
    parser = argparse.ArgumentParser(prog="python -m services.runtime.errors", description=main.__doc__)
    parser.add_argument("--page", action="store_true", required=True, help="print the catalogue as markdown")
    parser.add_argument("modules", nargs="*", help="modules that declare reasons at import")
    for module in parser.parse_args(arguments).modules:
        importlib.import_module(module)
    sys.stdout.write(page())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
