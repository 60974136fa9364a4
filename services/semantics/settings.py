"""The settings of the semantic service; the environment's names begin with RIVERMOUTH_SEMANTICS__."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from services.runtime.settings import ServerSettings, Settings, TelemetrySettings


class SemanticsServerSettings(ServerSettings):
    """A conversation may pause for minutes, and then there are no segments; keepalive finds dead peers."""

    idle_timeout: float = Field(default=3600.0, gt=0, description="seconds between two messages of a call")


class SemanticsTelemetrySettings(TelemetrySettings):
    """With this service's name."""

    service_name: str = Field(default="semantics", min_length=1, description="service.name on spans and logs")


class SemanticsSettings(Settings):
    """How the semantic service runs."""

    engine: Literal["rules", "scripted"] = Field(
        default="rules", description="rules, or scripted for tests and benches"
    )
    word_lists: Path | None = Field(
        default=None,
        description="TOML file of word lists, laid over the project's own (see services/semantics/lists.py)",
    )
    scripted_delay: float = Field(
        default=0.0, ge=0, le=600, description="seconds that the scripted engine takes for each segment"
    )
    max_pending: int = Field(
        default=64, ge=1, description="segments of a stream that wait for the engine; more are skipped"
    )
    turn_gap: float = Field(
        default=2.0, gt=0, le=3600, description="seconds of silence that end a turn, where a stream sets none"
    )
    server: SemanticsServerSettings = SemanticsServerSettings()
    telemetry: SemanticsTelemetrySettings = SemanticsTelemetrySettings()
