from services.analysis.analyses.understanding import MAX_LABELS, MAX_QUESTIONS, AskedQuestion, Understanding
from services.analysis.measures.counted import LabelCount, ranked
from services.analysis.segment import Keyword, Meaning, Segment


def understood(*segments: Segment) -> Understanding:
    accumulator = Understanding()
    for each in segments:
        accumulator.accept(each)
    return accumulator


def test_keywords_topics_and_questions_of_all_segments() -> None:
    found = understood(
        Segment.of(
            "the price of the plan",
            meaning=Meaning(keywords=(Keyword("price", 1), Keyword("plan", 2)), topics=("pricing",)),
        ),
        Segment.of("not annotated"),
        Segment.of(
            "is it cheap",
            start=5,
            speaker="anna",
            segment_id="s/2",
            meaning=Meaning(keywords=(Keyword("price", 1),), questions=("is it cheap",)),
        ),
    )
    assert found.amount == 8
    measures = found.measure()
    assert measures.keywords == (LabelCount("price", 2), LabelCount("plan", 2))
    assert measures.topics == (LabelCount("pricing", 1),)
    assert measures.questions == (AskedQuestion("is it cheap", "anna", "s/2", 5),)
    assert measures.question_count == 1
    assert found.coarse().keywords == measures.keywords


def test_long_sessions_name_the_last_questions_and_count_all() -> None:
    found = understood(
        *[
            Segment.of("what", start=each, meaning=Meaning(questions=(f"what {each}",)))
            for each in range(MAX_QUESTIONS + 3)
        ]
    ).measure()
    assert found.question_count == MAX_QUESTIONS + 3
    assert [each.text for each in found.questions] == [f"what {each}" for each in range(3, MAX_QUESTIONS + 3)]
    assert found.questions[0].speaker == "Unknown"


def test_at_most_twenty_labels_the_most_frequent_first_then_the_earliest() -> None:
    assert ranked({"b": 1, "a": 1, "c": 2}) == (LabelCount("c", 2), LabelCount("b", 1), LabelCount("a", 1))
    keywords = tuple(Keyword(f"word {each}") for each in range(30))
    labels = understood(Segment.of("x", meaning=Meaning(keywords=keywords))).measure().keywords
    assert [each.label for each in labels] == [f"word {each}" for each in range(MAX_LABELS)]
