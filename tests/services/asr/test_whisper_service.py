"""Whisper over the wire with the project's own small model: choice, capabilities, options, languages."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest

from rivermouth.asr.v1.asr_pb2 import GetCapabilitiesRequest, RecognitionConfig, SpeechContext
from services.asr import models
from services.asr.engine import EngineUnavailable
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.asr.whisper.probe import sample
from services.runtime.errors import from_rpc_error
from tests.services.asr.conversation import Answers, Request, Service, chunks, configure, serving


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without other models."""
    monkeypatch.setattr(models, "cache_directory", lambda: tmp_path / "hub")


@asynccontextmanager
async def whisper(directory: Path, **settings: object) -> AsyncIterator[Service]:
    """A service with the model, as `auto` chooses it."""
    chosen = {"model": str(directory), "threads": 1, "final_beam_size": 1, "interim_interval": 0.5}
    async with serving(
        engine="auto", whisper={**chosen, **settings.pop("whisper", {})}, **settings
    ) as service:
        yield service


def spoken(**recognition: object) -> list[Request]:
    """A sentence, and a second of silence after it."""
    return [
        configure(recognition=RecognitionConfig(**recognition)),
        *chunks(sample().tobytes() + bytes(32_000)),
    ]


async def say(service: Service, **recognition: object) -> Answers:
    return (await service.converse(spoken(**recognition))).check()


async def test_auto_is_whisper_where_its_model_is_and_says_so(
    micro_whisper: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    shutil.copytree(micro_whisper, tmp_path / "models" / "micro")
    with caplog.at_level(logging.INFO, "services.asr"):
        async with serving(
            engine="auto", whisper={"models_directory": str(tmp_path / "models"), "threads": 1}
        ) as service:
            recogniser = (await service.stub.GetCapabilities(GetCapabilitiesRequest())).recogniser
            answers = await say(service)
    assert "recognition by whisper, model whisper-micro" in caplog.messages
    assert (recogniser.engine, recogniser.model) == ("whisper", "whisper-micro")
    assert {"en", "de"} <= set(recogniser.languages)
    assert set(recogniser.options) == {"language_code", "speech_contexts"}
    (started,) = answers.of("started")
    assert (started.engine, started.model) == ("whisper", "whisper-micro")
    assert answers.text()


async def test_the_language_is_detected_once_and_told_before_text_bears_it(micro_whisper: Path) -> None:
    async with whisper(micro_whisper) as service:
        answers = await say(service)
    (detected,) = answers.of("language_detected")
    assert detected.language_code == "en"
    assert detected.confidence > 0.5
    at = answers.kinds.index("language_detected")
    before = answers.kinds[:at].count("transcript")
    codes = [each.language_code for each in answers.of("transcript")]
    assert codes == [""] * before + ["en"] * (len(codes) - before)
    assert before < len(codes)


async def test_a_language_that_is_named_is_not_detected(micro_whisper: Path) -> None:
    async with whisper(micro_whisper) as service:
        answers = await say(service, language_code="en-GB")
    assert not answers.of("language_detected")
    assert {each.language_code for each in answers.of("transcript")} == {"en-GB"}


async def test_a_language_that_the_model_lacks_is_refused_and_the_next_stream_runs(
    micro_whisper: Path,
) -> None:
    async with whisper(micro_whisper) as service:
        recognition = RecognitionConfig(language_code="tlh")
        error = await service.failing([configure(recognition=recognition)])
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
        (violation,) = from_rpc_error(error).violations
        assert violation.field == "streaming_config.recognition.language_code"
        assert "languages of whisper" in violation.description
        assert (await say(service)).text()


async def test_the_profanity_filter_works_on_what_whisper_writes(micro_whisper: Path) -> None:
    async with whisper(micro_whisper) as service:
        plain = (await say(service, language_code="en")).text()
    word = "".join(each for each in plain.split()[-1] if each.isalpha())
    async with whisper(micro_whisper, profanity={"words": [word]}) as service:
        answers = await say(service, language_code="en", profanity_filter=True)
    masked = word[0] + "*" * (len(word) - 1)
    assert masked in answers.text()
    for transcript in answers.of("transcript"):
        assert word not in transcript.text


async def test_phrases_past_the_prompt_are_told_once_and_nothing_else_is_lost(micro_whisper: Path) -> None:
    phrases = [f"customer number {number} of the large company in the north" for number in range(100)]
    async with whisper(micro_whisper) as service:
        few = await say(service, speech_contexts=[SpeechContext(phrases=["customer support"])])
        many = await say(service, speech_contexts=[SpeechContext(phrases=phrases)])
    assert not few.of("failure")
    (failure,) = many.of("failure")
    assert failure.reason == "OPTION_TRUNCATED"
    assert failure.metadata["option"] == "speech_contexts"
    assert 0 < int(failure.metadata["left_out"]) < 100
    assert many.text()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("missing", "the directory does not exist"),
        ("cut", "model.bin is cut off"),
        ("no tokenizer", "tokenizer.json is missing"),
        ("no vocabulary", "vocabulary.json (or vocabulary.txt) is missing"),
        ("not weights", "model.bin is no file of CTranslate2"),
        ("bad tokenizer", "cannot be loaded"),
    ],
)
async def test_a_bad_model_is_one_clear_error(
    micro_whisper: Path, tmp_path: Path, damage: str, said: str
) -> None:
    model = tmp_path / "model"
    if damage != "missing":
        shutil.copytree(micro_whisper, model)
        for path in model.iterdir():
            path.chmod(0o644)
    match damage:
        case "cut":
            weights = (model / "model.bin").read_bytes()
            (model / "model.bin").write_bytes(weights[: len(weights) // 2])
        case "no tokenizer":
            (model / "tokenizer.json").unlink()
        case "no vocabulary":
            (model / "vocabulary.json").unlink()
        case "not weights":
            (model / "model.bin").write_bytes(b"PK\x03\x04" + bytes(1000))
        case "bad tokenizer":
            (model / "tokenizer.json").write_text('{"model": {"type": "none"}}')
    settings = AsrSettings.model_validate({"engine": "whisper", "whisper": {"model": str(model)}})
    with pytest.raises(EngineUnavailable) as raised:
        async with AsrCore(settings):
            pass
    assert said in str(raised.value)
    assert str(model) in str(raised.value)
    assert "\n" not in str(raised.value)
