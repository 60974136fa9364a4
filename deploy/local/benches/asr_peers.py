"""Other servers that stream with Whisper, heard the same way: their own servers, over their own WebSockets.

Each peer is the folder of a virtual environment; those that are missing are left out:

    python3 -m venv DIR/whisper_live    && DIR/whisper_live/bin/pip install whisper-live
    python3 -m venv DIR/whisperlivekit  && DIR/whisperlivekit/bin/pip install whisperlivekit

A word counts as final where the peer says so: `completed` segments of WhisperLive, `lines` of WhisperLiveKit.
When the audio ends each is told so at once, in its own way, and heard until it hangs up or says that it is
done. (WhisperLive's own client waits in silence before; a last sentence becomes final meanwhile.)
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deploy.local.bench import BenchError
from deploy.local.benches import asr_counted, asr_peer_server
from deploy.local.benches.asr_audio import RATE, Clip
from deploy.local.benches.asr_client import CHUNK, Heard
from deploy.local.benches.asr_counted import clear_counts
from deploy.local.benches.asr_scores import Screen
from deploy.local.benches.asr_service import Reading, read
from deploy.local.score import words

NAMES = ("whisper_live", "whisperlivekit")
_START_LIMIT = 60.0
_END_LIMIT = 20.0
_LONGEST_MESSAGE = 1 << 24


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server of a peer."""

    name: str
    port: int
    pid: int
    counts: Path

    def reading(self) -> Reading:
        """What it has done so far."""
        return read(self.pid, self.counts)


def python_of(directory: Path, name: str) -> Path | None:
    """The interpreter of a peer's environment, if it is there."""
    python = directory / name / "bin" / "python"
    return python if python.exists() else None


@contextlib.asynccontextmanager
async def serve(python: Path, name: str, model: Path) -> AsyncIterator[Peer]:
    """Run a peer's server with a model. Raises BenchError."""
    with tempfile.TemporaryDirectory(prefix="rivermouth-bench-") as directory:
        counts, log = Path(directory) / "counts", Path(directory) / "log"
        clear_counts(counts)
        port = _free_port()
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(python, asr_counted.__file__, name, str(port), str(model)),
                env=_environment(counts),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            await _listening(process, port, name, log)
            yield Peer(name, port, process.pid, counts)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def stream(peer: Peer, clip: Clip) -> Heard:
    """Have a clip of one channel recognised at the pace of speech. Raises BenchError."""
    try:
        import websockets
    except ImportError:
        raise BenchError("peers need the package websockets: pip install websockets") from None
    path, speak = _PROTOCOLS[peer.name]
    try:
        async with websockets.connect(
            f"ws://127.0.0.1:{peer.port}{path}", max_size=_LONGEST_MESSAGE, compression=None
        ) as socket_:
            return await speak(socket_, clip)
    except (OSError, websockets.WebSocketException) as error:
        raise BenchError(f"the peer {peer.name}: {error}") from error


async def _whisper_live(socket_: Any, clip: Clip) -> Heard:
    configuration = {
        "uid": "bench",
        "language": "en",
        "task": "transcribe",
        "model": "micro",
        "use_vad": True,
    }
    await socket_.send(json.dumps(configuration))
    while json.loads(await socket_.recv()).get("message") != "SERVER_READY":
        pass
    samples = (clip.samples[:, 0].astype(np.float32) / 32768).astype("<f4")
    completed: dict[str, str] = {}  # by begin: it sends the last ten segments only

    def shown(message: dict[str, Any]) -> tuple[str, str] | None:
        if "segments" not in message:
            return None
        now = message["segments"]
        completed.update((each["start"], each["text"]) for each in now if each["completed"])
        return " ".join(completed.values()), " ".join(each["text"] for each in now if not each["completed"])

    return await _converse(socket_, clip, samples, b"END_OF_AUDIO", shown)


async def _whisperlivekit(socket_: Any, clip: Clip) -> Heard:
    def shown(message: dict[str, Any]) -> tuple[str, str] | None:
        if "lines" not in message:
            return None
        return " ".join(line["text"] or "" for line in message["lines"]), message["buffer_transcription"]

    return await _converse(socket_, clip, clip.samples[:, 0].astype("<i2"), b"", shown)


_PROTOCOLS: dict[str, tuple[str, Callable[[Any, Clip], Awaitable[Heard]]]] = {
    "whisper_live": ("/", _whisper_live),
    "whisperlivekit": ("/asr?language=en", _whisperlivekit),
}


async def _converse(
    socket_: Any,
    clip: Clip,
    samples: np.ndarray[Any, Any],
    end: bytes,
    shown: Callable[[dict[str, Any]], tuple[str, str] | None],
) -> Heard:
    """Send samples and an end, and keep the screens; `shown` tells final and other text of a message."""
    heard = Heard([[]], begun=time.monotonic())

    async def send() -> None:
        step = round(CHUNK * RATE)
        for at in range(0, len(samples), step):
            piece = samples[at : at + step]
            await asyncio.sleep(heard.begun + (at + len(piece)) / RATE - time.monotonic())
            await socket_.send(piece.tobytes())
        heard.ended = time.monotonic() - heard.begun
        await socket_.send(end)

    sender = asyncio.create_task(send())
    try:
        async with asyncio.timeout(clip.seconds + _END_LIMIT):
            async for data in socket_:
                message, now = json.loads(data), time.monotonic() - heard.begun
                if message.get("type") == "ready_to_stop":
                    break
                if (texts := shown(message)) is not None:
                    final, other = (words(text) for text in texts)
                    heard.screens[0].append(Screen(now, (*final, *other), len(final)))
        await sender
    except TimeoutError:
        pass  # it never says that it is done: what came until now is what there is
    finally:
        sender.cancel()
    heard.done = time.monotonic() - heard.begun
    return heard


def _environment(counts: Path) -> dict[str, str]:
    """Without this environment's own paths; and so that nothing waits for a hub that cannot be reached.

    One thread a pass: WhisperLive's own starter sets that, and on two cores both lag less with it, at half
    the processor time.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {
        **kept,
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(Path(asr_peer_server.__file__).parent),
        asr_counted.MODULE: "asr_peer_server",
        asr_counted.COUNTS: str(counts),
    }


async def _listening(process: asyncio.subprocess.Process, port: int, name: str, log: Path) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_START_LIMIT):
            while process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.2)
                    continue
                writer.close()
                return
    _show(log)
    raise BenchError(f"the server of {name} does not start; its output is above")


def _show(log: Path) -> None:
    print(log.read_text(errors="replace")[-2000:], file=sys.stderr)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
