"""Which recogniser runs, and what the service says until it does."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from rivermouth.asr.v1.asr_pb2 import GetCapabilitiesRequest
from rivermouth.asr.v1.asr_pb2_grpc import AsrServiceStub
from services.asr import __main__ as main
from services.asr import models, session
from services.asr.choice import open_recogniser
from services.asr.engine import EngineUnavailable
from services.asr.scripted import ScriptedRecogniser
from services.asr.settings import AsrSettings, ScriptedSettings
from services.runtime.config import ConfigError
from services.runtime.errors import from_rpc_error
from tests.services.asr.conversation import configure, serving, zeros
from tests.services.asr.fake_models import make_model

SERVICE = "rivermouth.asr.v1.AsrService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without models."""
    monkeypatch.setattr(models, "cache_directory", lambda: tmp_path / "hub")


async def chosen(caplog: pytest.LogCaptureFixture, **settings: object) -> str:
    """The engine that runs, as the log says it."""
    configured = AsrSettings.model_validate({"sphinx": {"workers": 1}, **settings})
    with caplog.at_level(logging.INFO, "services.asr.choice"):
        async with AsyncExitStack() as resources:
            recogniser = await open_recogniser(configured, resources)
            assert f"recognition by {recogniser.name}, model {recogniser.model}" in caplog.messages
            return recogniser.name


async def test_auto_without_a_model_is_sphinx_and_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    assert await chosen(caplog) == "sphinx"
    assert any("no usable Whisper model was found" in message for message in caplog.messages)


async def test_auto_with_broken_models_only_is_sphinx(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (make_model(tmp_path / "models" / "small", vocabulary=10) / "tokenizer.json").unlink()
    assert await chosen(caplog, whisper={"models_directory": str(tmp_path / "models")}) == "sphinx"
    assert any("small: tokenizer.json is missing" in message for message in caplog.messages)


@pytest.mark.parametrize("engine", ["auto", "whisper"])
@pytest.mark.parametrize("model", ["small", "/nowhere/model"])
async def test_a_model_that_is_named_and_missing_is_an_error(engine: str, model: str) -> None:
    settings = AsrSettings.model_validate({"engine": engine, "whisper": {"model": model}})
    async with AsyncExitStack() as resources:
        with pytest.raises(EngineUnavailable, match=f"the Whisper model {model}"):
            await open_recogniser(settings, resources)


async def test_whisper_without_any_model_is_an_error() -> None:
    async with AsyncExitStack() as resources:
        with pytest.raises(EngineUnavailable, match="no usable Whisper model was found"):
            await open_recogniser(AsrSettings(engine="whisper"), resources)


def test_the_process_ends_with_one_clear_line(tmp_path: Path) -> None:
    directory = make_model(tmp_path / "model", vocabulary=10, weights=1000)
    weights = directory / "model.bin"
    weights.write_bytes(weights.read_bytes()[:-600])
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RIVERMOUTH_")},
        "PYTHONPATH": os.pathsep.join(sys.path),
        "RIVERMOUTH_ASR__WHISPER__MODEL": str(directory),
        "RIVERMOUTH_ASR__TELEMETRY__LOG_LEVEL": "ERROR",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "services.asr"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.splitlines()[0] == "bad configuration:"
    assert "model.bin is cut off" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_while_it_loads_it_is_not_serving_and_calls_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    may_load = asyncio.Event()

    async def slow(*_: object) -> ScriptedRecogniser:
        await may_load.wait()
        return ScriptedRecogniser(ScriptedSettings())

    monkeypatch.setattr(session, "open_recogniser", slow)
    settings = AsrSettings.model_validate({"engine": "scripted", "server": {"port": free_port()}})
    process = asyncio.create_task(main.serve(settings))
    try:
        async with (
            asyncio.timeout(20),
            grpc.aio.insecure_channel(f"127.0.0.1:{settings.server.port}") as channel,
        ):
            await channel.channel_ready()
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=SERVICE))
            assert (await watch.read()).status == NOT_SERVING
            stub = AsrServiceStub(channel)
            for call in (
                stub.StreamingRecognize(iter([configure()])),
                stub.GetCapabilities(GetCapabilitiesRequest()),
            ):
                with pytest.raises(grpc.aio.AioRpcError) as raised:
                    await (call.read() if hasattr(call, "read") else call)
                error = from_rpc_error(raised.value)
                assert raised.value.code() == grpc.StatusCode.UNAVAILABLE
                assert error.reason == "RECOGNISER_LOADING"
                assert error.retry_after == settings.retry_after
            may_load.set()
            assert (await watch.read()).status == SERVING
            watch.cancel()
            answer = await stub.GetCapabilities(GetCapabilitiesRequest())
            assert answer.recogniser.engine == "scripted"
    finally:
        process.cancel()
        await asyncio.wait([process])


async def test_a_load_that_fails_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object) -> ScriptedRecogniser:
        raise EngineUnavailable("the model is made of cheese")

    monkeypatch.setattr(session, "open_recogniser", failing)
    with pytest.raises(ConfigError, match="made of cheese"):
        await main.serve(AsrSettings(engine="scripted"))


async def test_capabilities_say_what_runs() -> None:
    async with serving() as service:
        recogniser = (await service.stub.GetCapabilities(GetCapabilitiesRequest())).recogniser
        answers = (await service.converse([configure(), *zeros(1)])).check()
    (started,) = answers.of("started")
    assert (
        (recogniser.engine, recogniser.model) == (started.engine, started.model) == ("scripted", "scripted-1")
    )
    assert list(recogniser.languages) == ["en"]
    assert list(recogniser.options) == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
