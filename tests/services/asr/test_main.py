"""The process: it says where it listens, serves, and stops when asked to; what it loads."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

SERVICE = "rivermouth.asr.v1.AsrService"
COMMAND = [sys.executable, "-m", "services.asr"]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("RIVERMOUTH_")},
    "PYTHONPATH": os.pathsep.join(sys.path),
    "RIVERMOUTH_GATEWAY__SERVER__PORT": "7",  # of another process, and none of ours
}


@pytest.mark.parametrize(
    "settings",
    [
        {"RIVERMOUTH_ASR__ENGINE": "scripted", "RIVERMOUTH_ASR__SCRIPTED__WORDS": "one,two"},
        {"RIVERMOUTH_ASR__ENGINE": "sphinx", "RIVERMOUTH_ASR__SPHINX__WORKERS": "1"},
    ],
)
async def test_serves_until_stopped(settings) -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, env={**ENVIRONMENT, **settings}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
            assert line.startswith("asr listening on 127.0.0.1:")
            async with grpc.aio.insecure_channel(line.split()[-1]) as channel:
                stub = health_pb2_grpc.HealthStub(channel)
                answer = await stub.Check(health_pb2.HealthCheckRequest(service=SERVICE))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_bad_settings_are_one_clear_error() -> None:
    bad = {"RIVERMOUTH_ASR__ENGINE": "parrot", "RIVERMOUTH_ASR__SPHINX__NICENESS": "20"}
    ended = subprocess.run(
        COMMAND, env={**ENVIRONMENT, **bad}, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 2
    assert "RIVERMOUTH_ASR__ENGINE='parrot'" in ended.stderr
    assert "RIVERMOUTH_ASR__SPHINX__NICENESS='20'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_scripted_core_loads_no_model_and_no_dsp() -> None:
    code = """
import asyncio, sys
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings

async def main():
    async with AsrCore(AsrSettings(engine="scripted")) as core:
        assert core.ready

asyncio.run(main())
print([name for name in ("pocketsphinx", "onnxruntime", "soxr", "faster_whisper") if name in sys.modules])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stdout.strip() == "[]"


def test_a_missing_engine_is_one_clear_error() -> None:
    code = """
import sys
sys.modules["pocketsphinx"] = None
from services.asr.__main__ import main
sys.exit(main([]))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**ENVIRONMENT, "RIVERMOUTH_ASR__ENGINE": "sphinx"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    assert "pip install" in ended.stderr
    assert "Traceback" not in ended.stderr
