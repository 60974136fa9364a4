"""The settings of the Gemini Live recogniser; the environment's names: RIVERMOUTH_ASR__GEMINI_LIVE__…"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from services.runtime.settings import Settings

# fmt: off
# As the vendor lists them for Live.
_LANGUAGES = (
    "ar", "bn", "de", "en", "es", "fr", "gu", "hi", "id", "it", "ja", "kn", "ko", "ml", "mr", "nl", "pl",
    "pt", "ro", "ru", "ta", "te", "th", "tr", "uk", "vi", "zh",
)
# fmt: on


class GeminiLiveSettings(Settings):
    """Gemini Live: audio goes to the vendor, for streams that allow it."""

    api_key: SecretStr = Field(default=SecretStr(""), description="the vendor's key")
    model: str = Field(
        default="gemini-2.5-flash-native-audio-latest",
        min_length=1,
        description="a model of the vendor's that knows Live",
    )
    base_url: str = Field(
        default="",
        pattern=r"^(https://[^\s]+)?$",
        description="another address, such as a proxy's; empty: the vendor's",
    )
    ca_file: str = Field(default="", description="PEM file of the authorities to trust; empty: the system's")
    language: str = Field(
        default="",
        pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$",
        description="language where a stream names none, such as en-US; empty: the vendor finds out",
    )
    languages: tuple[str, ...] = Field(
        default=_LANGUAGES, min_length=1, description="primary tags of the languages the model knows"
    )
    instruction: str = Field(
        default="Only listen. Never answer.", description="what the model is told; its answers are not used"
    )
    modality: Literal["AUDIO", "TEXT"] = Field(
        default="AUDIO", description="what the model would answer in; current models know AUDIO only"
    )
    max_channels: int = Field(
        default=50,
        ge=1,
        description="channels with a session of the vendor's, from which on streams are refused",
    )
    connect_timeout: float = Field(default=10.0, gt=0, le=120, description="seconds for a connection's setup")
    answer_timeout: float = Field(
        default=10.0, gt=0, le=120, description="seconds to hear of an utterance after its end"
    )
    settle_seconds: float = Field(
        default=0.4,
        ge=0,
        le=10,
        description="quiet after which a transcript is whole, once the model has begun to answer",
    )
    idle_timeout: float = Field(
        default=60.0, gt=0, le=3600, description="seconds without speech until a connection is given up"
    )
    attempts: int = Field(default=4, ge=1, le=20, description="connections that an utterance is given")
