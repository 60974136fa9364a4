"""Over the wire: order, configuration, endings."""

import asyncio

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration

from rivermouth.audio.v1.audio_pb2 import AudioChunk, AudioFormat
from rivermouth.quality.v1.quality_pb2 import StreamingAssessConfig, StreamingAssessRequest
from rivermouth.result.v1 import result_pb2
from services.runtime.errors import RivermouthError, from_rpc_error
from services.runtime.server import Server

PCM = AudioFormat(encoding="AUDIO_ENCODING_LINEAR16", sample_rate_hertz=16_000, channel_count=1)
CHUNK = StreamingAssessRequest(audio=AudioChunk(content=bytes(3200)))


def config(**fields) -> StreamingAssessRequest:
    return StreamingAssessRequest(streaming_config=StreamingAssessConfig(**{"audio_format": PCM, **fields}))


async def refused(stub, *requests: StreamingAssessRequest) -> RivermouthError:
    call = stub.StreamingAssess(iter(requests))
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        async for _ in call:
            pass
    return from_rpc_error(raised.value)


async def test_a_stream_is_measured_and_ends_ok(serve) -> None:
    async with serve() as (_, stub):
        call = stub.StreamingAssess(iter([config(), *[CHUNK] * 12]))
        responses = [response async for response in call]
        assert await call.code() is grpc.StatusCode.OK
    phases = [each.audio_quality.header.phase for each in responses]
    assert phases == [result_pb2.PHASE_COARSE, result_pb2.PHASE_REFINE, result_pb2.PHASE_FINAL]
    assert responses[-1].audio_quality.silence_ratio == 1.0


async def test_coarse_arrives_while_the_stream_is_open(serve) -> None:
    async with serve() as (_, stub):
        call = stub.StreamingAssess()
        await call.write(config())
        for _ in range(5):
            await call.write(CHUNK)
        async with asyncio.timeout(5):
            coarse = await call.read()
        assert coarse.audio_quality.header.phase == result_pb2.PHASE_COARSE
        await call.done_writing()
        assert (await call.read()).audio_quality.header.phase == result_pb2.PHASE_FINAL


@pytest.mark.parametrize(
    ("fields", "violations"),
    [
        ({"audio_format": None}, ["encoding", "sample_rate_hertz", "channel_count"]),
        ({"audio_format": AudioFormat(encoding=1, channel_count=1)}, ["sample_rate_hertz"]),
        (
            {"audio_format": AudioFormat(encoding=1, channel_count=1, sample_rate_hertz=10**9)},
            ["sample_rate_hertz"],
        ),
        ({"audio_format": AudioFormat(encoding=1, sample_rate_hertz=8000)}, ["channel_count"]),
        (
            {"audio_format": AudioFormat(encoding=4, sample_rate_hertz=8000, channel_count=9)},
            ["channel_count"],
        ),
        ({"audio_format": AudioFormat(encoding=99, sample_rate_hertz=8000, channel_count=1)}, ["encoding"]),
        ({"refine_interval": Duration(nanos=249_000_000)}, [""]),
        ({"refine_interval": Duration(seconds=61)}, [""]),
        ({"start_offset": Duration(seconds=-1)}, [""]),
        ({"start_offset": Duration(seconds=2**62)}, [""]),
    ],
)
async def test_a_bad_configuration_names_every_field(serve, fields, violations) -> None:
    async with serve() as (_, stub):
        error = await refused(stub, config(**fields))
    assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "CONFIG_INVALID")
    (field,) = fields
    expected = [f"streaming_config.{field}.{each}".rstrip(".") for each in violations]
    assert [each.field for each in error.violations] == expected


@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        ([CHUNK], "CONFIG_EXPECTED"),
        ([StreamingAssessRequest()], "CONFIG_EXPECTED"),
        ([], "CONFIG_EXPECTED"),
        ([config(), CHUNK, config()], "CONFIG_REPEATED"),
    ],
)
async def test_messages_out_of_order_end_the_call(serve, requests, reason) -> None:
    async with serve() as (_, stub):
        error = await refused(stub, *requests)
    assert (error.code, error.reason) == (grpc.StatusCode.FAILED_PRECONDITION, reason)


async def test_an_empty_request_is_refused_and_the_stream_goes_on(serve) -> None:
    async with serve() as (_, stub):
        call = stub.StreamingAssess(iter([config(), StreamingAssessRequest(), CHUNK]))
        responses = [response async for response in call]
    assert responses[0].failure.reason == "EMPTY_REQUEST"
    assert responses[-1].audio_quality.header.outcome == result_pb2.OUTCOME_COMPLETE


async def reaches(server: Server, calls: int) -> None:
    while server.calls_in_flight != calls:  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("settings", [{}, {"engine": "scripted", "scripted_delay": 0.3}])
async def test_a_cancelled_call_leaves_nothing_behind(serve, settings) -> None:
    async with serve(**settings) as (server, stub):
        calls = [stub.StreamingAssess() for _ in range(10)]
        for call in calls:
            await call.write(config())
            for _ in range(5):
                await call.write(CHUNK)
        async with asyncio.timeout(5):
            await reaches(server, len(calls))
            for call in calls:
                call.cancel()
            await reaches(server, 0)
        assert not [task for task in asyncio.all_tasks() if "services.quality" in repr(task)]
        fresh = stub.StreamingAssess(iter([config()]))
        assert [each async for each in fresh][-1].audio_quality.header.failure.reason == "NO_AUDIO"
