"""What statuses, words and headers of vendors stand for."""

from __future__ import annotations

import email.utils
import time
from typing import Any

import pytest

from services.llm import reasons
from services.llm.explain import explain_status, explain_transport, retry_after
from services.llm.provider import StreamingRefused, without_key

GEMINI_QUOTA = {
    "error": {
        "code": 429,
        "message": "Quota exceeded",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17.5s"}],
    }
}


@pytest.mark.parametrize(
    ("status", "body", "reason", "retryable", "wait"),
    [
        (400, {"error": {"message": "Invalid value"}}, reasons.LLM_REQUEST_REFUSED, False, None),
        (400, {"error": {"message": "API key not valid."}}, reasons.LLM_KEY_REFUSED, False, None),
        (400, {"error": {"message": "Your credit balance is low"}}, reasons.LLM_QUOTA_EXCEEDED, False, None),
        (401, "", reasons.LLM_KEY_REFUSED, False, None),
        (402, "", reasons.LLM_QUOTA_EXCEEDED, False, None),
        (403, {"error": {"message": "no access"}}, reasons.LLM_KEY_REFUSED, False, None),
        (404, {"error": {"type": "invalid_request_error"}}, reasons.LLM_MODEL_UNKNOWN, False, None),
        (408, "", reasons.LLM_TIMEOUT, True, None),
        (413, {"error": {"type": "request_too_large"}}, reasons.LLM_REQUEST_REFUSED, False, None),
        (422, "", reasons.LLM_REQUEST_REFUSED, False, None),
        (429, GEMINI_QUOTA, reasons.LLM_QUOTA_EXCEEDED, True, 17.5),
        (429, {"error": {"code": "insufficient_quota"}}, reasons.LLM_QUOTA_EXCEEDED, False, None),
        (500, {"error": "model runner has unexpectedly stopped"}, reasons.LLM_VENDOR_FAILED, True, None),
        (504, {"error": {"type": "timeout_error"}}, reasons.LLM_TIMEOUT, True, None),
        (529, {"error": {"type": "overloaded_error"}}, reasons.LLM_VENDOR_FAILED, True, None),
        (307, "", reasons.LLM_PROTOCOL, False, None),
        (200, {"error": {"type": "rate_limit_error"}}, reasons.LLM_QUOTA_EXCEEDED, True, None),
        (200, {"type": "error", "error": {"type": "api_error"}}, reasons.LLM_VENDOR_FAILED, True, None),
        (-1, "out of memory", reasons.LLM_VENDOR_FAILED, True, None),
    ],
)  # fmt: skip
def test_statuses(status: int, body: Any, reason: str, retryable: bool, wait: float | None) -> None:
    failure = explain_status(status, body)
    assert (failure.reason, failure.retryable, failure.retry_after) == (reason, retryable, wait)


@pytest.mark.parametrize(
    ("body", "refuses_streams"),
    [
        ({"error": {"message": "Your organization must be verified to stream this model."}}, True),
        ({"error": "model does not support streaming"}, True),
        ({"error": {"message": "models/x is not found, or not supported for streamGenerateContent."}}, True),
        ({"error": {"message": "Streaming is not enabled for this deployment"}}, True),
        ({"error": {"message": "Unsupported parameter: 'max_tokens'"}}, False),
        ({"error": {"message": "The stream of your audio cannot be read"}}, False),
    ],
)  # fmt: skip
def test_models_that_answer_only_whole(body: Any, refuses_streams: bool) -> None:
    assert isinstance(explain_status(400, body), StreamingRefused) == refuses_streams


def test_the_wait_that_is_asked_for() -> None:
    assert retry_after({"retry-after": "3"}) == 3.0
    assert retry_after({"retry-after": "-3"}) == 0.0
    assert retry_after({"retry-after-ms": "250", "retry-after": "3"}) == 0.25
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None
    date = email.utils.formatdate(time.time() + 100, usegmt=True)
    wait = retry_after({"retry-after": date})
    assert wait is not None
    assert 90 < wait <= 101


def test_messages_are_the_vendors_words() -> None:
    failure = explain_status(429, GEMINI_QUOTA)
    assert failure.message == "the vendor answers 429: Quota exceeded"
    assert explain_status(502, "<!doctype html><html>…").message.endswith("with a page of HTML")
    assert len(explain_status(500, "x" * 10_000).message) <= 300


def test_what_nobody_thought_of_is_one_reason_too() -> None:
    failure = explain_transport(RuntimeError("what somebody said"))
    assert (failure.reason, failure.retryable) == (reasons.LLM_PROTOCOL, False)
    assert "said" not in failure.message


@pytest.mark.parametrize(
    "given", ["Wed, 21 Oct 99999999999 07:28:00 GMT", "Wed, 21 Oct 20155 07:28:00 GMT", "tomorrow", "", "-"]
)
def test_a_time_that_says_nothing_is_none(given: str) -> None:
    assert retry_after({"retry-after": given}) is None
    failure = explain_status(429, "", {"retry-after": given})
    assert (failure.reason, failure.retry_after) == (reasons.LLM_QUOTA_EXCEEDED, None)


def test_text_that_cannot_be_sent_is_not_the_vendors_fault() -> None:
    with pytest.raises(UnicodeEncodeError) as caught:
        "\ud83d".encode()
    failure = explain_transport(caught.value)
    assert (failure.reason, failure.retryable) == (reasons.LLM_REQUEST_REFUSED, False)


def test_a_failures_words_are_bounded_wherever_they_are_shown() -> None:
    failure = explain_status(500, "word " * 100_000)
    assert len(failure.message) <= 300
    assert len(str(failure)) <= 340


@pytest.mark.parametrize("shown", [4, 10, 19])
def test_the_begin_of_a_key_is_not_shown_either(shown: int) -> None:
    key = "sk-0123456789abcdefg"
    begin = "x" * (300 - 1 - shown - len("the vendor answers 500: "))
    failure = explain_status(500, f"{begin}{key} and more")
    assert key[:4] in failure.message
    assert key[:4] not in without_key(failure.message, key)
    assert without_key(f"not {key}, said it", key) == "not …, said it"
    assert without_key("all is said", "") == "all is said"
