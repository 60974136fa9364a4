import sys

import pytest
from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from rivermouth.client import Client
from rivermouth.client.trace import trace_metadata
from tests.clients.python.scripted_orchestrator import ScriptedOrchestrator

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_the_callers_span_goes_with_the_session(orchestrator: tuple[ScriptedOrchestrator, str]) -> None:
    servicer, address = orchestrator
    span = NonRecordingSpan(SpanContext(0xABC, 0xDEF, is_remote=False, trace_flags=TraceFlags(1)))
    token = context.attach(trace.set_span_in_context(span))
    try:
        async with (
            Client(address, metadata=[("authorization", "token")]) as client,
            client.session() as session,
        ):
            await session.finish()
    finally:
        context.detach(token)
    metadata = servicer.sessions[0].metadata
    assert metadata["traceparent"] == f"00-{0xABC:032x}-{0xDEF:016x}-01"
    assert metadata["authorization"] == "token"


async def test_a_traceparent_may_be_passed_in(orchestrator: tuple[ScriptedOrchestrator, str]) -> None:
    servicer, address = orchestrator
    async with Client(address) as client, client.session(traceparent=TRACEPARENT) as session:
        await session.finish()
    assert servicer.sessions[0].metadata["traceparent"] == TRACEPARENT


def test_without_opentelemetry_there_is_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.propagate", None)
    assert trace_metadata() == []
    assert trace_metadata(TRACEPARENT) == [("traceparent", TRACEPARENT)]


@pytest.mark.parametrize("text", ["", "00-abc-def-01", TRACEPARENT.upper(), TRACEPARENT + "-x"])
def test_a_malformed_traceparent_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="W3C traceparent"):
        trace_metadata(text)
