"""`rivermouth llm emulate`: the vendors' wires on this machine, to try without a key."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.llm.emulator.server import Emulator

_KEY = "emulated"
_NAMES = ("gemini", "claude", "openai", "ollama")


def add_parser(subparsers: Any) -> None:
    """Add `rivermouth llm`."""
    parser = subparsers.add_parser("llm", help="language models: an emulator of their vendors")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    emulate = actions.add_parser(
        "emulate",
        help="serve the protocols of Gemini, Claude, OpenAI and Ollama here, without a model",
        description="Serves the vendors' protocols on 127.0.0.1 until it is stopped, and prints the settings "
        "to use it. It understands nothing: answers are made up from the schema asked for and the data sent, "
        "and their model's name begins with emulator-.",
    )
    emulate.add_argument("--port", type=int, default=0, help="for HTTP (default: a free one)")
    emulate.add_argument("--live-port", type=int, default=0, help="for Gemini Live (default: a free one)")
    emulate.add_argument(
        "--provider", choices=_NAMES, default="gemini", help="which one the settings name (default: gemini)"
    )
    emulate.add_argument(
        "--mode", default="good", metavar="MODE", help="a fault to show with each answer; `list` lists them"
    )
    emulate.add_argument(
        "--first-token-delay", type=float, metavar="SECONDS", help="until each answer begins"
    )
    emulate.add_argument("--piece-delay", type=float, metavar="SECONDS", help="between pieces of an answer")
    emulate.add_argument("--json", action="store_true", help="the settings as one JSON object, in one line")
    emulate.set_defaults(run=_emulate)


def _emulate(options: argparse.Namespace) -> int:
    try:
        from services.llm.emulator.answering import MODES
    except ImportError as error:
        print(f"rivermouth llm: {error}: pip install 'rivermouth[emulator]'", file=sys.stderr)
        return 1
    if options.mode not in MODES:
        known = options.mode == "list"
        print("\n".join(sorted(MODES)), file=sys.stdout if known else sys.stderr)
        return 0 if known else 2
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        print(f"rivermouth llm: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    from dataclasses import replace

    from services.llm.emulator.answering import MODES, always
    from services.llm.emulator.record import Record
    from services.llm.emulator.server import Emulator

    behaviour = MODES[options.mode]
    if options.first_token_delay is not None:
        behaviour = replace(behaviour, first_delay=options.first_token_delay)
    if options.piece_delay is not None:
        behaviour = replace(behaviour, piece_delay=options.piece_delay)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    record = Record(most=16, keeps_audio=False)
    with tempfile.TemporaryDirectory(prefix="rivermouth-emulator-") as folder:
        async with Emulator(
            port=options.live_port, http_port=options.port, answer=always(behaviour), record=record
        ) as emulator:
            certificate = emulator.write_certificate(Path(folder, "certificate.pem"))
            shown = settings(emulator, certificate, options.provider)
            print(json.dumps(shown) if options.json else _as_text(shown), flush=True)
            await stopped.wait()


def settings(emulator: Emulator, certificate: Path, provider: str) -> dict[str, str]:
    """Variables of the environment by which the suite uses the emulator, `provider` for analyses."""
    prefix = "RIVERMOUTH_ANALYSIS__LLM__"
    variables = {f"{prefix}PROVIDERS": provider}
    for name in _NAMES:
        variables[f"{prefix}{name.upper()}__BASE_URL"] = emulator.base_url(name)
        if name != "ollama":
            variables[f"{prefix}{name.upper()}__API_KEY"] = _KEY
    # What may be heard is described by Live, where a session lets its audio out.
    variables[f"{prefix}GEMINI__LIVE_MODEL"] = "emulator-live"
    variables[f"{prefix}GEMINI__LIVE_BASE_URL"] = emulator.live_url
    variables[f"{prefix}GEMINI__CA_FILE"] = str(certificate)
    live = "RIVERMOUTH_ASR__GEMINI_LIVE__"
    variables[f"{live}API_KEY"] = _KEY
    variables[f"{live}BASE_URL"] = emulator.live_url
    variables[f"{live}CA_FILE"] = str(certificate)
    return variables


def _as_text(variables: dict[str, str]) -> str:
    lines = [f"export {name}={value}" for name, value in variables.items()]
    return "\n".join(
        [
            "# An emulator: no model, no vendor. Answers are made up; their model is named emulator-….",
            "# In another terminal, until this one is stopped:",
            *lines,
        ]
    )
