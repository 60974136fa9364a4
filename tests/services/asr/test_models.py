"""Models are found by directory, by name, in a directory of models and in the hub's cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.asr import models
from services.asr.engine import EngineUnavailable
from services.asr.models import choose, find_model, list_models, names
from services.asr.settings import WhisperSettings
from tests.services.asr.fake_models import cached, make_model


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of its own."""
    path = tmp_path / "hub"
    monkeypatch.setattr(models, "cache_directory", lambda: path)
    return path


def find(model: str = "", directory: Path | str = "", *, on_gpu: bool = False) -> models.FoundModel:
    return find_model(WhisperSettings(model=model, models_directory=str(directory)), on_gpu)


def failure(model: str = "", directory: Path | str = "") -> str:
    with pytest.raises(EngineUnavailable) as raised:
        find(model, directory)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_by_directory(tmp_path: Path) -> None:
    path = make_model(tmp_path / "mine")
    found = find(str(path))
    assert (found.directory, found.place, found.fault) == (path, "directory", "")


@pytest.mark.parametrize("folder", ["small", "faster-whisper-small"])
def test_by_name_in_the_directory_of_models_before_the_cache(
    tmp_path: Path, cache: Path, folder: str
) -> None:
    make_model(cached(cache, "Systran/faster-whisper-small"))
    path = make_model(tmp_path / "models" / folder)
    assert find("small", tmp_path / "models").directory == path


def test_by_name_in_the_cache(cache: Path) -> None:
    path = make_model(cached(cache, "Systran/faster-whisper-small"))
    found = find("small")
    assert (found.name, found.directory, found.place) == ("small", path, "cache")


def test_by_repository_in_the_cache(cache: Path) -> None:
    path = make_model(cached(cache, "acme/whisper-call-centre"))
    assert find("acme/whisper-call-centre").directory == path


def test_of_several_snapshots_that_of_the_branch(cache: Path) -> None:
    make_model(cached(cache, "Systran/faster-whisper-tiny", "0ld"))
    new = make_model(cached(cache, "Systran/faster-whisper-tiny", "new"))
    assert find("tiny").directory == new


def test_a_name_that_is_not_here_says_how_to_get_it() -> None:
    said = failure("small")
    assert "the Whisper model small is not on this machine" in said
    assert "rivermouth models download small" in said


def test_a_misspelt_name() -> None:
    assert failure("smal") == "there is no Whisper model 'smal': did you mean small?"


def test_a_directory_that_is_not_there() -> None:
    said = failure("/nowhere/model")
    assert "the directory does not exist" in said
    assert "/nowhere/model" in said


def test_a_broken_model_that_is_named_is_a_fault(tmp_path: Path) -> None:
    path = make_model(tmp_path / "small")
    (path / "tokenizer.json").unlink()
    assert "tokenizer.json is missing" in failure("small", tmp_path)


def test_none_named_and_none_there_says_where_it_looked(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    said = failure("", tmp_path / "models")
    assert said.startswith(f"no usable Whisper model was found in {tmp_path / 'models'} and the hub's cache")
    assert "rivermouth models" in said


def test_none_named_and_broken_ones_there_says_what_is_wrong_with_them(tmp_path: Path) -> None:
    (make_model(tmp_path / "small") / "vocabulary.json").unlink()
    assert "small: vocabulary.json (or vocabulary.txt) is missing" in failure("", tmp_path)


def test_a_directory_of_models_that_cannot_be_read(tmp_path: Path) -> None:
    assert "whisper.models_directory" in failure("", tmp_path / "missing")
    assert "no such file or directory" in failure("", tmp_path / "missing")


def test_none_named_takes_the_largest_that_keeps_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("tiny", 100), ("small", 500), ("large-v3", 3000)):
        make_model(tmp_path / name, vocabulary=10, weights=size)
    limit = 1_000 + sum(each.stat().st_size for each in (tmp_path / "small").iterdir())
    monkeypatch.setattr(models, "_LARGEST_FOR_CPU", limit)
    assert find("", tmp_path).name == "small"
    assert find("", tmp_path, on_gpu=True).name == "large-v3"


def test_several_languages_come_before_english_alone(tmp_path: Path) -> None:
    make_model(tmp_path / "base.en", vocabulary=51_864, weights=5_000)
    make_model(tmp_path / "base", vocabulary=51_865)
    assert find("", tmp_path).name == "base"


def test_if_all_are_too_large_the_smallest_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_LARGEST_FOR_CPU", 1)
    make_model(tmp_path / "large-v3", vocabulary=10, weights=500)
    make_model(tmp_path / "medium", vocabulary=10, weights=100)
    assert find("", tmp_path).name == "medium"


def test_a_directory_that_is_a_model_itself(tmp_path: Path) -> None:
    make_model(tmp_path)
    assert find("", tmp_path).directory == tmp_path


def test_the_list_tells_of_broken_ones_and_leaves_other_things_out(tmp_path: Path, cache: Path) -> None:
    (make_model(tmp_path / "models" / "small") / "model.bin").unlink()
    (tmp_path / "models" / "notes").mkdir()
    make_model(cached(cache, "Systran/faster-whisper-tiny"))
    (cached(cache, "somebody/llama") / "other").mkdir(parents=True)
    found = {each.name: (each.place, bool(each.fault)) for each in list_models(str(tmp_path / "models"))}
    assert found == {"small": ("models_directory", True), "tiny": ("cache", False)}


def test_a_download_that_was_broken_off_is_listed_as_such(cache: Path) -> None:
    snapshot = make_model(cached(cache, "Systran/faster-whisper-base"))
    (snapshot / "model.bin").unlink()
    (only,) = list_models()
    assert only.name == "base"
    assert "a download was broken off" in only.fault
    assert choose([only], on_gpu=False) is None


def test_names_are_those_of_faster_whisper() -> None:
    from faster_whisper import available_models

    assert list(names()) == available_models()
    assert names()["large-v3"] == "Systran/faster-whisper-large-v3"
