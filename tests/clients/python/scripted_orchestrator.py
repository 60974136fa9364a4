"""A server that speaks the session contract by a script, for tests of the client over the real wire.

It recognises nothing: each second of audio is an interim and each two seconds a final on every channel. It
checks what clients must keep (numbers, offsets, order) and refuses what does not. Faults are named by the
label "fault" of a session. Run as a program it prints its port and serves until it is killed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2, status_pb2

from rivermouth.analysis.v1.analysis_pb2 import Analysis, LocalPart, QuantitativeMetrics
from rivermouth.audio.v1.audio_pb2 import AudioEncoding
from rivermouth.result.v1.result_pb2 import Failure, Latency, Outcome, Phase, ResultHeader, Source
from rivermouth.session.v1 import events_pb2 as ev
from rivermouth.session.v1 import service_pb2 as sv
from rivermouth.session.v1 import service_pb2_grpc
from rivermouth.transcript.v1.transcript_pb2 import Transcript, TranscriptComplete

SAMPLE_BYTES = {AudioEncoding.AUDIO_ENCODING_LINEAR16: 2, AudioEncoding.AUDIO_ENCODING_MULAW: 1}
WORDS = ["thank", "you", "for", "calling", "how", "can", "I", "help", "you", "today"]


def offset(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration


class ScriptedSession:
    """One call."""

    def __init__(self, context: Any, config: Any) -> None:
        self.context = context
        self.config = config
        self.fault = config.labels.get("fault", "")
        self.requests: list[sv.StreamingAnalyzeRequest] = []
        self.half_closed = False
        self.heard = asyncio.Event()
        self.ended = asyncio.Event()
        self.metadata = dict(context.invocation_metadata())
        self.sequence = 0
        self.frames = 0
        self.received_frames = 0
        self.kinds: Counter[str] = Counter()
        self.phases: Counter[tuple[str, str]] = Counter()
        self.revisions: Counter[str] = Counter()
        self.finals = 0
        self.word_count = 0
        self.held: sv.StreamingAnalyzeResponse | None = None

    async def emit(self, kind: str, body: Any, channel: int = 0, skipped: int = 0) -> None:
        journaled = kind not in ("heartbeat", "flow_control", "go_away")
        if journaled:
            self.sequence += 1 + skipped
            self.kinds[kind] += 1
        event = sv.StreamingAnalyzeResponse(
            session_id="scripted-1",
            epoch=1,
            sequence=self.sequence if journaled else 0,
            skipped=skipped,
            channel_tag=channel,
            client_sequence=len(self.requests),
            cursors=ev.Cursors(received=offset(self.seconds)),
            latency=Latency(total=offset(0.25)) if kind == "transcript" else None,
            **{kind: body},
        )
        if hasattr(body, "header"):
            column = {1: "coarse", 2: "refine", 3: "final"}[body.header.phase]
            self.phases[body.header.source.service, column] += 1
        if self.fault == "swap" and kind == "transcript" and self.held is None:
            self.held = event
            return
        await self.context.write(event)
        if self.held is not None:
            await self.context.write(self.held)
            self.held, self.fault = None, "swapped"
        if self.fault == "duplicates":
            await self.context.write(event)

    async def stands_still(self) -> int:
        """The sequence at which writing came to a halt, because nobody reads."""
        before = -1
        while before != self.sequence:
            before = self.sequence
            await asyncio.sleep(0.2)
        return before

    def header(self, result_id: str, service: str, final: bool) -> ResultHeader:
        self.revisions[result_id] += 1
        revision = self.revisions[result_id]
        phase = Phase.PHASE_FINAL if final else Phase.PHASE_COARSE if revision == 1 else Phase.PHASE_REFINE
        return ResultHeader(
            result_id=result_id,
            revision=revision,
            phase=phase,
            partial=not final,
            outcome=Outcome.OUTCOME_COMPLETE if final else Outcome.OUTCOME_UNSPECIFIED,
            source=Source(service=service, service_version="0.1.0", model="script"),
        )

    @property
    def channels(self) -> int:
        return self.config.audio_format.channel_count or 1

    @property
    def rate(self) -> int:
        return self.config.audio_format.sample_rate_hertz or 16000

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    async def transcript(self, channel: int, start: float, end: float, final: bool) -> None:
        names = {named.channel_tag: named.speaker for named in self.config.recognition.channels}
        ordinal = int(start / 2) + 1
        words = WORDS if final else WORDS[:4]
        header = self.header(f"asr/{channel}/{ordinal}", "asr", final)
        await self.emit(
            "transcript",
            Transcript(
                header=header,
                channel_tag=channel,
                speaker=names.get(channel, ""),
                is_final=final,
                start_offset=offset(start),
                end_offset=offset(end),
                text=" ".join(words),
            ),
            channel,
        )
        self.finals += final

    async def start(self) -> None:
        has_audio = self.config.HasField("audio_format")
        steps = (["audio_quality", "transcription"] if has_audio else []) + [
            a.name for a in self.config.analysers
        ]
        await self.emit(
            "session_started",
            ev.SessionStarted(
                sample_rate_hertz=self.config.audio_format.sample_rate_hertz,
                channel_count=self.config.audio_format.channel_count,
                steps=steps,
                server_version="script",
            ),
        )

    async def analysis(self, final: bool) -> None:
        for analyser in self.config.analysers:
            header = self.header(f"analysis/0/{analyser.name}", "analysis", final)
            measures = QuantitativeMetrics(words=self.word_count, segments=self.finals)
            await self.emit(
                "analysis",
                Analysis(
                    header=header,
                    name=analyser.name,
                    chunk_index=header.revision - 1,
                    local=LocalPart(quantitative_metrics=measures),
                ),
            )

    async def audio(self, content: bytes) -> None:
        width = SAMPLE_BYTES.get(self.config.audio_format.encoding, 2) * self.channels
        await self.advance(len(content) // width)

    async def advance(self, frames: int) -> None:
        before = int(self.seconds)
        self.frames += frames
        self.received_frames += frames
        for second in range(before + 1, int(self.seconds) + 1):
            start = float((second - 1) // 2 * 2)
            for channel in range(1, self.channels + 1):
                await self.transcript(channel, start, float(second), final=second % 2 == 0)
            self.word_count += len(WORDS) * (second % 2 == 0)
            if second == 1:
                await self.analysis(final=False)

    async def close_segments(self) -> int:
        """Finals for what is open: an odd number of seconds."""
        if int(self.seconds) % 2 == 0:
            return 0
        start = float(int(self.seconds) - 1)
        for channel in range(1, self.channels + 1):
            await self.transcript(channel, start, self.seconds, final=True)
        self.frames += self.rate  # the script's next segment begins at an even second
        return self.channels

    async def finish(self) -> None:
        await self.close_segments()
        if self.config.HasField("audio_format"):
            await self.emit(
                "transcript_complete", TranscriptComplete(header=self.header("asr/0/complete", "asr", True))
            )
        if not self.revisions.get("analysis/0/quantitative_metrics"):
            await self.analysis(final=False)
        await self.analysis(final=True)
        if self.fault == "no_summary":
            return
        self.kinds["session_summary"] += 1
        services = sorted({service for service, _ in self.phases})
        lost = 1 if self.fault == "lies" else 0
        summary = ev.SessionSummary(
            end=ev.SessionSummary.END_FINISHED,
            services=[
                ev.ServiceCounts(
                    service=name, **{c: self.phases[name, c] for c in ("coarse", "refine", "final")}
                )
                for name in services
            ],
            events={
                kind: count + (lost if kind == "transcript" else 0) for kind, count in self.kinds.items()
            },
            audio_duration=offset(self.seconds),
            chunks_received=len(self.requests),
            segments_partial=self.kinds["transcript"] - self.finals,
            segments_final=self.finals,
        )
        self.kinds["session_summary"] -= 1
        await self.emit("session_summary", summary)


class ScriptedOrchestrator(service_pb2_grpc.OrchestratorServiceServicer):
    """Serves any number of sessions; the test reads what they got."""

    def __init__(self) -> None:
        self.sessions: list[ScriptedSession] = []
        self.arrivals: asyncio.Queue[ScriptedSession] = asyncio.Queue()
        """Sessions as they begin."""
        self.held = asyncio.Event()
        """Set when a session with the fault "hold" waits."""
        self.release = asyncio.Event()
        """Lets it go on."""

    async def StreamingAnalyze(self, request_iterator: AsyncIterator[Any], context: Any) -> None:
        first = await anext(request_iterator)
        if not first.HasField("streaming_config") or first.client_sequence != 1:
            await context.abort(
                grpc.StatusCode.FAILED_PRECONDITION, "the first message must be streaming_config"
            )
        session = ScriptedSession(context, first.streaming_config)
        session.requests.append(first)
        self.sessions.append(session)
        self.arrivals.put_nowait(session)
        try:
            await self._serve(session, request_iterator)
        finally:
            session.ended.set()

    async def _serve(self, session: ScriptedSession, requests: AsyncIterator[Any]) -> None:
        fault = session.fault
        if fault == "invalid":
            await session.context.abort_with_status(_Status(invalid_status()))
        if fault == "full":
            await session.context.abort_with_status(_Status(full_status()))
        await session.start()
        if fault == "flood":
            for _ in range(int(session.config.labels["events"])):
                await session.emit("warning", ev.Warning(reason="FLOOD", message="x" * 100))
        async for request in requests:
            session.requests.append(request)
            session.heard.set()
            if request.client_sequence != len(session.requests):
                await session.context.abort(
                    grpc.StatusCode.FAILED_PRECONDITION, "client_sequence is not dense"
                )
            if await self._take(session, request):
                break
        else:
            session.half_closed = True
            if not session.context.done():
                await session.finish()
            return
        session.half_closed = await anext(requests, None) is None
        await session.finish()

    async def _take(self, session: ScriptedSession, request: Any) -> bool:
        """True where the input has ended."""
        fault = session.fault
        match request.WhichOneof("request"):
            case "audio":
                if (
                    request.audio.HasField("sample_offset")
                    and request.audio.sample_offset != session.received_frames
                ):
                    await session.context.abort(
                        grpc.StatusCode.INVALID_ARGUMENT, "sample_offset does not follow"
                    )
                await session.audio(request.audio.content)
            case "silence":
                nanos = request.silence.duration.ToNanoseconds()
                await session.advance(round(nanos * session.rate / 1e9))
            case "text_chunk":
                chunk = request.text_chunk
                session.finals += 1
                session.word_count += len(chunk.text.split())
                header = session.header(f"text/{chunk.channel_tag}/{session.finals}", "gateway", True)
                await session.emit(
                    "transcript",
                    Transcript(
                        header=header,
                        channel_tag=chunk.channel_tag,
                        text=chunk.text,
                        speaker=chunk.speaker,
                        is_final=True,
                        start_offset=chunk.start_offset,
                        end_offset=chunk.end_offset,
                    ),
                )
            case "finalize" if request.finalize.channel_tag > session.channels:
                failure = Failure(reason="CHANNEL_UNKNOWN", message="there is no such channel")
                await session.emit(
                    "error",
                    ev.Error(
                        failure=failure, client_sequence=request.client_sequence, field="finalize.channel_tag"
                    ),
                )
            case "finalize":
                closed = await session.close_segments()
                await session.emit(
                    "finalize_ack", ev.FinalizeAck(request_sequence=request.client_sequence, closed=closed)
                )
            case "update_config" if "refuse" in request.update_config.labels:
                violation = ev.FieldViolation(
                    field="update_config.labels", description="refused by the script"
                )
                await session.emit(
                    "config_rejected",
                    ev.ConfigRejected(request_sequence=request.client_sequence, violations=[violation]),
                )
            case "update_config":
                await session.emit(
                    "config_updated",
                    ev.ConfigUpdated(request_sequence=request.client_sequence, fields=["labels"]),
                )
            case "finish":
                return True
        if fault == "abort" and session.seconds >= 1:
            await session.context.abort_with_status(_Status(aborted_status()))
        if fault == "fatal" and session.seconds >= 1:
            failure = Failure(reason="DECODER_LOST", message="the audio cannot be decoded any more")
            await session.emit("error", ev.Error(failure=failure, stage="audio", fatal=True))
            return True
        if fault == "early" and session.seconds >= 1:
            return True
        if fault == "hold" and session.seconds >= 1:
            self.held.set()
            await self.release.wait()
        return False

    async def GetCapabilities(self, request: Any, context: Any) -> sv.GetCapabilitiesResponse:
        return sv.GetCapabilitiesResponse(server_version="script", audio_encodings=["LINEAR16", "WAV"])

    async def GetSession(self, request: Any, context: Any) -> sv.GetSessionResponse:
        if request.session_id != "scripted-1":
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such session")
        return sv.GetSessionResponse(session=sv.Session(session_id="scripted-1"))


class _Status:
    """What abort_with_status takes, without grpcio-status: the client does not need it either."""

    def __init__(self, status: Any) -> None:
        codes = {code.value[0]: code for code in grpc.StatusCode}
        self.code = codes[status.code]
        self.details = status.message
        self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)


def _status(code: int, message: str, *details: Any) -> Any:
    status = status_pb2.Status(code=code, message=message)
    for detail in details:
        status.details.add().Pack(detail)
    return status


def invalid_status() -> Any:
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(
        field="streaming_config.audio_format.sample_rate_hertz", description="8000 to 48000"
    )
    info = error_details_pb2.ErrorInfo(reason="CONFIG_INVALID", domain="rivermouth", metadata={"value": "0"})
    return _status(3, "the configuration cannot be carried out", info, bad)


def full_status() -> Any:
    retry = error_details_pb2.RetryInfo(retry_delay=offset(2.5))
    info = error_details_pb2.ErrorInfo(reason="AT_CAPACITY", domain="rivermouth")
    return _status(8, "no room for another session", retry, info)


def aborted_status() -> Any:
    return _status(
        10, "taken over", error_details_pb2.ErrorInfo(reason="SESSION_TAKEN_OVER", domain="rivermouth")
    )


@asynccontextmanager
async def serving(port: int = 0) -> AsyncIterator[tuple[ScriptedOrchestrator, str]]:
    """The servicer and its address."""
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    servicer = ScriptedOrchestrator()
    service_pb2_grpc.add_OrchestratorServiceServicer_to_server(servicer, server)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    try:
        yield servicer, f"127.0.0.1:{bound}"
    finally:
        await server.stop(None)


async def serve_forever() -> None:
    async with serving() as (_, address):
        print(address, flush=True)
        await asyncio.Event().wait()


def frames_of(seconds: float, rate: int = 16000) -> Iterator[bytes]:
    """Zeros in chunks of 100 ms."""
    for _ in range(round(seconds * 10)):
        yield bytes(rate // 10 * 2)


if __name__ == "__main__":
    asyncio.run(serve_forever())
