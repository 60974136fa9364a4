"""Every analysis over texts that nobody expects, and over very long ones."""

import time

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from rivermouth.analysis.v1.analysis_pb2 import LocalPart, Summary
from services.analysis.analysis import MeasuredAnalysis
from services.analysis.fill import fill
from services.analysis.registry import ANALYSES
from tests.services.analysis.measured import analysis, said
from tests.services.analysis.streams import asked, bodies, check, config, reasons_of, segment

MEASURED = sorted(name for name, each in ANALYSES.items() if isinstance(each, MeasuredAnalysis))
OF_WORD_LISTS = (
    "enhanced_metrics", "argument", "manipulation", "speaker_attitude", "psychological",
    "text_audio_features",
)  # fmt: skip
ODD = {
    "empty": "",
    "blank": " \t\n ",
    "punctuation": "... !? -- (…) ؟ 。",
    "arabic": "مرحبا كيف حالك اليوم، أنا بخير شكرا لك على السؤال يا صديقي العزيز",
    "hebrew": "שלום, מה שלומך היום? אני בסדר גמור תודה רבה לך על השאלה הזאת",
    "mixed direction": "He said שלום and مرحبا to me because he could not say it in any other way.",
    "chinese": "今天天气很好。你好吗?我们去公园吧。",
    "thai": "สวัสดีครับ วันนี้อากาศดีมาก",
    "emoji": "😀 😀 👍🏽 ok",
    "controls": "a\x00b \u202e txet \ufeff c\u200bd",
    "apostrophes": "' '' n't 's don't'n't i'm'm can't've \u2019s",
    "one very long word": "x" * 20_000,
}


def texts_of(name: str) -> Message:
    return Summary() if name == "summary" else getattr(LocalPart(), name)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
async def test_odd_texts_end_in_a_result_or_in_a_documented_reason(run_core, text: str) -> None:
    names = [asked(name) for name in ANALYSES]
    said_twice = [segment(text, ordinal, sentiment=(0.1, 1.0)) for ordinal in (1, 2)]
    responses = await run_core([config(*names), *said_twice])
    check(responses)
    finals = [
        each
        for each in bodies(responses, "analysis") + bodies(responses, "summary")
        if not each.header.partial
    ]
    assert len(finals) == len(MEASURED)
    assert {each.header.failure.reason for each in finals} <= {"", "NOT_ENOUGH_DATA"}


@pytest.mark.parametrize("name", OF_WORD_LISTS)
@pytest.mark.parametrize(("text", "language"), [(ODD["arabic"], ""), ("das ist ja gut so " * 4, "de-AT")])
async def test_other_languages_are_counted_and_not_looked_up(run_core, name, text, language) -> None:
    responses = await run_core([config(asked(name)), segment(text, language=language)])
    final = bodies(responses, "analysis")[-1]
    assert final.header.failure.reason == ""
    assert "WORD_LISTS_MISSING" in reasons_of(final.errors)
    local = getattr(final.local, name)
    assert (local.linguistic if name == "enhanced_metrics" else local).words >= 10
    assert not getattr(local, "hits", ())


async def test_scripts_without_spaces_are_left_out_and_said(run_core) -> None:
    plain = segment("I am sorry, but you said that it was free of charge.", 1)
    responses = await run_core([config(asked("argument")), plain, segment(ODD["chinese"], 2)])
    final = bodies(responses, "analysis")[-1]
    assert "WORDS_NOT_PARTED" in reasons_of(final.errors)
    assert final.local.argument.words == 12


@pytest.mark.parametrize("name", MEASURED)
def test_cost_grows_with_length_and_no_faster(name: str) -> None:
    """Ten times the words take not much more than ten times as long; squared cost would be a hundred."""

    def seconds(repeated: int) -> float:
        found = said("You never say what I know, because um the the price is not right. " * repeated)
        begun = time.process_time()
        for _ in range(1000 // repeated + 1):
            accumulator = analysis(name).start()
            accumulator.accept(found)
        return (time.process_time() - begun) / (1000 // repeated + 1)

    short = max(1e-5, min(seconds(700) for _ in range(3)))  # ten thousand words
    assert seconds(7000) < 45 * short


WORDS = st.sampled_from(
    ["i", "I'm", "um", "um,", "the", "because", "therefore", "you", "your", "fault.", "please", "So", "never",
     "all", "was", "it", "thank", "sorry", "don't", "but", "definitely", "maybe", "?", ".", "你好", "שלום"]
)  # fmt: skip


@pytest.mark.parametrize("name", OF_WORD_LISTS)
@given(texts=st.lists(st.lists(WORDS, max_size=12), max_size=5))
def test_shares_stay_shares(name: str, texts: list[list[str]]) -> None:
    accumulator = analysis(name).start()
    for at, words in enumerate(texts):
        accumulator.accept(said(" ".join(words), 1.2 * at, 1.0, "ab"[at % 2]))
    message = texts_of(name)
    fill(message, accumulator.measure())
    for field, value in every_number(message):
        assert value >= 0, field
        if field.endswith(("_share", "_clause", "politeness", "articles")) or "person" in field:
            assert value <= 1 or field == "first_person", field
        if field.endswith(("_hundred_words", "formality")):
            assert value <= 100, field


def every_number(message: Message):
    for descriptor, value in message.ListFields():
        if isinstance(value, Message):
            yield from every_number(value)
        elif descriptor.type == FieldDescriptor.TYPE_MESSAGE:
            for each in value:
                yield from every_number(each)
        elif isinstance(value, int | float):
            yield descriptor.name, value
