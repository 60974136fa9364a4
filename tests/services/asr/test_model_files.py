"""A model's directory is whole, or there is one line that says what is wrong and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.asr.model_files import ModelFault, read_model
from tests.services.asr.fake_models import make_model


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return make_model(tmp_path / "model", vocabulary=10, weights=1000)


def test_a_whole_model(directory: Path) -> None:
    files = read_model(directory)
    assert files.directory == directory
    assert files.mels == 80
    assert files.multilingual
    assert files.size == sum(each.stat().st_size for each in directory.iterdir())


@pytest.mark.parametrize(("vocabulary", "multilingual"), [(51_864, False), (51_865, True), (51_866, True)])
def test_the_vocabulary_tells_whether_it_is_english_only(
    tmp_path: Path, vocabulary: int, multilingual: bool
) -> None:
    assert read_model(make_model(tmp_path, vocabulary=vocabulary)).multilingual is multilingual


def test_the_older_vocabulary_as_text(directory: Path) -> None:
    (directory / "vocabulary.json").unlink()
    (directory / "vocabulary.txt").write_text("\n".join("abcdefghij") + "\n")
    assert read_model(directory).mels == 80


def test_without_preprocessor_config_it_takes_80_mels(directory: Path) -> None:
    (directory / "preprocessor_config.json").unlink()
    assert read_model(directory).mels == 80


def remove(name: str) -> Callable[[Path], None]:
    return lambda directory: (directory / name).unlink()


def write(name: str, content: str) -> Callable[[Path], None]:
    def change(directory: Path) -> None:
        (directory / name).write_text(content)

    return change


def cut(size: int) -> Callable[[Path], None]:
    def change(directory: Path) -> None:
        path = directory / "model.bin"
        path.write_bytes(path.read_bytes()[:size])

    return change


def empty(directory: Path) -> None:
    for path in directory.iterdir():
        path.unlink()


def transformers(directory: Path) -> None:
    (directory / "model.bin").rename(directory / "model.safetensors")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (remove("model.bin"), "model.bin is missing"),
        (remove("config.json"), "config.json is missing"),
        (remove("tokenizer.json"), "tokenizer.json is missing: faster-whisper would ask the hub"),
        (remove("vocabulary.json"), "vocabulary.json (or vocabulary.txt) is missing"),
        (write("config.json", "{"), "config.json is no JSON, perhaps cut off"),
        (write("tokenizer.json", '{"a": 1}'), "tokenizer.json is no tokenizer"),
        (write("tokenizer.json", "[]"), "tokenizer.json is not what it should be"),
        (write("vocabulary.json", json.dumps(["a"] * 9)), "vocabulary has 9 tokens and model.bin 10"),
        (write("preprocessor_config.json", '{"feature_size": 128}'), "takes 80 mel bands"),
        (write("model.bin", "not weights at all"), "is no file of CTranslate2"),
        (write("model.bin", ""), "model.bin is empty"),
        (empty, "the directory is empty"),
        (transformers, "convert it with ct2-transformers-converter"),
    ],
)
def test_each_fault_is_one_clear_line(directory: Path, change: Callable[[Path], None], said: str) -> None:
    change(directory)
    with pytest.raises(ModelFault) as raised:
        read_model(directory)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_weights_cut_off_anywhere_are_noticed(directory: Path) -> None:
    """The last four bytes count aliases, which are not read: all that comes before them is."""
    whole = (directory / "model.bin").stat().st_size
    for size in [*range(1, whole - 4 - 1000), *range(whole - 1004, whole - 4, 97)]:
        make_model(directory, vocabulary=10, weights=1000)
        cut(size)(directory)
        with pytest.raises(ModelFault, match=r"cut off|no file of CTranslate2|not Whisper"):
            read_model(directory)


def test_another_kind_of_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match="holds a TransformerSpec, not Whisper"):
        read_model(make_model(tmp_path, vocabulary=10, specification="TransformerSpec"))


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match="does not exist"):
        read_model(tmp_path / "missing")
    (tmp_path / "file").touch()
    with pytest.raises(ModelFault, match="is a file"):
        read_model(tmp_path / "file")
