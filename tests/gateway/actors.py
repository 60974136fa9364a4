"""Stages that play their part by themselves: each answers all that it is given, as its contract says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from gateway.plan import Contract
from rivermouth.analysis.v1 import analysis_pb2, custom_pb2
from rivermouth.asr.v1 import asr_pb2
from rivermouth.quality.v1 import quality_pb2
from rivermouth.result.v1 import result_pb2
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.offsets import duration, from_frames, nanoseconds
from services.runtime.results import OpenResult, ResultOrigin
from tests.gateway.puppets import Puppet, Send

SECOND = 1_000_000_000


class Actor(Puppet):
    """A stage that needs no strings; `streams` stays empty."""

    async def run(self, requests: AsyncIterator[Any], send: Send) -> None:
        first = await anext(aiter(requests), None)
        if first is None:
            return
        config = first.streaming_config
        self.open_streams = getattr(self, "open_streams", 0) + 1
        try:
            await self.play(config, requests, send)
        finally:
            self.open_streams -= 1

    async def play(self, config: Any, requests: AsyncIterator[Any], send: Send) -> None:
        raise NotImplementedError


class Asr(Actor):
    """Says a word every 200 ms of audio, and makes it a segment every second; one channel."""

    def __init__(self) -> None:
        super().__init__(Contract.ASR)

    async def play(self, config: Any, requests: AsyncIterator[Any], send: Send) -> None:
        origin = ResultOrigin(config.identity, "asr", "actor")
        position = start = nanoseconds(config.start_offset)
        count = 0
        opened: OpenResult | None = None
        words: list[str] = []

        async def say(final: bool) -> None:
            nonlocal opened, start, words
            assert opened is not None
            transcript = transcript_pb2.Transcript(
                header=opened.final() if final else opened.partial(),
                channel_tag=1,
                text=" ".join(words),
                is_final=final,
                start_offset=duration(start),
                end_offset=duration(position),
            )
            if final:
                opened, start, words = None, position, []
            cursors = asr_pb2.RecognitionCursors(
                accepted=duration(position), interim=duration(position), final=duration(start)
            )
            await send(asr_pb2.StreamingRecognizeResponse(transcript=transcript, cursors=cursors))

        async for request in requests:
            if request.HasField("audio"):
                position += len(request.audio.content) * SECOND // 32_000
                if opened is None:
                    count += 1
                    opened = origin.open(1, count)
                if position - start >= (len(words) + 1) * SECOND // 5:
                    words.append(f"w{position // SECOND}")
                    await say(final=position - start >= SECOND)
            elif request.HasField("finalize"):
                closed = int(opened is not None)
                if opened is not None:
                    await say(final=True)
                answer = asr_pb2.RecognitionFinalized(request_id=request.finalize.request_id, closed=closed)
                await send(asr_pb2.StreamingRecognizeResponse(finalized=answer))
        if opened is not None:
            await say(final=True)
        complete = transcript_pb2.TranscriptComplete(header=origin.open(0, "complete").final())
        await send(asr_pb2.StreamingRecognizeResponse(transcript_complete=complete))


class Quality(Actor):
    """One result, refined with each piece."""

    def __init__(self) -> None:
        super().__init__(Contract.QUALITY)

    async def play(self, config: Any, requests: AsyncIterator[Any], send: Send) -> None:
        opened = ResultOrigin(config.identity, "quality", "actor").open(0, 1)

        rate, frame = config.audio_format.sample_rate_hertz, 2 * config.audio_format.channel_count
        heard = 0

        async def say(header: result_pb2.ResultHeader) -> None:
            quality = quality_pb2.AudioQuality(header=header, duration=duration(from_frames(heard, rate)))
            await send(quality_pb2.StreamingAssessResponse(audio_quality=quality))

        async for request in requests:
            heard = request.audio.sample_offset + len(request.audio.content) // frame
            await say(opened.partial())
        await say(opened.final())


class Semantics(Actor):
    """One annotation a segment."""

    def __init__(self) -> None:
        super().__init__(Contract.SEMANTICS)

    async def play(self, config: Any, requests: AsyncIterator[Any], send: Send) -> None:
        origin = ResultOrigin(config.identity, "semantics", "actor")
        count = 0
        async for request in requests:
            if request.HasField("watermark"):
                continue
            count += 1
            header = origin.open(0, count).final()
            if request.HasField("upstream_failure"):
                failed = origin.open(0, "upstream").final(result_pb2.OUTCOME_FAILED, request.upstream_failure)
                annotation = semantics_pb2.SemanticAnnotation(header=failed)
            else:
                annotation = semantics_pb2.SemanticAnnotation(
                    header=header, segment_id=request.segment.header.result_id, text=request.segment.text
                )
            await send(semantics_pb2.StreamingAnnotateResponse(semantic=annotation))


class Analysis(Actor):
    """Each analysis: refined with each segment, final at the end; `missing` names what was not annotated."""

    def __init__(self) -> None:
        super().__init__(Contract.ANALYSIS)

    async def play(self, config: Any, requests: AsyncIterator[Any], send: Send) -> None:
        origin = ResultOrigin(config.identity, "analysis", "actor")
        evidence = result_pb2.Evidence()
        opened = {each.name: origin.open(0, each.name, evidence) for each in config.analyses}
        failure: result_pb2.Failure | None = None
        count = 0

        async def say(name: str, header: result_pb2.ResultHeader) -> None:
            analysis = analysis_pb2.Analysis(header=header, name=name, chunk_index=header.revision - 1)
            analysis.local.quantitative_metrics.segments = count
            await send(analysis_pb2.StreamingAnalyzeResponse(analysis=analysis))

        async for request in requests:
            if request.HasField("upstream_failure"):
                failure = request.upstream_failure
                continue
            if request.HasField("speaker_revision"):
                continue
            count += 1
            transcript = request.segment.transcript
            evidence.segments.add(segment_id=transcript.header.result_id, revision=transcript.header.revision)
            if not request.segment.HasField("semantic") and "semantics" not in evidence.missing:
                evidence.missing.append("semantics")
            for name, result in opened.items():
                await say(name, result.partial())
        for name, result in opened.items():
            outcome = result_pb2.OUTCOME_FAILED if failure else result_pb2.OUTCOME_COMPLETE
            await say(name, result.final(outcome, failure))


class Custom(Actor):
    """One result for each thing that it is given; its payload is the request itself."""

    def __init__(self) -> None:
        super().__init__(Contract.CUSTOM)
        self.configs: list[Any] = []

    async def play(self, config: Any, requests: AsyncIterator[Any], send: Send) -> None:
        self.configs.append(config)
        origin = ResultOrigin(config.identity, config.name, "actor")
        count = 0
        async for request in requests:
            count += 1
            result = custom_pb2.CustomResult(header=origin.open(0, count).final(), name=config.name)
            result.payload.Pack(request)
            await send(custom_pb2.StreamingProcessResponse(custom_result=result))


def actors() -> dict[str, Puppet]:
    """The four built-in stages, playing by themselves."""
    return {"quality": Quality(), "asr": Asr(), "semantics": Semantics(), "analysis": Analysis()}
