"""The file that dropped work goes to, for `rivermouth batch` to finish: lines of JSON, written by a thread.

Whole lines are appended under a lock, so that several processes may share the file, and it may be moved away
at any time. Overflow: once it has `max_bytes`, what comes is refused, for what is in it waits to be done; as
on a full disk, a line in the service's log says so. Nothing that goes wrong here comes back to a stream.
"""

from __future__ import annotations

import fcntl
import logging
import os
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from services.analysis.workflow.logged_work import Clean, LoggedWork, logged, to_json
from services.analysis.workflow.routing import WorkItem

Entry = Callable[[], LoggedWork]
"""Makes a line; called in the thread, because what takes personal data out takes its time."""

_log = logging.getLogger(__name__)
_MOST_WAITING = 1_024
_MOST_AT_ONCE = 128
_CLOSE_SECONDS = 5.0


class DropLog:
    """A context: entered, it writes; leaving it waits for what was put, 5 s at most."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        # Overflow: the newest is refused.
        self._waiting: queue.Queue[Entry | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="drop-log", daemon=True)
        self._trouble = ""
        self.written = 0
        """Work items that are in the file."""
        self.refused = 0
        """Work items that are not, for lack of room or by an error."""

    def __enter__(self) -> Self:
        """Raises OSError where the file cannot be opened at all."""
        os.close(self._open())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._waiting.put(None, timeout=_CLOSE_SECONDS)
            self._thread.join(_CLOSE_SECONDS)
        except queue.Full:
            pass
        if self._thread.is_alive():
            _log.warning("%s: not all dropped work was written in time", self._path)

    def put(self, entry: Entry) -> None:
        """Write this soon. Does not wait, and does not fail."""
        try:
            self._waiting.put_nowait(entry)
        except queue.Full:
            self._refuse(1, f"more than {_MOST_WAITING} work items wait to be written")

    def _run(self) -> None:
        more = True
        while more:
            entries = [self._waiting.get()]
            while len(entries) < _MOST_AT_ONCE and not self._waiting.empty():
                entries.append(self._waiting.get_nowait())
            more = None not in entries
            lines = [line for entry in entries if entry is not None for line in self._rendered(entry)]
            if lines:
                self._append(lines)

    def _rendered(self, entry: Entry) -> list[bytes]:
        try:
            return [f"{to_json(entry())}\n".encode("ascii")]
        except Exception as error:
            # What it was about stays out of the log: it may hold what redaction is for.
            self._refuse(1, f"work could not be put into words ({type(error).__name__})")
            return []

    def _append(self, lines: list[bytes]) -> None:
        try:
            file = self._open()
        except OSError as error:
            self._refuse(len(lines), str(error))
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            written = self._write(file, lines)
        except OSError as error:
            self._refuse(len(lines), str(error))
            return
        finally:
            os.close(file)
        self.written += written
        if written < len(lines):
            self._refuse(len(lines) - written, f"it has reached {self._max_bytes} bytes")
        elif self._trouble:
            _log.info("%s: dropped work is written again", self._path)
            self._trouble = ""

    def _write(self, file: int, lines: list[bytes]) -> int:
        """Append as many as there is room for; returns how many. A line is written whole or not at all."""
        size = os.fstat(file).st_size
        # After a crash the last line may have no end.
        begin = b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""
        fitting, length = 0, size + len(begin)
        while fitting < len(lines) and length + len(lines[fitting]) <= self._max_bytes:
            length += len(lines[fitting])
            fitting += 1
        if not fitting:
            return 0
        data = begin + b"".join(lines[:fitting])
        try:
            done = 0
            while done < len(data):
                done += os.write(file, data[done:])
        except OSError:
            with suppress(OSError):
                os.ftruncate(file, size)
            raise
        return fitting

    def _open(self) -> int:
        """For its owner alone: it holds what people said."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        return os.open(self._path, flags, 0o600)

    def _refuse(self, count: int, trouble: str) -> None:
        self.refused += count
        if trouble != self._trouble:  # once, not for each of thousands
            _log.warning("%s: dropped work is not written: %s", self._path, trouble)
            self._trouble = trouble


@dataclass(frozen=True, slots=True)
class StreamDrops:
    """Where the work goes that a stream drops, and whose it is.

    Attributes:
        session, tenant, providers, clean: see LoggedWork and Clean.
        has_unanswered: whether work goes there too that no model could do, and not only what found no room.
    """

    log: DropLog
    session: str
    tenant: str
    providers: Sequence[str]
    clean: Clean = tuple
    has_unanswered: bool = False

    def put(self, item: WorkItem, reason: str) -> None:
        """This is not done here, for that reason."""
        entry = partial(
            logged,
            item,
            reason,
            session=self.session,
            tenant=self.tenant,
            providers=self.providers,
            clean=self.clean,
        )
        self.log.put(entry)
