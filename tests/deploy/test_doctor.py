"""`rivermouth doctor` says which recogniser would run, and what to do about the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.local import doctor
from services.asr import models
from tests.services.asr.fake_models import make_model


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No models, no GPU, and no settings but those of the test."""
    monkeypatch.setattr(models, "cache_directory", lambda: tmp_path / "hub")
    monkeypatch.setattr(models, "gpu_count", lambda: 0)
    for name in list(doctor.os.environ):
        if name.startswith("RIVERMOUTH_"):
            monkeypatch.delenv(name)


def findings(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, str]]]:
    code = doctor.run(0, as_json=True)
    return code, {each["name"]: each for each in json.loads(capsys.readouterr().out)}


def test_without_a_model_sphinx_runs_and_it_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = findings(capsys)
    assert code == 0
    assert found["engine whisper"]["state"] == "off"
    assert "no usable Whisper model was found" in found["engine whisper"]["found"]
    assert "sphinx runs; `rivermouth models download" in found["engine whisper"]["advice"]
    assert found["GPU"]["state"] == "off"


def test_a_model_that_is_there_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_model(tmp_path / "models" / "small", vocabulary=10)
    monkeypatch.setenv("RIVERMOUTH_ASR__WHISPER__MODELS_DIRECTORY", str(tmp_path / "models"))
    code, found = findings(capsys)
    assert code == 0
    assert found["engine whisper"]["state"] == "ok"
    assert "model small" in found["engine whisper"]["found"]


@pytest.mark.parametrize(
    ("variable", "value", "name", "said"),
    [
        ("RIVERMOUTH_ASR__ENGINE", "whisper", "engine whisper", "no usable Whisper model"),
        ("RIVERMOUTH_ASR__WHISPER__MODEL", "small", "engine whisper", "is not on this machine"),
        ("RIVERMOUTH_ASR__ENGINE", "gemini_live", "engine gemini_live", "no key is configured"),
        ("RIVERMOUTH_ASR__WHISPER__DEVICE", "cuda", "GPU", "CTranslate2 finds none"),
        ("RIVERMOUTH_ASR__ENGIN", "whisper", "recognition", "did you mean RIVERMOUTH_ASR__ENGINE?"),
        ("RIVERMOUTH_ANALYSIS__LLM__PROVIDERS", "gemnii", "language models", "gemini"),
    ],
)
def test_what_is_asked_for_and_missing_is_wrong(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    name: str,
    said: str,
) -> None:
    monkeypatch.setenv(variable, value)
    code, found = findings(capsys)
    assert code == 1
    assert found[name]["state"] == "wrong"
    assert said in found[name]["found"]


def test_without_a_key_it_says_how_to_get_models_and_how_to_try_without(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, found = findings(capsys)
    assert code == 0
    assert found["language models"]["state"] == "off"
    assert "rivermouth llm emulate" in found["language models"]["advice"]
    assert "RIVERMOUTH_ANALYSIS__LLM__CLAUDE__API_KEY" in found["model claude"]["advice"]
    assert "RIVERMOUTH_ANALYSIS__LLM__PROVIDERS=ollama" in found["model ollama"]["advice"]


def test_models_are_named_in_the_order_in_which_they_are_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RIVERMOUTH_ANALYSIS__LLM__PROVIDERS", "ollama,claude")
    monkeypatch.setenv("RIVERMOUTH_ANALYSIS__LLM__CLAUDE__API_KEY", "s3cret")
    code, found = findings(capsys)
    assert code == 0
    assert (found["language models"]["state"], found["language models"]["found"]) == (
        "ok",
        "asked in this order: ollama, claude",
    )
    assert "number 2 to be asked" in found["model claude"]["found"]
    assert "s3cret" not in json.dumps(found)


def test_voice_measures_without_praat(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if name == "praat-parselmouth":
            raise doctor.importlib.metadata.PackageNotFoundError(name)
        return "1.0"

    assert findings(capsys)[1]["acoustics (Praat)"]["state"] == "ok"
    monkeypatch.setattr(doctor.importlib.metadata, "version", version)
    code, found = findings(capsys)
    assert code == 0
    assert found["acoustics (Praat)"]["state"] == "off"
    assert "rivermouth[analysis]" in found["acoustics (Praat)"]["advice"]


def test_a_key_of_gemini_is_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RIVERMOUTH_ASR__GEMINI_LIVE__API_KEY", "s3cret")
    _, found = findings(capsys)
    assert found["engine gemini_live"]["state"] == "ok"
    assert "s3cret" not in json.dumps(found)
