"""The options of gRPC channels and servers, all in one place, for the core ignores a misspelt name silently.

A test looks every name up in the compiled core. Widely copied names that do nothing there:
`grpc.http2.min_recv_ping_interval_without_data_ms` and `grpc.tcp_user_timeout_ms`.
"""

from services.runtime.settings import ChannelSettings, ServerSettings, TransportSettings

Options = tuple[tuple[str, int], ...]


def server_options(settings: ServerSettings) -> Options:
    """Return the options of a server."""
    return (
        *_transport(settings),
        # Without it a second server binds the same port without an error, and gets half of the connections.
        ("grpc.so_reuseport", 0),
        # Closes connections that never speak HTTP/2; a call that says nothing is ours to end.
        ("grpc.server_handshake_timeout_ms", _ms(settings.handshake_timeout)),
        # Let clients ping once a second, on an idle connection too; the core's own limit is 5 minutes, past
        # which it closes the connection with "too many pings".
        ("grpc.http2.min_ping_interval_without_data_ms", 1000),
        ("grpc.keepalive_permit_without_calls", 0),
    )


def channel_options(settings: ChannelSettings) -> Options:
    """Return the options of a channel to a server of ours."""
    return (
        *_transport(settings),
        # Ping between calls too, so that the next call does not have to find out that the server is gone.
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        # A killed service is back within a second or two: do not back off for the core's two minutes.
        ("grpc.initial_reconnect_backoff_ms", _ms(settings.reconnect_initial)),
        ("grpc.min_reconnect_backoff_ms", 5000),
        ("grpc.max_reconnect_backoff_ms", _ms(settings.reconnect_max)),
        # Our own services, on this machine or in this cluster: a proxy of the environment is not for them.
        ("grpc.enable_http_proxy", 0),
        # Off, the receive window stays small: for a reader that stalls 94 KiB are buffered, not 5.4 MiB.
        ("grpc.http2.bdp_probe", int(settings.bdp_probe)),
    )


def _transport(settings: TransportSettings) -> Options:
    return (
        # All three: with the first two alone a frozen peer is noticed after a minute only.
        ("grpc.keepalive_time_ms", _ms(settings.keepalive_time)),
        ("grpc.keepalive_timeout_ms", _ms(settings.keepalive_timeout)),
        ("grpc.http2.ping_timeout_ms", _ms(settings.keepalive_timeout)),
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", settings.max_message_bytes),
    )


def _ms(seconds: float) -> int:
    """Return whole milliseconds, at least 1."""
    return max(1, round(seconds * 1000))
