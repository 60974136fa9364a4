"""Holding the sender back: nothing more is read while a stage has too much of the input to do.

    SpeechBackpressure   audio   recognition has not accepted it; measured by cursors, for the buffers of gRPC
                                 would hide it
    WorkBackpressure     text    segments wait for a stage

A stage that takes in nothing for too long is waited for no more, and the rest goes on, until it moves again.
Audio is kept for it meanwhile, within bounds; segments that find no room are skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from gateway.clock import Clock
from gateway.failure import Failure
from gateway.reasons import STAGE_STALLED
from gateway.settings import SessionSettings
from gateway.stage import Stage
from rivermouth.session.v1 import events_pb2
from services.runtime.offsets import duration, from_seconds

_States = events_pb2.FlowControl


class SpeechBackpressure:
    """Of one session; `recogniser` is None where there is none, and then nobody is held back."""

    def __init__(
        self,
        clock: Clock,
        recogniser: Stage | None,
        limits: SessionSettings,
        signal: Callable[[str, Any], None],
        on_stalled: Callable[[Stage, Failure], None],
    ) -> None:
        self._clock = clock
        self._recogniser = recogniser
        self._bound = from_seconds(limits.unaccepted_speech)
        self._limits = limits
        self._signal = signal
        self._on_stalled = on_stalled
        self._moved = asyncio.Event()
        self._stalled = False
        self._over = False

    def is_due(self, share: float = 1.0) -> bool:
        """Whether recognition has left more than this share of what may be unaccepted."""
        recogniser = self._recogniser
        if recogniser is None or self._stalled or self._over or not recogniser.up:
            return False
        return self._clock.received - self._clock.accepted > share * self._bound

    async def hold_back(self) -> None:
        """Return once recognition has taken in enough, or is stalled, or gone."""
        if self._recogniser is None or not self.is_due():
            return
        self._tell(self._recogniser, _States.STATE_STARTED)
        # Down to the half, or it would begin and end with each piece.
        while self.is_due(0.5):
            self._moved.clear()
            try:
                async with asyncio.timeout(self._limits.stalled_after):
                    await self._moved.wait()
            except TimeoutError:
                if self.is_due(0.5):
                    self._stalled = True
                    seconds = self._limits.stalled_after
                    message = f"{self._recogniser.name} took in nothing for {seconds:g} s"
                    self._on_stalled(self._recogniser, Failure(STAGE_STALLED, message, True))
        self._tell(self._recogniser, _States.STATE_ENDED)

    def moved(self) -> bool:
        """Recognition took in audio; True where it was stalled, and is no longer."""
        self._moved.set()
        was_stalled, self._stalled = self._stalled, False
        return was_stalled

    def release(self) -> None:
        """Recognition is away: nobody waits for it."""
        self._stalled = False
        self._moved.set()

    def end(self) -> None:
        """No more input is taken."""
        self._over = True
        self._moved.set()

    def _tell(self, recogniser: Stage, state: events_pb2.FlowControl.State) -> None:
        buffered = duration(max(0, self._clock.received - self._clock.accepted))
        lag = duration(self._clock.lag) if self._clock.lag else None
        body = events_pb2.FlowControl(
            state=state, cause=recogniser.name, buffered=buffered, recognition_lag=lag
        )
        self._signal("flow_control", body)


class WorkBackpressure:
    """Of one session whose text comes as fast as the client sends it."""

    def __init__(
        self, stages: Sequence[Stage], limits: SessionSettings, signal: Callable[[str, Any], None]
    ) -> None:
        self._stages = [each for each in stages if each.work is not None]
        self._patience = limits.stalled_after
        self._signal = signal

    async def hold_back(self) -> None:
        """Return once no stage has too many segments waiting, but for one that does not move."""
        for stage in self._stages:
            if stage.work is not None and stage.work.is_crowded and not stage.finished:
                self._signal("flow_control", _States(state=_States.STATE_STARTED, cause=stage.name))
                await stage.work.thinned_out(self._patience)
                self._signal("flow_control", _States(state=_States.STATE_ENDED, cause=stage.name))
