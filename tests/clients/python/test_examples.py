import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.clients.python.conftest import ROOT, environment

EXAMPLES = ROOT / "clients/python/examples"


def test_stream_file(
    server_process: tuple["subprocess.Popen[str]", str], make_wav: Callable[..., Path]
) -> None:
    _, address = server_process
    command = [sys.executable, str(EXAMPLES / "stream_file.py"), str(make_wav()), address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert first == "channel 1: thank you for calling how can I help you today"
    assert last == "all 7 events arrived"


def test_stream_file_without_a_server(make_wav: Callable[..., Path]) -> None:
    command = [sys.executable, str(EXAMPLES / "stream_file.py"), str(make_wav()), "127.0.0.1:1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment(), check=False)
    assert done.returncode == 1
    assert "TRANSPORT_UNAVAILABLE" in done.stderr
    assert "Traceback" not in done.stderr
