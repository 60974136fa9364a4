"""`rivermouth models`: which Whisper models are on this machine, whether they work, and how to get one."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.asr.model_check import Check
    from services.asr.models import FoundModel
    from services.asr.settings import WhisperSettings

_FAILED = 1
_MISUSED = 2


def add_parser(subparsers: Any) -> None:
    """Add `rivermouth models`."""
    parser = subparsers.add_parser(
        "models",
        help="Whisper models: list those on this machine, check one, download one",
        description="Whisper models in CTranslate2's format, in the configured directory of models "
        "(RIVERMOUTH_ASR__WHISPER__MODELS_DIRECTORY) and in the hub's cache.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what is there, and what is not usable and why")
    checking = actions.add_parser(
        "check", help="load a model, decode a probe, and say what it takes", description=_check.__doc__
    )
    checking.add_argument("model", metavar="NAME|DIRECTORY", help="such as small, or where a model is")
    checking.add_argument("--audio", metavar="FILE.wav", help="decode this, not the built-in sentence")
    download = actions.add_parser(
        "download", help="fetch a model from a hub", description="Fetches a model where a hub can be reached."
    )
    download.add_argument("model", metavar="NAME", help="such as small, or OWNER/REPOSITORY")
    download.add_argument(
        "--directory",
        help="put its folder here (default: the directory of models, else the hub's cache)",
    )
    for action, run in ((listing, _list), (checking, _check), (download, _download)):
        action.add_argument("--json", action="store_true", help="one JSON object")
        action.add_argument("--config", metavar="FILE", help="TOML file with the table [asr]")
        action.set_defaults(run=_guarded, action=run)


def _guarded(options: argparse.Namespace) -> int:
    """Run an action; what is wrong is one line on standard error, or an object with `error`."""
    from services.asr.engine import EngineUnavailable
    from services.asr.model_download import DownloadError
    from services.asr.settings import AsrSettings
    from services.runtime import process
    from services.runtime.config import ConfigError

    try:
        settings = process.read("asr", AsrSettings, options.config).whisper
        code: int = options.action(options, settings)
        return code
    except ConfigError as error:
        print(error, file=sys.stderr)
        return _MISUSED
    except (EngineUnavailable, DownloadError, ValueError) as error:
        if options.json:
            print(json.dumps({"error": str(error)}))
        else:
            print(f"rivermouth models: {error}", file=sys.stderr)
        return _FAILED


def _list(options: argparse.Namespace, settings: WhisperSettings) -> int:
    from services.asr.models import cache_directory, choose, list_models, names, uses_gpu

    models = list_models(settings.models_directory)
    chosen = choose(models, uses_gpu(settings))
    if options.json:
        document = {
            "models": [_as_json(each) for each in models],
            "chosen": str(chosen.directory) if chosen else None,
            "models_directory": settings.models_directory,
            "cache": str(cache_directory()),
            "names": list(names()),
        }
        print(json.dumps(document, indent=2))
        return 0
    width = max((len(each.name) for each in models), default=0)
    for each in models:
        mark = "*" if each is chosen else " "
        print(f"{mark} {each.name:{width}}  {_megabytes(each.size):>10}  {_state(each):14}  {each.directory}")
        if each.fault:
            print(f"{'':{width + 14}}  {each.fault}")
    if chosen:
        print("* is taken where no model is named")
    else:
        places = [*filter(None, [settings.models_directory]), cache_directory()]
        print(f"no usable model in {' or '.join(map(str, places))}; recognition runs on sphinx")
        print(f"names for `rivermouth models download`: {', '.join(names())}")
    return 0


def _check(options: argparse.Namespace, settings: WhisperSettings) -> int:
    """Loads a model as the service would and decodes with Whisper's window of 30 s and with a window as short
    as the audio: how long each takes, and whether both hear the same words."""
    from pathlib import Path

    from services.asr.models import find_model

    found = find_model(settings.model_copy(update={"model": options.model}))
    from services.asr.model_check import check, read_audio

    seen = check(found, settings, read_audio(Path(options.audio)) if options.audio else None)
    if options.json:
        print(json.dumps({**_as_json(found), **_seen_as_json(seen)}, indent=2))
        return 0
    languages = seen.languages if len(seen.languages) < 12 else (f"{len(seen.languages)} languages",)
    rows = [
        ("model", f"{found.name} ({found.directory})"),
        ("size", f"{_megabytes(found.size)} on disk, {_megabytes(seen.memory)} in memory"),
        ("computes", f"on {seen.device} as {seen.compute_type}"),
        ("languages", ", ".join(languages)),
        ("loaded in", f"{seen.load:.2f} s"),
        ("full window", f"30 s in {1e3 * seen.full.took:.0f} ms"),
        ("short window", f"{seen.short.window:.1f} s in {1e3 * seen.short.took:.0f} ms"),
        ("text", _comparison(seen)),
    ]
    for name, text in rows:
        print(f"{name:13} {text}")
    return 0


def _download(options: argparse.Namespace, settings: WhisperSettings) -> int:
    import os

    if not sys.stderr.isatty():  # before the hub's client is imported, which reads it then
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from services.asr.model_download import download

    directory = settings.models_directory if options.directory is None else options.directory
    found = download(options.model, directory)
    if options.json:
        print(json.dumps(_as_json(found), indent=2))
    else:
        print(f"{found.name} ({_megabytes(found.size)}) is in {found.directory}")
    return 0


def _comparison(seen: Check) -> str:
    if not seen.full.text and not seen.short.text:
        return "none: try --audio with a recording in the model's language"
    if seen.agree:
        return f'"{seen.full.text}"'
    return f'different words: "{seen.full.text}" in the full window, "{seen.short.text}" in the short one'


def _as_json(found: FoundModel) -> dict[str, Any]:
    return {
        "name": found.name,
        "directory": str(found.directory),
        "place": found.place,
        "size_bytes": found.size,
        "usable": not found.fault,
        "fault": found.fault,
        "multilingual": found.files.multilingual if found.files else None,
    }


def _seen_as_json(seen: Check) -> dict[str, Any]:
    return {
        "device": seen.device,
        "compute_type": seen.compute_type,
        "languages": list(seen.languages),
        "load_seconds": round(seen.load, 4),
        "memory_bytes": seen.memory,
        "full_window": _pass_as_json(seen.full.window, seen.full.took, seen.full.text),
        "short_window": _pass_as_json(seen.short.window, seen.short.took, seen.short.text),
        "windows_agree": seen.agree,
    }


def _pass_as_json(window: float, took: float, text: str) -> dict[str, Any]:
    return {"seconds": window, "took_seconds": round(took, 4), "text": text}


def _state(found: FoundModel) -> str:
    if found.files is None:
        return "not usable"
    return "many languages" if found.files.multilingual else "English only"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
