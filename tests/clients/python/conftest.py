"""Servers and recordings for the tests of the Python client."""

import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.clients.python.scripted_orchestrator import ScriptedOrchestrator, serving

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def orchestrator() -> AsyncIterator[tuple[ScriptedOrchestrator, str]]:
    """A server in this process, and its address."""
    async with serving() as served:
        yield served


@pytest.fixture
def server_process() -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server in a process of its own, and its address."""
    script = Path(__file__).parent / "scripted_orchestrator.py"
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def environment() -> dict[str, str]:
    """For child processes that import the client and the stubs, installed or not."""
    paths = [ROOT, ROOT / "protos/gen", ROOT / "clients/python"]
    return {"PYTHONPATH": ":".join(map(str, paths)), "PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error"}


@pytest.fixture
def make_wav(tmp_path: Path) -> Callable[..., Path]:
    """Writes a WAV file of zeros."""

    def make(
        seconds: float = 3.0,
        rate: int = 16000,
        channels: int = 1,
        tag: int = 1,
        bits: int = 16,
        name: str = "a.wav",
    ) -> Path:
        frame = channels * bits // 8
        data = bytes(round(seconds * rate) * frame)
        fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits)
        note = b"LIST" + struct.pack("<I", 3) + b"abc\0"  # odd length, padded
        body = (
            b"WAVEfmt "
            + struct.pack("<I", len(fmt))
            + fmt
            + note
            + b"data"
            + struct.pack("<I", len(data))
            + data
        )
        path = tmp_path / name
        path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
        return path

    return make
