"""From statuses to the error tree. Statuses with details over the wire are in test_session.py."""

import grpc
import pytest
from grpc import StatusCode
from hypothesis import given
from hypothesis import strategies as st

from rivermouth.client import errors
from rivermouth.result.v1.result_pb2 import Failure
from tests.clients.python.scripted_orchestrator import full_status

KEY = "grpc-status-details-bin"


@pytest.mark.parametrize("code", [code for code in StatusCode if code is not StatusCode.OK])
def test_every_code_has_its_place(code: StatusCode) -> None:
    error = errors.error_from_status(code, "why", None, "host:1")
    assert isinstance(error, errors.RivermouthError)
    assert error.code is code
    assert error.message == "host:1: why"
    assert error.retryable == (code in (StatusCode.UNAVAILABLE, StatusCode.RESOURCE_EXHAUSTED))
    assert (type(error) is errors.ServerError) == (
        code in (StatusCode.INTERNAL, StatusCode.UNKNOWN, StatusCode.DATA_LOSS)
    )


@given(st.binary())
def test_details_that_cannot_be_read_do_no_harm(content: bytes) -> None:
    error = errors.error_from_status(StatusCode.INTERNAL, "why", ((KEY, content),), "host:1")
    assert isinstance(error, errors.ServerError)


def test_details_and_their_order() -> None:
    metadata = grpc.aio.Metadata(("other", "x"), (KEY, full_status().SerializeToString()))
    error = errors.error_from_status(StatusCode.RESOURCE_EXHAUSTED, "told twice", metadata, "host:1")
    assert str(error) == "AT_CAPACITY: no room for another session"
    assert (error.retry_after, error.retryable) == (2.5, True)


def test_fields_are_said_once() -> None:
    rate = errors.Violation("rate", "8000 to 48000")
    assert str(errors.RequestError("refused", violations=(rate,))) == "refused (rate: 8000 to 48000)"
    assert (
        str(errors.RequestError("rate must be 8000 to 48000", violations=(rate,)))
        == "rate must be 8000 to 48000"
    )


def test_failures_of_events() -> None:
    failure = Failure(reason="GONE", message="it is gone", retryable=True, metadata={"stage": "asr"})
    error = errors.error_from_failure(failure)
    assert isinstance(error, errors.SessionFailed)
    assert (error.reason, error.retryable, error.metadata) == ("GONE", True, {"stage": "asr"})
    assert error.code is None
