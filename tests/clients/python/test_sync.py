"""The client without asyncio, against a server in another process."""

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rivermouth.client import Reducer, pcm, text_chunk, wav
from rivermouth.client.errors import RequestError, Unavailable, UpdateRejected
from rivermouth.client.sync import Client
from rivermouth.session.v1.config_pb2 import UpdateConfig

Server = tuple["subprocess.Popen[str]", str]


@pytest.fixture
def address(server_process: Server) -> str:
    return server_process[1]


def test_a_session(address: str, make_wav: Callable[..., Path]) -> None:
    reducer = Reducer()
    with Client(address) as client, client.session(wav()) as session:
        session.feed_file(make_wav())
        for event in session:
            reducer.apply(event)
        assert session.session_id == "scripted-1"
        assert session.started is not None
        assert session.summary is not None
    assert not reducer.violations
    assert not reducer.check_summary()
    assert reducer.tally.kinds["session_summary"] == 1


def test_the_same_names(address: str, make_wav: Callable[..., Path]) -> None:
    with Client(address) as client:
        assert client.address == address
        with client.session(pcm(16000)) as session:
            session.send_audio(bytes(32000))
            assert session.finalize().closed == 1
            session.send_silence(1.0)
            session.keep_alive()
            assert session.update_config(UpdateConfig(labels={"a": "b"})).fields == ["labels"]
            with pytest.raises(UpdateRejected):
                session.update_config(UpdateConfig(labels={"refuse": "b"}))
            session.send_file(make_wav(seconds=0.3), realtime=True)
            session.finish()
        assert session.summary is not None
        with client.session() as session:
            session.send_text("hello", 0.0, 1.0)
            session.send_text_chunk(text_chunk("good day", 1.0, 2.0))
            session.finish()
            assert [event.kind for event in session].count("transcript") == 2
        assert client.capabilities().server_version == "script"
        assert client.get_session("scripted-1").session_id == "scripted-1"
        results = list(client.stream_analyze("hello my name is anna"))
        assert [result.header.partial for result in results] == [True, False]
        assert client.analyze("hello").local.quantitative_metrics.words == 1


def test_sending_and_reading_from_two_threads(address: str) -> None:
    with Client(address) as client, client.session(pcm(16000)) as session:

        def send() -> None:
            for _ in range(50):
                session.send_audio(bytes(3200))
            session.finish()

        sender = threading.Thread(target=send)
        sender.start()
        kinds = [event.kind for event in session]
        sender.join()
    assert kinds[-1] == "session_summary"


def test_errors_are_raised_and_nothing_is_left_running(server_process: Server) -> None:
    process, address = server_process
    before = threading.active_count()
    refused = {"fault": "invalid"}
    with (
        pytest.raises(RequestError, match="CONFIG_INVALID"),
        Client(address) as client,
        client.session(pcm(0), labels=refused) as session,
    ):
        list(session)
    with Client(address) as client, client.session(pcm(16000)) as session:
        session.send_audio(bytes(3200))
    process.kill()
    process.wait()
    with Client(address) as client, pytest.raises(Unavailable):
        client.capabilities()
    # gRPC keeps a poller of its own.
    left = [thread.name for thread in threading.enumerate() if thread.name == "rivermouth client"]
    assert not left
    assert threading.active_count() <= before + 2


def test_wrong_use() -> None:
    client = Client("127.0.0.1:1")
    with pytest.raises(RuntimeError, match="not been entered"):
        client.session(pcm(16000))
