"""One SDK client: makes connections for any number of sessions."""

from __future__ import annotations

import asyncio
import logging
import ssl
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from google import genai
from google.genai import types

from services.llm import reasons
from services.llm.failure import ModelFailure
from services.llm.live.config import Endpoint, LiveConfig, LiveLimits
from services.llm.live.connection import LiveConnection
from services.llm.live.refusal import explain

# At DEBUG the WebSocket library logs the headers of its handshake, and the key is one of them.
_WIRE_LOG = logging.getLogger(f"{__name__}.wire")
_WIRE_LOG.setLevel(logging.INFO)


class LiveClient:
    """An asynchronous context. Entered, it can connect; no connection is made before."""

    def __init__(self, endpoint: Endpoint, limits: LiveLimits) -> None:
        self.limits = limits
        self._endpoint = endpoint
        self._client: genai.Client | None = None

    async def __aenter__(self) -> Self:
        """Raises ModelFailure where there is no key, or its authorities cannot be read."""
        if not self._endpoint.key.strip():
            raise ModelFailure(reasons.LLM_SETTINGS_INVALID, "there is no API key", retryable=False)
        # Reading the system's authorities takes tens of milliseconds.
        self._client = await asyncio.to_thread(self._build)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aio.aclose()
            client.close()

    async def connect(self, config: LiveConfig, handle: str = "") -> LiveConnection:
        """A connection that is set up, going on from `handle` where there is one. Raises ModelFailure."""
        assert self._client is not None, "the client has not been entered"
        resources = AsyncExitStack()
        try:
            async with asyncio.timeout(self.limits.connect_timeout):
                session = await resources.enter_async_context(
                    self._client.aio.live.connect(model=config.model, config=_setup(config, handle))
                )
                connection = LiveConnection(session, resources, self.limits)
                await connection.ready()
                return connection
        except BaseException as error:
            await resources.aclose()  # the time may have been up just when it was there
            if isinstance(error, Exception):
                raise explain(error) from None  # its traceback would show the request's headers
            raise

    def _build(self) -> genai.Client:
        endpoint, limits = self._endpoint, self.limits
        try:
            trusted = ssl.create_default_context(cafile=endpoint.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise ModelFailure(
                reasons.LLM_SETTINGS_INVALID, f"{endpoint.ca_file} cannot be used: {error}", retryable=False
            ) from None
        # The SDK hands what the WebSocket library knows of these to it.
        wire: dict[str, Any] = {
            "ssl": trusted,
            "open_timeout": limits.connect_timeout,
            "close_timeout": limits.close_timeout,
            "max_size": limits.max_message_bytes,
            "compression": None,  # base64 of speech shrinks by a quarter, at several times the CPU
            "logger": _WIRE_LOG,
        }
        try:
            return genai.Client(
                api_key=endpoint.key.strip(),
                vertexai=False,
                http_options=types.HttpOptions(base_url=endpoint.base_url or None, async_client_args=wire),
            )
        except Exception as error:  # of the environment's proxies, the address or the key
            message = f"the SDK cannot be set up: {type(error).__name__}: {error}"
            raise ModelFailure(reasons.LLM_SETTINGS_INVALID, message, retryable=False) from None


def _setup(config: LiveConfig, handle: str) -> types.LiveConnectConfig:
    return types.LiveConnectConfig(
        response_modalities=[types.Modality(config.modality)],
        system_instruction=config.instruction or None,
        input_audio_transcription=types.AudioTranscriptionConfig(
            language_codes=[config.language] if config.language else None,
            custom_vocabulary=list(config.phrases) or None,
        ),
        output_audio_transcription=types.AudioTranscriptionConfig() if config.answers else None,
        realtime_input_config=types.RealtimeInputConfig(
            # Our own endpointing decides what a turn is.
            automatic_activity_detection=types.AutomaticActivityDetection(disabled=True)
        ),
        # Without a sliding window a session ends when its context is full, after 15 minutes of audio.
        context_window_compression=types.ContextWindowCompressionConfig(sliding_window=types.SlidingWindow()),
        session_resumption=types.SessionResumptionConfig(handle=handle or None),
    )
