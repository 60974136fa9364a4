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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.asr.settings import AsrSettings

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
    from services.asr.settings import AsrSettings
    from services.runtime.config import ConfigError
    from services.runtime.process import read

    try:
        settings = read("asr", AsrSettings)
    except ConfigError as error:
        yield Finding("recognition", "wrong", "; ".join(error.problems), "correct these settings")
        return
    yield from _whisper(settings)
    yield from _gemini_live(settings)


def _whisper(settings: AsrSettings) -> Iterator[Finding]:
    """As the service would choose, with the settings of this environment."""
    from services.asr.engine import EngineUnavailable
    from services.asr.models import find_model, gpu_count, uses_gpu

    is_asked_for = settings.engine == "whisper" or bool(settings.whisper.model)
    if importlib.util.find_spec("faster_whisper") is None:
        advice = "pip install 'rivermouth[asr]'"
        yield Finding("engine whisper", "wrong" if is_asked_for else "off", "not installed", advice)
        return
    try:
        found = find_model(settings.whisper, uses_gpu(settings.whisper))
    except EngineUnavailable as error:
        advice = "`rivermouth models download small`, or name a directory by RIVERMOUTH_ASR__WHISPER__MODEL"
        if settings.whisper.model:  # the error says what to do about this one
            yield Finding("engine whisper", "wrong", str(error))
        elif is_asked_for:
            yield Finding("engine whisper", "wrong", str(error), advice)
        else:
            yield Finding("engine whisper", "off", str(error), f"sphinx runs; {advice}")
    else:
        size = f"{found.size / 1e6:.0f} MB"
        yield Finding("engine whisper", "ok", f"model {found.name}, {size}, in {found.directory}")
    gpus = gpu_count()
    if gpus:
        yield Finding("GPU", "ok", f"{gpus}, which Whisper computes on")
    elif settings.whisper.device == "cuda":
        advice = "install its driver and CUDA, or set RIVERMOUTH_ASR__WHISPER__DEVICE=cpu"
        yield Finding("GPU", "wrong", "whisper.device is cuda, and CTranslate2 finds none", advice)
    else:
        yield Finding("GPU", "off", "none", "Whisper computes on the processor: a model up to small keeps up")


def _gemini_live(settings: AsrSettings) -> Iterator[Finding]:
    name, is_asked_for = "engine gemini_live", settings.engine == "gemini_live"
    if importlib.util.find_spec("google.genai") is None:
        advice = "pip install 'rivermouth[llm]'"
        yield Finding(name, "wrong" if is_asked_for else "off", "not installed", advice)
    elif not settings.gemini_live.api_key.get_secret_value():
        advice = "set RIVERMOUTH_ASR__GEMINI_LIVE__API_KEY; audio then goes to the vendor"
        yield Finding(name, "wrong" if is_asked_for else "off", "no key is configured", advice)
    else:
        found = f"a key is configured, model {settings.gemini_live.model}"
        advice = "" if is_asked_for else "RIVERMOUTH_ASR__ENGINE=gemini_live uses it"
        yield Finding(name, "ok", found, advice)


def _language_models() -> Iterator[Finding]:
    """As the analysis service would choose, with the settings of this environment; no vendor is asked."""
    from services.analysis.settings import AnalysisSettings
    from services.llm.findings import findings
    from services.runtime.config import ConfigError
    from services.runtime.process import read

    try:
        settings = read("analysis", AnalysisSettings).llm
    except ConfigError as error:
        yield Finding("language models", "wrong", "; ".join(error.problems), "correct these settings")
        return
    if settings.configured:
        yield Finding("language models", "ok", f"asked in this order: {', '.join(settings.configured)}")
    else:
        advice = "local analyses run, models' parts say so; without a key: `rivermouth llm emulate`"
        yield Finding("language models", "off", "none is configured", advice)
    for each in findings(settings, "RIVERMOUTH_ANALYSIS__LLM__"):
        yield Finding(*each)


def _acoustics() -> Iterator[Finding]:
    try:
        version = importlib.metadata.version("praat-parselmouth")
    except importlib.metadata.PackageNotFoundError:
        advice = "pip install 'rivermouth[analysis]'; analyses run without voice measures"
        yield Finding("acoustics (Praat)", "off", "praat-parselmouth is not installed", advice)
    else:
        yield Finding("acoustics (Praat)", "ok", f"praat-parselmouth {version}")


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
    _acoustics,
    _telemetry,
    _machine,
)
