"""The gRPC face of the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc

from gateway.connection import Connection, first_config
from gateway.options import OFFERS, Offer
from gateway.reasons import NOT_OFFERED, PAGE_INVALID, PROTOCOL_ORDER, SESSION_NOT_FOUND
from gateway.registry import Registry
from rivermouth.analysis.v1.redaction_pb2 import RedactionConfig
from rivermouth.session.v1 import service_pb2
from rivermouth.session.v1.events_pb2 import AnalyserInfo, AnalyserOption
from services.audio.format import Encoding
from services.runtime.errors import FieldViolation, InvalidConfig, NotFound, NotOffered, ProtocolOrder
from services.runtime.logs import bind
from services.runtime.offsets import SECOND, duration, from_seconds, nanoseconds
from services.runtime.results import VERSION
from services.runtime.server import bounded_requests
from services.text.redaction.options import KINDS

SERVICE = "rivermouth.session.v1.OrchestratorService"
_MAX_PAGE = 1000

_UNKNOWN = Offer()
"""Of an analyser of the deployment's own, which takes what it likes."""

Context = grpc.aio.ServicerContext[Any, Any]


class OrchestratorServicer:
    """Every RPC of OrchestratorService."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    def register(self, server: grpc.aio.Server) -> None:
        """Add the handlers. Events of a session are bytes already: they were written for the journal."""
        handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            "StreamingAnalyze": grpc.stream_stream_rpc_method_handler(
                self.streaming_analyze,
                request_deserializer=service_pb2.StreamingAnalyzeRequest.FromString,
                response_serializer=None,
            ),
            "Subscribe": grpc.unary_stream_rpc_method_handler(
                self.subscribe,
                request_deserializer=service_pb2.SubscribeRequest.FromString,
                response_serializer=service_pb2.SubscribeResponse.SerializeToString,
            ),
            "GetSession": grpc.unary_unary_rpc_method_handler(
                self.get_session,
                request_deserializer=service_pb2.GetSessionRequest.FromString,
                response_serializer=service_pb2.GetSessionResponse.SerializeToString,
            ),
            "ListSessions": grpc.unary_unary_rpc_method_handler(
                self.list_sessions,
                request_deserializer=service_pb2.ListSessionsRequest.FromString,
                response_serializer=service_pb2.ListSessionsResponse.SerializeToString,
            ),
            "GetCapabilities": grpc.unary_unary_rpc_method_handler(
                self.get_capabilities,
                request_deserializer=service_pb2.GetCapabilitiesRequest.FromString,
                response_serializer=service_pb2.GetCapabilitiesResponse.SerializeToString,
            ),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))

    async def streaming_analyze(self, _: AsyncIterator[Any], context: Context) -> None:
        """One session."""
        settings = self.registry.settings
        idle = settings.server.idle_timeout
        requests = bounded_requests(context, settings.server.first_message_timeout, idle)
        try:
            first: service_pb2.StreamingAnalyzeRequest = await anext(requests)
        except StopAsyncIteration:
            raise ProtocolOrder(PROTOCOL_ORDER, "the call ended before its streaming_config") from None
        if first.HasField("resume"):
            raise NotFound(
                SESSION_NOT_FOUND, "this server keeps no session over a lost connection: start anew"
            )
        config = first_config(first)
        session = self.registry.create(config)
        session.input.client_sequence = 1
        if config.limits.HasField("idle_timeout"):
            requests = bounded_requests(context, None, nanoseconds(config.limits.idle_timeout) / SECOND)
        with bind(session_id=session.session_id):
            try:
                limits = settings.session
                await Connection(context, requests, session, limits.reader_lag, limits.heartbeat).run()
            finally:
                await self.registry.release(session)

    async def subscribe(self, request: service_pb2.SubscribeRequest, context: Context) -> None:
        """Not there yet: without a handler the core would refuse it, and say nothing."""
        raise NotOffered(
            NOT_OFFERED,
            "this server has no Subscribe yet: events go to the session's own StreamingAnalyze call only",
        )

    async def get_session(
        self, request: service_pb2.GetSessionRequest, context: Context
    ) -> service_pb2.GetSessionResponse:
        """One session as it is now."""
        return service_pb2.GetSessionResponse(session=self.registry.get(request.session_id))

    async def list_sessions(
        self, request: service_pb2.ListSessionsRequest, context: Context
    ) -> service_pb2.ListSessionsResponse:
        """The sessions, the oldest first; a page token is the id of the last session seen."""
        if not 0 <= request.page_size <= _MAX_PAGE:
            raise InvalidConfig(
                PAGE_INVALID,
                f"page_size is {request.page_size}; 0 to {_MAX_PAGE}",
                violations=[FieldViolation("page_size", f"0 to {_MAX_PAGE}")],
            )
        sessions = self.registry.session_ids()
        if request.page_token:
            if request.page_token not in sessions:
                raise InvalidConfig(
                    PAGE_INVALID,
                    "page_token names no session that is known any more: start from the first page",
                    violations=[FieldViolation("page_token", "from the answer before")],
                )
            sessions = sessions[sessions.index(request.page_token) + 1 :]
        page = sessions[: request.page_size or 100]
        more = len(sessions) > len(page)
        return service_pb2.ListSessionsResponse(
            sessions=[self.registry.get(each) for each in page],
            next_page_token=page[-1] if more else "",
        )

    async def get_capabilities(
        self, request: service_pb2.GetCapabilitiesRequest, context: Context
    ) -> service_pb2.GetCapabilitiesResponse:
        """What this deployment can do."""
        settings = self.registry.settings
        return service_pb2.GetCapabilitiesResponse(
            analysers=[
                AnalyserInfo(
                    name=name,
                    stage=stage.name,
                    default_on=name in stage.default_on,
                    inputs=stage.inputs_of(name),
                    options=_options(OFFERS.get(name, _UNKNOWN)),
                    triggers=[f"TRIGGER_{each}" for each in OFFERS.get(name, _UNKNOWN).triggers],
                )
                for name, stage in self.registry.plan.analysers().items()
            ],
            audio_encodings=[each.name for each in Encoding],
            server_version=VERSION,
            max_session_duration=duration(from_seconds(settings.session.max_duration)),
            max_sessions=settings.server.max_sessions,
            resume=False,
            recogniser=await self.registry.recognition.now(),
            redaction_kinds=KINDS,
            redaction_policies=[name for name, value in RedactionConfig.Policy.items() if value],
        )


def _options(offer: Offer) -> Iterator[AnalyserOption]:
    for name, option in offer.options.items():
        yield AnalyserOption(
            name=name, description=option.about, allowed=option.allowed, default_value=option.default
        )
