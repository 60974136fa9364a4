"""How each stage's RPC is spoken: session input as its requests, its responses as results.

One class for each contract. A stage of a deployment's own speaks `Custom`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from google.protobuf.descriptor import Descriptor

from gateway.events import failure_of, result_of, stub_failure
from gateway.failure import Failure
from gateway.ledger import Result
from gateway.plan import ActiveStage, Contract
from rivermouth.analysis.v1 import analysis_pb2, custom_pb2, redaction_pb2
from rivermouth.asr.v1 import asr_pb2
from rivermouth.audio.v1 import audio_pb2
from rivermouth.quality.v1 import quality_pb2
from rivermouth.result.v1 import result_pb2
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.session.v1 import config_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.audio.pcm import frames_from_bytes
from services.runtime.offsets import SECOND, duration, nanoseconds, to_frames

TENANT_LABEL = "tenant"
"""The session's label that says whose budget of language models it is charged to."""


@dataclass(slots=True)
class Setup:
    """What a stage is told first."""

    session_id: str
    config: config_pb2.StreamingConfig
    speech_format: audio_pb2.AudioFormat | None
    native_format: audio_pb2.AudioFormat | None
    recognition: asr_pb2.RecognitionConfig = field(default_factory=asr_pb2.RecognitionConfig)
    redaction_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """One for the session, however often a stage is started: one value is replaced by the same throughout."""
    redaction_numbers: list[redaction_pb2.RedactionNumber] = field(default_factory=list, repr=False)
    """All that the stage has told, for the one that takes its place."""

    @property
    def language_code(self) -> str:
        """Tag of the language, as far as the configuration names one."""
        tag = self.recognition.language_code
        return "" if tag == "auto" else tag

    def identity(self, stage: str, incarnation: int) -> result_pb2.StreamIdentity:
        return result_pb2.StreamIdentity(
            session_id=self.session_id,
            stage=stage,
            incarnation=incarnation,
            tenant=self.config.labels.get(TENANT_LABEL, ""),
        )

    def options(self, name: str) -> dict[str, str]:
        return {k: v for each in self.config.analysers if each.name == name for k, v in each.options.items()}


@dataclass(slots=True)
class Cursors:
    """How far a stage is, nanoseconds on the session's clock."""

    accepted: int
    interim: int
    final: int
    lag: int = 0
    """How late the stage is."""


@dataclass(slots=True)
class Output:
    """What one response says. At most one of the first four is set."""

    result: Result | None = None
    note: tuple[str, Any, int] | None = None
    """Kind, body and channel of an event that is no result."""
    finalized: tuple[int, int] | None = None
    """A finalize was carried out: request id, utterances closed."""
    failure: Failure | None = None
    cursors: Cursors | None = None
    started: asr_pb2.RecognitionStarted | None = None
    """A stream of recognition has begun."""


_NOTHING = Output()


@cache
def _fields(descriptor: Descriptor) -> frozenset[str]:
    """The names of a message's fields: to ask a message for one that it has not is dear."""
    return frozenset(descriptor.fields_by_name)


class StageContract:
    """One RPC."""

    service: ClassVar[str]
    method: ClassVar[str]
    request: ClassVar[type[Any]]
    response: ClassVar[type[Any]]
    audio_period: ClassVar[int] = 0
    """Nanoseconds of audio that one request may wait for; 0 where each piece is wanted at once."""
    audio_early: ClassVar[int] = 0
    """Where the first request ends, in nanoseconds of the session; 0 for at the first period."""

    def __init__(self, stage: ActiveStage, setup: Setup) -> None:
        self.stage = stage
        self.setup = setup

    def configure(self, incarnation: int, start: int) -> Any:
        """The first request. Speech begins at `start` on the session's clock; other audio says where."""
        raise NotImplementedError

    def audio(self, content: bytes, offset: int | None = None) -> Any:
        request = self.request()
        request.audio.content = content  # in place: a message that is passed on to another is copied
        if offset is not None:
            request.audio.sample_offset = offset
        return request

    def segment(self, transcript: Result, annotation: Result | None) -> Any:
        raise TypeError(f"{self.stage.name} takes no segments")

    def turn(self, turn: semantics_pb2.Turn) -> Any:
        return self.request(turn=turn)

    def watermark(self, position: int) -> Any:
        raise TypeError(f"{self.stage.name} takes no watermarks")

    def speaker_revision(self, revision: transcript_pb2.SpeakerRevision) -> Any:
        raise TypeError(f"{self.stage.name} takes no speaker revisions")

    def upstream_failure(self, failure: Failure) -> Any:
        return self.request(upstream_failure=stub_failure(failure))

    def read(self, response: Any) -> Output:
        """What a response says."""
        which = response.WhichOneof("result")
        if which is None:
            return _NOTHING
        body = getattr(response, which)
        if which == "failure":
            return Output(failure=failure_of(body))
        fields = _fields(body.DESCRIPTOR)
        channel = body.channel_tag if "channel_tag" in fields else 0
        if "header" not in fields:
            return Output(note=(which, body, channel))
        latency = response.latency if response.HasField("latency") else None
        segment_id = body.segment_id if "segment_id" in fields else ""
        return Output(result=result_of(which, self.stage.name, body, latency, channel, segment_id))


class Asr(StageContract):
    service = "rivermouth.asr.v1.AsrService"
    method = f"/{service}/StreamingRecognize"
    request = asr_pb2.StreamingRecognizeRequest
    response = asr_pb2.StreamingRecognizeResponse

    def configure(self, incarnation: int, start: int) -> Any:
        return self.request(
            streaming_config=asr_pb2.StreamingRecognitionConfig(
                identity=self.setup.identity(self.stage.name, incarnation),
                audio_format=self.setup.speech_format,
                recognition=self.setup.recognition,
                start_offset=duration(start),
            )
        )

    def muted(self, until: Mapping[int, int], start: int, request: Any) -> Any:
        """A piece of audio from `start`, silent in each channel `until` where its text is final already.

        Audio is said again from where the slowest channel was. The others must not be recognised twice.
        """
        if self.setup.speech_format is None or all(end <= start for end in until.values()):
            return request
        rate, count = self.setup.speech_format.sample_rate_hertz, self.setup.speech_format.channel_count
        frames = frames_from_bytes(request.audio.content, count).copy()
        for channel, end in until.items():
            if 1 <= channel <= count:
                frames[: to_frames(max(0, end - start), rate), channel - 1] = 0
        return self.audio(frames.tobytes())

    def silence(self, nanoseconds: int) -> Any:
        return self.request(silence=audio_pb2.Silence(duration=duration(nanoseconds)))

    def finalize(self, channel: int, request_id: int) -> Any:
        return self.request(finalize=asr_pb2.FinalizeRequest(channel_tag=channel, request_id=request_id))

    def update(self, recognition: asr_pb2.RecognitionConfig) -> Any:
        return self.request(update=recognition)

    def read(self, response: asr_pb2.StreamingRecognizeResponse) -> Output:
        which = response.WhichOneof("result")
        if which is None:
            output = Output()
        elif which == "started":
            output = Output(started=response.started)
        elif which == "finalized":
            output = Output(finalized=(response.finalized.request_id, response.finalized.closed))
        elif which == "transcript":
            transcript = response.transcript
            latency = response.latency if response.HasField("latency") else None
            segment_id = transcript.header.result_id
            output = Output(
                result=result_of(
                    which, self.stage.name, transcript, latency, transcript.channel_tag, segment_id
                )
            )
        else:
            output = super().read(response)
        if response.HasField("cursors"):
            cursors = response.cursors
            output.cursors = Cursors(
                nanoseconds(cursors.accepted),
                nanoseconds(cursors.interim),
                nanoseconds(cursors.final),
                nanoseconds(cursors.lag),
            )
        return output


class Quality(StageContract):
    service = "rivermouth.quality.v1.AudioQualityService"
    method = f"/{service}/StreamingAssess"
    request = quality_pb2.StreamingAssessRequest
    response = quality_pb2.StreamingAssessResponse
    audio_period = SECOND
    audio_early = SECOND // 2
    """Its results are due after the first half second, and at full seconds."""

    def configure(self, incarnation: int, start: int) -> Any:
        return self.request(
            streaming_config=quality_pb2.StreamingAssessConfig(
                identity=self.setup.identity(self.stage.name, incarnation),
                audio_format=self.setup.native_format,
            )
        )


class Semantics(StageContract):
    service = "rivermouth.semantics.v1.SemanticService"
    method = f"/{service}/StreamingAnnotate"
    request = semantics_pb2.StreamingAnnotateRequest
    response = semantics_pb2.StreamingAnnotateResponse

    def configure(self, incarnation: int, start: int) -> Any:
        return self.request(
            streaming_config=semantics_pb2.StreamingAnnotateConfig(
                identity=self.setup.identity(self.stage.name, incarnation),
                language_code=self.setup.language_code,
                options=self.setup.options("semantics"),
                watermarks=True,
            )
        )

    def segment(self, transcript: Result, annotation: Result | None) -> Any:
        return self.request(segment=transcript.body)

    def watermark(self, position: int) -> Any:
        return self.request(watermark=duration(position))


class Analysis(StageContract):
    service = "rivermouth.analysis.v1.AnalysisService"
    method = f"/{service}/StreamingAnalyze"
    request = analysis_pb2.StreamingAnalyzeRequest
    response = analysis_pb2.StreamingAnalyzeResponse
    audio_period = SECOND
    """A segment that comes sooner has the audio before it handed out first."""

    def configure(self, incarnation: int, start: int) -> Any:
        config = self.setup.config
        triggers = {each.name: each.trigger for each in config.analysers}
        return self.request(
            streaming_config=analysis_pb2.StreamingAnalysisConfig(
                identity=self.setup.identity(self.stage.name, incarnation),
                analyses=[
                    analysis_pb2.AnalysisRequest(
                        name=name, trigger=triggers.get(name), options=self.setup.options(name)
                    )
                    for name in self.stage.analysers
                ],
                llm_providers=config.llm_providers,
                cache_answers=config.cache_answers,
                context=config.context if config.HasField("context") else None,
                language_code=self.setup.language_code,
                audio_format=self.setup.speech_format if self.stage.spec.takes_audio else None,
                allow_audio_egress=config.recognition.allow_audio_egress,
                redaction=config.redaction if config.HasField("redaction") else None,
                redaction_key=self.setup.redaction_key if config.HasField("redaction") else b"",
                redaction_numbers=self.setup.redaction_numbers,
            )
        )

    def segment(self, transcript: Result, annotation: Result | None) -> Any:
        return self.request(segment=_annotated(transcript, annotation))

    def speaker_revision(self, revision: transcript_pb2.SpeakerRevision) -> Any:
        return self.request(speaker_revision=revision)

    def read(self, response: analysis_pb2.StreamingAnalyzeResponse) -> Output:
        if response.WhichOneof("result") == "redaction_numbers":
            self.setup.redaction_numbers += response.redaction_numbers.numbers
            return _NOTHING
        return super().read(response)


class Custom(StageContract):
    service = "rivermouth.analysis.v1.CustomAnalyserService"
    method = f"/{service}/StreamingProcess"
    request = custom_pb2.StreamingProcessRequest
    response = custom_pb2.StreamingProcessResponse

    def configure(self, incarnation: int, start: int) -> Any:
        return self.request(
            streaming_config=custom_pb2.StreamingProcessConfig(
                identity=self.setup.identity(self.stage.name, incarnation),
                name=self.stage.name,
                audio_format=self.setup.native_format if self.stage.spec.takes_audio else None,
                options=self.setup.options(self.stage.name),
            )
        )

    def segment(self, transcript: Result, annotation: Result | None) -> Any:
        return self.request(segment=_annotated(transcript, annotation))


def _annotated(transcript: Result, annotation: Result | None) -> analysis_pb2.AnnotatedSegment:
    return analysis_pb2.AnnotatedSegment(
        transcript=transcript.body, semantic=annotation.body if annotation else None
    )


CONTRACTS: dict[Contract, type[StageContract]] = {
    Contract.ASR: Asr,
    Contract.QUALITY: Quality,
    Contract.SEMANTICS: Semantics,
    Contract.ANALYSIS: Analysis,
    Contract.CUSTOM: Custom,
}

__all__ = ["CONTRACTS", "Asr", "Cursors", "Output", "Setup", "StageContract"]
