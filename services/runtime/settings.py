"""The settings that every process shares. Each process nests them in a settings class of its own."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Base of every settings class: frozen, no unknown fields, no input shown in its errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)


class TransportSettings(Settings):
    """What both ends of a connection set, in seconds and bytes."""

    keepalive_time: float = Field(
        default=10.0, ge=1, le=7200, description="seconds without traffic until a ping"
    )
    keepalive_timeout: float = Field(
        default=5.0, gt=0, le=600, description="seconds to wait for the ping's answer"
    )
    max_message_bytes: int = Field(
        default=4 << 20, ge=1 << 10, le=64 << 20, description="largest message, either way"
    )


class ServerSettings(TransportSettings):
    """How a process listens, and what it bears."""

    host: str = Field(default="127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(default=0, ge=0, le=65535, description="TCP port; 0 takes a free one")
    max_sessions: int = Field(default=200, ge=1, description="sessions at once; more get RESOURCE_EXHAUSTED")
    max_concurrent_rpcs: int = Field(
        default=1000, ge=1, description="calls at once, health checks included; a backstop"
    )
    handshake_timeout: float = Field(
        default=10.0, gt=0, le=120, description="seconds for a new connection to speak HTTP/2"
    )
    first_message_timeout: float = Field(
        default=10.0, gt=0, description="seconds for a call to send its first message"
    )
    idle_timeout: float = Field(default=60.0, gt=0, description="seconds between two messages of a call")
    drain_timeout: float = Field(
        default=20.0, ge=0, description="seconds that calls have to end after the first signal"
    )
    reflection: bool = Field(default=False, description="serve grpc.reflection, for development")


class ChannelSettings(TransportSettings):
    """How a process connects to a server of ours."""

    reconnect_initial: float = Field(default=0.1, gt=0, description="seconds to the first reconnection")
    reconnect_max: float = Field(default=2.0, gt=0, description="seconds at most between reconnections")
    bdp_probe: bool = Field(default=True, description="let the receive window grow with the bandwidth")


class TelemetrySettings(Settings):
    """Traces and logs."""

    service_name: str = Field(
        default="rivermouth", min_length=1, description="service.name on spans and logs"
    )
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+/?$",
        description="OTLP collector for gRPC, as http://host:4317",
    )
    sample_ratio: float = Field(default=1.0, ge=0, le=1, description="share of new traces that are exported")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="least level to log"
    )
    log_format: Literal["json", "text"] = Field(default="json", description="json, or text for a terminal")
