"""A client of AsrService that notes when it hears what."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import grpc.aio

from deploy.local.bench import BenchError
from deploy.local.benches.asr_audio import RATE, Clip
from deploy.local.benches.asr_scores import Score, Screen, score
from deploy.local.score import words
from rivermouth.asr.v1 import asr_pb2, asr_pb2_grpc
from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeRequest, StreamingRecognizeResponse
from rivermouth.audio.v1.audio_pb2 import AUDIO_ENCODING_LINEAR16, AudioChunk, AudioFormat
from rivermouth.transcript.v1.transcript_pb2 import SpeechActivity, Transcript, UtteranceEnd
from services.runtime.options import channel_options
from services.runtime.settings import ChannelSettings

CHUNK = 0.1
"""Seconds of audio in a message; it is sent once it is over, as by a microphone."""


@dataclass(slots=True)
class Pass:
    """One utterance that silence ended: when that was decided, and when its final was there."""

    decided: float
    final: float


@dataclass
class Heard:
    """What came of one stream; times in seconds after its first sample was spoken.

    Attributes:
        screens: by channel, counted from 0.
        finals: how long each final took once silence had ended its utterance.
        ended: when the last of the audio was sent, and `done` when the last message was there.
        begun: when the first sample was spoken, monotonic clock.
    """

    screens: list[list[Screen]]
    finals: list[Pass] = field(default_factory=list)
    ended: float = 0.0
    done: float = 0.0
    begun: float = 0.0

    def score(self, clip: Clip) -> Score:
        """All channels together."""
        scores = [score(clip.said(channel), screens) for channel, screens in enumerate(self.screens)]
        return sum(scores, Score())


@contextlib.asynccontextmanager
async def connect(address: str) -> AsyncIterator[asr_pb2_grpc.AsrServiceStub]:
    """The service at an address."""
    options = channel_options(ChannelSettings())
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        stub: Any = asr_pb2_grpc.AsrServiceStub(channel)
        yield stub


async def stream(
    stub: asr_pb2_grpc.AsrServiceStub,
    clip: Clip,
    *,
    pace: float = 1.0,
    language: str = "en",
    max_utterance: float = 20.0,
) -> Heard:
    """Have a clip recognised. `pace` 1 is that of speech, 2 twice as fast, 0 as fast as it is taken.

    Raises BenchError.
    """
    call = stub.StreamingRecognize()
    reader = _Reader(clip.channels, time.monotonic())
    failure = ""
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_send(call, clip, reader.heard, pace, language, max_utterance))
            async for response in call:
                reader.take(response)
        if not reader.is_complete:
            raise BenchError(f"recognition ended early: {await call.details()}")
    except* grpc.aio.AioRpcError as failed:
        failure = f"recognition failed: {failed.exceptions[0]}"
    finally:
        call.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await call.code()
    if failure:  # not above: Python before 3.11.4 makes a group of what is raised there
        raise BenchError(failure)
    return reader.heard


async def _send(
    call: Any, clip: Clip, heard: Heard, pace: float, language: str, max_utterance: float
) -> None:
    config = asr_pb2.StreamingRecognitionConfig(
        audio_format=AudioFormat(
            encoding=AUDIO_ENCODING_LINEAR16, sample_rate_hertz=RATE, channel_count=clip.channels
        ),
        recognition=asr_pb2.RecognitionConfig(language_code=language),
    )
    config.recognition.endpointing.max_utterance.FromNanoseconds(round(max_utterance * 1e9))
    await call.write(StreamingRecognizeRequest(streaming_config=config))
    step = round(CHUNK * RATE)
    for at in range(0, len(clip.samples), step):
        piece = clip.samples[at : at + step]
        if pace:
            await asyncio.sleep(heard.begun + (at + len(piece)) / RATE / pace - time.monotonic())
        await call.write(StreamingRecognizeRequest(audio=AudioChunk(content=piece.tobytes())))
    heard.ended = time.monotonic() - heard.begun
    await call.done_writing()


class _Reader:
    """Keeps the screens of one stream."""

    def __init__(self, channels: int, begun: float) -> None:
        self.heard = Heard([[] for _ in range(channels)], begun=begun)
        self.is_complete = False
        self._segments: list[dict[str, tuple[tuple[str, ...], int]]] = [{} for _ in range(channels)]
        self._decided = [0.0] * channels
        self._final = [0.0] * channels

    def take(self, response: StreamingRecognizeResponse) -> None:
        now = time.monotonic() - self.heard.begun
        match response.WhichOneof("result"):
            case "transcript":
                self._show(response.transcript, now)
            case "speech_activity" if response.speech_activity.type == SpeechActivity.TYPE_SPEECH_END:
                self._decided[response.speech_activity.channel_tag - 1] = now
            case "utterance_end":
                self._close(response.utterance_end)
            case "transcript_complete":
                self.heard.done, self.is_complete = now, True

    def _show(self, transcript: Transcript, now: float) -> None:
        channel = transcript.channel_tag - 1
        texts = tuple("".join(words(word.text)) for word in transcript.words)
        final = sum(word.is_final or transcript.is_final for word in transcript.words)
        segments = self._segments[channel]
        segments[transcript.header.result_id] = texts, final
        shown = tuple(text for each, _ in segments.values() for text in each)
        self.heard.screens[channel].append(Screen(now, shown, sum(count for _, count in segments.values())))
        if transcript.is_final and texts:
            self._final[channel] = now

    def _close(self, ended: UtteranceEnd) -> None:
        channel = ended.channel_tag - 1
        if ended.cause == UtteranceEnd.CAUSE_SILENCE and ended.segment_id:
            self.heard.finals.append(Pass(self._decided[channel], self._final[channel]))
