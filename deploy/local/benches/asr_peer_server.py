"""Starts the server of a peer, in the peer's own environment: it imports nothing of this project.

`python asr_peer_server.py NAME PORT MODEL`, as the module that asr_counted.py runs. All is as the peer has it
by default, but for what is said here.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def whisper_live(port: int, model: str) -> None:
    """One model for all clients, where each would load its own."""
    module: Any = importlib.import_module("whisper_live.server")
    module.TranscriptionServer().run(
        "127.0.0.1",
        port=port,
        backend="faster_whisper",
        faster_whisper_custom_model_path=model,
        single_model=True,
        max_clients=64,
    )


def whisperlivekit(port: int, model: str) -> None:
    """With local agreement, for its own AlignAtt needs other weights; and without the text before as prompt.

    The micro model has learnt prompts of three sentences at most: with longer ones it loses text.
    """
    sys.argv = [
        "whisperlivekit-server",
        *("--host", "127.0.0.1", "--port", str(port), "--model_dir", model, "--lan", "en"),
        *("--backend", "faster-whisper", "--backend-policy", "localagreement", "--pcm-input"),
    ]
    online: Any = importlib.import_module("whisperlivekit.local_agreement.online_asr")
    online.OnlineASRProcessor.prompt = lambda self: ("", "")
    server: Any = importlib.import_module("whisperlivekit.basic_server")
    server.main()


if __name__ == "__main__":
    {"whisper_live": whisper_live, "whisperlivekit": whisperlivekit}[sys.argv[1]](
        int(sys.argv[2]), sys.argv[3]
    )
