"""The settings of the quality service; the environment's names begin with RIVERMOUTH_QUALITY__."""

from typing import Literal

from pydantic import Field

from services.runtime.settings import ServerSettings, Settings, TelemetrySettings


class QualityTelemetrySettings(TelemetrySettings):
    """With this service's name."""

    service_name: str = Field(default="quality", min_length=1, description="service.name on spans and logs")


class QualitySettings(Settings):
    """How the quality service runs."""

    engine: Literal["meter", "scripted"] = Field(
        default="meter", description="meter, or scripted for tests and benches"
    )
    scripted_delay: float = Field(
        default=0.0, ge=0, le=600, description="seconds that the scripted engine waits before each result"
    )
    server: ServerSettings = ServerSettings()
    telemetry: QualityTelemetrySettings = QualityTelemetrySettings()
