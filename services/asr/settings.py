"""The settings of the recognition service; the environment's names begin with RIVERMOUTH_ASR__."""

from __future__ import annotations

import os
from typing import Literal

from pydantic import Field

from services.runtime.settings import ServerSettings, Settings, TelemetrySettings


class AsrTelemetrySettings(TelemetrySettings):
    """With this service's name."""

    service_name: str = Field(default="asr", min_length=1, description="service.name on spans and logs")


class AsrServerSettings(ServerSettings):
    """A caller may be muted for minutes, and then there is no audio; keepalive finds dead peers."""

    idle_timeout: float = Field(default=600.0, gt=0, description="seconds between two messages of a call")


class SphinxSettings(Settings):
    """PocketSphinx and the processes it runs in."""

    workers: int = Field(
        default_factory=lambda: min(max(4, 2 * (os.cpu_count() or 1)), 16),
        ge=1,
        le=256,
        description="decoders: utterances recognised at once; each is a process of about 100 MB",
    )
    niceness: int = Field(
        default=10, ge=0, le=19, description="nice value of the decoders, so that they do not delay the rest"
    )
    max_waiting: int = Field(default=64, ge=1, description="utterances that may wait for a decoder")
    attempts: int = Field(
        default=2, ge=1, le=10, description="decoders that an utterance is given, should one die with it"
    )
    stall_timeout: float = Field(
        default=10.0, gt=0, description="seconds without a sign from a busy decoder until it is replaced"
    )
    start_timeout: float = Field(default=60.0, gt=0, description="seconds for a decoder to load its model")


class ScriptedSettings(Settings):
    """The scripted recogniser, for tests and benches: words by the count of samples."""

    words: tuple[str, ...] = Field(
        default=("the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "and", "runs", "away"),
        min_length=1,
        description="word number n of the session's clock is words[n % len(words)]",
    )
    word_seconds: float = Field(default=0.5, ge=0.01, le=60, description="length of a word")
    interim_interval: float = Field(default=0.25, gt=0, le=60, description="audio between interims, in s")
    delay: float = Field(default=0.0, ge=0, le=600, description="seconds until each result is sent")
    vad: Literal["scripted", "silero"] = Field(
        default="scripted", description="speech by schedule, or by listening"
    )
    speech_seconds: float = Field(default=2.0, ge=0.1, le=3600, description="speech of the schedule, first")
    silence_seconds: float = Field(default=0.5, ge=0, le=3600, description="silence of the schedule, then")


class GuardSettings(Settings):
    """What an utterance must have to be speech."""

    min_probability: float = Field(
        default=0.6, ge=0, le=1, description="mean speech probability of its windows"
    )
    min_confidence: float = Field(default=0.25, ge=0, le=1, description="mean confidence of its words")


class AsrSettings(Settings):
    """How the recognition service runs."""

    engine: Literal["sphinx", "scripted"] = Field(
        default="sphinx", description="the recogniser: sphinx, or scripted for tests and benches"
    )
    max_streams: int = Field(default=200, ge=1, description="streams at once; more get RESOURCE_EXHAUSTED")
    retry_after: float = Field(default=1.0, gt=0, description="seconds that a refused caller is told to wait")
    max_decoders: int = Field(
        default=64,
        ge=1,
        le=1024,
        description="streams of compressed containers decoded at once; each in a process of 30 MB",
    )
    max_backlog_seconds: float = Field(
        default=5.0, ge=1, le=60, description="audio of one stream that may wait to be recognised"
    )
    settle_agreement: int = Field(
        default=4, ge=2, le=20, description="hypotheses in a row that must agree before a word is final"
    )
    settle_seconds: float = Field(
        default=2.0, ge=0, le=60, description="audio after a word before it is final inside an interim"
    )
    guards: GuardSettings = GuardSettings()
    sphinx: SphinxSettings = Field(default_factory=SphinxSettings)
    scripted: ScriptedSettings = ScriptedSettings()
    server: AsrServerSettings = AsrServerSettings()
    telemetry: AsrTelemetrySettings = AsrTelemetrySettings()
