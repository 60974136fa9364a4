"""The load of a bench, as a process: sessions that send at the pace of speech and note when answers arrive.

What it is for is the same to it, an echo or a gateway: messages out, messages back as bytes, and afterwards
which message each answer came from. All times are this process's own clock, so a delay is from the write of a
message, before anything is done about it, to the arrival of what it caused, before that is looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import struct
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import grpc.aio

from deploy.local.benches import echo, peer
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2, service_pb2
from services.runtime.options import channel_options
from services.runtime.settings import ChannelSettings

BEAT = 0.1
"""Seconds of audio that a session sends between two looks at whether to go on."""
RATE = 16_000
SPREAD = 30
"""Beats over which the sessions' schedules are spread when they are opened."""
_GOLDEN = (5**0.5 - 1) / 2  # multiples of it, modulo 1, are spread evenly however many there are


class Speaker(Protocol):
    """What a session says, and how it understands answers."""

    method: str

    def first(self) -> bytes | None:
        """The configuration, if there is one."""

    def chunk(self, number: int, beats: float) -> bytes:
        """Message `number`, from 1, `beats` of a beat long."""

    def cause(self, answer: bytes) -> int | None:
        """The number of the message that caused an answer; None for an answer to none."""


class EchoSpeaker:
    """Asks for an echo of so many of its messages a second, evenly spread."""

    method = echo.METHOD

    def __init__(self, answers_per_second: float) -> None:
        self.answers_per_beat = answers_per_second * BEAT

    def first(self) -> bytes | None:
        return None

    def chunk(self, number: int, beats: float) -> bytes:
        share = self.answers_per_beat * beats
        asks = int(number * share) > int((number - 1) * share)
        head = (echo.ANSWERED if asks else echo.UNANSWERED) + struct.pack(">Q", number)
        return head + bytes(round(BEAT * beats * RATE) * 2 - len(head))

    def cause(self, answer: bytes) -> int | None:
        (number,) = struct.unpack_from(">Q", answer, 1)
        return int(number)


class SessionSpeaker:
    """A session of the gateway: 16 kHz mono, all default analysers, zeros or a recording as audio."""

    method = "/rivermouth.session.v1.OrchestratorService/StreamingAnalyze"

    def __init__(self, recording: bytes) -> None:
        self._recording = recording

    def first(self) -> bytes | None:
        audio_format = audio_pb2.AudioFormat(
            encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=RATE, channel_count=1
        )
        config = config_pb2.StreamingConfig(audio_format=audio_format)
        request = service_pb2.StreamingAnalyzeRequest(client_sequence=1, streaming_config=config)
        return request.SerializeToString()

    def chunk(self, number: int, beats: float) -> bytes:
        size = round(BEAT * beats * RATE) * 2
        start = (number * size) % (len(self._recording) - size) // 2 * 2
        audio = audio_pb2.AudioChunk(content=self._recording[start : start + size])
        request = service_pb2.StreamingAnalyzeRequest(client_sequence=number + 1, audio=audio)
        return request.SerializeToString()

    def cause(self, answer: bytes) -> int | None:
        event = service_pb2.StreamingAnalyzeResponse.FromString(answer)
        return event.client_sequence - 1 if event.sequence else None  # a heartbeat's cause is a clock


@dataclass
class Line:
    """One open session."""

    call: Any
    speaker: Speaker
    written: list[float] = field(default_factory=list)
    """When message 1, 2, … was written."""
    arrived: list[tuple[float, bytes]] = field(default_factory=list)

    async def send(self, beats: float) -> None:
        message = self.speaker.chunk(len(self.written) + 1, beats)
        self.written.append(time.monotonic())
        await self.call.write(message)

    async def read(self) -> None:
        while (message := await self.call.read()) is not grpc.aio.EOF:
            self.arrived.append((time.monotonic(), message))
        raise ConnectionError(f"a call ended with {await self.call.code()}: {await self.call.details()}")

    def delays(self, begin: float, end: float) -> Iterator[float]:
        """Of the answers that arrived in this time, in seconds."""
        for at, message in self.arrived:
            if begin <= at < end:
                cause = self.speaker.cause(message)
                if cause and self.written[cause - 1] >= begin:
                    yield at - self.written[cause - 1]


class System:
    """What is put under load at one address, and its open sessions. All share a channel, as of a backend."""

    def __init__(self, address: str, speaker: Speaker) -> None:
        self.speaker = speaker
        self.lines: list[Line] = []
        self._channel = grpc.aio.insecure_channel(address, options=channel_options(ChannelSettings()))
        self._open: Any = self._channel.stream_stream(speaker.method)
        self._readers: list[asyncio.Task[None]] = []
        self._senders: list[asyncio.Task[None]] = []
        self._running = False

    async def open(self, sessions: int) -> None:
        """Open more, up to that many; each is put elsewhere in its schedule by some audio, sent at once."""
        for number in range(len(self.lines), sessions):
            line = Line(self._open(), self.speaker)
            self.lines.append(line)
            self._readers.append(asyncio.create_task(line.read()))
            if (first := self.speaker.first()) is not None:
                await line.call.write(first)
            for _ in range(int(number * _GOLDEN % 1 * SPREAD)):
                await line.send(1.0)

    def begin(self, sessions: int, beats: float) -> None:
        """Have so many sessions send messages of that share of a beat, at the pace of speech."""
        self._running = True
        start = time.monotonic()
        for number, line in enumerate(self.lines[:sessions]):
            line.arrived.clear()
            self._senders.append(
                asyncio.create_task(self._pace(line, start + number / sessions * BEAT, beats))
            )

    async def end(self) -> None:
        """Have them stop, after whole beats."""
        self._running = False
        await asyncio.wait(self._senders)
        for task in (*self._readers, *self._senders):
            if task.done():
                task.result()  # raises what it ended with; the reader's comes first, for it knows why
        self._senders.clear()

    async def close(self) -> None:
        for line in self.lines:
            line.call.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await line.call.code()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await self._channel.close()

    async def _pace(self, line: Line, start: float, beats: float) -> None:
        messages = round(1 / beats)
        for number in itertools.count():
            if not self._running and number % messages == 0:
                return
            await asyncio.sleep(start + number * beats * BEAT - time.monotonic())
            await line.send(beats)


class Load:
    """The commands of the process."""

    def __init__(self) -> None:
        self._systems: dict[str, System] = {}

    async def open(self, system: str, address: str, sessions: int, recording: str) -> dict[str, Any]:
        """Have that many sessions open; `recording` is a file, empty for zeros. An echo gets no recording."""
        if system not in self._systems:
            speaker: Speaker = EchoSpeaker(0.0) if system == "echo" else SessionSpeaker(_audio(recording))
            self._systems[system] = System(address, speaker)
        await self._systems[system].open(sessions)
        return {}

    async def begin(self, system: str, sessions: int, beats: float, answers: float) -> dict[str, Any]:
        """Begin to send; an echo gives that many answers a second."""
        under_load = self._systems[system]
        if isinstance(under_load.speaker, EchoSpeaker):
            under_load.speaker.answers_per_beat = answers * BEAT
        under_load.begin(sessions, beats)
        return {}

    async def end(self, system: str, begin: float, end: float) -> dict[str, Any]:
        """Stop to send; the number of answers that arrived in the time given, and their delays in seconds."""
        under_load = self._systems[system]
        await under_load.end()
        arrived = sum(begin <= at < end for line in under_load.lines for at, _ in line.arrived)
        delays = [delay for line in under_load.lines for delay in line.delays(begin, end)]
        return {"arrived": arrived, "delays": delays}

    async def close(self, system: str) -> dict[str, Any]:
        await self._systems.pop(system).close()
        return {}


def _audio(recording: str) -> bytes:
    """The first channel of a WAV file of 16 bit at 16 kHz; without a file, ten seconds of zeros."""
    if not recording:
        return bytes(10 * RATE * 2)
    with wave.open(str(Path(recording))) as file:
        frames = memoryview(file.readframes(file.getnframes())).cast("h")
        if (file.getframerate(), file.getsampwidth()) != (RATE, 2):
            raise ValueError(f"{recording}: 16 bit at {RATE} Hz is expected")
        return frames[:: file.getnchannels()].tobytes()


async def _main() -> None:
    load = Load()
    await peer.answer({"open": load.open, "begin": load.begin, "end": load.end, "close": load.close})


if __name__ == "__main__":
    asyncio.run(_main())
