"""HTTP to the vendors, below their SDKs: bounded answers, no redirects, and no errors that an SDK rewrites.

Three SDKs use httpx2, one httpx, which have the same surface; `library` is either.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from services.llm import reasons
from services.llm.explain import explain_status, too_large
from services.llm.failure import ModelFailure
from services.llm.settings import LlmSettings, ProviderSettings

# What the wire adds to an answer's text: events of a few characters in some hundred bytes of JSON.
_WIRE_FACTOR = 64


# Where the responses that come are noted, if somebody wants them.
_opened: ContextVar[deque[Any]] = ContextVar("_opened", default=deque(maxlen=0))  # noqa: B039  # takes nothing


@contextmanager
def noting() -> Iterator[deque[Any]]:
    """Responses whose headers come within this context, for SDKs that do not show them."""
    opened: deque[Any] = deque()
    token = _opened.set(opened)
    try:
        yield opened
    finally:
        _opened.reset(token)


def client_options(library: ModuleType, settings: ProviderSettings, limits: LlmSettings) -> dict[str, Any]:
    """Arguments for the library's AsyncClient. Raises ModelFailure if the authorities cannot be read."""
    most = limits.max_answer_bytes * _WIRE_FACTOR
    key = settings.api_key.get_secret_value().strip()
    _hush()

    async def check(response: Any) -> None:
        kind = response.headers.get("content-type", "")
        is_plain = response.headers.get("content-encoding", "identity") == "identity"
        if response.is_success and not is_plain:
            # We ask for none: it would hold events back, and its size says nothing of what it becomes.
            raise ModelFailure(reasons.LLM_PROTOCOL, "the answer is compressed", retryable=False)
        if response.is_success and "html" in kind:
            raise ModelFailure(reasons.LLM_PROTOCOL, f"the answer is {kind}", retryable=False)
        response.stream = _bounded(library, response.stream, most)
        _opened.get().append(response)
        if not response.is_success:
            # Here, and not from what the SDKs make of it: one of them drops the headers.
            text = (await response.aread()).decode(errors="replace") if is_plain else ""
            text = text.replace(key, "…") if key else text  # some vendors quote it
            raise explain_status(response.status_code, _parsed(text), response.headers)

    return {
        "verify": _trusted(settings.ca_file),
        # Deadlines are kept above the SDK, where they hold for all of an answer.
        "timeout": library.Timeout(None, connect=limits.connect_timeout),
        "limits": library.Limits(
            max_connections=limits.max_connections, max_keepalive_connections=limits.max_connections
        ),
        # A redirect would take the key to somebody else.
        "follow_redirects": False,
        "headers": {"accept-encoding": "identity"},
        "event_hooks": {"response": [check]},
    }


def _hush() -> None:
    """At DEBUG the SDKs log what people said, and below them each call is a line at INFO."""
    for name in ("anthropic", "openai", "google_genai", "httpcore", "httpcore2"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))
    for name in ("httpx", "httpx2"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))


def _parsed(text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except ValueError:
        return text
    # Gemini may wrap it in a list.
    return parsed[0] if isinstance(parsed, list) and len(parsed) == 1 else parsed


def _trusted(ca_file: str) -> ssl.SSLContext | bool:
    if not ca_file:
        return True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ModelFailure(
            reasons.LLM_SETTINGS_INVALID, f"{ca_file} cannot be used: {error}", retryable=False
        ) from None


def _bounded(library: ModuleType, stream: Any, most: int) -> Any:
    """The body, which fails when it grows beyond its bound: SDKs collect a line however long it is."""
    base: Any = library.AsyncByteStream

    class Bounded(base):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            read = 0
            async for piece in stream:
                read += len(piece)
                if read > most:
                    raise too_large(most)
                yield piece

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()
