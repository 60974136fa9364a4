"""Gemini Live as a recogniser: the vendor's transcription of its input, with our endpointing.

Each channel has a session of the vendor's from its first utterance to its end; utterances are its turns
(services/llm/live). What was said comes in pieces while audio is being sent: interims, whose complete words
do not change any more. The final comes at the end of the utterance, when the vendor has nothing to add.

What the vendor does not give:

- Word times. They are estimated (word_times.py): a word ends at the latest at the audio that had been sent
  when it came, and all lie between the onset of speech and the utterance's end, spread by their characters.
  They are right to about the vendor's delay, and better in finals of short utterances.
- Confidence: absent.
- Words, in scripts that do not part them by spaces: what stands between spaces counts as one.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Self

from services.asr.engine import EngineUnavailable, Hypothesis, Opening, Phrase
from services.asr.gemini_live_settings import GeminiLiveSettings
from services.asr.language import AUTO, primary
from services.asr.recogniser import Listener, RecognitionFailure, Timing
from services.asr.word_times import place_words
from services.llm.failure import ModelFailure

if TYPE_CHECKING:
    from services.llm.live.client import LiveClient
    from services.llm.live.session import LiveSession

_MOST_PHRASES = 100
# Words that are complete stand; how often the last one stays as it is has not been measured with the vendor.
_STABILITY = 0.9


class GeminiLiveRecogniser:
    """Entered, it can connect; it does so when somebody speaks.

    A stream must allow that its audio leaves: `options` has "allow_audio_egress".
    """

    name = "gemini_live"
    options = frozenset({"speech_contexts", "language_code", "allow_audio_egress"})
    retry_after = None
    interim_lag = 0.0

    def __init__(self, settings: GeminiLiveSettings) -> None:
        self.model = settings.model
        self.language = settings.language
        self.languages = settings.languages
        self._settings = settings
        self._client: LiveClient | None = None
        self._resources = AsyncExitStack()
        self._sessions: dict[str, LiveSession] = {}  # by the adaptation of their channel
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def is_full(self) -> bool:
        return len(self._sessions) >= self._settings.max_channels

    @property
    def load(self) -> float:
        return min(len(self._sessions) / self._settings.max_channels, 1.0)

    @property
    def sessions(self) -> tuple[LiveSession, ...]:
        """Those of the channels that have spoken and have not ended."""
        return tuple(self._sessions.values())

    def open(self, listener: Listener, opening: Opening) -> GeminiLiveDecoding:
        """A turn in the channel's session."""
        key = opening.adaptation
        session = self._sessions.get(key)
        if session is None or session.is_closed:
            key = secrets.token_hex(8)
            session = self._sessions[key] = self._begin(opening)
        return GeminiLiveDecoding(self, session, key, listener, opening)

    def left_out(self, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
        """See LimitsPhrases."""
        return tuple(phrases[_MOST_PHRASES:])

    def release(self, adaptation: str) -> None:
        """Close the session of a channel."""
        session = self._sessions.pop(adaptation, None)
        if session is not None:
            closing = session.close()
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def __aenter__(self) -> Self:
        """Raises EngineUnavailable where there is no SDK, or no key."""
        if find_spec("google.genai") is None:
            raise EngineUnavailable(
                "the engine gemini_live needs google-genai: pip install 'rivermouth[llm]'"
            )
        try:
            client = await asyncio.to_thread(_load_client, self._settings)
            self._client = await self._resources.enter_async_context(client)
        except ModelFailure as failure:
            raise EngineUnavailable(f"the engine gemini_live cannot be used: {failure.message}") from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for key in list(self._sessions):
            self.release(key)
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._resources.aclose()

    def _begin(self, opening: Opening) -> LiveSession:
        from services.llm.live.config import LiveConfig
        from services.llm.live.session import LiveSession

        assert self._client is not None, "the recogniser has not been entered"
        options, settings = opening.options, self._settings
        config = LiveConfig(
            model=settings.model,
            language="" if options.language == AUTO else options.language or settings.language,
            phrases=tuple(phrase.text for phrase in options.phrases[:_MOST_PHRASES]),
            instruction=settings.instruction,
            modality=settings.modality,
        )
        return LiveSession(self._client, config)


class GeminiLiveDecoding:
    """One utterance."""

    started = True

    def __init__(
        self,
        recogniser: GeminiLiveRecogniser,
        session: LiveSession,
        key: str,
        listener: Listener,
        opening: Opening,
    ) -> None:
        self._recogniser = recogniser
        self._key = key
        self._listener = listener
        self._lead = opening.lead
        self._finals_only = opening.finals_only
        wanted = opening.options.language or recogniser.language
        self._finds_language = wanted in ("", AUTO)
        self._heard: list[int] = []  # for each word, the samples sent when it came
        self._samples = 0
        self._ended = 0
        self._turn = session.open_turn(self)

    def accept(self, pcm: bytes) -> None:
        """Take audio."""
        self._samples += len(pcm) // 2
        self._turn.accept(pcm)

    def pause(self) -> None:
        """Nothing: the vendor is not asked before the end, which could not be taken back."""

    def finish(self) -> None:
        """No more audio comes."""
        self._ended = time.monotonic_ns()
        self._turn.finish()

    def cancel(self) -> None:
        """Drop it, and its channel's session with it: the vendor cannot forget half an utterance."""
        self._turn.cancel()
        self._recogniser.release(self._key)

    def changed(self) -> None:
        """See TurnListener."""
        if not self._finals_only:
            settled = self._turn.transcript.settled
            self._listener.interim(self._hypothesis(self._turn.samples_sent, settled), Timing())

    def completed(self) -> None:
        """See TurnListener."""
        hypothesis = self._hypothesis(self._samples, len(self._turn.transcript.words))
        self._listener.final(hypothesis, Timing(inference=time.monotonic_ns() - self._ended))

    def failed(self, failure: ModelFailure) -> None:
        """See TurnListener."""
        self._listener.failed(RecognitionFailure(failure.reason, failure.message, failure.retryable))

    def _hypothesis(self, samples: int, settled: int) -> Hypothesis:
        turn = self._turn
        words = turn.transcript.words
        del self._heard[len(words) :]
        self._heard += [turn.sent // 2 if self._ended == 0 else samples] * (len(words) - len(self._heard))
        language = primary(turn.language) if turn.language and self._finds_language else ""
        return Hypothesis(
            words=place_words(words, self._heard, min(self._lead, samples), samples),
            samples=samples,
            adaptation=self._key,
            settled=settled,
            stability=_STABILITY,
            language=language,
        )


def _load_client(settings: GeminiLiveSettings) -> LiveClient:
    """Loading the SDK takes half a second."""
    from services.llm.live.client import LiveClient
    from services.llm.live.config import Endpoint, LiveLimits

    endpoint = Endpoint(settings.api_key.get_secret_value(), settings.base_url, settings.ca_file)
    limits = LiveLimits(
        connect_timeout=settings.connect_timeout,
        answer_timeout=settings.answer_timeout,
        settle=settings.settle_seconds,
        idle_timeout=settings.idle_timeout,
        attempts=settings.attempts,
    )
    return LiveClient(endpoint, limits)
