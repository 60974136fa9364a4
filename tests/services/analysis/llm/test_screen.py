"""Segments as they arrive: what is replaced in them, what that changes before, and what is not known yet."""

import threading
import tracemalloc

import pytest

from services.analysis.llm.screen import READ_AGAIN, Change, Screen
from services.analysis.segment import Segment
from services.text.context import Line
from services.text.redaction.kinds import Kind
from services.text.redaction.pseudonyms import Policy
from services.text.redaction.redactor import Redactor

SECOND = 1_000_000_000


def segments(*said: tuple[str, str]) -> list[Segment]:
    return [
        Segment.of(text, at * SECOND, (at + 1) * SECOND, speaker, segment_id=f"s/{at}")
        for at, (speaker, text) in enumerate(said)
    ]


def line(segment: Segment) -> Line:
    return Line(segment.start, segment.end, segment.text, segment.speaker)


def screen(policy: Policy = Policy.ENTITY, *names: str, **more: object) -> Screen:
    return Screen(Redactor(policy, names=names, key=b"k", **more))


def take(screen: Screen, segment: Segment) -> tuple[Change, ...]:
    return screen.take(segment).changes


def leaves(screen: Screen, *told: Segment) -> list[str]:
    return [each.text for each in screen.lines([line(each) for each in told])]


def test_what_is_replaced_is_told_with_its_place():
    (said,) = segments(("Anna", "Mail ann@example.com or bob@example.com."))
    (change,) = take(screen(), said)
    assert (change.segment, change.revision) == (said, 1)
    assert [(said.text[each.start : each.end], each.kind, each.token) for each in change.replaced] == [
        ("ann@example.com", Kind.EMAIL, "[EMAIL_1]"),
        ("bob@example.com", Kind.EMAIL, "[EMAIL_2]"),
    ]
    assert take(screen(), *segments(("Anna", "Nothing of that kind."))) == ()


@pytest.mark.parametrize(
    "between", [[], [("Bob", "Go on.")], [("Bob", "Aha."), ("Cleo", "Yes, 12 of them.")]]
)
def test_a_later_segment_shows_that_an_earlier_one_began_a_value(between):
    begin, *others, end = segments(("Anna", "It is 4111 1111"), *between, ("Anna", "1111 1111, and a@x.org"))
    session = screen()
    assert take(session, begin) == ()
    assert [change for each in others for change in take(session, each)] == []
    first, second = take(session, end)
    assert (first.segment, first.revision) == (begin, 1)
    assert [each.token for each in first.replaced] == ["[CARD_1]"]
    assert [each.token for each in second.replaced] == ["[CARD_1]", "[EMAIL_1]"]
    assert leaves(session, end) == ["[CARD_1], and [EMAIL_1]"]


def test_a_value_that_another_speaker_goes_on_with_is_found():
    begin, end = segments(("Anna", "It is 4111 1111"), ("Bob", "1111 1111, right?"))
    session = screen()
    take(session, begin)
    assert [change.segment for change in take(session, end)] == [begin, end]
    assert leaves(session, end) == ["[CARD_1], right?"]


def test_what_was_something_else_until_it_went_on_is_told_again():
    begin, end = segments(("Anna", "call me on 4111 1111 1111"), ("Anna", "1111 okay"))
    session = screen()
    (phone,) = take(session, begin)
    assert (phone.replaced[0].kind, phone.revision) == (Kind.PHONE, 1)
    card, _ = take(session, end)
    assert (card.segment, card.replaced[0].kind, card.revision) == (begin, Kind.CARD, 2)
    assert leaves(session, begin, end) == ["call me on [CARD_1]", "[CARD_1] okay"]


def test_digits_at_the_end_are_masked_until_it_is_known_whether_they_go_on():
    total, aha, more = segments(("Anna", "It makes 1500."), ("Bob", "Aha."), ("Anna", "Euros, I mean."))
    session = screen()
    take(session, total)
    assert leaves(session, total) == ["It makes [redacted]"]
    take(session, aha)
    assert leaves(session, total, aha) == ["It makes [redacted]", "Aha."]
    take(session, more)
    assert leaves(session, total, aha) == ["It makes 1500.", "Aha."]


def test_digits_at_the_very_end_are_what_they_are():
    (total,) = segments(("Anna", "It makes 1500."))
    session = screen()
    take(session, total)
    session.end()
    assert leaves(session, total) == ["It makes 1500."]


def test_digits_over_several_segments_are_masked_in_all_of_them():
    said = segments(("Anna", "it is four one"), ("Bob", "mhm"), ("Anna", "one one"), ("Anna", "one one."))
    session = screen()
    for each in said:
        take(session, each)
    assert leaves(session, *said) == ["it is [redacted]", "mhm", "[redacted]", "[redacted]"]


def test_lines_of_nobody_in_particular_are_read_as_well():
    first, second = segments(("", "It is 4111 1111"), ("", "1111 1111"))
    assert leaves(screen(), first, second) == ["It is [CARD_1]", "[CARD_1]"]
    assert leaves(screen(), first) == ["It is [redacted]"]


def test_a_segment_is_known_again_after_its_speaker_was_revised():
    begin, end = segments(("", "It is 4111 1111"), ("", "1111 1111 okay"))
    session = screen()
    take(session, begin)
    take(session, end)
    renamed = Line(end.start, end.end, end.text, "Anna")
    assert [each.text for each in session.lines([renamed])] == ["[CARD_1] okay"]


def test_numbers_do_not_depend_on_what_is_asked_in_between():
    said = segments(("Anna", "a@x.org"), ("Bob", "b@x.org"))
    one, other = screen(), screen()
    take(one, said[0])
    assert take(other, said[0])
    assert other.text("z@x.org") == "[EMAIL]"
    assert leaves(other, *segments(("Cleo", "y@x.org"))) == ["[EMAIL]"]
    assert take(one, said[1]) == take(other, said[1])


def test_the_same_segments_again_are_numbered_the_same():
    said = segments(
        ("Anna Berg", "a@x.org and 4111 1111"),
        ("Bob", "b@x.org"),
        ("Anna Berg", "1111 1111, a@x.org"),
        ("Bob", "c@x.org"),
    )
    first, again = screen(Policy.ENTITY, "Anna Berg"), screen(Policy.ENTITY, "Anna Berg")
    changes = [take(first, each) for each in said]
    assert changes == [take(again, each) for each in said]
    assert first.lines([line(each) for each in said]) == again.lines([line(each) for each in said])


def test_numbers_hold_on_where_not_all_segments_come_again():
    said = segments(("Anna", "a@x.org"), ("Anna", "b@x.org"), ("Anna", "c@x.org, a@x.org"))
    first = screen()
    numbered = [value for each in said[:2] for value in first.take(each).numbered]
    again = screen(numbered=numbered)
    take(again, said[1])
    take(again, said[2])
    assert leaves(again, *said[1:]) == ["[EMAIL_2]", "[EMAIL_3], [EMAIL_1]"]


def test_only_the_end_of_a_long_segment_is_read_again():
    card = "4111 1111 1111 1111"
    long = segments(("Anna", f"{card} {'word ' * 40_000}it is {card[:9]}"), ("Anna", f"{card[10:]} okay"))
    session = screen()
    take(session, long[0])
    first, second = take(session, long[1])
    assert [(each.start, each.token) for each in first.replaced] == [
        (0, "[CARD_1]"), (len(long[0].text) - 9, "[CARD_1]"),
    ]  # fmt: skip
    assert [each.token for each in second.replaced] == ["[CARD_1]"]


@pytest.mark.parametrize("after", range(READ_AGAIN - 45, READ_AGAIN + 5, 5))
def test_what_is_read_again_begins_in_no_value(after):
    address = "quentin dot marlowe at example dot org"
    long, end = segments(
        ("Anna", f"{'y ' * 200}mail {address} {'z' * after}"), ("Anna", "and write to bob@x.org")
    )
    session = screen()
    assert [each.token for each in take(session, long)[0].replaced] == ["[EMAIL_1]"]
    (change,) = take(session, end)
    assert [each.token for each in change.replaced] == ["[EMAIL_2]"]


def test_words_of_values_are_in_no_fact():
    (said,) = segments(("Anna", "write to quentin.marlowe@x.org"))
    session = screen()
    take(session, said)
    assert (
        session.text("keywords.quentin: 1, keywords.write: 1") == "keywords.[redacted]: 1, keywords.write: 1"
    )


def test_a_value_that_began_too_long_ago_is_not_looked_for():
    filling = [("Anna", "word " * 50)] * (READ_AGAIN // 250 + 2)
    said = segments(("Anna", "It is 4111 1111"), *filling, ("Anna", "1111 1111 okay"))
    session = screen()
    assert [change for each in said for change in take(session, each)] == []


def test_what_was_replaced_never_comes_back():
    said = segments(*[("Anna", "so 4111 1111 1111 1111 and"), ("Bob", "x " * 150), ("Anna", "1111")] * 9)
    session = screen()
    for each in said:
        take(session, each)
        assert "4111" not in " ".join(leaves(session, *said))


def test_many_speakers_are_forgotten_in_turn():
    said = segments(*((f"voice {'abcdefghij'[n % 10]}{n}", "it is 4111 1111") for n in range(300)))
    session = screen()
    for each in said:
        take(session, each)
    assert len(session._voices) <= 100
    assert len(session._open) <= 100


def test_it_may_be_asked_from_threads_while_segments_come():
    said = segments(*(("Anna", f"mail u{n}@x.org and 4111 1111 1111 1111 ok") for n in range(200)))
    session = screen()
    faults: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            faults.extend(text for text in leaves(session, *said[:50]) if "@" in text or "4111" in text)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for each in said:
        take(session, each)
    done.set()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert faults == []
    assert leaves(session, said[199]) == ["mail [EMAIL_200] and [CARD_1] ok"]


def test_who_cannot_wait_is_told_that_another_is_at_it():
    (said,) = segments(("Anna", "a@x.org"))
    session = screen()
    with session._lock:
        assert session.try_take(said) is None
    taken = session.try_take(said)
    assert taken is not None
    assert [each.token for each in taken.changes[0].replaced] == ["[EMAIL_1]"]
    assert leaves(session, said) == ["[EMAIL_1]"]


def test_two_segments_that_look_the_same_lose_nothing():
    begin = segments(("Anna", "it is 4111 1111"))[0]
    end = Segment.of("1111 1111 okay", SECOND, 2 * SECOND, "Anna")
    same = Segment.of(end.text, end.start, end.end, "Bob")
    session = screen()
    for each in (begin, end, same):
        session.take(each)
    assert leaves(session, end) == ["[CARD_1] okay"]


def test_what_is_kept_of_a_session_does_not_grow_with_its_text() -> None:
    kept_by = screen(Policy.MASK)
    tracemalloc.start()
    try:
        for number in range(40):
            kept_by.take(Segment(f"{number} " + "so they say " * 2_000, start=number, end=number + 1))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 300_000  # of 960,000 characters
