"""The language of an utterance: given, found out, locked."""

from __future__ import annotations

import pytest

from services.asr.engine import Options
from services.asr.whisper.language import UtteranceLanguage
from services.asr.whisper.passes import Decoded

SECOND = 16_000


def found(language: str, confidence: float) -> Decoded:
    return Decoded(language=language, language_confidence=confidence)


@pytest.mark.parametrize(
    ("wanted", "default", "tag"),
    [("de-AT", "en", "de"), ("", "en-US", "en"), ("", "", ""), ("auto", "en", ""), ("", "auto", "")],
)
def test_it_is_asked_for_or_configured_or_has_to_be_found_out(wanted, default, tag) -> None:
    language = UtteranceLanguage(Options(wanted), default, "")
    assert (language.tag, language.is_known, language.detected) == (tag, bool(tag), False)
    assert language.adaptation == ""


def test_it_is_believed_when_there_is_speech_enough_and_confidence() -> None:
    language = UtteranceLanguage(Options("auto"), "", "")
    language.hear(found("nn", 0.9), SECOND // 2)
    language.hear(found("nn", 0.3), SECOND)
    assert not language.is_known
    language.hear(found("fr", 0.8), SECOND)
    language.hear(found("de", 0.9), 2 * SECOND)
    assert (language.tag, language.confidence, language.detected) == ("fr", 0.8, True)


def test_it_is_locked_for_the_channel_unless_told_otherwise() -> None:
    first = UtteranceLanguage(Options("auto"), "", "")
    first.hear(found("fr", 0.8), SECOND)
    second = UtteranceLanguage(Options("auto"), "", first.adaptation)
    assert (second.tag, second.confidence, second.detected) == ("fr", 0.8, True)
    assert second.adaptation == first.adaptation
    free = UtteranceLanguage(Options("auto", lock_language=False), "", "")
    free.hear(found("fr", 0.8), SECOND)
    assert free.adaptation == ""


def test_a_language_that_was_asked_for_is_not_overruled_by_what_was_locked() -> None:
    first = UtteranceLanguage(Options("auto"), "", "")
    first.hear(found("fr", 0.8), SECOND)
    assert UtteranceLanguage(Options("de"), "", first.adaptation).tag == "de"
