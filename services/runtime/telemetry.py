"""Tracing: one span per call on each side, W3C trace context in metadata, OTLP export where configured.

Own small interceptors over opentelemetry-api, for those of opentelemetry-instrumentation-grpc break handlers
that use `context.read` and `write`, make no span for a cancelled client call, and report cancels, deadlines
and errors as OK. There is no span per message: it would double the cost of a message.

`rpc.grpc.status_code` tells every ending. The status of the span follows the semantic conventions for gRPC:
on the client's side all but OK is an error; on the server's side only what is the server's fault, so that a
client that hangs up is no error of the service.
"""

import asyncio
import math
import threading
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import grpc
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.runtime.calls import CallInfo, CallInterceptor, Context, Proceed
from services.runtime.config import ConfigError, TelemetrySettings

_NAME = "rivermouth"
_EXPORT_TIMEOUT = 5.0  # seconds for one batch, retries included
_FLUSH_LIMIT = 2.0  # seconds at shutdown, whatever the collector does
# A cancel reads as EOF first and as CancelledError mostly within 0.3 ms: a handler that returns at once on
# EOF is given this time, once a stream, so that it is not taken for one that finished.
_CANCEL_DELAY = 0.001

_SERVER_FAULTS = {
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DATA_LOSS,
}
_CLIENT_FAULTS = set(grpc.StatusCode) - {grpc.StatusCode.OK}

_propagator = TraceContextTextMapPropagator()
_provider: TracerProvider | None = None

CallT = TypeVar("CallT")


def setup(settings: TelemetrySettings, *, exporter: SpanExporter | None = None) -> Callable[[], None]:
    """Install the tracer provider of this process and return what shuts it down.

    Ids exist with no exporter, too. Spans go to `settings.otlp_endpoint` in the background, in batches, and
    are dropped when the collector is too slow; `exporter` gets every span at once (for tests). The shutdown
    flushes and blocks for 2 s at most. Raises ConfigError if an endpoint is set and the exporter is missing.
    """
    provider = TracerProvider(
        resource=Resource.create(
            {"service.name": settings.service_name, "service.instance.id": str(uuid.uuid4())}
        ),
        sampler=ParentBased(TraceIdRatioBased(settings.sample_ratio)),
        shutdown_on_exit=False,
    )
    if settings.otlp_endpoint:
        provider.add_span_processor(BatchSpanProcessor(_otlp_exporter(settings.otlp_endpoint)))
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    global _provider
    if _provider is None:
        trace.set_tracer_provider(provider)  # for libraries with spans of their own; possible once a process
    _provider = provider

    def shutdown() -> None:
        thread = threading.Thread(target=provider.shutdown, name="telemetry-shutdown", daemon=True)
        thread.start()
        thread.join(_FLUSH_LIMIT)

    return shutdown


def _otlp_exporter(endpoint: str) -> SpanExporter:
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    except ImportError as missing:
        raise ConfigError(
            ["telemetry.otlp_endpoint is set, but its exporter is missing: pip install 'rivermouth[otlp]'"]
        ) from missing
    return OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT)


def tracer() -> trace.Tracer:
    """Return the tracer for spans of our own, such as that of a session; without `setup`, the global one."""
    return (_provider or trace).get_tracer(_NAME)


def current_ids() -> tuple[str, str]:
    """Return trace id (32 hex digits) and span id (16) of the current span, or two empty strings."""
    return ids(trace.get_current_span())


def ids(span: trace.Span) -> tuple[str, str]:
    """Return trace id (32 hex digits) and span id (16) of a span, or two empty strings."""
    context = span.get_span_context()
    if not context.is_valid:
        return "", ""
    return trace.format_trace_id(context.trace_id), trace.format_span_id(context.span_id)


class TracingInterceptor(CallInterceptor):
    """One SERVER span per call, current while the handler runs, with the status that the call ended in.

    It stands outside of the error boundary, and leaves health and reflection alone.
    """

    async def around(self, call: CallInfo, context: Context, proceed: Proceed) -> Any:
        """Run the handler in its span."""
        if not call.is_ours:
            return await proceed()
        parent = _propagator.extract({key: value for key, value in call.metadata if isinstance(value, str)})
        span = _start(call.method, trace.SpanKind.SERVER, parent)
        time_limit = _time_remaining(context)
        token = otel_context.attach(trace.set_span_in_context(span, parent))
        code = grpc.StatusCode.UNKNOWN
        try:
            response = await proceed()
            if call.request_streaming:
                await asyncio.sleep(_CANCEL_DELAY)
            code = grpc.StatusCode.DEADLINE_EXCEEDED if _time_remaining(context) <= 0 else _code(context)
            return response
        except grpc.aio.AbortError:
            code = _code(context)
            raise
        except (asyncio.CancelledError, grpc.aio.InternalError):  # the second: a write to a call that is gone
            code = _cause_of_cancel(time_limit, _time_remaining(context))
            raise
        except Exception as raised:
            span.record_exception(raised)
            raise
        finally:
            otel_context.detach(token)
            _end(span, code, context.details() or "", _SERVER_FAULTS)


def traced_call(
    open_call: Callable[..., CallT],
    method: str,
    *arguments: Any,
    metadata: Iterable[tuple[str, str | bytes]] | None = None,
    **options: Any,
) -> CallT:
    """Open a client call inside a CLIENT span, a child of the current one, and return the call itself.

    `open_call` is a multi-callable of grpc.aio, `method` its "/package.Service/Method"; the rest is passed
    on. The span ends with the call, in its status: finished, cancelled, past its deadline, server gone. So a
    call that is neither read to its end nor cancelled leaves a span open.
    """
    span = _start(method, trace.SpanKind.CLIENT, None)
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, trace.set_span_in_context(span))
    try:
        call = open_call(*arguments, metadata=(*(metadata or ()), *carrier.items()), **options)
    except BaseException as raised:
        span.record_exception(raised)
        _end(span, grpc.StatusCode.UNKNOWN, str(raised), _CLIENT_FAULTS)
        raise
    call.add_done_callback(partial(_call_done, span))  # type: ignore[attr-defined]
    return call


def _call_done(span: trace.Span, call: Any) -> None:
    code, details = _now(call.code()), _now(call.details())
    _end(span, code or grpc.StatusCode.UNKNOWN, details or "", _CLIENT_FAULTS)


def _now(coroutine: Any) -> Any:
    """Return the result of a coroutine that has nothing to wait for: those of a call that is done."""
    try:
        coroutine.send(None)
    except StopIteration as returned:
        return returned.value
    coroutine.close()
    return None


def _start(method: str, kind: trace.SpanKind, parent: otel_context.Context | None) -> trace.Span:
    service, _, name = method.strip("/").rpartition("/")
    return tracer().start_span(
        method.strip("/"),
        context=parent,
        kind=kind,
        attributes={"rpc.system": "grpc", "rpc.service": service, "rpc.method": name},
    )


def _end(span: trace.Span, code: grpc.StatusCode, details: str, faults: set[grpc.StatusCode]) -> None:
    span.set_attribute("rpc.grpc.status_code", code.value[0])
    if code in faults:
        span.set_status(trace.StatusCode.ERROR, f"{code.name}: {details}" if details else code.name)
    span.end()


def _code(context: Any) -> grpc.StatusCode:
    """Return the code that a handler set, as enum or as number; without one it is OK."""
    code = context.code()
    if isinstance(code, grpc.StatusCode):
        return code
    return next((each for each in grpc.StatusCode if each.value[0] == code), grpc.StatusCode.OK)


def _time_remaining(context: Any) -> float:
    """Return the seconds until the call's deadline, infinite if it has none."""
    remaining = context.time_remaining()
    return math.inf if remaining is None else float(remaining)


def _cause_of_cancel(time_limit: float, remaining: float) -> grpc.StatusCode:
    """Tell a deadline from a hang-up: both arrive as a cancel.

    The client's clock runs out first, and its time limit was rounded up on the wire by up to 1 %.
    """
    if remaining <= 0.05 + 0.01 * time_limit and math.isfinite(time_limit):
        return grpc.StatusCode.DEADLINE_EXCEEDED
    return grpc.StatusCode.CANCELLED
