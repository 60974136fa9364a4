"""Whose budget of models a stream is charged to, and until when that is kept."""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from rivermouth.result.v1.result_pb2 import StreamIdentity
from services.llm.llm import Llm

_MOST_LEFT = 10_000
"""Sessions whose last stream broke off, the newest."""


class Accounts:
    """The sessions of a service. One whose stream broke off goes on in its next stream with the same budget;
    after one that ended well it is forgotten."""

    def __init__(self, llm: Llm) -> None:
        self._llm = llm
        self._running: Counter[str] = Counter()
        # Overflow: the oldest is forgotten, and should it go on, its budget is new.
        self._left: OrderedDict[str, None] = OrderedDict()

    @contextmanager
    def open(self, identity: StreamIdentity) -> Iterator[str]:
        """The session that a stream is charged to while it runs; a direct caller's is its stream."""
        session = identity.session_id or f"stream-{secrets.token_hex(8)}"
        self._left.pop(session, None)
        self._running[session] += 1
        has_ended = False
        try:
            yield session
            has_ended = True
        finally:
            self._running[session] -= 1
            if not self._running[session]:
                del self._running[session]
                self._leave(session, is_over=has_ended or not identity.session_id)

    def _leave(self, session: str, is_over: bool) -> None:
        if is_over:
            self._llm.close_session(session)
            return
        self._left[session] = None
        while len(self._left) > _MOST_LEFT:
            self._llm.close_session(self._left.popitem(last=False)[0])
