"""Over the wire: order, configuration, endings."""

import asyncio

import grpc
import pytest

from rivermouth.analysis.v1.analysis_pb2 import (
    AnalysisRequest,
    AnnotatedSegment,
    StreamingAnalysisConfig,
    StreamingAnalyzeRequest,
)
from rivermouth.result.v1.result_pb2 import PHASE_COARSE, PHASE_FINAL, ResultHeader
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.analysis.registry import ANALYSES
from services.runtime.errors import RivermouthError, from_rpc_error
from services.runtime.server import Server

NAME = "quantitative_metrics"
SEGMENT = StreamingAnalyzeRequest(
    segment=AnnotatedSegment(
        transcript=Transcript(
            header=ResultHeader(result_id="asr/1/1", revision=1), text="hello there", is_final=True
        )
    )
)


def config(*analyses: AnalysisRequest) -> StreamingAnalyzeRequest:
    return StreamingAnalyzeRequest(streaming_config=StreamingAnalysisConfig(analyses=analyses))


async def refused(stub, *requests: StreamingAnalyzeRequest) -> RivermouthError:
    call = stub.StreamingAnalyze(iter(requests))
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        async for _ in call:
            pass
    return from_rpc_error(raised.value)


async def test_coarse_comes_while_the_stream_is_open_and_final_at_its_end(serve) -> None:
    async with serve() as (_, stub):
        call = stub.StreamingAnalyze()
        await call.write(config(AnalysisRequest(name=NAME)))
        await call.write(SEGMENT)
        async with asyncio.timeout(5):
            coarse = (await call.read()).analysis
        await call.done_writing()
        final = (await call.read()).analysis
        assert await call.read() is grpc.aio.EOF
        assert await call.code() is grpc.StatusCode.OK
    assert (coarse.header.phase, final.header.phase) == (PHASE_COARSE, PHASE_FINAL)
    assert final.local.quantitative_metrics.words == 2
    assert list(final.header.evidence.missing) == ["semantics"]


@pytest.mark.parametrize(
    ("analyses", "violations"),
    [
        ([AnalysisRequest(name="horoscope")], ["analyses[0].name"]),
        ([AnalysisRequest(name=NAME), AnalysisRequest()], ["analyses[1].name"]),
        ([AnalysisRequest(name="conversation_flow", trigger="TRIGGER_TURN")], ["analyses[0].trigger"]),
        ([AnalysisRequest(name=NAME, trigger=77)], ["analyses[0].trigger"]),
        ([AnalysisRequest(name=NAME), AnalysisRequest(name=NAME, trigger=3)], ["analyses[1]"]),
        (
            [AnalysisRequest(name=NAME, options={"window": "3"}), AnalysisRequest(name="x")],
            ["analyses[0].options[window]", "analyses[1].name"],
        ),
        *[
            ([AnalysisRequest(name="summary", options={"every": every})], ["analyses[0].options[every]"])
            for every in ("0", "1001", "-5", "five", "", "1.5", "9" * 50)
        ],
    ],
)
async def test_a_bad_configuration_names_every_field(serve, analyses, violations) -> None:
    async with serve() as (_, stub):
        error = await refused(stub, config(*analyses))
    assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "CONFIG_INVALID")
    assert [each.field for each in error.violations] == [f"streaming_config.{each}" for each in violations]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("horoscope", f"known: {', '.join(list(ANALYSES)[:10])}"),
        ("credability", "did you mean credibility?"),
        ("emotions", "did you mean emotion?"),
        ("x" * 10_000, "known: quantitative_metrics, "),
    ],
)
async def test_an_unknown_analysis_is_answered_with_those_that_are_known(serve, name, answer) -> None:
    async with serve() as (_, stub):
        error = await refused(stub, config(AnalysisRequest(name=name)))
    assert error.violations[0].description.startswith(f"{name[:40]!r} is no analysis; {answer}")


@pytest.mark.parametrize("settings", [{}, {"engine": "scripted", "scripted_delay": 30}])
@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        ([SEGMENT], "CONFIG_EXPECTED"),
        ([StreamingAnalyzeRequest()], "CONFIG_EXPECTED"),
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
        calls = [stub.StreamingAnalyze() for _ in range(10)]
        for call in calls:
            await call.write(config())
            await call.write(SEGMENT)
        async with asyncio.timeout(5):
            await reaches(server, len(calls))
            for call in calls:
                call.cancel()
            await reaches(server, 0)
        assert not [task for task in asyncio.all_tasks() if "services.analysis" in repr(task)]
        fresh = stub.StreamingAnalyze(iter([config(AnalysisRequest(name=NAME))]))
        last = [each async for each in fresh][-1]
    assert last.analysis.header.failure.reason == "NOT_ENOUGH_DATA"
