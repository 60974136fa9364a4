"""From what an SDK, HTTP or the network raised to one reason."""

from __future__ import annotations

import contextlib
import email.utils
import json
import re
import ssl
import time
from collections.abc import Iterator, Mapping

from services.llm import reasons
from services.llm.failure import ModelFailure
from services.llm.provider import StreamingRefused


def too_large(most: int) -> ModelFailure:
    """The answer grew beyond `most` bytes."""
    return ModelFailure(reasons.LLM_TOO_LARGE, f"more than {most} bytes", retryable=False)


def unreadable(error: BaseException) -> ModelFailure:
    """What came is not of the protocol; it is not quoted, for it may hold what people said."""
    message = f"cannot be read: {type(error).__name__}"
    return ModelFailure(reasons.LLM_PROTOCOL, message, retryable=False)


def explain_transport(error: BaseException) -> ModelFailure:
    """The failure that an exception of the network, or of reading what came from it, stands for."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ModelFailure):
            return cause
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ModelFailure(reasons.LLM_UNTRUSTED, cause.verify_message, retryable=False)
    for cause in causes:
        kinds = {kind.__name__ for kind in type(cause).__mro__}
        if "UnicodeEncodeError" in kinds:  # half a character, or a key that is none
            message = "the request, or the key, has characters that cannot be sent"
            return ModelFailure(reasons.LLM_REQUEST_REFUSED, message, retryable=False)
        if not kinds.isdisjoint(("JSONDecodeError", "UnicodeDecodeError", "ValidationError")):
            return unreadable(cause)
        for kind, (reason, retryable) in _TRANSPORT.items():
            if kind in kinds:
                return ModelFailure(reason, _text(cause), retryable=retryable)
    return unreadable(error)


# By class name, the same in httpx and httpx2; the first that fits counts.
_TRANSPORT: dict[str, tuple[str, bool]] = {
    "ConnectError": (reasons.LLM_UNREACHABLE, True),
    "ConnectTimeout": (reasons.LLM_UNREACHABLE, True),
    "ProxyError": (reasons.LLM_UNREACHABLE, True),
    "UnsupportedProtocol": (reasons.LLM_SETTINGS_INVALID, False),
    "InvalidURL": (reasons.LLM_SETTINGS_INVALID, False),
    "TimeoutException": (reasons.LLM_TIMEOUT, True),
    "TimeoutError": (reasons.LLM_TIMEOUT, True),
    "LocalProtocolError": (reasons.LLM_SETTINGS_INVALID, False),  # such as a key with a line break in it
    "RemoteProtocolError": (reasons.LLM_CONNECTION_LOST, True),
    "NetworkError": (reasons.LLM_CONNECTION_LOST, True),
    "OSError": (reasons.LLM_CONNECTION_LOST, True),
}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """It, and what it came from; SDKs wrap."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _text(error: BaseException) -> str:
    return str(error) or type(error).__name__


def explain_status(
    status: int, body: object, headers: Mapping[str, str] | None = None, word: str = ""
) -> ModelFailure:
    """The failure that a status of HTTP stands for.

    `body`: as far as it is known. `word`: the vendor's own for the kind of error, by default the one in the
    body, which decides if it is known. An error within a stream has status 200, or none.
    """
    text = body if isinstance(body, str) else json.dumps(body, default=str)
    word = word or _word(body)
    said = text.lower()
    wait = retry_after(headers or {}, said)
    # A status says more than "invalid request", which OpenAI says with all of them.
    reason, retryable = (_WORDS.get(word) if status <= 200 or status >= 500 else None) or _by_status(status)
    if status in (400, 401, 403):
        reason, retryable = next((kind for part, kind in _SAID if part in said), (reason, retryable))
    if "insufficient_quota" in said or status == 402:
        reason, retryable = reasons.LLM_QUOTA_EXCEEDED, False  # nothing but paying ends it
    message = f"the vendor answers {status}" if status > 200 else "the vendor reports an error"
    message = f"{message}: {_shown(body)}"
    if status in (400, 404, 422, 501) and _NO_STREAM.search(said):
        return StreamingRefused(reasons.LLM_REQUEST_REFUSED, message, retryable=False)
    return ModelFailure(reason, message, retryable=retryable, retry_after=wait)


def _word(body: object) -> str:
    error = body.get("error") if isinstance(body, Mapping) else None
    word = error.get("type") if isinstance(error, Mapping) else None
    return word if isinstance(word, str) else ""


_NO_STREAM = re.compile(
    r"(not|cannot|n't|un)[ -]?(be )?(support\w*|allow\w*|available)( for)? ?\W?stream(\b|ing|generate)"
    r"|(verified|allowed) to stream\b"  # OpenAI's, of some models
    r"|stream\w*\W? (is|are) (not|un)"
)
_QUOTA = (reasons.LLM_QUOTA_EXCEEDED, True)
_KEY = (reasons.LLM_KEY_REFUSED, False)
_REFUSED = (reasons.LLM_REQUEST_REFUSED, False)
_FAILED = (reasons.LLM_VENDOR_FAILED, True)
_SAID: tuple[tuple[str, tuple[str, bool]], ...] = (
    ("quota", _QUOTA),
    ("rate limit", _QUOTA),
    ("credit balance", (reasons.LLM_QUOTA_EXCEEDED, False)),
    ("api key", _KEY),
    ("api_key", _KEY),
)
_WORDS: dict[str, tuple[str, bool]] = {
    "authentication_error": _KEY,
    "permission_error": _KEY,
    "billing_error": (reasons.LLM_QUOTA_EXCEEDED, False),
    "invalid_request_error": _REFUSED,
    "request_too_large": _REFUSED,
    "not_found_error": (reasons.LLM_MODEL_UNKNOWN, False),
    "rate_limit_error": _QUOTA,
    "rate_limit_exceeded": _QUOTA,
    "overloaded_error": _FAILED,
    "api_error": _FAILED,
    "server_error": _FAILED,
    "timeout_error": (reasons.LLM_TIMEOUT, True),
}


def _by_status(status: int) -> tuple[str, bool]:
    match status:
        case 401 | 403:
            return _KEY
        case 404:
            return reasons.LLM_MODEL_UNKNOWN, False
        case 408:
            return reasons.LLM_TIMEOUT, True
        case 429:
            return _QUOTA
        case status if 400 <= status < 500:
            return _REFUSED
        case status if status >= 500 or status <= 200:
            return _FAILED  # 200, or none: the vendor found it out in the middle of an answer
    return reasons.LLM_PROTOCOL, False


def _shown(body: object) -> str:
    """The vendor's words, without the JSON around them."""
    if isinstance(body, str) and "<html" in body[:1_000].lower():
        return "with a page of HTML"
    for _ in range(3):
        if not isinstance(body, Mapping):
            break
        body = body.get("error") or body.get("message") or body.get("status") or dict(body)
        if isinstance(body, Mapping) and "error" not in body and "message" not in body:
            break
    return body if isinstance(body, str) else json.dumps(body, default=str)


_DELAY = re.compile(r'"retrydelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


def retry_after(headers: Mapping[str, str], said: str = "") -> float | None:
    """Seconds that the vendor wants to be left alone, by its headers or its words; None: it says nothing."""
    milliseconds, given = headers.get("retry-after-ms", ""), headers.get("retry-after", "").strip()
    try:
        if milliseconds:
            return max(0.0, float(milliseconds) / 1_000)
        if given:
            return max(0.0, float(given))
    except ValueError:
        date = email.utils.parsedate_tz(given)
        # A year that no calendar has says nothing.
        with contextlib.suppress(ValueError, OverflowError):
            if date is not None:
                return max(0.0, email.utils.mktime_tz(date) - time.time())
    found = _DELAY.search(said)
    return float(found[1]) if found else None
