"""One WebSocket of the vendor's: our verbs down, typed events up, nothing but ModelFailure out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import AsyncExitStack, aclosing
from typing import cast

from google.genai import errors, types
from google.genai.live import AsyncSession

from services.llm import reasons
from services.llm.failure import ModelFailure
from services.llm.live.config import SAMPLE_RATE_HERTZ, LiveLimits
from services.llm.live.events import (
    Answered,
    GoAway,
    LiveEvent,
    Ready,
    Resumable,
    Transcribed,
    TurnEnded,
    Usage,
)
from services.llm.live.refusal import explain

_MIME_TYPE = f"audio/pcm;rate={SAMPLE_RATE_HERTZ}"
# So many in a row that it cannot be a newer version of the protocol.
_MOST_UNKNOWN = 1_000
_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")


class LiveConnection:
    """A connection that is set up. Its verbs raise ModelFailure.

    Attributes:
        unknown: messages that the SDK could not read, and that were skipped.
    """

    def __init__(self, session: AsyncSession, resources: AsyncExitStack, limits: LiveLimits) -> None:
        """`resources` close it."""
        self.unknown = 0
        self._session = session
        self._resources = resources
        self._limits = limits

    async def ready(self) -> None:
        """Wait until the setup is confirmed; the SDK takes whatever comes first for that."""
        if self._session.setup_complete is not None:
            return
        async with aclosing(self.events()) as events:
            async for event in events:
                if isinstance(event, Ready):
                    return

    async def begin_turn(self) -> None:
        """Somebody begins to speak."""
        await self._send(self._session.send_realtime_input(activity_start=types.ActivityStart()))

    async def send_audio(self, pcm: bytes) -> None:
        """16-bit mono samples at 16 kHz."""
        audio = types.Blob(data=pcm, mime_type=_MIME_TYPE)
        await self._send(self._session.send_realtime_input(audio=audio))

    async def end_turn(self) -> None:
        """And has ended."""
        await self._send(self._session.send_realtime_input(activity_end=types.ActivityEnd()))

    async def events(self) -> AsyncGenerator[LiveEvent]:
        """What the vendor says; never ends, but raises ModelFailure when the connection does."""
        in_a_row = 0
        while True:
            try:
                # It ends after each turn, and is called anew for the next.
                async with aclosing(_receive(self._session)) as messages:
                    async for message in messages:
                        in_a_row = 0
                        for event in _read(message):
                            yield event
            except errors.APIError as closed:
                raise explain(closed) from None
            except (TypeError, ValueError, AttributeError, LookupError) as error:
                # What the SDK raises for a message that it does not know or cannot read.
                self.unknown += 1
                in_a_row += 1
                if in_a_row >= _MOST_UNKNOWN:
                    # It is not quoted, for it may hold what people said.
                    message_text = f"{in_a_row} unknown messages in a row; the last: {type(error).__name__}"
                    raise ModelFailure(reasons.LLM_PROTOCOL, message_text, retryable=False) from None
            except Exception as error:
                raise explain(error) from None

    async def close(self) -> None:
        """Close it, within the limit for that; a second call does nothing."""
        try:
            await self._resources.aclose()
        except Exception as error:
            explain(error)  # it is closed, one way or the other

    async def _send(self, sending: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(self._limits.send_timeout):
                await sending
        except Exception as error:
            raise explain(error) from None


def _receive(session: AsyncSession) -> AsyncGenerator[types.LiveServerMessage]:
    return cast(AsyncGenerator[types.LiveServerMessage], session.receive())


def _read(message: types.LiveServerMessage) -> Iterator[LiveEvent]:
    if message.setup_complete is not None:
        yield Ready()
    content = message.server_content
    if content is not None:
        yield from _read_content(content)
    if message.go_away is not None:
        yield GoAway(_seconds(message.go_away.time_left))
    update = message.session_resumption_update
    if update is not None and update.resumable and update.new_handle:
        yield Resumable(update.new_handle)
    usage = message.usage_metadata
    if usage is not None:
        yield Usage(
            usage.prompt_token_count or 0, usage.response_token_count or 0, usage.total_token_count or 0
        )


def _read_content(content: types.LiveServerContent) -> Iterator[LiveEvent]:
    guess, heard = content.interim_input_transcription, content.input_transcription
    if guess is not None:
        yield Transcribed(guess.text or "", is_interim=True, language=guess.language_code or "")
    if heard is not None:
        yield Transcribed(heard.text or "", finished=bool(heard.finished), language=heard.language_code or "")
    if content.model_turn is not None:
        yield Answered(
            "".join(part.text or "" for part in content.model_turn.parts or () if not part.thought)
        )
    if content.output_transcription is not None:
        yield Answered(content.output_transcription.text or "")
    if content.generation_complete:
        yield Answered()
    # An answer that was interrupted by the next turn is over too; turn_complete follows it.
    if content.turn_complete:
        yield TurnEnded()


def _seconds(text: str | None) -> float:
    """A duration as the vendor writes it, "9.5s"; 0 for what is not one: then there is no time to lose."""
    found = _DURATION.fullmatch(text or "")
    return float(found[1]) if found else 0.0
