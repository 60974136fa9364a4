"""Sessions over a real wire: numbering, answers, endings, faults."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rivermouth.client import Client, Event, Reducer, pcm, wav
from rivermouth.client.connection import INBOX, OUTBOX
from rivermouth.client.errors import (
    AtCapacity,
    ProtocolViolation,
    RequestError,
    SessionAborted,
    SessionEnded,
    Unavailable,
    UpdateRejected,
)
from rivermouth.client.session import Session
from rivermouth.session.v1.config_pb2 import EventFilter, UpdateConfig
from rivermouth.session.v1.events_pb2 import SessionSummary
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from tests.clients.python.scripted_orchestrator import ScriptedOrchestrator, frames_of

LIMIT = 10.0
Served = tuple[ScriptedOrchestrator, str]


async def send(session: Session, seconds: float, rate: int = 16000) -> None:
    for chunk in frames_of(seconds, rate):
        await session.send_audio(chunk)


async def send_and_finish(session: Session, seconds: float) -> None:
    await send(session, seconds)
    await session.finish()


async def test_a_session_from_its_first_message_to_its_summary(orchestrator: Served) -> None:
    servicer, address = orchestrator
    reducer = Reducer()
    async with Client(address) as client:
        async with client.session(
            pcm(16000, 2),
            analysers=["quantitative_metrics"],
            channel_names=["agent", "customer"],
            labels={"call": "7"},
        ) as session:
            session.feed(send_and_finish(session, 10.0))  # bytes of 10 s mono are 5 s of stereo
            kinds = []
            async for event in session:
                assert reducer.apply(event)
                kinds.append(event.kind)
        assert session.session_id == "scripted-1"
        assert session.started is not None
        assert session.started.channel_count == 2
        assert session.summary is not None
        assert session.summary.end == SessionSummary.END_FINISHED
    assert kinds[0] == "session_started"
    assert kinds[-1] == "session_summary"
    assert not reducer.violations
    assert not reducer.check_summary()
    assert [segment.speaker for segment in reducer.transcript(2)] == ["customer"] * 3
    served = servicer.sessions[0]
    assert served.requests[0].streaming_config.labels["call"] == "7"
    assert [request.client_sequence for request in served.requests] == list(
        range(1, len(served.requests) + 1)
    )
    offsets = [request.audio.sample_offset for request in served.requests if request.HasField("audio")]
    assert offsets == [800 * index for index in range(100)]
    assert served.requests[-1].HasField("finish")
    assert served.half_closed


async def test_silence_counts_on_the_clock_of_the_samples(orchestrator: Served) -> None:
    servicer, address = orchestrator
    async with Client(address) as client, client.session(pcm(44100)) as session:
        await session.send_silence(1 / 3)
        await session.send_audio(bytes(8820))
        await session.finish()
    audio = next(request.audio for request in servicer.sessions[0].requests if request.HasField("audio"))
    assert audio.sample_offset == 14700


@pytest.mark.parametrize(("length", "chunks"), [(0, 0), (16000, 1), (16002, 6), (320_000, 100)])
async def test_audio_of_any_length_is_cut(orchestrator: Served, length: int, chunks: int) -> None:
    servicer, address = orchestrator
    async with Client(address) as client, client.session(pcm(16000)) as session:
        await session.send_audio(bytes(length))
        await session.finish()
    sent = [r.audio.content for r in servicer.sessions[0].requests if r.HasField("audio")]
    assert len(sent) == chunks
    assert sum(map(len, sent)) == length


async def test_leaving_after_finish_drains(orchestrator: Served) -> None:
    servicer, address = orchestrator
    async with Client(address) as client:
        async with client.session(pcm(16000)) as session:
            await send(session, 3.0)
            await session.finish()
            await session.finish()
        assert session.summary is not None
        assert session.summary.segments_final == 2
    assert len([r for r in servicer.sessions[0].requests if r.HasField("finish")]) == 1


async def test_leaving_early_cancels_the_call_on_the_server(orchestrator: Served) -> None:
    servicer, address = orchestrator
    async with Client(address) as client:
        async with client.session(pcm(16000)) as session:
            await session.send_audio(bytes(3200))
            assert (await anext(session)).kind == "session_started"
        await asyncio.wait_for(servicer.sessions[0].ended.wait(), LIMIT)
    assert not any(request.HasField("finish") for request in servicer.sessions[0].requests)
    assert session.summary is None


async def test_cancelled_sessions_leave_no_task_behind(orchestrator: Served) -> None:
    servicer, address = orchestrator
    async with Client(address) as client:

        async def abandoned() -> None:
            async with client.session(pcm(16000)) as session:
                session.feed(send(session, 3600.0))
                async for _ in session:
                    pass

        for _ in range(10):
            task = asyncio.create_task(abandoned())
            served = await asyncio.wait_for(servicer.arrivals.get(), LIMIT)
            await asyncio.wait_for(served.heard.wait(), LIMIT)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(served.ended.wait(), LIMIT)
        left = [task.get_name() for task in asyncio.all_tasks() if "rivermouth session" in task.get_name()]
        assert not left


async def test_finalize_returns_when_it_was_carried_out(orchestrator: Served) -> None:
    _, address = orchestrator
    async with Client(address) as client, client.session(pcm(16000)) as session:
        await send(session, 1.0)
        ack = await asyncio.wait_for(session.finalize(), LIMIT)
        assert ack.closed == 1
        assert (await asyncio.wait_for(session.finalize(), LIMIT)).closed == 0
        finals = 0
        await session.finish()
        async for event in session:
            finals += isinstance(event.body, Transcript) and event.is_final
        assert finals == 1


async def test_a_refused_finalize_raises_what_the_event_says(orchestrator: Served) -> None:
    _, address = orchestrator
    async with Client(address) as client, client.session(pcm(16000)) as session:
        with pytest.raises(RequestError, match="CHANNEL_UNKNOWN: there is no such channel"):
            await asyncio.wait_for(session.finalize(channel=5), LIMIT)


async def test_update_config_is_confirmed_or_refused(orchestrator: Served) -> None:
    servicer, address = orchestrator
    async with Client(address) as client, client.session(pcm(16000)) as session:
        only = UpdateConfig(labels={"a": "b"}, event_filter=EventFilter(include=["transcript"]))
        assert list((await asyncio.wait_for(session.update_config(only), LIMIT)).fields) == ["labels"]
        with pytest.raises(UpdateRejected) as caught:
            await asyncio.wait_for(session.update_config(UpdateConfig(labels={"refuse": "x"})), LIMIT)
        assert caught.value.violations[0].field == "update_config.labels"
        await session.finish()
    sent = servicer.sessions[0].requests[1].update_config.event_filter
    assert set(sent.include) == {"transcript", "finalize_ack", "config_updated", "config_rejected", "error"}
    assert list(only.event_filter.include) == ["transcript"]


async def test_a_question_is_answered_with_the_end_of_the_call(
    server_process: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = server_process
    async with Client(address) as client, client.session(pcm(16000), labels={"fault": "hold"}) as session:
        await send(session, 1.0)
        while (await anext(session)).kind != "transcript":
            pass
        asking = asyncio.create_task(session.finalize())
        process.kill()
        with pytest.raises(Unavailable):
            await asyncio.wait_for(asking, LIMIT)


async def test_a_killed_server_raises_unavailable_with_the_last_detail(
    server_process: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = server_process
    received: list[Event] = []

    async def stream(client: Client) -> None:
        async with client.session(pcm(16000)) as session:
            session.feed(send(session, 3600.0))
            async for event in session:
                received.append(event)
                if len(received) == 5:
                    process.kill()

    async with Client(address) as client:
        with pytest.raises(Unavailable) as caught:
            await asyncio.wait_for(stream(client), LIMIT)
        assert caught.value.retryable
        assert address in caught.value.message
        assert caught.value.reason == "TRANSPORT_UNAVAILABLE"
    assert len(received) >= 5


async def test_no_server_raises_unavailable() -> None:
    async with Client("127.0.0.1:1") as client:
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1: .*refused"):
            async with client.session(pcm(16000)) as session:
                await anext(session)


async def test_a_configuration_that_is_refused(orchestrator: Served) -> None:
    _, address = orchestrator
    async with Client(address) as client:
        with pytest.raises(RequestError) as caught:
            async with client.session(pcm(0), labels={"fault": "invalid"}) as session:
                await anext(session)
        error = caught.value
        assert error.reason == "CONFIG_INVALID"
        assert error.code is not None
        assert error.code.name == "INVALID_ARGUMENT"
        assert not error.retryable
        assert error.metadata == {"value": "0"}
        assert str(error) == (
            "CONFIG_INVALID: the configuration cannot be carried out "
            "(streaming_config.audio_format.sample_rate_hertz: 8000 to 48000)"
        )


async def test_a_full_server_says_when_to_try_again(orchestrator: Served) -> None:
    _, address = orchestrator
    async with Client(address) as client:
        with pytest.raises(AtCapacity) as caught:
            async with client.session(pcm(16000), labels={"fault": "full"}) as session:
                await anext(session)
    assert caught.value.retry_after == 2.5
    assert caught.value.retryable


async def test_an_abort_comes_after_all_events_before_it(orchestrator: Served) -> None:
    _, address = orchestrator
    kinds = []
    async with Client(address) as client:

        async def stream() -> None:
            async with client.session(pcm(16000), labels={"fault": "abort"}) as session:
                session.feed(send(session, 3600.0))
                async for event in session:
                    kinds.append(event.kind)

        with pytest.raises(SessionAborted, match="SESSION_TAKEN_OVER: taken over"):
            await asyncio.wait_for(stream(), LIMIT)
    assert kinds == ["session_started", "transcript"]


async def test_a_sender_that_reads_later_learns_how_the_call_ended(orchestrator: Served) -> None:
    _, address = orchestrator
    async with Client(address) as client:

        async def stream() -> None:
            async with client.session(pcm(16000), labels={"fault": "abort"}) as session:
                await send(session, 3600.0)

        for _ in range(20):  # the failing write and the status come in either order
            with pytest.raises(SessionAborted, match="SESSION_TAKEN_OVER: taken over"):
                await asyncio.wait_for(stream(), LIMIT)


async def test_draining_raises_what_ended_the_call(orchestrator: Served) -> None:
    _, address = orchestrator
    async with Client(address) as client:
        with pytest.raises(ProtocolViolation, match="without session_summary"):
            async with client.session(pcm(16000), labels={"fault": "no_summary"}) as session:
                await session.finish()


async def test_an_error_that_was_caught_is_not_raised_again(orchestrator: Served) -> None:
    _, address = orchestrator
    async with (
        Client(address) as client,
        client.session(pcm(16000), labels={"fault": "no_summary"}) as session,
    ):
        await session.finish()
        with pytest.raises(ProtocolViolation):
            async for _ in session:
                pass


async def test_a_session_that_the_server_ends_early_and_well(orchestrator: Served) -> None:
    """Senders learn that there is nobody to send to; the reader gets everything and no error."""
    _, address = orchestrator
    async with Client(address) as client, client.session(pcm(16000), labels={"fault": "early"}) as session:

        async def endless() -> None:
            while True:
                await send(session, 1.0)

        session.feed(endless())
        kinds = [event.kind async for event in session]
        assert kinds[-1] == "session_summary"
        with pytest.raises(SessionEnded):
            await session.send_audio(bytes(3200))


async def test_a_slow_reader_holds_the_server_back_and_loses_nothing(orchestrator: Served) -> None:
    servicer, address = orchestrator
    events = 20_000
    labels = {"fault": "flood", "events": str(events)}
    async with Client(address) as client, client.session(pcm(16000), labels=labels) as session:
        assert (await anext(session)).kind == "session_started"
        # The server cannot write everything: what is unread is bounded here and in gRPC.
        stopped_at = await servicer.sessions[0].stands_still()
        assert stopped_at < events // 2
        assert session._connection is not None
        assert len(session._connection._inbox) == INBOX
        await session.finish()
        reducer = Reducer(last_sequence=1)
        async for event in session:
            reducer.apply(event)
        assert reducer.tally.kinds["warning"] == events
        assert not reducer.violations


async def test_a_held_server_holds_the_sender_back(orchestrator: Served) -> None:
    servicer, address = orchestrator
    sent = 0
    async with Client(address) as client, client.session(pcm(16000), labels={"fault": "hold"}) as session:

        async def sending() -> None:
            nonlocal sent
            for _ in range(1000):
                await session.send_audio(bytes(16000))
                sent += 1
            await session.finish()

        session.feed(sending())
        await asyncio.wait_for(servicer.held.wait(), LIMIT)
        before = -1
        while before != sent:  # goes on until gRPC's own window is full
            before = sent
            await asyncio.sleep(0.1)
        assert OUTBOX < sent < 1000
        servicer.release.set()
        kinds = [event.kind async for event in session]
    assert kinds[-1] == "session_summary"
    assert sent == 1000


async def test_what_a_feeding_coroutine_raises_reaches_the_reader(orchestrator: Served) -> None:
    servicer, address = orchestrator

    async def stream(client: Client) -> None:
        async with client.session(pcm(16000)) as session:
            assert (await anext(session)).kind == "session_started"
            session.feed_file("/nowhere/at/all.raw")
            async for _ in session:
                pass

    async with Client(address) as client:
        with pytest.raises(FileNotFoundError):
            await asyncio.wait_for(stream(client), LIMIT)
        await asyncio.wait_for(servicer.sessions[0].ended.wait(), LIMIT)


async def test_wrong_use_is_refused_before_anything_is_sent(orchestrator: Served) -> None:
    servicer, address = orchestrator
    outside = Client(address)
    with pytest.raises(RuntimeError, match="not been entered"):
        outside.session(pcm(16000))
    async with Client(address) as client:
        session = client.session(pcm(16000, 2))
        with pytest.raises(RuntimeError, match="not been entered"):
            await session.send_audio(bytes(4))
        with pytest.raises(RuntimeError, match="not been entered"):
            session.feed_file("a.wav")
        async with session:
            with pytest.raises(ValueError, match="5 bytes are no whole frames of 4 bytes"):
                await session.send_audio(bytes(5))
            with pytest.raises(ValueError, match="has audio"):
                await session.send_text("hello", 0.0, 1.0)
            with pytest.raises(RuntimeError, match="once only"):
                await session.__aenter__()
            await session.finish()
            with pytest.raises(RuntimeError, match="has been finished"):
                await session.send_audio(bytes(4))
        async with client.session() as text:
            with pytest.raises(ValueError, match="no audio"):
                await text.send_audio(bytes(4))
            with pytest.raises(ValueError, match="finite"):
                await text.send_text("hello", float("nan"), 1.0)
    assert not any(request.HasField("audio") for request in servicer.sessions[0].requests)


async def test_text_chunks(orchestrator: Served) -> None:
    servicer, address = orchestrator
    reducer = Reducer()
    async with Client(address) as client, client.session() as session:
        await session.send_text("hello my name is anna", 0.0, 1.5, "anna")
        await session.send_text("how can I help", 1.6, 2.5, "bert", channel=2)
        await session.keep_alive()
        await session.finish()
        async for event in session:
            reducer.apply(event)
    assert [(line.speaker, line.text) for line in reducer.transcript()] == [
        ("anna", "hello my name is anna"),
        ("bert", "how can I help"),
    ]
    assert not servicer.sessions[0].requests[0].streaming_config.HasField("audio_format")


async def test_a_wav_file_goes_as_it_is(orchestrator: Served, make_wav: Callable[..., Path]) -> None:
    servicer, address = orchestrator
    path = make_wav(seconds=2.05)
    async with Client(address) as client, client.session(wav()) as session:
        await session.send_file(path)
        await session.finish()
    chunks = [request.audio for request in servicer.sessions[0].requests if request.HasField("audio")]
    assert b"".join(chunk.content for chunk in chunks) == path.read_bytes()
    assert len(chunks) == 21
    assert not any(chunk.HasField("sample_offset") for chunk in chunks)


async def test_realtime_sends_at_the_pace_of_the_recording(
    orchestrator: Served, make_wav: Callable[..., Path]
) -> None:
    _, address = orchestrator
    clock = asyncio.get_running_loop().time
    async with Client(address) as client, client.session(pcm(16000)) as session:
        begin = clock()
        await session.send_file(make_wav(seconds=0.55), realtime=True)
        assert 0.55 <= clock() - begin < 2.0
        await session.finish()


async def test_other_calls(orchestrator: Served) -> None:
    _, address = orchestrator
    async with Client(address) as client:
        assert (await client.capabilities()).server_version == "script"
        assert (await client.get_session("scripted-1")).session_id == "scripted-1"
        with pytest.raises(RequestError, match="no such session"):
            await client.get_session("another")
    async with Client("127.0.0.1:1") as client:
        with pytest.raises(Unavailable):
            await client.capabilities()


def descriptors_of(path: Path) -> list[Path]:
    return [link for link in Path("/proc/self/fd").iterdir() if link.exists() and link.samefile(path)]


async def test_leaving_while_a_file_is_sent_closes_it(
    orchestrator: Served, make_wav: Callable[..., Path]
) -> None:
    _, address = orchestrator
    path = make_wav(seconds=100.0)
    async with Client(address) as client:
        for events in range(1, 6):
            async with client.session(wav()) as session:
                session.feed_file(path)
                for _ in range(events):
                    await anext(session)
            assert not descriptors_of(path)
