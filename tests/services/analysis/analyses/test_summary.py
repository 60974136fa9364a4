from services.analysis.analyses.summary import (
    MAX_CHARACTERS,
    MAX_POINTS,
    Point,
    PointKind,
    Summarizer,
    SummaryMeasures,
)
from services.analysis.segment import Keyword, Meaning, Segment

SECOND = 1_000_000_000


def summed_up(*segments: Segment) -> SummaryMeasures:
    accumulator = Summarizer()
    for each in segments:
        accumulator.accept(each)
    return accumulator.measure()


def test_topics_decisions_and_action_items() -> None:
    found = summed_up(
        Segment.of(
            "let's go with the small plan",
            start=2,
            speaker="customer",
            segment_id="s/2",
            meaning=Meaning(
                keywords=(Keyword("plan"),), topics=("pricing",), decisions=("let's go with the small plan",)
            ),
        ),
        Segment.of("hello", start=1),
        Segment.of(
            "I'll send it. Please check it.",
            start=3,
            segment_id="s/3",
            meaning=Meaning(
                keywords=(Keyword("plan"), Keyword("invoice")),
                action_items=("Please check it.",),
                commitments=("I'll send it.", "I'll send it."),
            ),
        ),
    )
    assert found == SummaryMeasures(
        text='It is about pricing. Decided: customer: "let\'s go with the small plan". '
        'To be done: Unknown: "Please check it."; Unknown: "I\'ll send it.".',
        topics=("pricing",),
        decisions=("let's go with the small plan",),
        action_items=("Please check it.", "I'll send it."),
        keywords=("plan", "invoice"),
        segments=3,
        points=(
            Point(PointKind.DECISION, "let's go with the small plan", "customer", "s/2", 2),
            Point(PointKind.ACTION_ITEM, "Please check it.", "Unknown", "s/3", 3),
            Point(PointKind.COMMITMENT, "I'll send it.", "Unknown", "s/3", 3),
        ),
    )


def test_without_topics_it_is_about_its_keywords() -> None:
    found = summed_up(
        Segment.of("a", meaning=Meaning(keywords=(Keyword("invoice"), Keyword("refund", 2)))),
        Segment.of("b", meaning=Meaning(keywords=(Keyword("delivery"),))),
    )
    assert found.topics == ("refund", "invoice", "delivery")
    assert found.text == (
        "It is about refund, invoice, delivery. In 2 segments nothing was decided or promised."
    )


def test_keywords_are_those_of_the_window() -> None:
    found = summed_up(
        *[
            Segment.of("x", each * SECOND, each * SECOND, meaning=Meaning(keywords=(Keyword(f"k{each}"),)))
            for each in range(12)
        ]
    )
    assert found.keywords == tuple(f"k{each}" for each in range(2, 12))


def test_sentences_are_bounded_in_number_and_length() -> None:
    found = summed_up(
        *[
            Segment.of(
                "x", each, each, meaning=Meaning(decisions=(f"we decided {each} " + "and so on " * 50,))
            )
            for each in range(MAX_POINTS + 5)
        ]
    )
    assert len(found.decisions) == len(found.points) == MAX_POINTS
    assert found.decisions[0].startswith("we decided 5 ")
    assert all(len(each) <= MAX_CHARACTERS for each in found.decisions)
    assert found.text.count("we decided") == 3


def test_points_are_in_order_of_time_whatever_channel_came_first() -> None:
    found = summed_up(
        Segment.of("late", 9, 9, meaning=Meaning(decisions=("late",))),
        Segment.of("early", 1, 1, meaning=Meaning(decisions=("early",))),
    )
    assert found.decisions == ("early", "late")
