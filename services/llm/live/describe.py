"""What sound is like, in the words of a model that listens: Gemini Live.

    LiveEars (one for a process, one SDK client)  →  Describer (one for a stream, with one session)

Live has no response schema, and speaks its answers: what it says of a sound is text, for another question to
build on. A turn is the sound of one question. The vendor's limits of time and of connections are the
session's business.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import wave
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from services.llm import reasons
from services.llm.events import Usage
from services.llm.failure import ModelFailure
from services.llm.live.config import SAMPLE_RATE_HERTZ, LiveConfig
from services.llm.live.ears import LiveEars
from services.llm.request import Audio, Request

if TYPE_CHECKING:
    from services.llm.live.session import LiveSession
    from services.llm.live.turn import AudioTurn

_MOST_CHARACTERS = 2_000
"""Of what the model says, and of what it heard being said; it was asked to say less."""
_MOST_TOKENS = 2_048
"""That an answer is reckoned with beforehand: Live counts its voice, 25 tokens a second."""
_KEPT = 16
"""Descriptions of a stream, the newest, for sounds that several questions are about."""
_NO_TIME_LEFT = "other sounds of the stream took all the time there was"


@dataclass(frozen=True, slots=True)
class Description:
    """What became of a sound.

    Attributes:
        text: what the model says of it; empty where there is a failure.
        said: what it heard being said; empty where it did not tell.
        seconds: length of the sound.
        calls: that were made for it: 0 where it was known, or nobody was asked.
        input_tokens, output_tokens: of those, as far as the vendor tells.
        failure: why it is not described.
    """

    text: str = field(default="", repr=False)
    said: str = field(default="", repr=False)
    seconds: float = 0.0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    failure: ModelFailure | None = None


class Describer:
    """Describes sounds of one stream, one after the other, in one session that begins with the first."""

    def __init__(self, ears: LiveEars, instruction: str, *, session: str, tenant: str) -> None:
        """`instruction`: how to describe. `session`, `tenant`: whose budgets are charged."""
        self._ears = ears
        self._instruction = instruction
        self._who = session, tenant
        self._places = asyncio.Lock()
        self._session: LiveSession | None = None
        self._known: OrderedDict[bytes, Description] = OrderedDict()

    async def describe(self, audio: Audio, seconds: float) -> Description:
        """Listen to a WAV file, 16 kHz, mono, 16 bits, at most `ears.LONGEST_SECONDS` of it.

        It takes `seconds` at most, and no longer than the settings say, the wait for other sounds of the
        stream included. Nothing is raised for what goes wrong: the question that it is for can be asked all
        the same. Cancelled, it leaves no turn.
        """
        until = asyncio.get_running_loop().time() + min(seconds, self._ears.timeout)
        try:
            async with _by(until, _NO_TIME_LEFT):
                await self._places.acquire()
        except ModelFailure as failure:
            return Description(failure=self._ears.named(failure))
        try:
            pcm, digest = await asyncio.to_thread(_read, audio)
            known = self._known.get(digest)
            if known is None:
                known = await self._ask(pcm, audio, until)
                if known.failure is None:
                    self._keep(digest, known)
                return known
            return replace(known, calls=0, input_tokens=0, output_tokens=0)
        except ModelFailure as failure:
            return Description(failure=self._ears.named(failure))
        finally:
            self._places.release()

    async def close(self) -> None:
        """The stream is over: its connection is closed."""
        session, self._session = self._session, None
        if session is not None:
            await asyncio.wait([session.close()])

    async def _ask(self, pcm: bytes, audio: Audio, until: float) -> Description:
        ears = self._ears
        made = Description(seconds=len(pcm) / (2 * SAMPLE_RATE_HERTZ))
        try:
            if asyncio.get_running_loop().time() >= until:
                # The sound before it had the same limit: with its end came this one's turn.
                raise ModelFailure(reasons.LLM_TIMEOUT, _NO_TIME_LEFT, retryable=True)
            with ears.breaker.enter() as passage:
                request = Request(self._instruction, "", audio=audio, max_output_tokens=_MOST_TOKENS)
                charge = ears.charge(request, *self._who)
                made = replace(made, calls=1)
                course = _Course()
                try:
                    async with _by(until, "no whole description in time, all attempts included"):
                        await course.play(await self._opened(), pcm)
                finally:
                    usage, size = course.usage, len(course.text.encode(errors="replace"))
                    charge.settle(usage, size, reached=course.has_reached)
                    if usage is not None:
                        made = replace(
                            made, input_tokens=usage.input_tokens, output_tokens=usage.output_tokens
                        )
                if not course.text:
                    raise ModelFailure(reasons.LLM_PROTOCOL, "it answered without words", retryable=True)
                passage.succeed()
        except ModelFailure as failure:
            return replace(made, failure=ears.named(failure))
        return replace(made, text=course.text, said=course.said)

    async def _opened(self) -> LiveSession:
        """The stream's session; another one where that came to its end."""
        if self._session is None or self._session.is_closed:
            client = await self._ears.open()
            from services.llm.live.session import LiveSession

            config = LiveConfig(self._ears.model, instruction=self._instruction, answers=True)
            self._session = LiveSession(client, config)
        return self._session

    def _keep(self, digest: bytes, description: Description) -> None:
        self._known[digest] = description
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)


class _Course:
    """One turn, and what came of it."""

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self._turn: AudioTurn | None = None
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def has_reached(self) -> bool:
        """Whether the vendor was sent any of it."""
        return self._turn is not None and self._turn.samples_sent > 0

    @property
    def text(self) -> str:
        """What the model answered, on one line."""
        return "" if self._turn is None else " ".join(self._turn.answer.split())[:_MOST_CHARACTERS]

    @property
    def said(self) -> str:
        """What it heard being said."""
        return "" if self._turn is None else " ".join(self._turn.transcript.words)[:_MOST_CHARACTERS]

    async def play(self, session: LiveSession, pcm: bytes) -> None:
        """Play it to its end. Raises ModelFailure."""
        before = session.counters.usage
        turn = self._turn = session.open_turn(self)
        try:
            turn.accept(pcm)
            turn.finish()
            await self._ended
        finally:
            turn.cancel()  # in the middle, the session leaves the connection: only a new one can forget it
            told = session.counters.usage
            if told is not None and told is not before:
                # Of the turn's last answer; what the vendor does not attribute is what the model thought.
                self.usage = Usage(told.prompt, max(told.answer, told.total - told.prompt))

    def changed(self) -> None:
        """See TurnListener."""

    def completed(self) -> None:
        """See TurnListener."""
        if not self._ended.done():
            self._ended.set_result(None)

    def failed(self, failure: ModelFailure) -> None:
        """See TurnListener."""
        if not self._ended.done():
            self._ended.set_exception(failure)


@asynccontextmanager
async def _by(until: float, message: str) -> AsyncIterator[None]:
    """Within this, up to a time on the loop's clock; then ModelFailure."""
    scope = asyncio.timeout_at(until)
    try:
        async with scope:
            yield
    except TimeoutError:
        if not scope.expired():
            raise
        raise ModelFailure(reasons.LLM_TIMEOUT, message, retryable=True) from None


def _read(audio: Audio) -> tuple[bytes, bytes]:
    """The samples, and what tells them from others."""
    try:
        with wave.open(io.BytesIO(audio.data)) as file:
            shape = file.getframerate(), file.getnchannels(), file.getsampwidth()
            pcm = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        shape, pcm = (0, 0, 0), str(error).encode()
    if shape != (SAMPLE_RATE_HERTZ, 1, 2):
        message = "the sound is no WAV file of 16 kHz, mono, 16 bits"
        raise ModelFailure(reasons.LLM_REQUEST_REFUSED, message, retryable=False)
    return pcm, hashlib.sha256(pcm).digest()
