"""Whether a directory holds a Whisper model in CTranslate2's format, whole: told from its files, unloaded.

A model that is half there fails late and in riddles: CTranslate2 says "unexpected end of file", a missing
tokenizer makes faster-whisper ask the hub for one, a vocabulary too short gives wrong words. Each fault is
told here at once, with what to do about it.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

WEIGHTS = "model.bin"
# As faster_whisper.download_model fetches them. preprocessor_config.json may be missing: then 80 mels.
PATTERNS = ("config.json", "preprocessor_config.json", WEIGHTS, "tokenizer.json", "vocabulary.*")
_VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
_SPECIFICATION = "WhisperSpec"
# Before this version of the file each variable had the size of its items in place of their type.
_OLDEST_VERSION = 4
_MOST_VARIABLES = 100_000
_OTHER_FORMATS = ("model.safetensors", "pytorch_model.bin", "model.safetensors.index.json")
_DEFAULT_MELS = 80
_ENGLISH_VOCABULARY = 51_864  # of the models that know English only; all others have another number


class ModelFault(ValueError):
    """The directory holds no usable model; the message says what is wrong and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A whole model.

    Attributes:
        directory: where it is.
        size: of its files in bytes.
        multilingual: whether it knows more than English, as far as its files tell.
        mels: bands of the spectrogram that it takes.
    """

    directory: Path
    size: int
    multilingual: bool
    mels: int


def read_model(directory: Path) -> ModelFiles:
    """Look at all files of a model; the weights' table of contents is walked, which takes milliseconds.

    Raises ModelFault.
    """
    try:
        return _read(directory)
    except OSError as error:
        name = Path(error.filename).name if error.filename else directory.name
        raise ModelFault(f"{name} cannot be read: {(error.strerror or str(error)).lower()}") from None


def _read(directory: Path) -> ModelFiles:
    if not directory.is_dir():
        what = "is a file, not a directory" if directory.exists() else "does not exist"
        raise ModelFault(f"the directory {what}: name the one that holds {WEIGHTS}")
    weights = directory / WEIGHTS
    if not weights.is_file():
        raise ModelFault(_without_weights(directory))
    _json(directory / "config.json", dict, "CTranslate2's converter writes it beside the weights")
    tokenizer = _json(
        directory / "tokenizer.json",
        dict,
        "faster-whisper would ask the hub for one: copy it here",
    )
    if "model" not in tokenizer:
        raise ModelFault("tokenizer.json is no tokenizer: it has no part named model")
    vocabulary = _vocabulary_size(directory)
    with weights.open("rb") as file:
        shapes = _shapes(file, weights.stat().st_size)
    _check_shapes(directory, shapes, vocabulary)
    size = sum(each.stat().st_size for each in directory.iterdir() if each.is_file())
    mels = shapes["encoder/conv1/weight"][1]
    return ModelFiles(directory, size, vocabulary != _ENGLISH_VOCABULARY, mels)


def _without_weights(directory: Path) -> str:
    if any((directory / name).exists() for name in _OTHER_FORMATS):
        return (
            "it holds a model of transformers: convert it with ct2-transformers-converter --copy_files "
            "tokenizer.json preprocessor_config.json, and name the result"
        )
    if not any(directory.iterdir()):
        return f"the directory is empty: {WEIGHTS} and its files belong there"
    return f"{WEIGHTS} is missing: either a download was broken off, or this is another kind of directory"


def _json(path: Path, kind: type[Any], advice: str) -> Any:
    if not path.is_file():
        raise ModelFault(f"{path.name} is missing: {advice}")
    try:
        value = json.loads(path.read_bytes())
    except ValueError:
        raise ModelFault(f"{path.name} is no JSON, perhaps cut off: fetch it again") from None
    if not isinstance(value, kind):
        raise ModelFault(f"{path.name} is not what it should be: fetch it again")
    return value


def _vocabulary_size(directory: Path) -> int:
    for name in _VOCABULARIES:
        path = directory / name
        if path.is_file():
            tokens = (
                _json(path, list, "")
                if name.endswith(".json")
                else path.read_text("utf-8", "replace").splitlines()
            )
            return len(tokens)
    raise ModelFault("vocabulary.json (or vocabulary.txt) is missing: fetch the model again, whole")


def _shapes(file: BinaryIO, size: int) -> dict[str, tuple[int, ...]]:
    """Shape of each variable, by walking the file as CTranslate2's model_spec writes it.

    `version u32, specification, revision u32, count u32, count * (name, rank u8, dimension u32 each, type u8,
    bytes u32, data)`, strings with their length as u16 and a closing zero.
    """

    def take(form: str) -> Any:
        data = file.read(struct.calcsize(form))
        if len(data) < struct.calcsize(form):
            raise _truncated(size)
        return struct.unpack(form, data)

    def text() -> str:
        length = take("<H")[0]
        data = file.read(length)
        if len(data) < length:
            raise _truncated(size)
        return data.rstrip(b"\0").decode("utf-8", "replace")

    if size == 0:
        raise ModelFault(f"{WEIGHTS} is empty: fetch it again")
    version = take("<I")[0]
    if not 1 <= version < 100:
        raise ModelFault(f"{WEIGHTS} is no file of CTranslate2: convert the model, or fetch one converted")
    if version < _OLDEST_VERSION:
        raise ModelFault(f"{WEIGHTS} has the old format {version}: convert the model again")
    specification = text()
    if specification != _SPECIFICATION:
        raise ModelFault(f"{WEIGHTS} holds a {specification or 'nameless model'}, not Whisper")
    take("<I")
    count = take("<I")[0]
    if count > _MOST_VARIABLES:
        raise ModelFault(f"{WEIGHTS} is damaged: fetch it again")
    shapes: dict[str, tuple[int, ...]] = {}
    for _ in range(count):
        name = text()
        rank = take("<B")[0]
        shapes[name] = take(f"<{rank}I")
        _, length = take("<BI")
        if file.seek(length, 1) > size:
            raise _truncated(size)
    return shapes


def _truncated(size: int) -> ModelFault:
    return ModelFault(f"{WEIGHTS} is cut off at {size:,} bytes: fetch it again, or copy it whole")


def _check_shapes(directory: Path, shapes: dict[str, tuple[int, ...]], vocabulary: int) -> None:
    conv, embeddings = shapes.get("encoder/conv1/weight"), shapes.get("decoder/embeddings/weight")
    if conv is None or len(conv) != 3 or embeddings is None or len(embeddings) != 2:
        raise ModelFault(f"{WEIGHTS} lacks parts of Whisper: convert the model again")
    if embeddings[0] != vocabulary:
        raise ModelFault(
            f"vocabulary has {vocabulary} tokens and {WEIGHTS} {embeddings[0]}: they are of different models"
        )
    mels = _DEFAULT_MELS
    path = directory / "preprocessor_config.json"
    if path.exists():
        mels = _json(path, dict, "").get("feature_size", _DEFAULT_MELS)
    if mels != conv[1]:
        told = "says" if path.exists() else "is missing, which means"
        raise ModelFault(
            f"{WEIGHTS} takes {conv[1]} mel bands, preprocessor_config.json {told} {mels}: copy its own"
        )
