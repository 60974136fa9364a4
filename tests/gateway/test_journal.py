"""The journal tells of what it holds, keeps the newest, and knows which interims were overtaken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.journal import Entry, MemoryJournal


def fill(journal: MemoryJournal, first: int, last: int) -> None:
    for sequence in range(first, last + 1):
        journal.append(Entry(sequence, "warning", b"%d" % sequence))


def test_what_is_appended_is_there_and_told() -> None:
    journal = MemoryJournal(1000)
    commits = 0

    def committed() -> None:
        nonlocal commits
        commits += 1

    unwatch = journal.watch(committed)
    fill(journal, 1, 3)
    assert (journal.tail, commits) == (3, 3)
    assert [each.sequence for each in journal.read(0, 10)] == [1, 2, 3]
    assert [each.sequence for each in journal.read(1, 1)] == [2]
    unwatch()
    fill(journal, 4, 4)
    assert (journal.tail, commits) == (4, 3)


def test_closed_it_refuses() -> None:
    journal = MemoryJournal(1000)
    fill(journal, 1, 1)
    assert not journal.closed
    journal.close()
    assert journal.closed
    with pytest.raises(AssertionError):
        fill(journal, 2, 2)


def test_sequence_is_dense() -> None:
    journal = MemoryJournal(1000)
    fill(journal, 1, 2)
    for wrong in (2, 4):
        with pytest.raises(AssertionError):
            fill(journal, wrong, wrong)


def test_interims_are_marked_when_a_later_message_of_the_result_comes() -> None:
    journal = MemoryJournal(1000)
    first = Entry(1, "transcript", b"", "a", final=False)
    other = Entry(2, "transcript", b"", "b", final=False)
    second = Entry(3, "transcript", b"", "a", final=False)
    last = Entry(4, "transcript", b"", "a", final=True)
    for entry in (first, other, second, last):
        journal.append(entry)
    assert [each.overtaken for each in (first, other, second, last)] == [True, False, True, False]


@given(st.integers(1, 30), st.integers(0, 60), st.integers(0, 70), st.integers(0, 70))
def test_reads_give_what_is_kept_after_a_sequence(
    capacity: int, appended: int, after: int, limit: int
) -> None:
    journal = MemoryJournal(capacity)
    fill(journal, 1, appended)
    kept = list(range(max(1, appended - capacity + 1), appended + 1))
    assert journal.oldest == (kept[0] if kept else appended + 1)
    wanted = [each for each in kept if each > after][:limit]
    assert [each.sequence for each in journal.read(after, limit)] == wanted
