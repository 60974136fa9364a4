"""When a turn has been heard: the vendor does not say so, and tells its parts in no certain order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.llm import reasons
from services.llm.failure import ModelFailure
from services.llm.live.config import SAMPLE_RATE_HERTZ, LiveLimits
from services.llm.live.events import Answered, Transcribed, TurnEnded
from services.llm.live.turn import AudioTurn

# An answer that may be to the turn before counts after so many times the usual quiet: the vendor tells that
# an answer was interrupted, but nobody has promised that it always does.
_DOUBT = 5


class Hearing:
    """One turn on one connection.

    The transcript is whole when the vendor calls it finished, or when the model has begun to answer, for then
    it has heard all, and nothing was added for a while. Where there was no text at all the whole
    `answer_timeout` is waited, as transcripts can come after the answer. Without a sign that the end of the
    turn was heard the turn was not: text alone may be that of its beginning.

    Attributes:
        unanswered: turns of this connection whose answer has not ended, this one included once it has ended;
            what the model says meanwhile is about them.
    """

    def __init__(self, limits: LiveLimits, answers: bool, unanswered: int) -> None:
        """`answers`: the turn ends with the model's answer. `unanswered`: of the turns before."""
        self.unanswered = unanswered
        self._limits = limits
        self._answers = answers
        self._before = unanswered
        self._ended = False
        self._finished = False
        self._answering = False
        self._answered = False
        self._doubtful = False  # there was an answer, perhaps to a turn before, but after the end of this one
        self._has_text = False
        self._last = 0.0  # when something came that matters, on the loop's clock

    def is_due(self, event: Transcribed | Answered | TurnEnded, has_audio: bool) -> bool:
        """Whether it may be about this turn. `has_audio`: enough was played for something to be heard."""
        return has_audio or self._ended or not self._before or not isinstance(event, Transcribed)

    def take(self, event: Transcribed | Answered | TurnEnded, turn: AudioTurn) -> None:
        """The vendor said something."""
        match event:
            case Transcribed():
                self._has_text = self._has_text or bool(event.text.strip())
                self._finished = self._finished or (event.finished and self._ended)
                turn.language = event.language or turn.language
                if event.is_interim:
                    turn.transcript.guess(event.text)
                else:
                    turn.transcript.add(event.text)
            case TurnEnded():
                self.unanswered = max(self.unanswered - 1, 0)
                if self._before:
                    self._before -= 1
                    self._doubtful = self._ended
                else:
                    self._answering = self._answered = self._ended
            case Answered():
                if self._before:
                    self._doubtful = self._ended
                elif self._ended:
                    self._answering = True
                    turn.answer += event.text
        self._last = asyncio.get_running_loop().time()
        turn.woken.set()
        turn.note_changed()

    async def wait(self, turn: AudioTurn, leave_at: Callable[[], float | None]) -> bool:
        """All audio has been sent: wait until the turn has been heard. False if it is time to leave first.

        Raises ModelFailure if the vendor says nothing at all.
        """
        loop = asyncio.get_running_loop()
        limits = self._limits
        self._ended = True
        self.unanswered += 1
        self._last = loop.time()
        # Who needs longer to listen than the speaker to speak falls behind for good.
        latest = self._last + limits.answer_timeout + turn.samples / SAMPLE_RATE_HERTZ
        while True:
            turn.woken.clear()
            if turn.is_over:
                return False
            due, leave = min(self._due(), latest), leave_at()
            now = loop.time()
            if due <= now:
                break
            if leave is not None and leave <= now:
                return False
            await turn.wait(due if leave is None else min(due, leave))
        if not (self._answered if self._answers else self._answering or self._finished or self._doubtful):
            message = f"no answer came for {limits.answer_timeout:g} s after a turn"
            raise ModelFailure(reasons.LLM_TIMEOUT, message, retryable=True)
        return True

    def _due(self) -> float:
        """When the turn counts as heard if nothing more comes, on the loop's clock."""
        limits = self._limits
        if self._answers:
            return self._last + (limits.settle if self._answered else limits.answer_timeout)
        if self._finished:
            return self._last
        if self._has_text and self._answering:
            return self._last + limits.settle
        doubtful = self._has_text and self._doubtful
        return self._last + (
            min(_DOUBT * limits.settle, limits.answer_timeout) if doubtful else limits.answer_timeout
        )
