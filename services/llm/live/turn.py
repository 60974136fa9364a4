"""One turn: the audio that a session plays to the vendor, and what came of it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from services.llm import reasons
from services.llm.failure import ModelFailure
from services.llm.live.config import SAMPLE_RATE_HERTZ
from services.llm.live.transcript import TurnTranscript

_BYTES_PER_SECOND = 2 * SAMPLE_RATE_HERTZ


class TurnListener(Protocol):
    """Hears about one turn, on the event loop: any number of `changed`, then one of the others."""

    def changed(self) -> None:
        """Audio was sent, or something was said."""

    def completed(self) -> None:
        """The transcript is whole."""

    def failed(self, failure: ModelFailure) -> None:
        """There will be nothing more."""


class AudioTurn:
    """One turn. Its audio is kept until it is over, to be sent again if the connection is lost.

    Attributes:
        transcript: what was said so far.
        answer: what the model answers, as far as it came.
        language: BCP-47 tag that the vendor found last; empty if it found none.
        sent: bytes that the vendor has, on the present connection.
        attempts: connections it was played on, or that were tried for it.
        was_refused: it was refused on a connection that had been set up.
        is_ended: no more audio comes.
        is_over: it was completed, failed or cancelled.
        woken: set when there may be something to do for who plays it.
    """

    def __init__(self, listener: TurnListener, max_seconds: float) -> None:
        self.transcript = TurnTranscript()
        self.answer = ""
        self.language = ""
        self.sent = 0
        self.attempts = 0
        self.was_refused = False
        self.is_ended = False
        self.is_over = False
        self.woken = asyncio.Event()
        self._listener = listener
        self._audio = bytearray()
        self._longest = round(max_seconds * _BYTES_PER_SECOND)
        self._furthest = 0

    @property
    def samples_sent(self) -> int:
        """Samples that the vendor had at some time; never goes back."""
        return self._furthest // 2

    @property
    def samples(self) -> int:
        """Samples it has."""
        return len(self._audio) // 2

    def accept(self, pcm: bytes) -> None:
        """Take audio: 16-bit mono samples at 16 kHz. Past its longest the turn fails."""
        if self.is_over:
            return
        if len(self._audio) + len(pcm) > self._longest:
            seconds = self._longest / _BYTES_PER_SECOND
            self.fail(ModelFailure(reasons.LLM_TURN_TOO_LONG, f"longer than {seconds:g} s", retryable=False))
            return
        self._audio += pcm
        self.woken.set()

    def finish(self) -> None:
        """No more audio comes."""
        self.is_ended = True
        self.woken.set()

    def cancel(self) -> None:
        """Drop it; the listener is not called any more."""
        self._conclude()

    def rewind(self) -> int:
        """It is played from its beginning, on a new connection; returns the bytes that are sent again."""
        again, self.sent = self.sent, 0
        self.attempts += 1
        self.answer = ""
        self.transcript.restart()
        return again

    def unsent(self, most: int) -> bytes:
        """The next audio to send, at most that many bytes."""
        return bytes(memoryview(self._audio)[self.sent : self.sent + most])

    def note_sent(self, count: int) -> None:
        """So many more bytes were sent."""
        self.sent += count
        self._furthest = max(self._furthest, self.sent)
        self.note_changed()

    async def wait(self, until: float | None) -> bool:
        """Wait until it is woken; False if the time, on the loop's clock, comes first."""
        try:
            async with asyncio.timeout_at(until):
                await self.woken.wait()
        except TimeoutError:
            return False
        return True

    def note_changed(self) -> None:
        """Tell the listener."""
        if not self.is_over:
            self._listener.changed()

    def complete(self) -> None:
        """All was said."""
        if not self.is_over:
            self.transcript.finish()
            self._conclude()
            self._listener.completed()

    def fail(self, failure: ModelFailure) -> None:
        """Nothing more comes."""
        if not self.is_over:
            self._conclude()
            self._listener.failed(failure)

    def _conclude(self) -> None:
        self.is_over = True
        self._audio.clear()
        self.woken.set()
