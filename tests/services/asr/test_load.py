"""Bounds: streams at once, audio that waits, answers that wait; and what cancelled streams leave behind."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator

import grpc
import pytest

from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeRequest, StreamingRecognizeResponse
from services.asr.outbox import Outbox
from services.asr.scripted import ScriptedRecogniser
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.runtime.errors import from_rpc_error
from services.runtime.offsets import nanoseconds
from tests.services.asr.conversation import Answers, audio, configure, read_all, serving, zeros


async def test_past_the_limit_a_stream_is_told_when_to_retry() -> None:
    async with serving(max_streams=2, retry_after=3.0) as service:
        calls = [service.stub.StreamingRecognize() for _ in range(2)]
        for call in calls:
            await call.write(configure())
            await call.read()
        error = from_rpc_error(await service.failing([configure()]))
        assert (error.code, error.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "AT_CAPACITY")
        assert error.retry_after == 3.0
        await calls[0].done_writing()
        await read_all(calls[0])
        (await service.converse([configure(), *zeros(1)])).check()
        calls[1].cancel()


@pytest.mark.parametrize(
    ("full", "load", "retry_after", "refused"),
    [(True, 0.1, 12.0, True), (False, 0.96, None, True), (False, 0.94, None, False)],
)
async def test_past_what_the_recogniser_bears_a_stream_is_refused_for_another_reason(
    monkeypatch: pytest.MonkeyPatch, full: bool, load: float, retry_after: float | None, refused: bool
) -> None:
    async with serving(max_streams=2, retry_after=3.0) as service:
        running = service.stub.StreamingRecognize()
        await running.write(configure())
        await running.read()
        for name, value in (("is_full", full), ("load", load), ("retry_after", retry_after)):
            monkeypatch.setattr(ScriptedRecogniser, name, value)
        if refused:
            error = from_rpc_error(await service.failing([configure()]))
            assert (error.code, error.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "RECOGNISER_BUSY")
            assert error.retry_after == (retry_after or 3.0)
            assert error.metadata["load"] == f"{load:.2f}"
        else:
            (await service.converse([configure(), *zeros(1)])).check()
        for request in zeros(1):
            await running.write(request)
        await running.done_writing()
        await read_all(running)
        assert await running.code() == grpc.StatusCode.OK


async def test_one_that_sends_a_recording_at_once_does_not_shut_others_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ScriptedRecogniser, "load", 1.0)
    async with serving() as service:
        recording = service.stub.StreamingRecognize()
        await recording.write(configure())
        for request in zeros(10):
            await recording.write(request)
        while (response := await recording.read()).cursors.accepted.seconds < 9:
            assert response is not grpc.aio.EOF
        (await service.converse([configure(), *zeros(0.1)])).check()
        recording.cancel()


async def test_how_late_the_recogniser_is_comes_with_the_cursors(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as service:
        answers = (await service.converse([configure(), *zeros(3)])).check()
        assert not any(each.cursors.HasField("lag") for each in answers.responses)
        monkeypatch.setattr(ScriptedRecogniser, "interim_lag", 1.25)
        answers = (await service.converse([configure(), *zeros(3)])).check()
        cursors = [each.cursors for each in answers.responses if each.HasField("cursors")]
        assert len(cursors) > 3
        assert all(nanoseconds(each.lag) == 1_250_000_000 for each in cursors)


class Feed:
    """Requests that count how many were taken."""

    def __init__(self, requests: list[StreamingRecognizeRequest]) -> None:
        self.taken = 0
        self._requests = requests

    async def __aiter__(self) -> AsyncIterator[StreamingRecognizeRequest]:
        for request in self._requests:
            await asyncio.sleep(0)
            self.taken += 1
            yield request


def core(**settings: object) -> AsrCore:
    return AsrCore(AsrSettings.model_validate({"engine": "scripted", **settings}))


async def let_run(turns: int = 500) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def discard(response: StreamingRecognizeResponse) -> None:
    pass


@pytest.mark.parametrize("piece_seconds", [0.1, 30.0])
async def test_audio_that_is_not_recognised_stops_the_reader(piece_seconds) -> None:
    piece = audio(bytes(int(piece_seconds * 32_000)))
    feed = Feed([configure(), *[piece] * 100])
    async with core(max_backlog_seconds=2.0, scripted={"delay": 600.0, "speech_seconds": 3600.0}) as busy:
        running = asyncio.create_task(busy.run(aiter(feed), discard))
        await let_run()
        taken = feed.taken
        assert taken <= 1 + 2.5 / piece_seconds + 1
        await let_run()
        assert feed.taken == taken
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert busy.active_streams == 0


async def test_a_slow_recogniser_loses_nothing() -> None:
    fast = Feed([configure(), *zeros(60)])
    slow = Feed([configure(), *zeros(60)])
    answers: list[Answers] = []
    for feed, delay in ((fast, 0.0), (slow, 0.01)):
        answers.append(Answers())

        async def send(response: StreamingRecognizeResponse, into: Answers = answers[-1]) -> None:
            into.responses.append(response)

        async with core(max_backlog_seconds=1.0, scripted={"delay": delay}) as service:
            await service.run(aiter(feed), send)
    assert answers[0].check().text() == answers[1].check().text()
    assert len(answers[0].finals) == 24


async def test_a_reader_that_does_not_read_stops_the_input() -> None:
    feed = Feed([configure(), *zeros(3600)])
    blocked = asyncio.Event()

    async def send(response: StreamingRecognizeResponse) -> None:
        await blocked.wait()

    async with core() as service:
        running = asyncio.create_task(service.run(aiter(feed), send))
        await let_run(20_000)
        taken = feed.taken
        await let_run(2_000)
        assert feed.taken == taken < 3_000
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_of_interims_only_the_newest_waits() -> None:
    def response(reason: str) -> StreamingRecognizeResponse:
        message = StreamingRecognizeResponse()
        message.failure.reason = reason
        return message

    outbox = Outbox(bound=10)
    assert outbox.put(response("old"), "interim") is None
    outbox.put(response("between"))
    replaced = outbox.put(response("new"), "interim")
    assert replaced is not None
    assert replaced.failure.reason == "old"
    outbox.close()
    sent: list[str] = []

    async def send(message: StreamingRecognizeResponse) -> None:
        sent.append(message.failure.reason)

    await outbox.drain(send)
    assert sent == ["between", "new"]


async def test_a_sender_that_fails_ends_the_stream_with_its_own_error() -> None:
    async def send(response: StreamingRecognizeResponse) -> None:
        raise ConnectionResetError("gone")

    async with core() as service:
        with pytest.raises(ConnectionResetError):
            await service.run(aiter(Feed([configure(), *zeros(10)])), send)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_cancelled_streams_leave_nothing() -> None:
    async with serving(scripted={"delay": 30.0, "vad": "silero"}) as service:

        async def cancel_one(number: int) -> None:
            call = service.stub.StreamingRecognize()
            await call.write(configure(channels=1 + number % 3))
            for chunk in zeros(0.6, channels=1 + number % 3):
                await call.write(chunk)
            await call.read()
            call.cancel()

        async def settle() -> None:
            async with asyncio.timeout(10):
                # There is no event to wait for.
                while service.core.active_streams or service.server.calls_in_flight:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

        await asyncio.gather(*(cancel_one(number) for number in range(10)))
        await settle()
        gc.collect()
        tasks, files = len(asyncio.all_tasks()), descriptors()
        for _ in range(10):
            await asyncio.gather(*(cancel_one(number) for number in range(10)))
        await settle()
        gc.collect()
        assert len(asyncio.all_tasks()) <= tasks
        assert descriptors() <= files
        (await service.converse([configure(), *zeros(0.5)])).check()
