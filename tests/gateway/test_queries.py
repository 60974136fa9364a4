"""GetSession, ListSessions and GetCapabilities tell what there is, also of sessions that have ended."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from rivermouth.analysis.v1 import analysis_pb2
from rivermouth.session.v1 import service_pb2
from services.runtime.errors import RivermouthError, from_rpc_error
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, SERVICE, Gateway, gateway
from tests.gateway.puppets import Puppet, puppets

States = service_pb2.Session


async def get(serve: Gateway, session_id: str) -> service_pb2.Session:
    answer = await serve.ask("GetSession", service_pb2.GetSessionRequest(session_id=session_id))
    session: service_pb2.Session = answer.session
    return session


async def refused(serve: Gateway, method: str, request: object) -> RivermouthError:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await serve.ask(method, request)
    return from_rpc_error(raised.value)


async def test_a_session_while_it_runs_and_after() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session(labels={"who": "anna"})
        session_id = call.events[0].session_id
        await call.audio(5 * CHUNK)
        await call.until("audio_quality")
        shown = await get(serve, session_id)
        assert (shown.state, dict(shown.labels)) == (States.STATE_RUNNING, {"who": "anna"})
        assert shown.summary.end == shown.summary.END_UNSPECIFIED
        assert shown.summary.chunks_received == 1
        assert shown.start_time == call.events[0].session_started.start_time
        await call.finish()
        await call.drain()
        shown = await get(serve, session_id)
        assert shown.state == States.STATE_ENDED
        assert shown.summary == call.summary


async def test_a_session_that_waits_for_its_results() -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("quality")}
    async with gateway(stages) as serve:
        call = await serve.session()
        await call.finish()
        await call.until("progress", lambda each: each.steps_done == 3)
        assert (await get(serve, call.events[0].session_id)).state == States.STATE_DRAINING
        (await stages["quality"].stream()).finish()
        await call.drain()


async def test_no_such_session() -> None:
    async with gateway(actors()) as serve:
        error = await refused(serve, "GetSession", service_pb2.GetSessionRequest(session_id="x" * 999))
        assert (error.code, error.reason) == (grpc.StatusCode.NOT_FOUND, "SESSION_NOT_FOUND")
        assert len(error.message) < 200


async def test_resume_finds_nothing_in_this_version() -> None:
    async with gateway(actors()) as serve:
        call = serve()
        await call.send(resume={"session_id": "x"})
        assert (await call.status()).reason == "SESSION_NOT_FOUND"


async def test_subscribe_is_not_there_yet_and_says_so() -> None:
    async with gateway(actors()) as serve:
        subscribe: Any = serve.channel.unary_stream(
            f"{SERVICE}/Subscribe",
            request_serializer=service_pb2.SubscribeRequest.SerializeToString,
            response_deserializer=service_pb2.SubscribeResponse.FromString,
        )
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await anext(aiter(subscribe(service_pb2.SubscribeRequest(session_id="x"))))
    assert raised.value.code() == grpc.StatusCode.UNIMPLEMENTED
    error = from_rpc_error(raised.value)
    assert error.reason == "NOT_OFFERED"
    assert "StreamingAnalyze" in error.message


async def test_pages_go_from_the_oldest_to_the_newest() -> None:
    async with gateway(actors()) as serve:
        calls = [await serve.session(audio_format=None) for _ in range(5)]
        expected = [call.events[0].session_id for call in calls]
        for call in calls[3:]:  # the younger ones end first
            await call.finish()
            await call.drain()
        listed: list[str] = []
        token = ""
        for size in (2, 2, 1):
            page = await serve.ask(
                "ListSessions", service_pb2.ListSessionsRequest(page_size=size, page_token=token)
            )
            listed += [each.session_id for each in page.sessions]
            token = page.next_page_token
        assert listed == expected
        assert token == ""
        everything = await serve.ask("ListSessions", service_pb2.ListSessionsRequest())
        assert [each.session_id for each in everything.sessions] == expected


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"page_size": -1}, "page_size"),
        ({"page_size": 1001}, "page_size"),
        ({"page_token": "x"}, "page_token"),
    ],
)
async def test_bad_pages(fields: dict[str, object], field: str) -> None:
    async with gateway(actors()) as serve:
        error = await refused(serve, "ListSessions", service_pb2.ListSessionsRequest(**fields))
        assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "PAGE_INVALID")
        assert [each.field for each in error.violations] == [field]


async def test_only_so_many_ended_sessions_are_known() -> None:
    async with gateway(actors(), session={"ended_kept": 2}) as serve:
        ids = []
        for _ in range(3):
            call = await serve.session(audio_format=None)
            ids.append(call.events[0].session_id)
            await call.finish()
            await call.drain()
        everything = await serve.ask("ListSessions", service_pb2.ListSessionsRequest())
        assert [each.session_id for each in everything.sessions] == ids[1:]


async def test_capabilities() -> None:
    async with gateway(actors(), server={"max_sessions": 7}) as serve:
        told = await serve.ask("GetCapabilities", service_pb2.GetCapabilitiesRequest())
    analysers = {each.name: (each.stage, each.default_on, list(each.inputs)) for each in told.analysers}
    assert analysers["audio_quality"] == ("quality", True, ["audio"])
    assert analysers["semantics"] == ("semantics", True, ["segments"])
    assert analysers["quantitative_metrics"] == ("analysis", True, ["annotations"])
    offered = {each.name: each for each in told.analysers}
    options = {each.name: (each.allowed, each.default_value) for each in offered["workflow"].options}
    assert options["batch_segments"] == ("a whole number from 1 to 32", "5")
    assert all(each.description for analyser in told.analysers for each in analyser.options)
    assert list(offered["enhanced_understanding"].triggers) == [
        analysis_pb2.TRIGGER_SESSION,
        analysis_pb2.TRIGGER_TURN,
    ]
    assert not offered["audio_quality"].options
    assert not offered["audio_quality"].triggers
    assert set(told.audio_encodings) >= {"LINEAR16", "FLOAT32", "MULAW", "ALAW", "WAV"}
    assert (told.max_sessions, told.resume, told.max_session_duration.seconds) == (7, False, 6 * 3600)
    assert told.server_version
