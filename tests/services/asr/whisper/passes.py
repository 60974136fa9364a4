"""Whisper decodings whose passes run when told to, in the test's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from services.asr.engine import DEFAULT_OPTIONS, Hypothesis, Opening, Options
from services.asr.recogniser import RecognitionFailure, Timing
from services.asr.scheduler import Scheduler
from services.asr.whisper.commit import CommitPolicy
from services.asr.whisper.decoding import Effort, WhisperDecoding
from services.asr.whisper.guards import Guards
from services.asr.whisper.language import UtteranceLanguage
from services.asr.whisper.passes import Decoded, PassRequest
from services.asr.whisper.utterance import GrowingUtterance, WindowPolicy
from tests.services.asr.scheduling import Clock, HandExecutor


class Heard:
    """A listener that remembers, and watches that settled words stay."""

    def __init__(self) -> None:
        self.interims: list[Hypothesis] = []
        self.finals: list[Hypothesis] = []
        self.failures: list[RecognitionFailure] = []
        self.settled: list[str] = []

    def interim(self, hypothesis: Hypothesis, timing: Timing) -> None:
        assert not self.finals
        self.interims.append(hypothesis)
        self._watch(hypothesis)

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        assert not self.finals
        self.finals.append(hypothesis)
        self._watch(hypothesis)
        assert hypothesis.settled == len(hypothesis.words)

    def failed(self, failure: RecognitionFailure) -> None:
        self.failures.append(failure)

    @property
    def text(self) -> str:
        (final,) = self.finals
        return " ".join(word.text for word in final.words)

    def _watch(self, hypothesis: Hypothesis) -> None:
        words = [word.text for word in hypothesis.words[: hypothesis.settled]]
        assert words[: len(self.settled)] == self.settled, "a settled word changed"
        self.settled = words


class Passes:
    """A scheduler over a decode; `run` lets what waits be decoded. `cost`: seconds a pass takes."""

    def __init__(
        self, decode: Callable[[PassRequest], Decoded], *, workers: int = 1, cost: float = 0.0
    ) -> None:
        self.clock = Clock()
        self.executor = HandExecutor()
        self.requests: list[PassRequest] = []
        self._decode_one = decode
        self._cost = cost
        self.scheduler: Scheduler[PassRequest, Decoded] = Scheduler(
            self._decode,
            workers=workers,
            max_waiting=8,
            clock=self.clock,
            executor=lambda workers: self.executor,
        )

    def open(
        self, heard: Heard, *, lead: int = 0, options: Options = DEFAULT_OPTIONS, finals_only: bool = False
    ) -> WhisperDecoding:
        return WhisperDecoding(
            GrowingUtterance(WindowPolicy(), CommitPolicy(), Guards(), lead),
            UtteranceLanguage(options, "en", ""),
            (),
            Effort(),
            self.scheduler,
            heard,
            Opening(lead=lead, options=options, finals_only=finals_only),
            self.clock,
        )

    def _decode(self, requests: Sequence[PassRequest]) -> list[Decoded]:
        self.requests += requests
        self.clock.now += self._cost
        return [self._decode_one(request) for request in requests]

    async def turn(self) -> None:
        """Let the loop do what is due."""
        for _ in range(3):
            await asyncio.sleep(0)

    async def run(self) -> None:
        """Decode until nothing waits."""
        await self.turn()
        while self.executor.pending:
            self.executor.pending.popleft()()
            await self.turn()
