"""From what the SDK, the WebSocket library or the network raised to one reason.

The vendor tells the cause of a close by its code, and what the code leaves open by words, which its
documentation does not list; the words here were seen in reports of its users.
"""

from __future__ import annotations

import json
import ssl

from google.genai import errors
from websockets.exceptions import ConnectionClosed, InvalidStatus, InvalidURI, WebSocketException

from services.llm import reasons
from services.llm.failure import ModelFailure

_Kind = tuple[str, bool]

_KEY: _Kind = (reasons.LLM_KEY_REFUSED, False)
_QUOTA: _Kind = (reasons.LLM_QUOTA_EXCEEDED, True)
_REFUSED: _Kind = (reasons.LLM_REQUEST_REFUSED, False)
_MODEL: _Kind = (reasons.LLM_MODEL_UNKNOWN, False)
_LOST: _Kind = (reasons.LLM_CONNECTION_LOST, True)
_FAILED: _Kind = (reasons.LLM_VENDOR_FAILED, True)
_PROTOCOL: _Kind = (reasons.LLM_PROTOCOL, False)

_CLOSE_CODES: dict[int, _Kind] = {
    1000: _LOST,  # it was not us who closed
    1001: _LOST,
    1002: _PROTOCOL,
    1003: _PROTOCOL,
    1005: _LOST,
    1006: _LOST,
    1007: _REFUSED,
    1008: _REFUSED,
    1009: _PROTOCOL,
    1010: _PROTOCOL,
    1011: _FAILED,
    1012: _FAILED,
    1013: _FAILED,
    1014: _FAILED,
    1015: (reasons.LLM_UNTRUSTED, False),
}
_STATUSES: dict[int, _Kind] = {
    400: _REFUSED,
    401: _KEY,
    403: _KEY,
    404: _MODEL,
    408: (reasons.LLM_TIMEOUT, True),
    429: _QUOTA,
}
# What decides where it is found, first match first, in codes that say no more than "no".
_WORDS: tuple[tuple[str, _Kind], ...] = (
    ("quota", _QUOTA),
    ("rate limit", _QUOTA),
    ("resource_exhausted", _QUOTA),
    ("resource exhausted", _QUOTA),
    ("api key", _KEY),
    ("api_key", _KEY),
    ("permission", _KEY),
    ("unauthenticated", _KEY),
    ("authentication", _KEY),
    ("session not found", _REFUSED),
    ("is not found", _MODEL),
    ("not supported for bidigeneratecontent", _MODEL),
    ("aborted", _LOST),
    ("cancelled", _LOST),
    ("deadline", _FAILED),
    ("unavailable", _FAILED),
)
_WORDY = {1007, 1008, 1011, 1013, 400, 401, 403, 404}


def explain(error: BaseException) -> ModelFailure:
    """The failure that an exception of the vendor's SDK, or of what lies below it, stands for."""
    match error:
        case ModelFailure():
            return error
        case errors.APIError():
            return _by_code(error.code, error.details)
        case InvalidStatus():
            body = error.response.body
            return _by_code(error.response.status_code, body.decode("utf-8", "replace") if body else "")
        case ConnectionClosed():
            closed = error.rcvd
            return _by_code(closed.code if closed else 1006, closed.reason if closed else "")
        case TimeoutError():
            return ModelFailure(reasons.LLM_TIMEOUT, "the vendor did not answer in time", retryable=True)
        case ssl.SSLCertVerificationError():
            return ModelFailure(reasons.LLM_UNTRUSTED, error.verify_message, retryable=False)
        case InvalidURI():
            return ModelFailure(reasons.LLM_UNREACHABLE, "its address is not valid", retryable=False)
        case OSError() | EOFError() | WebSocketException():
            return ModelFailure(reasons.LLM_UNREACHABLE, str(error) or type(error).__name__, retryable=True)
    return ModelFailure(reasons.LLM_PROTOCOL, f"{type(error).__name__}: {error}", retryable=False)


def _by_code(code: int, details: object) -> ModelFailure:
    """`code` is of a close, or a status of HTTP."""
    text = details if isinstance(details, str) else json.dumps(details, default=str)
    other = _FAILED if 500 <= code < 600 else _PROTOCOL
    reason, retryable = _CLOSE_CODES.get(code) or _STATUSES.get(code) or other
    if code in _WORDY:
        lowered = text.lower()
        reason, retryable = next((kind for words, kind in _WORDS if words in lowered), (reason, retryable))
    message = f"the vendor closed with {code}" + (f": {text}" if text else "")
    return ModelFailure(reason, message, retryable=retryable)
