"""Structured logs on stderr: one line a record, with session, trace and span ids from the context.

At INFO and above there is neither audio nor text of a conversation: text goes through `Private`, which shows
itself at DEBUG only.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

from services.runtime.settings import TelemetrySettings
from services.runtime.telemetry import current_ids

_bound: ContextVar[dict[str, Any] | None] = ContextVar("rivermouth_log_fields", default=None)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


@contextmanager
def bind(**fields: Any) -> Iterator[None]:
    """Add fields, such as session_id, to all records of this context, and of tasks that start in it."""
    token = _bound.set({**(_bound.get() or {}), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


class Private:
    """Something that people said or wrote: a log shows its length, and at DEBUG its text."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return f"<{len(self.text)} characters>"

    __repr__ = __str__


def configure(settings: TelemetrySettings, stream: TextIO | None = None) -> None:
    """Make the root logger write records to `stream` (stderr by default), as JSON or as text."""
    handler = logging.StreamHandler(stream or sys.stderr)
    formatter = JsonFormatter if settings.log_format == "json" else TextFormatter
    handler.setFormatter(formatter(settings.service_name))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, service, ids, fields, exception."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line."""
        line: dict[str, Any] = {
            "time": _utc(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "service": self._service,
            **_fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=_plain, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """For a terminal: time of day, level, logger, message, then the fields as name=value."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line, and the traceback below it."""
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        fields = {
            name: value for name, value in _fields(record).items() if name not in ("trace_id", "span_id")
        }
        tail = "".join(f" {name}={_plain(value)}" for name, value in fields.items())
        line = f"{clock} {record.levelname:<7} {record.name}: {_message(record)}{tail}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _message(record: logging.LogRecord) -> str:
    if record.levelno <= logging.DEBUG and isinstance(record.args, tuple):
        return record.msg % tuple(_reveal(each) for each in record.args) if record.args else str(record.msg)
    return record.getMessage()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return ids, bound fields and the `extra` of a record, in this order."""
    trace_id, span_id = current_ids()
    fields: dict[str, Any] = {"trace_id": trace_id, "span_id": span_id} if trace_id else {}
    fields |= _bound.get() or {}
    fields |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
    if record.levelno <= logging.DEBUG:
        fields = {name: _reveal(value) for name, value in fields.items()}
    return fields


def _reveal(value: object) -> object:
    return value.text if isinstance(value, Private) else value


def _plain(value: object) -> str:
    """Return what JSON has no form for; bytes, which may be audio, as their count."""
    return f"<{len(value)} bytes>" if isinstance(value, bytes | bytearray | memoryview) else str(value)


def _utc(created: float) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(created))}.{int(created % 1 * 1000):03d}Z"
