"""A file of dropped work, read line by line, and what of it is done.

FILE          lines of JSON, see logged_work.py; only read
FILE.done     the id of each line that is done, a line each: what is in it is not asked again
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from services.analysis.workflow.logged_work import BadLine, LoggedWork, from_json

LONGEST_LINE = 1 << 20
"""Bytes; a longer one is no work item."""


class InUse(Exception):
    """Somebody else is finishing the same file."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """A line that is no work, and what is wrong with it."""

    number: int
    fault: str


class Marks:
    """A context: the ids of what is done. Entering raises InUse where somebody else has them, and OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}.done")
        self._resources = ExitStack()
        self._file: IO[bytes] | None = None
        self.ids: set[str] = set()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            file = self._file = stack.enter_context(append_to(self._path))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUse(f"another run is finishing it: {self._path} is locked") from None
            self.ids = {line.decode(errors="replace") for line in self._path.read_bytes().split()}
            self._resources = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._resources.close()

    def add(self, work: LoggedWork) -> None:
        """This is done, and stays so."""
        if self._file is None:
            raise RuntimeError("marks are used outside of their context")
        self.ids.add(work.id)
        self._file.write(f"{work.id}\n".encode())
        self._file.flush()
        os.fsync(self._file.fileno())


def append_to(path: Path) -> IO[bytes]:
    """A file of lines to go on with, for its owner alone, on a new line in any case. Raises OSError."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "ab")
    size = os.fstat(file.fileno()).st_size
    if size and os.pread(file.fileno(), 1, size - 1) != b"\n":
        file.write(b"\n")
    return file


def read(path: Path, done: Collection[str]) -> Iterator[LoggedWork | Faulty]:
    """What of a file is not done, in its order, and the lines that are no work. Raises OSError."""
    seen: set[str] = set()
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST_LINE)
                yield Faulty(number, f"has more than {LONGEST_LINE} bytes")
                continue
            if not line.strip():
                continue
            try:
                work = from_json(line)
            except BadLine as bad:
                yield Faulty(number, str(bad))
                continue
            if work.id not in done and work.id not in seen:
                seen.add(work.id)
                yield work
