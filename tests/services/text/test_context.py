import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.context import ContextWindow, Line

SECOND = 1_000_000_000


def line(
    start: float, text: str = "hello", speaker: str = "anna", *keywords: str, length: float = 1.0
) -> Line:
    return Line(round(start * SECOND), round((start + length) * SECOND), text, speaker, keywords)


def filled(*lines: Line, **limits: int) -> ContextWindow:
    window = ContextWindow(**limits)
    for each in lines:
        window.add(each)
    return window


def test_empty_renders_as_nothing() -> None:
    assert ContextWindow().render() == ""
    assert ContextWindow().keywords == ()


def test_rendered_lines() -> None:
    window = filled(line(12.34, "how much is it", "anna"), line(13.25, "ten dollars", ""))
    assert window.render() == (
        "Recent conversation context:\n[12.3s] anna: how much is it\n[13.3s] Unknown: ten dollars"
    )


def test_at_most_ten_segments() -> None:
    window = filled(*[line(each, str(each)) for each in range(11)])
    assert [each.text for each in window.lines] == [str(each) for each in range(1, 11)]


@pytest.mark.parametrize(("start", "kept"), [(120.0, 2), (120.001, 1)])
def test_nothing_that_ended_more_than_two_minutes_before_the_latest_end(start: float, kept: int) -> None:
    assert len(filled(line(0, "first"), line(start, "last")).lines) == kept


def test_a_long_segment_is_as_old_as_its_end() -> None:
    window = filled(line(0, "long", length=600), line(700, "next"))
    assert [each.text for each in window.lines] == ["long", "next"]
    window.add(line(720, "last"))
    assert [each.text for each in window.lines] == ["next", "last"]


def test_a_late_segment_of_another_channel_is_taken_and_leaves_first() -> None:
    window = filled(line(500, "on time"), line(10, "late"))
    assert [each.text for each in window.lines] == ["on time", "late"]
    window.add(line(501, "now"))
    assert [each.text for each in window.lines] == ["on time", "now"]


def test_keywords_are_unique_over_the_window_and_leave_with_their_segment() -> None:
    lines = [line(0, "a", "x", "price", "plan"), line(1, "b", "y", "plan", "refund")]
    assert filled(*lines).keywords == ("price", "plan", "refund")
    assert filled(*lines, max_segments=1).keywords == ("plan", "refund")


@pytest.mark.parametrize("limits", [{"max_segments": 0}, {"max_time": -1}])
def test_impossible_windows(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="window"):
        ContextWindow(**limits)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40)), min_size=1, max_size=40),
    st.integers(1, 6),
    st.integers(0, 150),
)
def test_the_bounds_hold_for_any_order(times: list[tuple[int, int]], most: int, seconds: int) -> None:
    window = ContextWindow(most, seconds * SECOND)
    latest = 0
    for start, length in times:
        added = line(start, length=length)
        window.add(added)
        latest = max(latest, added.end)
        lines = window.lines
        assert lines[-1] is added
        assert len(lines) <= most
        assert all(latest - each.end <= seconds * SECOND for each in lines[:-1])
