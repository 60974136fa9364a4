"""The process: it says where it listens, serves, and stops when asked to."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

SERVICE = "rivermouth.analysis.v1.AnalysisService"
COMMAND = [sys.executable, "-m", "services.analysis"]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("RIVERMOUTH_")},
    "PYTHONPATH": os.pathsep.join(sys.path),
    "RIVERMOUTH_GATEWAY__SERVER__PORT": "7",  # of another process, and none of ours
}


async def test_serves_until_stopped() -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode()
            assert line.startswith("analysis listening on 127.0.0.1:")
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


def test_bad_settings_are_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "rivermouth.toml"
    file.write_text('[asr]\nengine = "sphinx"\n[analysis]\nengine = "magic"\n')
    ended = subprocess.run(
        [*COMMAND, "--config", str(file)],
        env={**ENVIRONMENT, "RIVERMOUTH_ANALYSIS__SERVER__PORT": "70000"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    assert "analysis.engine='magic'" in ended.stderr
    assert "RIVERMOUTH_ANALYSIS__SERVER__PORT='70000'" in ended.stderr
    assert "Traceback" not in ended.stderr
