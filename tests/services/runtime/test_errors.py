"""Errors cross the wire whole, within the limits of metadata, and bugs do not leak."""

import asyncio
import logging
import pickle
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from hypothesis import given
from hypothesis import strategies as st

from services.runtime import errors
from services.runtime.errors import AtCapacity, FieldViolation, InvalidConfig, RivermouthError

ROOT = Path(__file__).parents[3]
LEAVES = RivermouthError.__subclasses__()


async def failing_call(serve, failure: BaseException) -> RivermouthError:
    async def unary(request: bytes, context: object) -> bytes:
        raise failure

    async with serve(unary=unary) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/test.Bytes/unary")(b"")
    return errors.from_rpc_error(caught.value)


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
async def test_every_kind_round_trips(serve, kind: type[RivermouthError]) -> None:
    sent = kind(
        "SOME_REASON",
        "what happened, with an ümlaut",
        metadata={"limit": "3"},
        retry_after=1.25,
        violations=[FieldViolation("audio.sample_rate", "8000 to 48000 Hz")],
    )
    got = await failing_call(serve, sent)
    assert type(got) is kind
    assert (got.reason, got.message, got.metadata) == (sent.reason, sent.message, sent.metadata)
    assert (got.retry_after, got.violations) == (1.25, sent.violations)


def test_one_class_per_code_of_the_contract() -> None:
    assert len({kind.code for kind in LEAVES}) == len(LEAVES) == 12


def test_details_are_the_standard_ones() -> None:
    error = AtCapacity("AT_CAPACITY", "full", retry_after=0.5, violations=[FieldViolation("a", "b")])
    status = errors.to_status(error)
    info, retry, bad = ErrorInfo(), RetryInfo(), BadRequest()
    for detail, message in zip(status.details, (info, retry, bad), strict=True):
        assert detail.Unpack(message)
    assert (info.reason, info.domain) == ("AT_CAPACITY", "rivermouth")
    assert retry.retry_delay.ToMilliseconds() == 500
    assert [(each.field, each.description) for each in bad.field_violations] == [("a", "b")]


@given(
    message=st.text(max_size=2000),
    metadata=st.dictionaries(st.text(max_size=60), st.text(max_size=2000), max_size=40),
    violations=st.lists(
        st.builds(FieldViolation, st.text(max_size=400), st.text(max_size=400)), max_size=300
    ),
)
def test_details_stay_under_the_limit_and_count_the_rest(message, metadata, violations) -> None:
    status = errors.to_status(InvalidConfig("BAD", message, metadata=metadata, violations=violations))
    assert status.ByteSize() <= 5 * 1024
    if violations:
        bad = BadRequest()
        assert status.details[-1].Unpack(bad)
        listed = [each for each in bad.field_violations if not each.description.endswith(" more")]
        if len(listed) < len(violations):
            assert bad.field_violations[-1].description == f"and {len(violations) - len(listed)} more"


async def test_the_largest_details_never_lose_the_call(serve) -> None:
    """Past 8 KiB of metadata calls are lost at random, so one call would prove nothing."""
    many = InvalidConfig("BAD", "€" * 500, violations=[FieldViolation("f" * 80, "€" * 80)] * 400)

    async def unary(request: bytes, context: object) -> bytes:
        raise many

    async with serve(unary=unary) as (_, channel):
        call = channel.unary_unary("/test.Bytes/unary")
        outcomes = await asyncio.gather(*(call(b"") for _ in range(100)), return_exceptions=True)
    assert {outcome.code() for outcome in outcomes} == {grpc.StatusCode.INVALID_ARGUMENT}


async def test_a_bug_shows_a_correlation_id_only(serve, caplog) -> None:
    with caplog.at_level(logging.ERROR, logger="services.runtime.errors"):
        got = await failing_call(serve, ZeroDivisionError("the secret detail"))
    assert isinstance(got, errors.InternalError)
    assert got.reason == "INTERNAL"
    assert "secret" not in str(got)
    assert got.metadata["correlation_id"] in got.message
    assert got.metadata["correlation_id"] in caplog.text
    assert "the secret detail" in caplog.text
    assert "Traceback" in caplog.text


async def test_the_first_failure_of_a_task_group_counts(serve) -> None:
    async def unary(request: bytes, context: object) -> bytes:
        async def fail() -> None:
            raise InvalidConfig("BAD", "first")

        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            await asyncio.Event().wait()
        return b""

    async with serve(unary=unary) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/test.Bytes/unary")(b"")
    assert errors.from_rpc_error(caught.value).message == "first"


async def test_an_abort_inside_a_task_group_keeps_its_status(serve, caplog) -> None:
    async def unary(request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        async with asyncio.TaskGroup() as group:
            group.create_task(errors.abort(context, errors.NotFound("NO_SUCH", "not here")))
            await asyncio.Event().wait()
        return b""

    async with serve(unary=unary) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/test.Bytes/unary")(b"")
    assert errors.from_rpc_error(caught.value).reason == "NO_SUCH"
    # What an exporter says that another test has shut down is no matter of this one.
    assert not [record for record in caplog.records if not record.name.startswith("opentelemetry")]


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (grpc.StatusCode.UNAVAILABLE, errors.Unavailable, "PEER_UNAVAILABLE"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, errors.AtCapacity, "PEER_RESOURCE_EXHAUSTED"),
        (grpc.StatusCode.CANCELLED, errors.Aborted, "PEER_CANCELLED"),
        (grpc.StatusCode.UNIMPLEMENTED, errors.InternalError, "PEER_UNIMPLEMENTED"),
        (grpc.StatusCode.NOT_FOUND, errors.NotFound, "PEER_FAILED"),
        (grpc.StatusCode.DATA_LOSS, errors.InternalError, "PEER_FAILED"),
    ],
)
def test_a_bare_status_gets_a_reason(code, kind, reason) -> None:
    bare = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), "said so")
    got = errors.from_rpc_error(bare)
    assert (type(got), got.reason, got.message) == (kind, reason, "said so")
    assert got.metadata == {"grpc_code": code.name}
    assert reason in errors.REASONS


@given(st.binary(max_size=200))
def test_foreign_details_are_no_crash(raw: bytes) -> None:
    trailers = grpc.aio.Metadata(("grpc-status-details-bin", raw))
    error = grpc.aio.AioRpcError(grpc.StatusCode.ABORTED, grpc.aio.Metadata(), trailers, "x")
    assert isinstance(errors.from_rpc_error(error), errors.Aborted)


def test_an_error_survives_a_process_boundary() -> None:
    sent = AtCapacity("AT_CAPACITY", "full", retry_after=2.0, metadata={"a": "b"})
    got = pickle.loads(pickle.dumps(sent))
    assert (got.reason, got.retry_after, got.metadata) == ("AT_CAPACITY", 2.0, {"a": "b"})


def test_the_text_names_the_fields() -> None:
    error = InvalidConfig("BAD", "no", violations=[FieldViolation("audio.channels", "1 to 8")])
    assert str(error) == "BAD: no; audio.channels: 1 to 8"


def test_declaring_twice_with_other_words_is_refused() -> None:
    assert errors.declare("INTERNAL", "INTERNAL", errors.REASONS["INTERNAL"]) == "INTERNAL"
    with pytest.raises(ValueError, match="twice"):
        errors.declare("INTERNAL", "INTERNAL", "Other words.")
    for bad in ("lower", "A", "A-B", "_AB", "X" * 64):
        with pytest.raises(ValueError, match="UPPER_SNAKE"):
            errors.declare(bad, "INTERNAL", "advice")
        assert bad not in errors.REASONS
    with pytest.raises(ValueError, match="advice"):
        errors.declare("NO_ADVICE", "INTERNAL", " ")


def test_the_page_lists_the_reasons_of_named_modules() -> None:
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "services.runtime.errors",
        "--page",
        "services.runtime.timeouts",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True, cwd=ROOT)
    assert "| DEADLINE_EXCEEDED | `IDLE_TIMEOUT` | Send something" in done.stdout
    assert "| INTERNAL | `INTERNAL` |" in done.stdout
