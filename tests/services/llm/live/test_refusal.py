"""One reason for whatever the vendor's SDK, or the network below it, raises."""

from __future__ import annotations

import json
import ssl

import pytest
from google.genai import errors
from websockets.exceptions import ConnectionClosedError, InvalidStatus, InvalidURI
from websockets.frames import Close
from websockets.http11 import Headers, Response

from services.llm.failure import ModelFailure
from services.llm.live.refusal import explain


@pytest.mark.parametrize(
    ("code", "words", "reason", "retryable"),
    [
        (1000, "", "LLM_CONNECTION_LOST", True),
        (1001, "going", "LLM_CONNECTION_LOST", True),
        (1002, "", "LLM_PROTOCOL", False),
        (1006, "Abnormal closure.", "LLM_CONNECTION_LOST", True),
        (1007, "API key not valid. Please pass a valid API key.", "LLM_KEY_REFUSED", False),
        (1007, "Request contains an invalid argument.", "LLM_REQUEST_REFUSED", False),
        (1008, "models/x is not found for API version v1", "LLM_MODEL_UNKNOWN", False),
        (1008, "Operation was aborted", "LLM_CONNECTION_LOST", True),
        (1008, "", "LLM_REQUEST_REFUSED", False),
        (1009, "", "LLM_PROTOCOL", False),
        (1011, "The service is currently unavailable.", "LLM_VENDOR_FAILED", True),
        (1011, "RESOURCE_EXHAUSTED", "LLM_QUOTA_EXCEEDED", True),
        (1012, "", "LLM_VENDOR_FAILED", True),
        (1013, "try later", "LLM_VENDOR_FAILED", True),
        (4000, "private", "LLM_PROTOCOL", False),
    ],
)
def test_closes(code: int, words: str, reason: str, retryable: bool) -> None:
    def check(error: BaseException) -> None:
        failure = explain(error)
        assert (failure.reason, failure.retryable) == (reason, retryable)
        assert str(code) in failure.message
        assert words in failure.message

    with pytest.raises(errors.APIError) as raised:
        errors.APIError.raise_error(code, words, None)
    check(raised.value)
    if code != 1006:
        check(ConnectionClosedError(Close(code, words), None))


@pytest.mark.parametrize(
    ("status", "reason", "retryable"),
    [
        (400, "LLM_REQUEST_REFUSED", False),
        (401, "LLM_KEY_REFUSED", False),
        (408, "LLM_TIMEOUT", True),
        (429, "LLM_QUOTA_EXCEEDED", True),
        (418, "LLM_PROTOCOL", False),
        (500, "LLM_VENDOR_FAILED", True),
    ],
)
def test_statuses(status: int, reason: str, retryable: bool) -> None:
    body = json.dumps({"error": {"message": "it is so"}}).encode()
    failure = explain(InvalidStatus(Response(status, "", Headers(), body)))
    assert (failure.reason, failure.retryable) == (reason, retryable)
    assert "it is so" in failure.message


@pytest.mark.parametrize(
    ("error", "reason", "retryable"),
    [
        (TimeoutError(), "LLM_TIMEOUT", True),
        (ConnectionRefusedError(111, "refused"), "LLM_UNREACHABLE", True),
        (ssl.SSLError(1, "handshake failure"), "LLM_UNREACHABLE", True),
        (EOFError(), "LLM_UNREACHABLE", True),
        (InvalidURI("wss:///", "no host"), "LLM_UNREACHABLE", False),
        (ConnectionClosedError(None, None), "LLM_CONNECTION_LOST", True),
        (ValueError("what is this"), "LLM_PROTOCOL", False),
    ],
)
def test_what_lies_below(error: Exception, reason: str, retryable: bool) -> None:
    failure = explain(error)
    assert (failure.reason, failure.retryable) == (reason, retryable)
    assert failure.message
    assert explain(failure) is failure


def test_a_message_is_one_line_of_bounded_length() -> None:
    failure = ModelFailure("LLM_PROTOCOL", "very\n long " * 100, retryable=False)
    assert len(failure.message) == 300
    assert "\n" not in str(failure)
