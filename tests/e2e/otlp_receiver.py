"""A real OTLP receiver: a gRPC server on the official proto, which keeps what it is sent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import grpc.aio
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1 import trace_pb2

LIMIT = 20.0


@dataclass(frozen=True)
class Span:
    """A finished span and the process it came from."""

    service: str
    name: str
    kind: int
    span_id: str
    parent_id: str
    trace_id: str
    status: int
    attributes: dict[str, Any]

    @property
    def failed(self) -> bool:
        return self.status == trace_pb2.Status.STATUS_CODE_ERROR


class Receiver(trace_service_pb2_grpc.TraceServiceServicer):
    """Collects spans of all processes."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.address = ""
        self._came = asyncio.Condition()

    async def Export(self, request: Any, context: Any) -> Any:
        async with self._came:
            for resource in request.resource_spans:
                service = next(
                    each.value.string_value
                    for each in resource.resource.attributes
                    if each.key == "service.name"
                )
                for scope in resource.scope_spans:
                    self.spans += [_span(service, span) for span in scope.spans]
            self._came.notify_all()
        return trace_service_pb2.ExportTraceServiceResponse()

    def of(self, trace_id: str) -> list[Span]:
        return [span for span in self.spans if span.trace_id == trace_id]

    async def until(self, trace_id: str, enough: Callable[[list[Span]], bool]) -> list[Span]:
        """The spans of a trace once they are enough, and none waits for a parent that is still open."""

        def closed() -> bool:
            spans = self.of(trace_id)
            known = {span.span_id for span in spans} | {""}
            return enough(spans) and all(span.parent_id in known for span in spans)

        try:
            async with asyncio.timeout(LIMIT), self._came:
                await self._came.wait_for(closed)
        except TimeoutError:
            shown = "\n".join(
                f"{span.service:12} {span.name:60} {span.span_id} < {span.parent_id}"
                for span in self.of(trace_id)
            )
            raise AssertionError(f"spans are missing or open; there are:\n{shown}") from None
        return self.of(trace_id)


def _span(service: str, span: trace_pb2.Span) -> Span:
    attributes = {}
    for each in span.attributes:
        which = each.value.WhichOneof("value")
        attributes[each.key] = getattr(each.value, which) if which else None
    return Span(
        service,
        span.name,
        span.kind,
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.trace_id.hex(),
        span.status.code,
        attributes,
    )


@contextlib.asynccontextmanager
async def otlp_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(receiver, server)
    receiver.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    try:
        yield receiver
    finally:
        await server.stop(0)
