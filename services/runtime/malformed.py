"""Requests that are no messages: INVALID_ARGUMENT, where grpc.aio would say UNKNOWN or we INTERNAL."""

import inspect
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from services.runtime.errors import InvalidConfig, declare

MALFORMED_MESSAGE = declare(
    "MALFORMED_MESSAGE",
    "INVALID_ARGUMENT",
    "The bytes are not a message of this RPC: generate the client from the same protos as the server's.",
)


class MalformedMessages(grpc.aio.ServerInterceptor):
    """Has requests parsed where the error boundary sees it: in the handler's first await, or just before it.

    A streaming handler parses in `read`, and meets the error there. A unary request is parsed by grpc.aio
    before any handler runs; it is passed through as bytes, and parsed here.
    """

    async def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        """Wrap the handler; None (no such method), and one that takes bytes, stay as they are."""
        handler = await continuation(details)
        if handler is None or handler.request_deserializer is None:
            return handler
        parse = _checked(handler.request_deserializer, details.method)
        if handler.request_streaming:
            return handler._replace(request_deserializer=parse)
        name = "unary_stream" if handler.response_streaming else "unary_unary"
        behaviour = getattr(handler, name)
        if not inspect.iscoroutinefunction(behaviour):
            return handler

        async def parsed(request: bytes, context: Any) -> Any:
            return await behaviour(parse(request), context)

        return handler._replace(request_deserializer=None, **{name: parsed})


def _checked(parse: Callable[[bytes], Any], method: str) -> Callable[[bytes], Any]:
    def checked(request: bytes) -> Any:
        try:
            return parse(request)
        except DecodeError as error:
            raise InvalidConfig(MALFORMED_MESSAGE, f"a request of {method} cannot be read: {error}") from None

    return checked
