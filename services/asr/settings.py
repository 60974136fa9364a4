"""The settings of the recognition service; the environment's names begin with RIVERMOUTH_ASR__."""

from __future__ import annotations

import os
from typing import Literal

from pydantic import Field

from services.asr.gemini_live_settings import GeminiLiveSettings
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


class WhisperSettings(Settings):
    """Whisper by way of faster-whisper: the model, where it computes, and how much for interims."""

    model: str = Field(
        default="",
        description="directory of a model in CTranslate2's format, or a name such as small or large-v3; "
        "empty: the best that is found",
    )
    models_directory: str = Field(
        default="", description="directory with a folder for each model, looked at before the hub's cache"
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="where it computes; auto: on a GPU if there is one"
    )
    compute_type: str = Field(
        default="default",
        pattern=r"^[a-z0-9_]+$",
        description="number format of CTranslate2, such as int8 or float16; default: the model's own",
    )
    workers: int = Field(
        default=0,
        ge=0,
        le=64,
        description="passes at once, over one copy of the weights; 0: the cores, at most 4; 1 on a GPU",
    )
    threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="processor threads of a pass; 0: the cores over the workers, 1 for a tiny model",
    )
    beam_size: int = Field(default=1, ge=1, le=16, description="beam of interim passes")
    final_beam_size: int = Field(default=5, ge=1, le=16, description="beam of the pass that makes the final")
    interim_interval: float = Field(
        default=0.1, ge=0.05, le=30, description="audio between interim passes, in s, where there is time"
    )
    interim_share: float = Field(
        default=0.5, gt=0, le=1, description="share of a worker's time that interims of one channel may take"
    )
    short_windows: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="encode the audio there is instead of 30 s; auto: where the model was found to bear it",
    )
    min_window: float = Field(default=2.0, ge=0.5, le=30, description="shortest of the short windows, in s")
    no_speech_threshold: float = Field(
        default=0.6, ge=0, le=1, description="no-speech probability above which doubtful text is dropped"
    )
    log_probability_threshold: float = Field(
        default=-1.0, ge=-20, le=0, description="mean log probability of tokens below which text is doubtful"
    )
    compression_ratio_threshold: float = Field(
        default=2.4, gt=1, le=100, description="text that gzip makes smaller than this repeats itself"
    )
    stall_seconds: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        description="time after which a pass, beside ten times its audio, is given up as never ending",
    )
    max_waiting: int = Field(default=64, ge=1, description="finals that may wait until streams are refused")
    batch: int = Field(
        default=0, ge=0, le=256, description="utterances decoded in one pass; 0: 1 on a CPU, 8 on a GPU"
    )
    language: str = Field(
        default="",
        pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*|auto)?$",
        description="language where a stream names none, such as en; empty: detected",
    )


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


class ProfanitySettings(Settings):
    """What the profanity filter masks, where a stream asks for it."""

    words: tuple[str, ...] = Field(default=(), description="words to mask besides the built-in list")
    allowed: tuple[str, ...] = Field(default=(), description="words of the built-in list not to mask")
    file: str = Field(
        default="", description="file of words, parted by spaces or lines, instead of the built-in list"
    )


class AsrSettings(Settings):
    """How the recognition service runs."""

    engine: Literal["auto", "whisper", "sphinx", "gemini_live", "scripted"] = Field(
        default="auto",
        description="the recogniser; auto: whisper where a usable model is found, else sphinx; scripted is "
        "for tests and benches",
    )
    first_pass: Literal["", "sphinx", "whisper"] = Field(
        default="", description="a quicker recogniser for interims; `engine` then makes the finals alone"
    )
    first_pass_model: str = Field(
        default="", description="model of a first pass by whisper, as in whisper.model"
    )
    profanity: ProfanitySettings = ProfanitySettings()
    max_streams: int = Field(default=200, ge=1, description="streams at once; more get RESOURCE_EXHAUSTED")
    max_load: float = Field(
        default=0.95,
        gt=0,
        le=1,
        description="share of the recogniser's time from which more streams get RESOURCE_EXHAUSTED; what "
        "recordings take that are sent faster than spoken does not count",
    )
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
    whisper: WhisperSettings = WhisperSettings()
    sphinx: SphinxSettings = Field(default_factory=SphinxSettings)
    gemini_live: GeminiLiveSettings = GeminiLiveSettings()
    scripted: ScriptedSettings = ScriptedSettings()
    server: AsrServerSettings = AsrServerSettings()
    telemetry: AsrTelemetrySettings = AsrTelemetrySettings()
