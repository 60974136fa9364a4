"""Answers that were given, for requests that come again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from services.llm.events import AnswerEvent, Answering, End, TextDelta, ToolCall
from services.llm.request import Request
from services.llm.settings import LlmSettings


@dataclass(frozen=True, slots=True)
class _Kept:
    events: tuple[AnswerEvent, ...]
    size: int
    until: float


class AnswerCache:
    """Whole answers, by tenant, provider, model and request; the least recently used goes first."""

    def __init__(self, settings: LlmSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = settings.cache_answers
        self._most_bytes = settings.cache_bytes
        self._seconds = settings.cache_seconds
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0

    @staticmethod
    def key(tenant: str, provider: str, model: str, request: Request) -> str:
        """Of an answer. Tenants do not share: whether an answer is there tells what somebody else asked."""
        return "\0".join((tenant, provider, model, request.digest()))

    def get(self, key: str) -> tuple[AnswerEvent, ...] | None:
        """The answer's events, its text in one piece; None if it is not there."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.until <= self._clock():
            self.drop(key)
            return None
        self._kept.move_to_end(key)
        return kept.events

    def put(self, key: str, model: str, text: str, calls: tuple[ToolCall, ...], end: End) -> None:
        """Keep a whole answer, if it is not larger than all that may be kept."""
        size = len(text.encode(errors="replace")) + sum(len(repr(call)) for call in calls)
        if not self._most or size > self._most_bytes:
            return
        self.drop(key)
        parts = (TextDelta(text),) if text else ()
        events = (Answering(model, is_streamed=False), *parts, *calls, end)
        self._kept[key] = _Kept(events, size, self._clock() + self._seconds)
        self._bytes += size
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            self.drop(next(iter(self._kept)))

    def drop(self, key: str) -> None:
        """Forget an answer, if it is there."""
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= kept.size
