"""What the emulator does with a request by HTTP: all well by default, and each fault on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from services.llm.emulator.record import ReceivedRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """One answer. Its pieces are a word or two each; with a gate, an object each.

    Attributes:
        status: HTTP status instead of an answer, in the vendor's form; 0: none.
        says: the vendor's words with it; empty: its usual ones.
        retry_after: seconds that come with it; None: none.
        html: a page in place of what the vendor would send, with the status if there is one.
        hangs: nothing is sent at all, though the connection stays.
        resets: the connection is reset instead.
        first_delay: seconds until the first piece, after the headers.
        piece_delay: seconds before each further piece.
        stops_after: pieces after which the fault `stop` is shown; None: none is.
        stop: that nothing more comes, that the connection is reset, that the body ends as if all were well,
            that the vendor reports an error of its own, or that bytes come which are no part of its protocol.
        text: whether the model's text fits its schema, is no JSON, fits another schema, or never ends.
        huge_bytes: after which it does end.
        streams: whether the model streams, is refused when asked to, or says all in one piece at the end.
        finish: how the model ends: well, by its limit of tokens, or by declining.
        calls_tool: the model calls the first tool it is offered, in place of text.
    """

    status: int = 0
    says: str = ""
    retry_after: float | None = None
    html: bool = False
    hangs: bool = False
    resets: bool = False
    first_delay: float = 0.0
    piece_delay: float = 0.0
    stops_after: int | None = None
    stop: Literal["hang", "reset", "end", "error", "garbage"] = "hang"
    text: Literal["fits", "no_json", "other_schema", "huge"] = "fits"
    huge_bytes: int = 64 << 20
    streams: Literal["yes", "refused", "at_once"] = "yes"
    finish: Literal["stop", "length", "refusal"] = "stop"
    calls_tool: bool = False


WELL = Answering()

MODES: Mapping[str, Answering] = MappingProxyType(
    {
        "good": WELL,
        "slow_first_token": Answering(first_delay=3.0),
        "slow": Answering(first_delay=0.5, piece_delay=0.05),
        "silent": Answering(hangs=True),
        "hang": Answering(stops_after=4, stop="hang"),
        "reset": Answering(resets=True),
        "reset_midway": Answering(stops_after=4, stop="reset"),
        "no_marker": Answering(stops_after=4, stop="end"),
        "error_midway": Answering(stops_after=4, stop="error"),
        "garbage": Answering(stops_after=4, stop="garbage"),
        "rate_limited": Answering(status=429, retry_after=1.0),
        "failing": Answering(status=500),
        "overloaded": Answering(status=503, retry_after=1.0),
        "html": Answering(html=True),
        "html_error": Answering(html=True, status=502),
        "key_refused": Answering(status=401),
        "model_unknown": Answering(status=404),
        "bad_request": Answering(status=400),
        "no_json": Answering(text="no_json"),
        "wrong_schema": Answering(text="other_schema"),
        "huge": Answering(text="huge"),
        "length": Answering(stops_after=4, finish="length"),
        "refusal": Answering(finish="refusal"),
        "cannot_stream": Answering(streams="refused"),
        "at_once": Answering(streams="at_once"),
        "tool": Answering(calls_tool=True),
    }
)
"""Faults by name."""

Behave = Callable[["ReceivedRequest"], Answering]
"""What is done with a request."""


def always(answering: Answering) -> Behave:
    """The same with each."""
    return lambda _: answering


def by_vendor(**answering: Answering) -> Behave:
    """By the vendor that is asked; all well with those not named."""
    return lambda request: answering.get(request.vendor, WELL)


def one_by_one(*answering: Answering) -> Behave:
    """The first request as the first says, and so on; the last says it for all further ones."""
    left = list(answering)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


class Gate:
    """Holds the objects of answers back: each one is sent when it is let through."""

    def __init__(self, free: int = 0) -> None:
        """`free`: objects that pass at once."""
        self._passes = asyncio.Semaphore(free)
        self.waiting = 0
        """Answers that are held."""

    def release(self, objects: int = 1) -> None:
        """Let so many more through."""
        for _ in range(objects):
            self._passes.release()

    async def pass_one(self) -> None:
        """Wait for the turn of the next object."""
        self.waiting += 1
        try:
            await self._passes.acquire()
        finally:
            self.waiting -= 1
