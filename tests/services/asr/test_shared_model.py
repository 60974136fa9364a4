"""Ten streams over the wire on one loaded Whisper model: all answered, in buffers' worth of memory."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from services.asr.fair_queue import Urgency
from services.asr.whisper.decoder import Decoder
from services.asr.whisper.passes import Decoded, PassRequest
from services.asr.whisper.recogniser import WhisperRecogniser
from services.runtime.errors import from_rpc_error
from tests.services.asr.conversation import Answers, Service, chunks, configure, read_all, serving

CLIPS = Path(__file__).parents[2] / "data" / "micro_whisper" / "clips"
STREAMS = 10


@pytest.fixture(scope="module")
def speech() -> bytes:
    """Sentences with pauses between them, 12 s: LINEAR16, 16 kHz, one channel."""
    from faster_whisper.audio import decode_audio

    samples = decode_audio(str(CLIPS / "pauses_12s.flac"), sampling_rate=16_000)
    return (np.asarray(samples) * 32_767).astype("<i2").tobytes()


@asynccontextmanager
async def whisper(model: Path, **settings: object) -> AsyncIterator[tuple[Service, WhisperRecogniser]]:
    """A server on the micro model, and its recogniser."""
    loaded: list[WhisperRecogniser] = []
    enter = WhisperRecogniser.__aenter__

    async def note(self: WhisperRecogniser) -> WhisperRecogniser:
        loaded.append(self)
        return await enter(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhisperRecogniser, "__aenter__", note)
        settled = {"model": str(model), "device": "cpu", "workers": 2, "threads": 1, "language": "en"}
        async with serving(engine="whisper", whisper=settled, **settings) as service:
            assert len(loaded) == 1
            yield service, loaded[0]


def finals(answers: Answers) -> list[tuple[str, int, int]]:
    """The texts, with the times of the utterances."""
    return [
        (each.text, each.start_offset.ToMilliseconds(), each.end_offset.ToMilliseconds())
        for each in answers.finals
    ]


def resident() -> int:
    """Bytes."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_ten_streams_get_what_one_alone_gets(micro_whisper: Path, speech: bytes) -> None:
    requests = [configure(), *chunks(speech)]
    async with asyncio.timeout(100), whisper(micro_whisper) as (service, recogniser):
        alone = finals((await service.converse(requests)).check())
        assert len(alone) >= 3
        assert recogniser.scheduler.works[Urgency.FINAL] + recogniser.scheduler.works[Urgency.SPECULATIVE] > 0
        together = await asyncio.gather(*(service.converse(requests) for _ in range(STREAMS)))
        assert [finals(answers.check()) for answers in together] == [alone] * STREAMS
        assert recogniser.scheduler.waiting == 0


async def test_of_ten_streams_memory_holds_the_buffers_only(micro_whisper: Path, speech: bytes) -> None:
    """All ten stand in the middle of an utterance of 10 s, with everything that a stream may hold."""
    loud = (speech * 2)[: 10 * 32_000]

    async def open_one(service: Service) -> Any:
        call = service.stub.StreamingRecognize()
        for request in [configure(), *chunks(loud)]:
            await call.write(request)
        while (response := await call.read()).cursors.accepted.seconds < 9:
            assert response is not grpc.aio.EOF
        return call

    async with asyncio.timeout(100), whisper(micro_whisper) as (service, _):
        first = [await open_one(service) for _ in range(2)]  # whatever is made once
        before = resident()
        more = [await open_one(service) for _ in range(STREAMS)]
        each = (resident() - before) / STREAMS
        print(
            f"resident memory: {before / 1e6:.0f} MB with 2 streams, {each / 1e6:.2f} MB for each further one"
        )
        # A copy of the model would take more: 3 MB on disk, and ten times that when it is loaded.
        assert each < 5e6
        for call in first + more:
            await call.done_writing()
            answers = Answers(await read_all(call))
            assert answers.kinds[-1] == "transcript_complete"


class Slow:
    """Makes each pass of the model take longer; holds them altogether while `gate` is closed."""

    def __init__(self, patch: pytest.MonkeyPatch, seconds: float) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.seconds = seconds
        self._decode: Callable[[Decoder, Sequence[PassRequest]], list[Decoded]] = Decoder.decode
        patch.setattr(Decoder, "decode", lambda *arguments: self._slowly(*arguments))

    def _slowly(self, decoder: Decoder, requests: Sequence[PassRequest]) -> list[Decoded]:
        time.sleep(self.seconds)
        assert self.gate.wait(30)
        return self._decode(decoder, requests)


async def open_stream(service: Service) -> Any:
    """A stream that was admitted."""
    call = service.stub.StreamingRecognize()
    await call.write(configure())
    assert (await call.read()).HasField("started")
    return call


async def speak(call: Any, speech: bytes, seconds: float) -> Answers:
    """A chunk of 100 ms each `seconds`, and all answers."""

    async def send() -> None:
        for request in chunks(speech):
            await call.write(request)
            await asyncio.sleep(seconds)
        await call.done_writing()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(send())
        return Answers(await read_all(call))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what has no event."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_past_what_the_machine_bears_interims_thin_out_finals_do_not_and_others_are_refused(
    micro_whisper: Path, speech: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asyncio.timeout(60), whisper(micro_whisper) as (service, recogniser):
        alone = await speak(await open_stream(service), speech, 0.01)
        wanted = recogniser.scheduler.works[Urgency.INTERIM] * STREAMS
    Slow(monkeypatch, 0.05)
    async with asyncio.timeout(100), whisper(micro_whisper, max_load=0.05) as (service, recogniser):
        scheduler = recogniser.scheduler
        calls = [await open_stream(service) for _ in range(STREAMS)]
        speaking = asyncio.gather(*(speak(call, speech, 0.02) for call in calls))
        await until(lambda: scheduler.load > 0.5 and scheduler.waiting > 0)
        assert recogniser.interim_lag > 0
        error = from_rpc_error(await service.failing([configure()]))
        assert (error.code, error.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "RECOGNISER_BUSY")
        assert error.retry_after == 1.0
        assert float(error.metadata["load"]) > 0.4
        together = await speaking
        print(f"interim passes: {scheduler.works[Urgency.INTERIM]} of {wanted}; all: {scheduler.works}")
        assert 0 < scheduler.works[Urgency.INTERIM] < 0.7 * wanted
        assert [answers.text() for answers in together] == [alone.text()] * STREAMS
        await open_stream(service)  # nobody is there to be kept up with


async def test_a_stream_that_is_cancelled_frees_its_slot(
    micro_whisper: Path, speech: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch, 0.0)
    async with asyncio.timeout(60), whisper(micro_whisper) as (service, recogniser):
        slow.gate.clear()
        calls = [await open_stream(service) for _ in range(3)]
        for call in calls:
            for request in chunks(speech[: 3 * 32_000]):
                await call.write(request)
        await until(lambda: recogniser.scheduler.waiting == 1)  # and two are held in their threads
        for call in calls:
            call.cancel()
        await until(lambda: recogniser.scheduler.waiting == 0)
        slow.gate.set()
        (await service.converse([configure(), *chunks(speech)])).check()
