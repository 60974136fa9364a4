"""The language of a channel: as configured, or as the engine detects it, told once for each change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import grpc
import pytest

from rivermouth.asr.v1 import asr_pb2
from rivermouth.asr.v1.asr_pb2 import RecognitionConfig
from services.asr import session
from services.asr.engine import Hypothesis, Opening
from services.asr.language import ChannelLanguage, is_known, language_violation, primary
from services.asr.recogniser import Listener, RecognitionFailure, Timing
from services.asr.scripted import ScriptedDecoding, ScriptedRecogniser
from services.asr.settings import ScriptedSettings
from services.runtime.errors import from_rpc_error
from services.runtime.offsets import SECOND, nanoseconds
from tests.services.asr.conversation import Answers, Service, configure, serving, zeros

Detects = Callable[[int], str]
"""Language by the second in which an utterance begins."""


class Polyglot(ScriptedRecogniser):
    """Knows three languages, and detects one where it is asked to."""

    language = ""
    languages = ("en", "de", "fr")
    options = frozenset({"language_code", "speech_contexts"})

    def __init__(self, detects: Detects) -> None:
        super().__init__(ScriptedSettings())
        self.openings: list[Opening] = []
        self._detects = detects

    def open(self, listener: Listener, opening: Opening) -> ScriptedDecoding:
        self.openings.append(opening)
        language = self._detects(opening.start // 16_000) if opening.options.language in ("", "auto") else ""
        return super().open(Detecting(listener, language), opening)


class Detecting(Listener):
    """Adds what was detected to every hypothesis."""

    def __init__(self, listener: Listener, language: str) -> None:
        self._listener = listener
        self._heard = (language, 0.75) if language else ("", None)

    def interim(self, hypothesis: Hypothesis, timing: Timing) -> None:
        self._listener.interim(self._detected(hypothesis), timing)

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        self._listener.final(self._detected(hypothesis), timing)

    def failed(self, failure: RecognitionFailure) -> None:
        self._listener.failed(failure)

    def _detected(self, hypothesis: Hypothesis) -> Hypothesis:
        return replace(hypothesis, language=self._heard[0], language_confidence=self._heard[1])


async def converse(
    monkeypatch: pytest.MonkeyPatch,
    recognition: RecognitionConfig,
    detects: Detects,
    *,
    seconds: float = 9.0,
    channels: int = 1,
) -> tuple[Answers, Polyglot]:
    polyglot = Polyglot(detects)
    use(monkeypatch, polyglot)
    async with serving() as service:
        requests = [configure(recognition=recognition, channels=channels), *zeros(seconds, channels=channels)]
        return (await service.converse(requests)).check(), polyglot


def use(monkeypatch: pytest.MonkeyPatch, recogniser: ScriptedRecogniser) -> None:
    async def give(*_: object) -> ScriptedRecogniser:
        return recogniser

    monkeypatch.setattr(session, "open_recogniser", give)


def codes(answers: Answers) -> list[str]:
    return [final.language_code for final in answers.finals]


@pytest.mark.parametrize("asked", ["", "auto"])
async def test_a_detected_language_is_told_once(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    answers, _ = await converse(monkeypatch, RecognitionConfig(language_code=asked), lambda _: "de")
    (detected,) = answers.of("language_detected")
    assert (detected.channel_tag, detected.language_code, detected.confidence) == (1, "de", 0.75)
    assert len(answers.finals) > 2
    assert set(codes(answers)) == {"de"}
    first = next(index for index, kind in enumerate(answers.kinds) if kind == "transcript")
    assert answers.kinds.index("language_detected") < first


async def test_each_change_is_told_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, _ = await converse(
        monkeypatch, RecognitionConfig(language_code="auto"), lambda second: "de" if second < 6 else "fr"
    )
    told = answers.of("language_detected")
    assert [each.language_code for each in told] == ["de", "fr"]
    assert nanoseconds(told[1].offset) == 7.5 * SECOND
    assert codes(answers) == ["de", "de", "de", "fr"]


async def test_each_channel_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, _ = await converse(monkeypatch, RecognitionConfig(), lambda _: "fr", channels=2)
    assert sorted(each.channel_tag for each in answers.of("language_detected")) == [1, 2]


async def test_a_language_that_is_named_is_not_told_as_news(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, polyglot = await converse(
        monkeypatch, RecognitionConfig(language_code="de-AT", lock_language=False), lambda _: "fr"
    )
    assert not answers.of("language_detected")
    assert set(codes(answers)) == {"de-AT"}
    options = polyglot.openings[0].options
    assert (options.language, options.lock_language) == ("de-AT", False)


async def test_while_nothing_was_detected_there_is_no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, polyglot = await converse(monkeypatch, RecognitionConfig(), lambda _: "")
    assert not answers.of("language_detected")
    assert set(codes(answers)) == {""}
    assert polyglot.openings[0].options.lock_language


async def test_phrases_reach_the_engine_with_the_most_boost_first(monkeypatch: pytest.MonkeyPatch) -> None:
    contexts = [
        asr_pb2.SpeechContext(phrases=["river  mouth", "delta", " "], boost=2),
        asr_pb2.SpeechContext(phrases=["estuary", "delta"], boost=5),
    ]
    _, polyglot = await converse(monkeypatch, RecognitionConfig(speech_contexts=contexts), lambda _: "")
    phrases = polyglot.openings[0].options.phrases
    assert [(each.text, each.boost) for each in phrases] == [
        ("delta", 5),
        ("estuary", 5),
        ("river mouth", 2),
    ]


async def refused(service: Service, tag: str) -> str:
    error = await service.failing([configure(recognition=RecognitionConfig(language_code=tag))])
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    (violation,) = from_rpc_error(error).violations
    assert violation.field == "streaming_config.recognition.language_code"
    return violation.description


async def test_a_language_that_the_model_lacks_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Polyglot(lambda _: ""))
    async with serving() as service:
        said = await refused(service, "it-IT")
    assert said == 'must be "auto", empty or one of the 3 languages of scripted: de, en, fr'


async def test_an_engine_of_one_language_takes_auto_and_says_its_own() -> None:
    async with serving() as service:
        assert "must be en" in await refused(service, "de")
        recognition = RecognitionConfig(language_code="auto")
        answers = (await service.converse([configure(recognition=recognition), *zeros(3)])).check()
    assert set(codes(answers)) == {"en-US"}
    assert not answers.of("language_detected")


@pytest.mark.parametrize(
    ("tag", "languages", "known"),
    [
        ("", ("en",), True),
        ("auto", ("en",), True),
        ("EN-us", ("en",), True),
        ("en_GB", ("en",), True),
        ("yue-HK", ("zh", "yue"), True),
        ("e", ("en",), False),
        ("eng", ("en",), False),
        ("-", ("en",), False),
    ],
)
def test_tags(tag: str, languages: Sequence[str], known: bool) -> None:
    assert is_known(tag, languages) is known


def test_many_languages_are_not_all_listed() -> None:
    said = language_violation("whisper", "small", [f"l{number}" for number in range(100)])
    assert "one of the 100 languages" in said
    assert len(said) < 256


def test_a_channel_hears_news_only() -> None:
    language = ChannelLanguage("en-US")
    assert not language.hear("")
    assert not language.hear("en")
    assert language.tag == "en-US"
    assert language.hear("de")
    assert language.tag == "de"
    assert primary("zh-Hant-TW") == "zh"
