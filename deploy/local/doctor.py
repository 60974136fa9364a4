"""`rivermouth doctor`: what this machine and this installation can do, and what to do about the rest."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

_PACKAGES = ("grpcio", "protobuf", "numpy", "soxr", "onnxruntime", "pocketsphinx", "opentelemetry-sdk")
_NEEDED_DISK = 200 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `state` is "ok", "off" (works without it) or "wrong" (the suite cannot run)."""

    name: str
    state: str
    found: str
    advice: str = ""


def run(port: int, as_json: bool) -> int:
    """Print the findings; 0 where nothing is wrong."""
    findings = [finding for look in _LOOKS for finding in look()] + [_port(port)]
    if as_json:
        print(json.dumps([asdict(each) for each in findings], indent=2))
    else:
        width = max(len(each.name) for each in findings)
        for each in findings:
            advice = f"\n{'':{width + 8}}{each.advice}" if each.advice else ""
            print(f"{each.state:6} {each.name:{width}} {each.found}{advice}")
    return 1 if any(each.state == "wrong" for each in findings) else 0


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = sys.version_info >= (3, 11)
    yield Finding(
        "python", "ok" if fits else "wrong", version, "" if fits else "install Python 3.11 or newer"
    )


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        try:
            yield Finding(name, "ok", importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, "wrong", "not installed", "pip install 'rivermouth[all]'")


def _stubs() -> Iterator[Finding]:
    try:
        from rivermouth.session.v1 import service_pb2_grpc  # noqa: F401
    except Exception as error:  # a version check of grpcio or protobuf raises what it likes
        yield Finding("stubs", "wrong", str(error).splitlines()[0], "upgrade grpcio and protobuf")
    else:
        yield Finding("stubs", "ok", "load with these grpcio and protobuf")


def _voice_activity() -> Iterator[Finding]:
    from services.audio.vad import VadUnavailableError, find_model

    try:
        yield Finding("voice activity", "ok", Path(find_model()).name)
    except VadUnavailableError as error:
        yield Finding("voice activity", "wrong", "no model", str(error))


def _engines() -> Iterator[Finding]:
    if importlib.util.find_spec("pocketsphinx") is None:
        yield Finding("engine sphinx", "wrong", "not installed", "pip install 'rivermouth[asr]'")
    else:
        yield Finding("engine sphinx", "ok", "English, its model is in the package")
    yield Finding("engine whisper", "off", "not in this version", "recognition runs on sphinx")


def _language_models() -> Iterator[Finding]:
    yield Finding(
        "language models", "off", "none is configured", "local analyses run; analyses by models come later"
    )


def _telemetry() -> Iterator[Finding]:
    endpoint = os.environ.get("RIVERMOUTH_GATEWAY__TELEMETRY__OTLP_ENDPOINT")
    if endpoint:
        yield Finding("tracing", "ok", f"exported to {endpoint}")
    else:
        yield Finding(
            "tracing",
            "off",
            "no collector",
            "set RIVERMOUTH_<PART>__TELEMETRY__OTLP_ENDPOINT=http://HOST:4317 for gateway, asr, …",
        )


def _machine() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("cores", "ok", str(cores))
    free = shutil.disk_usage(Path.cwd()).free
    full = free < _NEEDED_DISK
    yield Finding(
        "disk", "wrong" if full else "ok", f"{free >> 20} MiB free", "free some space" if full else ""
    )
    if shutil.which("flite") is None:
        yield Finding(
            "flite", "off", "not installed", "only tests that make speech need it: apt-get install flite"
        )
    else:
        yield Finding("flite", "ok", "makes speech for tests")


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return Finding(
                f"port {port}",
                "off",
                (error.strerror or str(error)).lower(),
                "a suite may run there already; else `rivermouth up --port 0` takes a free one",
            )
    return Finding(f"port {port}", "ok", "free")


_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python,
    _packages,
    _stubs,
    _voice_activity,
    _engines,
    _language_models,
    _telemetry,
    _machine,
)
