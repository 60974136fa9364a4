"""What the tests of sessions share: an ear that checks what it hears, audio that shows what is missing."""

from __future__ import annotations

import asyncio
import io
import itertools
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from services.llm.backoff import Backoff
from services.llm.emulator.behaviour import Behave
from services.llm.emulator.script import Script
from services.llm.emulator.server import Emulator
from services.llm.failure import ModelFailure
from services.llm.live.client import LiveClient
from services.llm.live.config import Endpoint, LiveConfig, LiveLimits
from services.llm.live.session import LiveSession
from services.llm.live.turn import AudioTurn
from services.llm.request import Audio

KEY = "a-key-that-must-not-be-shown"
QUICK = LiveLimits(
    connect_timeout=2.0,
    send_timeout=0.5,
    close_timeout=0.2,
    answer_timeout=0.6,
    settle=0.05,
    attempts=4,
    backoff=Backoff(0.01, 0.02),
)
CONFIG = LiveConfig("some-model")
CHUNK = 3_200  # bytes of 100 ms


def sound(seconds: float, seed: int = 0) -> bytes:
    """Noise: no piece of it comes twice."""
    samples = np.random.default_rng(seed).integers(-9_000, 9_000, round(seconds * 16_000), dtype=np.int16)
    return samples.tobytes()


def wav(pcm: bytes, rate: int = 16_000) -> Audio:
    """The same as a file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(pcm)
    return Audio(file.getvalue())


class Ear:
    """Hears about one turn: nothing that was settled may change, and nothing may come after the end."""

    def __init__(self) -> None:
        self.turn: AudioTurn | None = None
        self.shown: list[tuple[str, ...]] = []
        self.settled: tuple[str, ...] = ()
        self.failure: ModelFailure | None = None
        self.over = asyncio.Event()
        self.follow: Callable[[], None] | None = None  # to be called at the end
        self._news = asyncio.Event()

    def changed(self) -> None:
        assert self.turn is not None
        assert not self.over.is_set()
        self._look(self.turn.transcript.words, self.turn.transcript.settled)

    def completed(self) -> None:
        assert self.turn is not None
        words = self.turn.transcript.words
        self._look(words, self.turn.transcript.settled)
        assert self.settled == words
        self._end()

    def failed(self, failure: ModelFailure) -> None:
        self.failure = failure
        self._end()

    async def text(self, within: float = 10.0) -> str:
        """What was said in the end."""
        await self._ended(within)
        assert self.failure is None, self.failure
        return " ".join(self.settled)

    async def shows(self, count: int) -> None:
        """Wait until so many words are shown."""
        async with asyncio.timeout(10):
            while not self.shown or len(self.shown[-1]) < count:
                self._news.clear()
                await self._news.wait()

    async def reason(self, within: float = 10.0) -> tuple[str, bool]:
        """Why there is no text: the reason, and whether to retry."""
        await self._ended(within)
        assert self.failure is not None
        return self.failure.reason, self.failure.retryable

    async def _ended(self, within: float) -> None:
        async with asyncio.timeout(within):
            await self.over.wait()

    def _look(self, words: tuple[str, ...], settled: int) -> None:
        assert words[: len(self.settled)] == self.settled
        assert settled >= len(self.settled)
        self.settled = words[:settled]
        self.shown.append(words)
        self._news.set()

    def _end(self) -> None:
        assert not self.over.is_set()
        self.over.set()
        if self.follow is not None:
            self.follow()


@dataclass
class Line:
    """A session, and the emulator that it speaks to."""

    emulator: Emulator
    client: LiveClient
    session: LiveSession

    def open(self, session: LiveSession | None = None) -> Ear:
        """Begin a turn."""
        ear = Ear()
        ear.turn = (session or self.session).open_turn(ear)
        return ear

    async def speak(self, pcm: bytes, pause: float = 0.0, session: LiveSession | None = None) -> Ear:
        """A whole turn, in chunks, each after a pause."""
        ear = self.open(session)
        assert ear.turn is not None
        for begin in range(0, len(pcm), CHUNK):
            ear.turn.accept(pcm[begin : begin + CHUNK])
            await asyncio.sleep(pause)
        ear.turn.finish()
        return ear

    async def until(self, condition: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until the emulator has received what the condition asks for."""
        async with asyncio.timeout(within):
            await self.emulator.record.until(condition)

    def check(self, *said: bytes) -> None:
        """No turn was received with gaps or twice: each is what was said in it, from its beginning; and
        those that were not broken off are all that was said, in order.
        """
        connections = self.emulator.record.connections
        assert not [each.violations for each in connections if each.violations]
        turns = [bytes(turn.pcm) for turn in self.emulator.record.turns]
        assert all(any(pcm.startswith(turn) for pcm in said) for turn in turns)
        ended = [bytes(turn.pcm) for turn in self.emulator.record.turns if turn.is_ended]
        # One that was heard to its end, but not answered, was played again.
        assert [pcm for pcm, _ in itertools.groupby(ended)] == [pcm for pcm, _ in itertools.groupby(said)]


@asynccontextmanager
async def listening(
    tmp_path: Path,
    behave: Behave | None = None,
    script: Script | None = None,
    config: LiveConfig = CONFIG,
    **limits: object,
) -> AsyncIterator[Line]:
    """A session with an emulator, over TLS, through the vendor's SDK; nothing of it stays."""
    before = asyncio.all_tasks()
    async with Emulator(script, behave, keys={KEY}) as emulator:
        certificate = emulator.write_certificate(tmp_path / "ca.pem")
        endpoint = Endpoint(KEY, emulator.live_url, str(certificate))
        async with LiveClient(endpoint, replace(QUICK, **limits)) as client:  # type: ignore[arg-type]
            session = LiveSession(client, config)
            try:
                yield Line(emulator, client, session)
            finally:
                await session.close()
    assert emulator.record.open_connections == 0
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert not left
