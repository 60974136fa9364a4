"""The settings of the analysis service; the environment's names begin with RIVERMOUTH_ANALYSIS__."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from services.llm.settings import LlmSettings
from services.runtime.settings import ServerSettings, Settings, TelemetrySettings


class AnalysisServerSettings(ServerSettings):
    """A conversation may pause for minutes, and then there are no segments; keepalive finds dead peers."""

    idle_timeout: float = Field(default=3600.0, gt=0, description="seconds between two messages of a call")


class AnalysisTelemetrySettings(TelemetrySettings):
    """With this service's name."""

    service_name: str = Field(default="analysis", min_length=1, description="service.name on spans and logs")


class AnalysisSettings(Settings):
    """How the analysis service runs."""

    engine: Literal["local", "scripted"] = Field(
        default="local", description="local, or scripted for tests and benches"
    )
    word_lists: Path | None = Field(
        default=None,
        description="TOML file of word lists, laid over the project's own (see analysis/measures/lists.py)",
    )
    scripted_delay: float = Field(
        default=0.0, ge=0, le=600, description="seconds that the scripted engine takes for each segment"
    )
    max_pending: int = Field(
        default=64, ge=1, description="segments of a stream that wait for the engine; more are skipped"
    )
    acoustic_processes: int = Field(
        default=1, ge=1, le=64, description="processes that measure sound, of 120 MB each, once one is needed"
    )
    acoustic_waiting: int = Field(
        default=64, ge=1, description="segments, of all streams, that wait for them; more go unmeasured"
    )
    llm: LlmSettings = LlmSettings()
    llm_timeout: float = Field(
        default=90.0, gt=0, le=3600, description="seconds for one answer of a model, all attempts included"
    )
    llm_finish_timeout: float = Field(
        default=300.0, gt=0, le=3600, description="seconds for all answers that a stream owes after its input"
    )
    llm_calls_at_once: int = Field(
        default=4, ge=1, le=64, description="answers of models that a stream waits for; more wait for these"
    )
    drop_log: Path | None = Field(
        default=None, description="file for work that found no room, for `rivermouth batch` to finish"
    )
    drop_log_bytes: int = Field(
        default=64 << 20, ge=1 << 10, description="size of that file from which on nothing more is written"
    )
    drop_log_unanswered: bool = Field(
        default=False, description="whether work goes there too that no model could do, or none was asked for"
    )
    server: AnalysisServerSettings = AnalysisServerSettings()
    telemetry: AnalysisTelemetrySettings = AnalysisTelemetrySettings()
