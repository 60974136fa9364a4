"""What the emulator does, connection by connection: all well by default, and each fault on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

ABRUPT = 1006
"""The code for an end without a close frame; it is never sent, but what the other side then sees."""


@dataclass(frozen=True, slots=True)
class Close:
    """How a connection ends."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBehaviour:
    """One connection of Live. Positions in the audio are in seconds that this connection received.

    Attributes:
        refuse_status: HTTP status instead of a WebSocket; 0: none.
        setup_delay: seconds until the setup is confirmed.
        refuse: close instead of confirming the setup.
        confirms: whether a message confirms the setup; else an empty one takes its place.
        resumption: whether handles are given, and a known one is accepted, or refused.
        go_away_at: where `goAway` is said; None: never.
        go_away_time_left: seconds that it leaves; then the connection is closed with 1001.
        close_at: where the connection is closed.
        close: how that is done.
        hang_at: from where on nothing is said any more, though everything is read.
        stall_at: from where on nothing is read either.
        huge_at: where a message of `huge_bytes` is sent.
        unknown_messages: whether messages that no SDK knows come between the others.
        transcripts: each word when it has ended; all at the end of the turn; all `late_by` seconds after the
            answer; or none.
        late_by: see there.
        finished: whether the last piece of a turn's transcript is marked as such.
        answers: whether the model answers a turn.
        answer: what it says; empty: what is to be noticed of the turn's sound.
    """

    refuse_status: int = 0
    setup_delay: float = 0.0
    refuse: Close | None = None
    confirms: bool = True
    resumption: Literal["accepted", "refused", "absent"] = "accepted"
    go_away_at: float | None = None
    go_away_time_left: float = 10.0
    close_at: float | None = None
    close: Close = Close(ABRUPT)
    hang_at: float | None = None
    stall_at: float | None = None
    huge_at: float | None = None
    huge_bytes: int = 8 << 20
    unknown_messages: bool = False
    transcripts: Literal["streaming", "at_end", "late", "missing"] = "streaming"
    late_by: float = 0.0
    finished: bool = False
    answers: bool = True
    answer: str = ""


Behave = Callable[[int], LiveBehaviour]
"""The behaviour of connection number n, counted from 0."""

GOOD = LiveBehaviour()


def in_turn(*behaviours: LiveBehaviour) -> Behave:
    """The first connection behaves as the first says, and so on; the last says it for all further ones."""
    chosen: Sequence[LiveBehaviour] = behaviours or (GOOD,)
    return lambda number: chosen[min(number, len(chosen) - 1)]
