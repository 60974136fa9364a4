"""The gateway as a process: what it says where it cannot start."""

from __future__ import annotations

import socket

import pytest

from gateway.__main__ import main
from gateway.plan import BUILT_IN


def test_a_port_that_is_taken_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for stage in BUILT_IN:
        monkeypatch.setenv(f"RIVERMOUTH_GATEWAY__{stage.name.upper()}", "127.0.0.1:1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("RIVERMOUTH_GATEWAY__SERVER__PORT", str(port))
        assert main([]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"cannot listen on 127.0.0.1:{port}: address already in use; set another port")
    assert len(said) == 1
