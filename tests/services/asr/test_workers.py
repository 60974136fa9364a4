"""Decoders in processes: order, death, standstill, cancellation."""

from __future__ import annotations

import asyncio
import os
import signal
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.asr import worker_process
from services.asr.engine import EngineUnavailable, Hypothesis, Opening, Word
from services.asr.pipe import HEADER, Kind, pack_hypothesis, unpack_hypothesis
from services.asr.recogniser import RecognitionFailure, Timing
from services.asr.settings import SphinxSettings
from services.asr.worker_process import WorkerProcess
from services.asr.workers import WorkerPool

OPENING = Opening(lead=8_000)  # the call begins with half a second of silence
CALL = Path(__file__).parents[2] / "data" / "sample_call" / "call.wav"


class Ear:
    """A listener that can be waited for."""

    def __init__(self) -> None:
        self.interims: list[Hypothesis] = []
        self.heard = asyncio.Event()
        self.ended: asyncio.Future[Hypothesis | RecognitionFailure] = asyncio.Future()

    def interim(self, hypothesis: Hypothesis, timing: Timing) -> None:
        self.interims.append(hypothesis)
        if hypothesis.words:
            self.heard.set()

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        self.ended.set_result(hypothesis)

    def failed(self, failure: RecognitionFailure) -> None:
        self.ended.set_result(failure)

    async def text(self) -> str:
        async with asyncio.timeout(60):
            outcome = await self.ended
        assert isinstance(outcome, Hypothesis)
        return " ".join(word.text for word in outcome.words)


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool(SphinxSettings(workers=1, niceness=3)) as one:
        yield one


@pytest.fixture(scope="module")
def greeting() -> bytes:
    """The first sentences of the agent, in pieces of no particular length: "good morning customer …"."""
    with wave.open(str(CALL)) as file:
        frames = file.readframes(5 * 16_000)
    return b"".join(frames[at : at + 2] for at in range(0, len(frames), 4))


def pieces(pcm: bytes) -> list[bytes]:
    return [pcm[begin : begin + 3_000] for begin in range(0, len(pcm), 3_000)]


async def test_interims_then_a_final_with_times_and_confidence(pool, greeting) -> None:
    ear = Ear()
    decoding = pool.open(ear, OPENING)
    for piece in pieces(greeting):
        decoding.accept(piece)
    decoding.finish()
    assert "good morning customer support" in await ear.text()
    final = ear.ended.result()
    assert final.samples == len(greeting) // 2
    assert final.adaptation
    assert all(0 <= word.confidence <= 1 for word in final.words)
    assert all(word.start <= word.end for word in final.words)
    samples = [interim.samples for interim in ear.interims]
    assert samples == sorted(set(samples))


async def test_the_decoder_is_nice_and_stays_in_the_session(pool) -> None:
    (worker,) = pool.workers
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) == 3
    assert os.getsid(worker.pid) == os.getsid(0)


async def test_utterances_wait_in_order_with_their_audio(pool, greeting) -> None:
    order: list[int] = []
    ears = [Ear() for _ in range(3)]
    for number, ear in enumerate(ears):
        ear.ended.add_done_callback(lambda _, number=number: order.append(number))
    decodings = [pool.open(ear, OPENING) for ear in ears]
    for decoding in reversed(decodings):
        decoding.accept(greeting)
        decoding.finish()
    texts = [await ear.text() for ear in ears]
    assert len(set(texts)) == 1
    assert order == [0, 1, 2]


async def test_a_killed_decoder_is_replaced_and_the_utterance_decoded_again(pool, greeting) -> None:
    ear = Ear()
    decoding = pool.open(ear, OPENING)
    half = len(greeting) // 4 * 2
    decoding.accept(greeting[:half])
    async with asyncio.timeout(30):
        await ear.heard.wait()
    (victim,) = pool.workers
    os.kill(victim.pid, signal.SIGKILL)
    decoding.accept(greeting[half:])
    decoding.finish()
    assert "good morning customer support" in await ear.text()
    assert victim not in pool.workers


async def test_a_decoder_that_stands_still_is_replaced(greeting) -> None:
    async with WorkerPool(SphinxSettings(workers=1, stall_timeout=1.5)) as pool:
        (victim,) = pool.workers
        os.kill(victim.pid, signal.SIGSTOP)
        ear = Ear()
        decoding = pool.open(ear, OPENING)
        decoding.accept(greeting)
        decoding.finish()
        assert "good morning" in await ear.text()
        assert victim not in pool.workers


async def test_after_its_last_attempt_an_utterance_fails_with_a_reason(greeting) -> None:
    async with WorkerPool(SphinxSettings(workers=1, attempts=1)) as pool:
        ear = Ear()
        decoding = pool.open(ear, OPENING)
        decoding.accept(greeting)
        async with asyncio.timeout(30):
            await ear.heard.wait()
            (victim,) = pool.workers
            os.kill(victim.pid, signal.SIGKILL)
            outcome = await ear.ended
        assert isinstance(outcome, RecognitionFailure)
        assert outcome.reason == "RECOGNISER_DIED"
        decoding.finish()  # what comes late does no harm
        second = Ear()
        next_decoding = pool.open(second, OPENING)
        next_decoding.accept(greeting)
        next_decoding.finish()
        assert "good morning" in await second.text()


async def test_a_decoder_killed_while_idle_costs_no_attempt(greeting) -> None:
    async with WorkerPool(SphinxSettings(workers=1, attempts=1)) as pool:
        (victim,) = pool.workers
        os.kill(victim.pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            await asyncio.wait([victim.gone])
        ear = Ear()
        decoding = pool.open(ear, OPENING)
        decoding.accept(greeting)
        decoding.finish()
        assert "good morning" in await ear.text()


async def test_cancelled_utterances_give_their_place_back(pool, greeting) -> None:
    ears = [Ear() for _ in range(4)]
    decodings = [pool.open(ear, OPENING) for ear in ears]
    for decoding in decodings:
        decoding.accept(greeting)
    async with asyncio.timeout(30):
        await ears[0].heard.wait()
    for decoding in decodings[:3]:
        decoding.cancel()
    decodings[3].finish()
    assert "good morning" in await ears[3].text()
    assert not any(ear.ended.done() for ear in ears[:3])


async def test_no_process_outlives_the_pool() -> None:
    async with WorkerPool(SphinxSettings(workers=2)) as pool:
        pids = [worker.pid for worker in pool.workers]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_decoder_that_cannot_start_says_so(monkeypatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(EngineUnavailable, match="ended with code 1"):
        async with WorkerPool(SphinxSettings(workers=2)):
            pass


def test_a_hypothesis_survives_the_pipe() -> None:
    hypothesis = Hypothesis((Word("one", 0, 10, 0.5), Word("zwölf", 10, 20)), 320, "40,3,-1")
    frame = pack_hypothesis(Kind.FINAL, hypothesis, 12)
    assert HEADER.unpack_from(frame) == (Kind.FINAL, len(frame) - HEADER.size)
    assert unpack_hypothesis(frame[HEADER.size :]) == (hypothesis, 12)


async def test_an_utterance_that_starves_gives_its_decoder_to_one_that_waits(pool, greeting) -> None:
    starving, waiting = Ear(), Ear()
    half = len(greeting) // 4 * 2
    first = pool.open(starving, OPENING)
    first.accept(greeting[:half])
    second = pool.open(waiting, OPENING)
    second.accept(greeting)
    second.finish()
    text = await waiting.text()
    assert not starving.ended.done()
    first.accept(greeting[half:])
    first.finish()
    assert await starving.text() == text


async def hears(pool: WorkerPool, greeting: bytes) -> str:
    """What a further utterance says."""
    ear = Ear()
    decoding = pool.open(ear, OPENING)
    decoding.accept(greeting)
    decoding.finish()
    return await ear.text()


class Broken(Ear):
    """A listener with a bug."""

    def __init__(self, breaks: str) -> None:
        super().__init__()
        setattr(self, breaks, self._break)

    def _break(self, *told: object) -> None:
        raise ValueError("a bug of the listener")


@pytest.mark.parametrize("breaks", ["interim", "final"])
async def test_a_listener_with_a_bug_gets_a_failure_and_the_next_its_text(pool, greeting, breaks) -> None:
    ear = Broken(breaks)
    decoding = pool.open(ear, OPENING)
    decoding.accept(greeting)
    decoding.finish()
    async with asyncio.timeout(30):
        outcome = await ear.ended
    assert isinstance(outcome, RecognitionFailure)
    assert outcome.reason == "RECOGNISER_DIED"
    assert "a bug of the listener" in outcome.message
    assert "good morning" in await hears(pool, greeting)


async def test_a_bug_of_the_owner_ends_the_utterance_and_keeps_the_slot(pool, greeting, monkeypatch) -> None:
    async def broken(self, decoding, others_wait) -> bool:
        raise KeyError("a bug of the owner")

    (victim,) = pool.workers
    with monkeypatch.context() as patch:
        patch.setattr(WorkerProcess, "decode", broken)
        ear = Ear()
        pool.open(ear, OPENING).accept(greeting)
        async with asyncio.timeout(30):
            outcome = await ear.ended
    assert isinstance(outcome, RecognitionFailure)
    assert outcome.reason == "RECOGNISER_DIED"
    assert "a bug of the owner" in outcome.message
    assert "good morning" in await hears(pool, greeting)
    assert len(pool.workers) == 1
    assert victim not in pool.workers


async def test_what_a_decoder_says_and_nobody_understands_ends_the_utterance(
    pool, greeting, monkeypatch
) -> None:
    def broken(payload: bytes) -> tuple[Hypothesis, int]:
        raise ValueError("no such frame")

    with monkeypatch.context() as patch:
        patch.setattr(worker_process, "unpack_hypothesis", broken)
        ear = Ear()
        pool.open(ear, OPENING).accept(greeting)
        async with asyncio.timeout(30):
            outcome = await ear.ended
    assert isinstance(outcome, RecognitionFailure)
    assert outcome.reason == "RECOGNISER_DIED"
    assert "no such frame" in outcome.message
    assert "2 had this utterance" in outcome.message
    assert "good morning" in await hears(pool, greeting)


async def test_a_start_that_fails_in_an_unknown_way_is_told(monkeypatch) -> None:
    async def broken(settings: SphinxSettings) -> WorkerProcess:
        raise KeyError("model")

    monkeypatch.setattr(WorkerProcess, "start", broken)
    with pytest.raises(EngineUnavailable, match="model"):
        async with asyncio.timeout(10), WorkerPool(SphinxSettings(workers=2)):
            pass


async def test_decoders_that_cannot_be_started_again_fail_the_utterance_and_later_ones_are_heard(
    pool, greeting, monkeypatch
) -> None:
    async def broken(settings: SphinxSettings) -> WorkerProcess:
        raise KeyError("a bug of the start")

    with monkeypatch.context() as patch:
        patch.setattr(WorkerProcess, "start", broken)
        (victim,) = pool.workers
        os.kill(victim.pid, signal.SIGKILL)
        ear = Ear()
        pool.open(ear, OPENING).accept(greeting)
        async with asyncio.timeout(30):
            outcome = await ear.ended
        assert isinstance(outcome, RecognitionFailure)
        assert "a bug of the start" in outcome.message
    assert "good morning" in await hears(pool, greeting)
