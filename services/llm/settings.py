"""The settings of the model vendors. A service nests them: RIVERMOUTH_ANALYSIS__LLM__GEMINI__API_KEY."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from services.runtime.settings import Settings

ProviderName = Literal["gemini", "claude", "openai", "ollama", "scripted"]
PROVIDERS: tuple[ProviderName, ...] = ("gemini", "claude", "openai", "ollama", "scripted")


class ProviderSettings(Settings):
    """Where a vendor is, and what it can do."""

    api_key: SecretStr = Field(default=SecretStr(""), description="the vendor's key")
    model: str = Field(min_length=1, max_length=200, description="the model that is asked")
    base_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s]+)?$",
        description="another address, such as a proxy's; empty: the vendor's",
    )
    ca_file: str = Field(
        default="", description="PEM file of the authorities to trust; empty: the usual ones"
    )
    streams: bool = Field(default=True, description="whether the model is asked to stream its answers")
    hears: bool = Field(default=False, description="whether the model takes audio in a message")

    @property
    def is_keyed(self) -> bool:
        """Whether there is a key."""
        return bool(self.api_key.get_secret_value().strip())


class GeminiSettings(ProviderSettings):
    """Google's, by its API for developers."""

    model: str = Field(default="gemini-3.8-flash", min_length=1, max_length=200, description="the model")
    hears: bool = Field(default=True, description="whether the model takes audio in a message")
    live_model: str = Field(
        default="",
        max_length=200,
        description="a model that knows Live and describes sound to those that are asked; empty: none does",
    )
    live_base_url: str = Field(
        default="",
        pattern=r"^(https://[^\s]+)?$",
        description="another address for Live, such as a proxy's; empty: base_url",
    )
    live_timeout: float = Field(
        default=30.0, gt=0, le=600, description="seconds for a description, all attempts included"
    )


class ClaudeSettings(ProviderSettings):
    """Anthropic's."""

    model: str = Field(default="claude-haiku-5-5", min_length=1, max_length=200, description="the model")


class OpenAISettings(ProviderSettings):
    """OpenAI's, or any that speaks its chat completions."""

    model: str = Field(default="gpt-5.4-mini", min_length=1, max_length=200, description="the model")


class OllamaSettings(ProviderSettings):
    """A local Ollama; the address is http://127.0.0.1:11434 where none is set."""

    model: str = Field(default="llama3.2", min_length=1, max_length=200, description="the model")
    context_tokens: int = Field(
        default=16_384,
        ge=0,
        description="window of the model, beyond which prompts are cut silently; 0: its own",
    )


class ScriptedSettings(ProviderSettings):
    """No vendor: answers are made up from the schema and the data, for tests and benches."""

    model: str = Field(default="scripted-1", min_length=1, max_length=200, description="the name it goes by")
    hears: bool = Field(default=True, description="whether it takes audio")
    first_token_delay: float = Field(default=0.0, ge=0, le=600, description="seconds until its first piece")
    piece_delay: float = Field(default=0.0, ge=0, le=600, description="seconds before each further piece")


class LlmSettings(Settings):
    """Which vendors are asked, in which order, and what they may cost."""

    providers: tuple[ProviderName, ...] = Field(
        default=(), description="asked in this order, the next where one fails; empty: those that have a key"
    )
    gemini: GeminiSettings = GeminiSettings()
    claude: ClaudeSettings = ClaudeSettings()
    openai: OpenAISettings = OpenAISettings()
    ollama: OllamaSettings = OllamaSettings()
    scripted: ScriptedSettings = ScriptedSettings()
    connect_timeout: float = Field(default=5.0, gt=0, le=120, description="seconds for a connection")
    first_token_timeout: float = Field(
        default=30.0, gt=0, le=600, description="seconds until the vendor answers, or says that it thinks"
    )
    idle_timeout: float = Field(default=20.0, gt=0, le=600, description="seconds between two pieces")
    call_timeout: float = Field(default=120.0, gt=0, le=3600, description="seconds for one attempt")
    attempts: int = Field(default=3, ge=1, le=10, description="attempts with one vendor, the first included")
    backoff_initial: float = Field(default=0.5, gt=0, le=60, description="longest first wait, in seconds")
    backoff_maximum: float = Field(
        default=8.0, gt=0, le=600, description="longest wait; who asks for a longer one is left for the next"
    )
    breaker_failures: int = Field(
        default=5, ge=1, description="failures in a row after which a vendor is left alone"
    )
    breaker_pause: float = Field(default=30.0, gt=0, le=3600, description="seconds that it is left alone")
    max_answer_bytes: int = Field(default=1 << 20, ge=1 << 10, description="largest answer, in bytes of text")
    max_connections: int = Field(default=64, ge=1, description="connections to one vendor")
    session_calls: int = Field(default=0, ge=0, description="attempts of one session; 0: no limit")
    session_tokens: int = Field(default=0, ge=0, description="tokens of one session; 0: no limit")
    tenant_calls: int = Field(default=0, ge=0, description="attempts of a tenant in its window; 0: no limit")
    tenant_tokens: int = Field(default=0, ge=0, description="tokens of a tenant in its window; 0: no limit")
    tenant_window: float = Field(
        default=86_400.0, gt=0, description="seconds after its first call that a tenant's budget is new"
    )
    cache_answers: int = Field(default=0, ge=0, description="answers kept for identical requests; 0: none")
    cache_bytes: int = Field(default=16 << 20, ge=0, description="of their text together")
    cache_seconds: float = Field(default=3600.0, gt=0, description="seconds that an answer is kept")

    @property
    def configured(self) -> tuple[ProviderName, ...]:
        """The providers that are asked, in order; none: no model is used."""
        if self.providers:
            return self.providers
        keyed: tuple[ProviderName, ...] = ("gemini", "claude", "openai")
        return tuple(name for name in keyed if self.of(name).is_keyed)

    def of(self, name: ProviderName) -> ProviderSettings:
        """The settings of one provider."""
        settings: ProviderSettings = getattr(self, name)
        return settings

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        for name in self.providers:
            if name in ("gemini", "claude", "openai") and not self.of(name).is_keyed:
                raise ValueError(f"providers names {name}, and {name}.api_key is empty")
        if self.gemini.live_model and not self.gemini.is_keyed:
            raise ValueError("gemini.live_model is set, and gemini.api_key is empty")
        if len(set(self.providers)) < len(self.providers):
            raise ValueError("providers names one twice")
        return self
