"""A conversation with the service: a real server, messages to it, and the rules that all its answers keep."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest

from rivermouth.asr.v1 import asr_pb2
from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeRequest as Request
from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeResponse as Response
from rivermouth.asr.v1.asr_pb2_grpc import AsrServiceStub
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, PHASE_FINAL, StreamIdentity
from rivermouth.transcript.v1.transcript_pb2 import SpeechActivity, Transcript
from services.asr.servicer import AsrServicer
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.runtime.offsets import duration, from_seconds, nanoseconds
from services.runtime.server import Server

LINEAR16 = audio_pb2.AUDIO_ENCODING_LINEAR16


def configure(
    *,
    rate: int = 16_000,
    channels: int = 1,
    encoding: int = LINEAR16,
    start: float = 0.0,
    stage: str = "",
    incarnation: int = 0,
    recognition: asr_pb2.RecognitionConfig | None = None,
) -> Request:
    """The first message."""
    return Request(
        streaming_config=asr_pb2.StreamingRecognitionConfig(
            identity=StreamIdentity(stage=stage, incarnation=incarnation),
            audio_format=audio_pb2.AudioFormat(
                encoding=encoding,  # type: ignore[arg-type]
                sample_rate_hertz=rate,
                channel_count=channels,
            ),
            recognition=recognition,
            start_offset=duration(from_seconds(start)),
        )
    )


def audio(content: bytes, offset: int | None = None) -> Request:
    """A chunk."""
    return Request(audio=audio_pb2.AudioChunk(content=content, sample_offset=offset))


def chunks(content: bytes, size: int = 3_200) -> list[Request]:
    """Bytes as chunks, by default of 100 ms of mono at 16 kHz."""
    return [audio(content[begin : begin + size]) for begin in range(0, len(content), size)]


def zeros(seconds: float, *, channels: int = 1) -> list[Request]:
    """Digital zero at 16 kHz in chunks of 100 ms; the scripted recogniser does not look at it anyway."""
    return chunks(bytes(round(seconds * 16_000) * 2 * channels), 3_200 * channels)


def silence(seconds: float) -> Request:
    """Silence that is not sent as audio."""
    return Request(silence=audio_pb2.Silence(duration=duration(from_seconds(seconds))))


def finalize(request_id: int, channel: int = 0) -> Request:
    """Close the utterance."""
    return Request(finalize=asr_pb2.FinalizeRequest(channel_tag=channel, request_id=request_id))


@dataclass
class Answers:
    """The answers of one stream, checked against the rules when `check` is called."""

    responses: list[Response] = field(default_factory=list)

    def of(self, kind: str) -> list[Any]:
        """The results of one kind, in order."""
        return [
            getattr(response, kind) for response in self.responses if response.WhichOneof("result") == kind
        ]

    @property
    def kinds(self) -> list[str]:
        """The kinds of results, in order; messages of cursors alone are left out."""
        return [kind for response in self.responses if (kind := response.WhichOneof("result"))]

    @property
    def finals(self) -> list[Transcript]:
        return [transcript for transcript in self.of("transcript") if transcript.is_final]

    @property
    def interims(self) -> list[Transcript]:
        return [transcript for transcript in self.of("transcript") if not transcript.is_final]

    @property
    def accepted(self) -> int:
        """The last cursor of accepted audio, in nanoseconds."""
        cursors = [each.cursors for each in self.responses if each.HasField("cursors")]
        return nanoseconds(cursors[-1].accepted) if cursors else 0

    def text(self, channel: int = 1) -> str:
        """The finals of one channel."""
        return " ".join(final.text for final in self.finals if final.channel_tag == channel)

    def check(self) -> Answers:
        """Assert what holds of every stream that ended well."""
        assert self.kinds[0] == "started"
        assert self.kinds[-1] == "transcript_complete"
        self._check_transcripts()
        self._check_finals()
        self._check_utterances()
        self._check_cursors()
        return self

    def _check_transcripts(self) -> None:
        by_id: dict[str, list[Transcript]] = defaultdict(list)
        for transcript in self.of("transcript"):
            by_id[transcript.header.result_id].append(transcript)
        for revisions in by_id.values():
            headers = [transcript.header for transcript in revisions]
            assert [header.revision for header in headers] == list(range(1, len(headers) + 1))
            phases = [header.phase for header in headers]
            assert phases == sorted(phases)
            assert phases.count(PHASE_FINAL) == 1
            assert len({transcript.channel_tag for transcript in revisions}) == 1
            settled: list[str] = []
            for transcript in revisions:
                assert transcript.header.partial == (not transcript.is_final)
                assert transcript.is_final == (transcript.header.phase == PHASE_FINAL)
                assert transcript.text == " ".join(word.text for word in transcript.words)
                words = [word.text for word in transcript.words]
                assert words[: len(settled)] == settled
                flags = [word.is_final for word in transcript.words]
                assert flags == sorted(flags, reverse=True)
                settled = [word.text for word in transcript.words if word.is_final]
                last = nanoseconds(transcript.start_offset)
                for word in transcript.words:
                    assert last <= nanoseconds(word.start_offset) <= nanoseconds(word.end_offset)
                    last = nanoseconds(word.end_offset)
                assert last <= nanoseconds(transcript.end_offset)
                assert transcript.HasField("stability") == (not transcript.is_final)
            if revisions[-1].header.outcome == OUTCOME_COMPLETE:
                assert all(word.is_final for word in revisions[-1].words)
                assert revisions[-1].text

    def _check_finals(self) -> None:
        ends: dict[int, int] = defaultdict(int)
        for final in self.finals:
            assert nanoseconds(final.start_offset) >= ends[final.channel_tag]
            ends[final.channel_tag] = nanoseconds(final.end_offset)
        whole = self.of("transcript_complete")
        assert len(whole) == 1
        complete = [final for final in self.finals if final.header.outcome == OUTCOME_COMPLETE]
        assert sorted(whole[0].segment_ids) == sorted(final.header.result_id for final in complete)
        assert sorted(whole[0].text.split()) == sorted(" ".join(final.text for final in complete).split())
        assert whole[0].word_count == len(whole[0].text.split())

    def _check_utterances(self) -> None:
        speaking: dict[int, bool] = defaultdict(bool)
        for activity in self.of("speech_activity"):
            begins = activity.type == SpeechActivity.TYPE_SPEECH_BEGIN
            assert begins != speaking[activity.channel_tag]
            speaking[activity.channel_tag] = begins
        assert not any(speaking.values())
        ends: dict[int, int] = defaultdict(int)
        ended: set[str] = set()
        open_segments: set[str] = set()
        for response in self.responses:
            if response.HasField("transcript"):
                segment_id = response.transcript.header.result_id
                assert segment_id not in ended
                if response.transcript.is_final:
                    open_segments.add(segment_id)
            elif response.HasField("utterance_end"):
                end = response.utterance_end
                assert nanoseconds(end.start_offset) >= ends[end.channel_tag]
                assert nanoseconds(end.end_offset) >= nanoseconds(end.start_offset)
                ends[end.channel_tag] = nanoseconds(end.end_offset)
                if end.segment_id:
                    open_segments.remove(end.segment_id)
                    ended.add(end.segment_id)
        assert not open_segments

    def _check_cursors(self) -> None:
        before = (0, 0, 0)
        for response in self.responses:
            if response.HasField("cursors"):
                cursors = response.cursors
                now = (
                    nanoseconds(cursors.accepted),
                    nanoseconds(cursors.interim),
                    nanoseconds(cursors.final),
                )
                assert all(new >= old for new, old in zip(now, before, strict=True))
                assert now != before
                before = now


@dataclass
class Service:
    """A running service."""

    core: AsrCore
    server: Server
    stub: AsrServiceStub

    async def converse(self, requests: Iterable[Request]) -> Answers:
        """Send everything, half-close, and return all answers."""
        call = self.stub.StreamingRecognize()

        async def send() -> None:
            for request in requests:
                await call.write(request)
            await call.done_writing()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send())
            return Answers(await read_all(call))

    async def failing(self, requests: Iterable[Request]) -> grpc.aio.AioRpcError:
        """The error that ends the call; the last request is the one that is wrong.

        Nothing is written after it, for a write to a call that has ended hides why it ended (grpc.aio then
        says INTERNAL).
        """
        call = self.stub.StreamingRecognize()
        for request in requests:
            await call.write(request)
        if not requests:
            await call.done_writing()
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await read_all(call)
        return raised.value


async def read_all(call: Any) -> list[Response]:
    """What is still to come on a call."""
    responses = []
    while (response := await call.read()) is not grpc.aio.EOF:
        responses.append(response)
    return responses


@asynccontextmanager
async def serving(**settings: object) -> AsyncIterator[Service]:
    """A server with these settings, by default with the scripted engine."""
    configured = AsrSettings.model_validate({"engine": "scripted", **settings})
    async with (
        AsrCore(configured) as core,
        Server(configured.server, [AsrServicer(core, configured.server).register]) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        server.ready()
        yield Service(core, server, AsrServiceStub(channel))
