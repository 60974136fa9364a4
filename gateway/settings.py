"""The gateway's configuration."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gateway.merge import TEXT
from gateway.plan import (
    ANALYSIS,
    ASR,
    BUILT_IN,
    QUALITY,
    SEMANTICS,
    TRANSCRIPTION,
    Contract,
    Input,
    Plan,
    StageSpec,
)
from gateway.stage import StageLimits
from services.runtime.settings import ChannelSettings, ServerSettings, Settings, TelemetrySettings


class CustomStage(Settings):
    """An analyser of the deployment's own: it serves rivermouth.analysis.v1.CustomAnalyserService."""

    address: str = Field(min_length=1, description='where it listens, "host:port"')
    inputs: tuple[Literal["audio", "segments", "annotations"], ...] = Field(
        default=("segments",), min_length=1, max_length=1, description="what it is given: one of them"
    )
    default_on: bool = Field(default=False, description="runs where a client names no analysers")


class SessionSettings(Settings):
    """What one session may take, in seconds and counts."""

    max_duration: float = Field(default=6 * 3600.0, gt=0, description="longest session, seconds")
    heartbeat: float = Field(default=5.0, gt=0, description="seconds between heartbeats")
    unaccepted_speech: float = Field(
        default=10.0,
        gt=0,
        description="seconds of audio that recognition has not accepted until the sender waits",
    )
    stalled_after: float = Field(
        default=3.0,
        gt=0,
        description="seconds without progress until nobody waits for recognition, or for a stage of text",
    )
    annotation_wait: float = Field(
        default=0.5, gt=0, description="seconds that a segment waits for its annotation before it is analysed"
    )
    journal_events: int = Field(default=20_000, ge=1000, description="events kept of one session")
    reader_lag: int = Field(
        default=2_000, ge=10, description="events a client may lag behind until it cannot send"
    )
    ended_kept: int = Field(default=200, ge=0, description="ended sessions that GetSession still knows")


class GatewayTelemetrySettings(TelemetrySettings):
    """With this process's name."""

    service_name: str = Field(default="gateway", min_length=1, description="service.name on spans and logs")


class GatewaySettings(Settings):
    """Everything that the gateway is told."""

    server: ServerSettings = ServerSettings()
    channel: ChannelSettings = ChannelSettings()
    telemetry: GatewayTelemetrySettings = GatewayTelemetrySettings()
    session: SessionSettings = SessionSettings()
    stage: StageLimits = StageLimits()
    max_decoders: int = Field(
        default=64,
        ge=1,
        le=1024,
        description="streams of compressed containers decoded at once; each in a process of 30 MB",
    )
    asr: str = Field(default="", description="address of AsrService; empty: in this process")
    quality: str = Field(default="", description="address of AudioQualityService; empty: in this process")
    semantics: str = Field(default="", description="address of SemanticService; empty: in this process")
    analysis: str = Field(default="", description="address of AnalysisService; empty: in this process")
    custom: dict[str, CustomStage] = Field(default_factory=dict, description="analysers of your own, by name")

    @model_validator(mode="after")
    def _names_are_free(self) -> GatewaySettings:
        built_in = {name for spec in BUILT_IN for name in (spec.name, *spec.analysers)}
        taken = (built_in | {TEXT, TRANSCRIPTION}) & set(self.custom)
        if taken:
            raise ValueError(
                f"custom: {', '.join(sorted(taken))} is the name of a built-in analyser or stage"
            )
        return self

    def plan(self) -> Plan:
        """The stage graph of this deployment."""
        addresses = {
            QUALITY.name: self.quality,
            ASR.name: self.asr,
            SEMANTICS.name: self.semantics,
            ANALYSIS.name: self.analysis,
        }
        built_in = tuple(spec.at(addresses[spec.name]) for spec in BUILT_IN)
        own = tuple(
            StageSpec(
                name,
                Contract.CUSTOM,
                frozenset(Input(each) for each in stage.inputs),
                (name,),
                frozenset({name} if stage.default_on else ()),
                stage.address,
                takes_history="audio" not in stage.inputs,
            )
            for name, stage in self.custom.items()
        )
        return Plan(built_in + own)
