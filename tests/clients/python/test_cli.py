import importlib.metadata
import subprocess
import sys

import pytest

from rivermouth.client import cli
from tests.clients.python.conftest import environment


def entry(name: str, value: str) -> importlib.metadata.EntryPoint:
    return importlib.metadata.EntryPoint(name, value, cli.GROUP)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[importlib.metadata.EntryPoint]:
    """The entry points that are found; the test fills them in."""
    entries: list[importlib.metadata.EntryPoint] = []
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: entries)
    return entries


def add_greet(subparsers: cli.Subparsers) -> None:
    """A command as another package would bring it."""
    parser = subparsers.add_parser("greet")
    parser.add_argument("name")
    parser.set_defaults(run=lambda args: print(f"hello {args.name}") or 3)


def interrupted(subparsers: cli.Subparsers) -> None:
    def run(_: object) -> int:
        raise KeyboardInterrupt

    subparsers.add_parser("interrupted").set_defaults(run=run)


def test_commands_come_from_entry_points(
    installed: list[importlib.metadata.EntryPoint], capsys: pytest.CaptureFixture[str]
) -> None:
    installed += [
        entry("greet", f"{__name__}:add_greet"),
        entry("stream", "rivermouth.client.commands.stream:add_parser"),
    ]
    installed += [entry("interrupted", f"{__name__}:interrupted"), entry("stream", "elsewhere:add_parser")]
    sys.modules.setdefault(__name__, sys.modules[add_greet.__module__])
    assert cli.main(["greet", "anna"]) == 3
    assert capsys.readouterr().out == "hello anna\n"
    assert cli.main(["interrupted"]) == 130


def test_a_command_that_cannot_be_loaded_says_so_and_the_others_work(
    installed: list[importlib.metadata.EntryPoint], capsys: pytest.CaptureFixture[str]
) -> None:
    installed.append(entry("up", "no_such_package_at_all:add_parser"))
    assert cli.main(["up", "--ports", "1"]) == 1
    assert "rivermouth up: cannot be loaded: No module named" in capsys.readouterr().err
    assert cli.main(["stream"]) == 2


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "stream recordings or transcripts" in capsys.readouterr().err


def test_help_needs_no_grpc() -> None:
    code = (
        "import sys\nfrom rivermouth.client import cli\n"
        "try: cli.main(['stream', '--help'])\nexcept SystemExit: pass\n"
        "assert 'grpc' not in sys.modules and 'google.protobuf' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code], env=environment(), check=True, capture_output=True, timeout=20
    )


def test_the_public_names_are_there() -> None:
    import rivermouth.client

    for name in rivermouth.client.__all__:
        assert getattr(rivermouth.client, name) is not None
    with pytest.raises(AttributeError):
        _ = rivermouth.client.nonsense
