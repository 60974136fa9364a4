"""How soon the service has something to say of a segment, and what redaction and acoustics cost."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import time
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import grpc.aio
import numpy as np

from deploy.local.bench import BenchError, Figure
from deploy.local.benches import peer
from deploy.local.benches.measure import figure
from rivermouth.analysis.v1.analysis_pb2 import (
    AnalysisRequest,
    AnnotatedSegment,
    StreamingAnalysisConfig,
    StreamingAnalyzeRequest,
    StreamingAnalyzeResponse,
    Trigger,
)
from rivermouth.analysis.v1.analysis_pb2_grpc import AnalysisServiceStub
from rivermouth.result.v1.result_pb2 import PHASE_COARSE, ResultHeader
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.analysis.acoustics.voice import SAMPLE_RATE_HERTZ
from services.analysis.analysis import Trigger as When
from services.analysis.registry import ANALYSES
from services.runtime.channel import open_channel
from services.runtime.offsets import duration, from_seconds
from services.semantics.session import SemanticsCore
from services.semantics.settings import SemanticsSettings
from services.text.redaction.redactor import Redactor

DATA = Path(__file__).resolve().parents[3] / "tests" / "data"
DIALOGUES = DATA / "dialogues"
SAMPLE_CALL = DATA / "sample_call" / "call.wav"
ASKED = tuple(name for name in ANALYSES if name != "workflow")
"""All fourteen: workflow says nothing of its own about a segment."""
_PACE = 0.025
"""Seconds between two segments: of a hundred speakers, together, in one stream."""
_WARMING = 6.0
"""Seconds in which a service that has just been started loads the SDKs."""
_APART = 3.0
"""Seconds between their begins, as they tell it."""
_STRETCH = 10 * SAMPLE_RATE_HERTZ
_NAMES = ("Anna Berg", "Olivia", "Marco")


def utterances() -> list[dict[str, Any]]:
    """Of the project's dialogues, one after another. Raises OSError, ValueError."""
    paths = sorted(DIALOGUES.glob("dev*/*.json"))
    told = [each for path in paths for each in json.loads(path.read_text("utf-8"))["utterances"]]
    if not told:
        raise BenchError(f"no dialogues in {DIALOGUES}")
    return told


async def coarse_delays(count: int, llm: Mapping[str, Any] | None = None) -> list[float]:
    """Seconds from the write of a segment to the arrival of the last COARSE that is about it, all analyses
    asked for, each for each segment where it can be; client and service in a process each."""
    segments = await _annotated(count)
    gc.collect()
    gc.freeze()  # what a full collection here takes is no delay of the service
    spec = {"parts": ["analysis"], "settings": {"analysis": {"llm": llm} if llm else {}}}
    async with (
        asyncio.timeout(120),
        peer.start("analysis", "deploy.local.benches.server", json.dumps(spec)) as process,
        open_channel((await process.ask("address"))["address"]) as channel,
    ):
        if llm is not None:
            await asyncio.sleep(_WARMING)
        call: Any = AnalysisServiceStub(channel).StreamingAnalyze()
        await call.write(StreamingAnalyzeRequest(streaming_config=_config()))
        written: dict[str, float] = {}
        arrived: dict[str, float] = {}

        async def send() -> None:
            for each in segments:
                await asyncio.sleep(_PACE)
                written[each.segment.transcript.header.result_id] = time.monotonic()
                await call.write(each)
            if llm is None:
                await call.done_writing()

        sending = asyncio.create_task(send())
        # With a model that is slow there would be minutes of waiting for what is not measured.
        while (response := await call.read()) is not grpc.aio.EOF:
            at = time.monotonic()
            if segment_id := _coarse_about(response):
                arrived[segment_id] = at
            if llm is not None and sending.done() and len(arrived) == count:
                break
        await sending
        call.cancel()
    if len(arrived) < count:
        raise BenchError(f"of {count} segments {count - len(arrived)} got no coarse result")
    return [arrived[each] - written[each] for each in written]


def _config() -> StreamingAnalysisConfig:
    each = {
        name: Trigger.TRIGGER_SEGMENT if When.SEGMENT in ANALYSES[name].triggers else Trigger.TRIGGER_SESSION
        for name in ASKED
    }
    requests = [AnalysisRequest(name=name, trigger=trigger) for name, trigger in each.items()]
    return StreamingAnalysisConfig(analyses=requests)


def _coarse_about(response: StreamingAnalyzeResponse) -> str:
    """The segment that a coarse result is made at, the newest of those it rests on; empty for all else."""
    kind = response.WhichOneof("result")
    if kind not in ("analysis", "summary"):
        return ""
    header = getattr(response, kind).header
    segments = header.evidence.segments
    return str(segments[-1].segment_id) if header.phase == PHASE_COARSE and segments else ""


async def _annotated(count: int) -> list[StreamingAnalyzeRequest]:
    """Segments as the gateway hands them on."""
    requests: list[StreamingAnalyzeRequest] = []
    async with SemanticsCore(SemanticsSettings()) as semantics:
        for number, each in zip(range(1, count + 1), itertools.cycle(utterances()), strict=False):
            transcript = Transcript(
                header=ResultHeader(result_id=f"asr/{each['channel']}/{number}", revision=1),
                channel_tag=each["channel"],
                speaker=each["speaker"],
                text=each["text"],
                start_offset=duration(from_seconds(number * _APART)),
                end_offset=duration(from_seconds(number * _APART + each["end_s"] - each["start_s"])),
                is_final=True,
            )
            annotated = AnnotatedSegment(transcript=transcript, semantic=semantics.annotate(transcript))
            requests.append(StreamingAnalyzeRequest(segment=annotated))
    return requests


def redaction(rounds: int) -> Figure:
    """Processor time of this thread for a segment, in µs: all kinds, three names listed."""
    texts = [each["text"] for each in utterances()]
    found: list[float] = []
    for _ in range(rounds):
        redactor = Redactor(names=_NAMES)
        begin = time.thread_time()
        for text in texts:
            redactor.redact(text)
        found.append(1e6 * (time.thread_time() - begin) / len(texts))
    return figure("redaction_us", found, "under 300")


def acoustics(rounds: int) -> Figure:
    """Time for 10 s of one channel of the sample call, in ms, the mean over the call. Raises ImportError."""
    from services.analysis.acoustics.praat import measure  # Praat is an extra

    with wave.open(str(SAMPLE_CALL)) as recording:
        frames = np.frombuffer(recording.readframes(recording.getnframes()), np.int16)
        channels, rate = recording.getnchannels(), recording.getframerate()
    samples = np.concatenate(frames.reshape(-1, channels).T[:, :: rate // SAMPLE_RATE_HERTZ])
    pieces = [samples[at : at + _STRETCH] for at in range(0, len(samples) - _STRETCH, _STRETCH)]
    measure(pieces[0])  # loads what is loaded once
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        for piece in pieces:
            measure(piece)
        found.append(1e3 * (time.perf_counter() - begin) / len(pieces))
    return figure("acoustic_ms_per_10_s", found, "at most 300")


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not below so large a share of them."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
