"""Over the wire: order, configuration, endings."""

import asyncio

import grpc
import pytest

from rivermouth.result.v1 import result_pb2
from rivermouth.result.v1.result_pb2 import Failure, ResultHeader
from rivermouth.semantics.v1.semantics_pb2 import (
    Annotation,
    StreamingAnnotateConfig,
    StreamingAnnotateRequest,
)
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.errors import RivermouthError, from_rpc_error
from services.runtime.server import Server

SEGMENT = StreamingAnnotateRequest(
    segment=Transcript(
        header=ResultHeader(result_id="asr/1/1", revision=1), text="can you cancel it", is_final=True
    )
)


def config(**fields) -> StreamingAnnotateRequest:
    return StreamingAnnotateRequest(streaming_config=StreamingAnnotateConfig(**fields))


async def refused(stub, *requests: StreamingAnnotateRequest) -> RivermouthError:
    call = stub.StreamingAnnotate(iter(requests))
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        async for _ in call:
            pass
    return from_rpc_error(raised.value)


async def test_a_segment_is_annotated_while_the_stream_is_open(serve) -> None:
    async with serve() as (_, stub):
        call = stub.StreamingAnnotate()
        await call.write(config(language_code="en-US"))
        await call.write(SEGMENT)
        async with asyncio.timeout(5):
            found = (await call.read()).semantic
        await call.done_writing()
        rest = [(await call.read()).WhichOneof("result") for _ in range(3)]
        assert rest == ["turn", "conversation_stats", "conversation_stats"]
        assert await call.read() is grpc.aio.EOF
        assert await call.code() is grpc.StatusCode.OK
    assert (found.header.result_id, found.segment_id) == ("semantics/0/1", "asr/1/1")
    assert [each.label for each in found.annotations if each.kind == Annotation.KIND_RISK] == ["churn_risk"]


async def test_no_transcript_is_a_failed_result_and_the_call_ends_ok(serve) -> None:
    upstream = StreamingAnnotateRequest(upstream_failure=Failure(reason="AT_CAPACITY"))
    async with serve() as (_, stub):
        call = stub.StreamingAnnotate(iter([config(), upstream]))
        (found,) = [response.semantic async for response in call]
        assert await call.code() is grpc.StatusCode.OK
    assert found.header.outcome == result_pb2.OUTCOME_FAILED
    assert found.header.failure.metadata["upstream_reason"] == "AT_CAPACITY"


@pytest.mark.parametrize(
    ("fields", "violations"),
    [
        ({"language_code": "de-DE"}, ["language_code"]),
        ({"disabled_kinds": [Annotation.KIND_RISK, 0, 99]}, ["disabled_kinds[1]", "disabled_kinds[2]"]),
        ({"options": {"window": "3"}, "language_code": "fr"}, ["language_code", "options[window]"]),
    ],
)
async def test_a_bad_configuration_names_every_field(serve, fields, violations) -> None:
    async with serve() as (_, stub):
        error = await refused(stub, config(**fields))
    assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "CONFIG_INVALID")
    assert [each.field for each in error.violations] == [f"streaming_config.{each}" for each in violations]


@pytest.mark.parametrize("settings", [{}, {"engine": "scripted", "scripted_delay": 30}])
@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        ([SEGMENT], "CONFIG_EXPECTED"),
        ([StreamingAnnotateRequest()], "CONFIG_EXPECTED"),
        ([], "CONFIG_EXPECTED"),
        ([config(), SEGMENT, config()], "CONFIG_REPEATED"),
    ],
)
async def test_messages_out_of_order_end_the_call(serve, settings, requests, reason) -> None:
    async with serve(**settings) as (_, stub):
        error = await refused(stub, *requests)
    assert (error.code, error.reason) == (grpc.StatusCode.FAILED_PRECONDITION, reason)


async def reaches(server: Server, calls: int) -> None:
    while server.calls_in_flight != calls:  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("settings", [{}, {"engine": "scripted", "scripted_delay": 30}])
async def test_a_cancelled_call_leaves_nothing_behind(serve, settings) -> None:
    async with serve(**settings) as (server, stub):
        calls = [stub.StreamingAnnotate() for _ in range(10)]
        for call in calls:
            await call.write(config())
            await call.write(SEGMENT)
        async with asyncio.timeout(5):
            await reaches(server, len(calls))
            for call in calls:
                call.cancel()
            await reaches(server, 0)
        assert not [task for task in asyncio.all_tasks() if "services.semantics" in repr(task)]
        fresh = stub.StreamingAnnotate(iter([config()]))
        assert [each async for each in fresh] == []
