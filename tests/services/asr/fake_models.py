"""Directories that look like Whisper models, made of zeros, and a hub's cache that holds them."""

from __future__ import annotations

import json
import struct
from pathlib import Path


def make_model(
    directory: Path,
    *,
    vocabulary: int = 51_865,
    mels: int = 80,
    specification: str = "WhisperSpec",
    weights: int = 0,
) -> Path:
    """All files of a model, whose weights are `weights` bytes of zeros and what names their shapes."""
    directory.mkdir(parents=True, exist_ok=True)
    variables = {
        "encoder/conv1/weight": ((4, mels, 3), bytes(16)),
        "decoder/embeddings/weight": ((vocabulary, 4), bytes(weights)),
    }
    content = struct.pack("<I", 6) + _string(specification) + struct.pack("<II", 3, len(variables))
    for name, (shape, data) in variables.items():
        content += _string(name) + struct.pack(f"<B{len(shape)}I", len(shape), *shape)
        content += struct.pack("<BI", 1, len(data)) + data
    (directory / "model.bin").write_bytes(content + struct.pack("<I", 0))
    (directory / "config.json").write_text(json.dumps({"lang_ids": [1]}))
    (directory / "tokenizer.json").write_text(json.dumps({"model": {}}))
    (directory / "vocabulary.json").write_text(json.dumps([""] * vocabulary))
    (directory / "preprocessor_config.json").write_text(json.dumps({"feature_size": mels}))
    return directory


def cached(cache: Path, repository: str, commit: str = "c0ffee") -> Path:
    """Where a cache keeps the snapshot of a repository, its branch `main` being that commit."""
    folder = cache / f"models--{repository.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs" / "main").write_text(commit)
    return folder / "snapshots" / commit


def _string(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"
