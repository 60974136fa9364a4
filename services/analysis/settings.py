"""The settings of the analysis service; the environment's names begin with RIVERMOUTH_ANALYSIS__."""

from pathlib import Path
from typing import Literal

from pydantic import Field

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
        description="TOML file of word lists, laid over the project's own (see services/analysis/lists.py)",
    )
    scripted_delay: float = Field(
        default=0.0, ge=0, le=600, description="seconds that the scripted engine takes for each segment"
    )
    max_pending: int = Field(
        default=64, ge=1, description="segments of a stream that wait for the engine; more are skipped"
    )
    server: AnalysisServerSettings = AnalysisServerSettings()
    telemetry: AnalysisTelemetrySettings = AnalysisTelemetrySettings()
