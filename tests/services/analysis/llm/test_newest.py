"""What is kept for models: the newest text, and how much of it is not there any more."""

from services.analysis.llm.newest import NewestSegments
from services.analysis.segment import Segment


def test_the_oldest_goes_where_there_is_too_much() -> None:
    kept = NewestSegments(40)  # a line has 11 without its text
    for text in ("aaaa", "bbbb", "cc", "ddddd"):
        kept.add(Segment(text))
    assert [each.text for each in kept.segments] == ["cc", "ddddd"]
    assert (kept.taken, kept.forgotten) == (4, 2)


def test_one_that_is_too_long_alone_stays() -> None:
    kept = NewestSegments(20)
    kept.add(Segment("short"))
    kept.add(Segment("x" * 50))
    assert [len(each.text) for each in kept.segments] == [50]
    kept.add(Segment("y"))
    assert [each.text for each in kept.segments] == ["y"]
    assert (kept.taken, kept.forgotten) == (3, 2)
