"""Each inbox keeps its one rule of overflow, and after a loss says again what had no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contracts import Output
from gateway.events import result_of
from gateway.inbox import AudioInbox, Inbox, WorkInbox
from gateway.ledger import TRUNCATED
from gateway.speech_window import SpeechWindow
from gateway.told import Told
from rivermouth.analysis.v1 import analysis_pb2
from rivermouth.result.v1 import result_pb2
from rivermouth.semantics.v1 import semantics_pb2

S = 1_000_000_000
TENTH = S // 10
Request = analysis_pb2.StreamingAnalyzeRequest


def take(inbox: Inbox, most: int = 1000) -> list[Any]:
    """Everything that can be had at once."""
    taken: list[Any] = []
    while not inbox.idle() and len(taken) < most:
        with pytest.raises(StopIteration) as returned:
            inbox.get().send(None)
        taken.append(returned.value.value)
    return taken


def window(capacity: int = 60) -> SpeechWindow:
    return SpeechWindow(capacity * S, lambda ns: ("silence", ns // S))


def fill(inbox: SpeechWindow, start: int, end: int) -> None:
    """Pieces of a second, named by their second."""
    for second in range(start, end):
        inbox.put(second * S, (second + 1) * S, second)


def audio(capacity: int, period: int = 0, early: int = 0) -> AudioInbox:
    return AudioInbox(capacity, period, lambda content, offset: (content.decode(), offset), early)


def speak(inbox: AudioInbox, text: str, start: int = 0) -> None:
    """Pieces of 100 ms, of one frame and one letter each."""
    for number, letter in enumerate(text, start):
        inbox.put(number * TENTH, (number + 1) * TENTH, letter.encode(), number)


@pytest.mark.parametrize("make", [window, lambda: AudioInbox(9, 0, lambda x, _: x), lambda: WorkInbox(9)])
async def test_reader_waits_is_woken_and_ends(make: Callable[[], Any]) -> None:
    inbox = make()
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    item = {SpeechWindow: (0, S, "x"), AudioInbox: (0, TENTH, "x", 0), WorkInbox: ("k", "x")}[type(inbox)]
    inbox.put(*item)
    assert await asyncio.wait_for(waiting, 1) == "x"
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.close()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(waiting, 1)


def test_window_says_again_what_is_not_settled() -> None:
    inbox = window()
    fill(inbox, 0, 10)
    assert take(inbox) == list(range(10))
    inbox.settle(4 * S)
    inbox.rewind()
    assert inbox.begin() == 4 * S
    assert take(inbox) == [4, 5, 6, 7, 8, 9]


def test_window_keeps_a_piece_that_is_settled_in_part_and_what_was_not_handed_out() -> None:
    inbox = window()
    fill(inbox, 0, 3)
    take(inbox, 2)
    inbox.settle(2 * S - 1)
    inbox.rewind()
    assert inbox.begin() == S
    inbox.settle(99 * S)
    assert take(inbox) == [1, 2]


def test_finalize_is_kept_until_it_is_answered() -> None:
    inbox = window()
    fill(inbox, 0, 1)
    inbox.put_control(S, "finalize", finalize=7)
    fill(inbox, 1, 2)
    assert take(inbox) == [0, "finalize", 1]
    inbox.settle(2 * S)
    inbox.rewind()
    assert take(inbox) == ["finalize", 1]
    inbox.finalized(7)
    inbox.settle(2 * S)
    inbox.rewind()
    assert take(inbox) == []


def test_audio_that_a_stage_did_not_take_in_time_becomes_silence_of_the_same_length() -> None:
    inbox = window(capacity=5)
    fill(inbox, 0, 2)
    inbox.begin()
    assert take(inbox) == [0, 1]
    fill(inbox, 2, 200)
    assert take(inbox)[:4] == [("silence", 60), ("silence", 60), ("silence", 60), ("silence", 12)]
    assert inbox.lost == 192 * S
    assert inbox.lost_pieces == 192


def test_a_stage_that_starts_late_is_told_where_and_gets_no_silence() -> None:
    inbox = window(capacity=5)
    fill(inbox, 0, 20)
    assert inbox.begin() == 14 * S
    assert take(inbox) == [14, 15, 16, 17, 18, 19]
    assert inbox.lost == 14 * S


def test_finalize_outlives_the_audio_around_it() -> None:
    inbox = window(capacity=5)
    fill(inbox, 0, 2)
    inbox.put_control(2 * S, "finalize", finalize=7)
    fill(inbox, 2, 40)
    assert inbox.begin() == 34 * S
    assert take(inbox) == ["finalize", 34, 35, 36, 37, 38, 39]
    fill(inbox, 40, 60)
    inbox.rewind()
    assert inbox.begin() == 54 * S
    assert take(inbox)[:2] == ["finalize", 54]


def test_rewrite_changes_audio_and_not_controls() -> None:
    inbox = window()
    fill(inbox, 0, 2)
    inbox.put_control(2 * S, "update")
    inbox.rewrite(lambda start, request: (start // S, request))
    assert take(inbox) == [(0, 0), (1, 1), "update"]


@given(st.lists(st.one_of(st.just("put"), st.just("take"), st.just("lose"), st.integers(0, 40)), max_size=80))
def test_a_recogniser_always_hears_a_timeline_without_holes(steps: list[str | int]) -> None:
    inbox = window(capacity=8)
    put = 0
    heard = inbox.begin() or 0
    settled = 0
    for step in steps:
        if step == "put":
            fill(inbox, put, put + 1)
            put += 1
        elif step == "take":
            for item in take(inbox, 1):
                if isinstance(item, tuple):
                    heard += item[1] * S
                else:
                    assert heard == item * S
                    heard += S
        elif step == "lose":
            inbox.rewind()
            start = inbox.begin()
            heard = put * S if start is None else start
        elif isinstance(step, int):
            settled = max(settled, min(step * S, heard))
            inbox.settle(settled)
    inbox.rewind()
    inbox.begin()
    assert len(take(inbox)) <= 9


def test_audio_inbox_forgets_the_oldest_and_counts() -> None:
    inbox = audio(3)
    speak(inbox, "abcdefghij")
    assert inbox.dropped == 7
    inbox.rewind()
    assert take(inbox) == [("h", 7), ("i", 8), ("j", 9)]


def test_the_first_audio_is_handed_out_early() -> None:
    inbox = audio(50, S, S // 2)
    speak(inbox, "abcdefghijklmnop")
    assert take(inbox) == [("abcdefghij", 0)]
    inbox = audio(50, S, S // 2)
    taken = []
    for number, letter in enumerate("abcdefghijklmnopqrstu"):
        speak(inbox, letter, number)
        taken += take(inbox)
    assert taken == [("abcde", 0), ("fghij", 5), ("klmnopqrst", 10)]


def test_audio_is_handed_out_when_a_period_is_complete_and_at_the_end() -> None:
    inbox = audio(50, 5 * TENTH)
    speak(inbox, "abcd")
    assert inbox.idle()
    speak(inbox, "ef", 4)
    assert take(inbox) == [("abcde", 0)]
    inbox.put(6 * TENTH, 9 * TENTH, b"ghi", 6)
    assert inbox.idle()
    inbox.put(9 * TENTH, 11 * TENTH, b"jk", 9)  # a flush put the pieces off the grid: it holds up none
    assert take(inbox) == [("fghijk", 5)]
    speak(inbox, "lm", 11)
    inbox.close()
    assert take(inbox) == [("lm", 11)]


def test_pieces_that_waited_long_go_together_up_to_a_second() -> None:
    inbox = audio(50, 5 * TENTH)
    speak(inbox, "abcdefghijklmnopqrstuvwxyz")
    assert take(inbox) == [("abcdefghij", 0), ("klmnopqrst", 10), ("uvwxy", 20)]


@given(st.integers(1, 30), st.integers(0, 12), st.lists(st.booleans(), max_size=80))
def test_audio_is_given_out_in_order_but_for_what_was_dropped(
    capacity: int, period: int, takes: list[bool]
) -> None:
    inbox = audio(capacity, period * TENTH)
    given_out: list[tuple[str, int]] = []
    for number, takes_now in enumerate(takes):
        speak(inbox, "x", number)
        if takes_now:
            given_out += take(inbox)
    inbox.close()
    given_out += take(inbox)
    frames = [frame for text, offset in given_out for frame in range(offset, offset + len(text))]
    assert frames == sorted(set(frames))
    assert len(frames) + inbox.dropped == len(takes)
    assert all(len(text) <= 10 for text, _ in given_out)


def test_work_inbox_refuses_the_newest_while_too_much_is_unanswered() -> None:
    inbox = WorkInbox(2)
    assert inbox.put("a", 1)
    assert inbox.put("b", 2)
    assert not inbox.put("c", 3)
    assert take(inbox) == [1, 2]
    assert not inbox.put("c", 3)
    inbox.answered("a")
    assert inbox.put("c", 3)
    inbox.put_always("failure")
    assert take(inbox) == [3, "failure"]


def test_work_inbox_says_again_what_is_unanswered_in_order_and_the_last_word() -> None:
    inbox = WorkInbox(9)
    for number, key in enumerate("abcd"):
        inbox.put(key, number)
    take(inbox, 3)
    inbox.answered("b")
    inbox.put_always("failure")
    for _ in range(3):  # a stage that cannot be reached is lost again and again
        inbox.rewind()
    take(inbox, 1)
    inbox.rewind()
    assert take(inbox) == [0, 2, 3, "failure"]
    inbox.rewind()
    assert take(inbox) == [0, 2, 3, "failure"]


def test_history_is_said_again_marked_as_replayed_what_waits_is_not() -> None:
    inbox = WorkInbox(9, history=True)
    for number in range(4):
        request = Request()
        request.segment.transcript.text = str(number)
        inbox.put(str(number), request)
        inbox.answered(str(number))
    assert [each.segment.replayed for each in take(inbox, 2)] == [False, False]
    for _ in range(3):
        inbox.rewind()
    said = [(each.segment.transcript.text, each.segment.replayed) for each in take(inbox)]
    assert said == [("0", True), ("1", True), ("2", False), ("3", False)]


def routed(segment_id: str) -> Output:
    return Output(note=("workflow_routed", analysis_pb2.WorkflowRouted(segment_id=segment_id), 0))


def worked_on(*segment_ids: str) -> Output:
    body = analysis_pb2.WorkflowResult(work_ids=[f"work/{each}" for each in segment_ids])
    return Output(result=result_of("workflow_result", "analysis", body, None))


def annotated(segment_id: str) -> Output:
    body = semantics_pb2.SemanticAnnotation(segment_id=segment_id)
    return Output(result=result_of("semantic", "semantics", body, None))


def work_item(name: str) -> Any:
    request = Request()
    request.segment.transcript.text = name
    return request


def said_again(inbox: Inbox) -> list[tuple[str, bool]]:
    inbox.rewind()
    return [(each.segment.transcript.text, each.segment.replayed) for each in take(inbox)]


def test_history_that_something_is_owed_of_is_not_marked_and_nothing_is_told_twice() -> None:
    told = Told(frozenset({"workflow_result"}))
    inbox = WorkInbox(9, True, told)
    for name in "abcd":
        inbox.put(name, work_item(name))
    take(inbox)
    for output in (*map(routed, "abc"), worked_on("a"), worked_on("c")):
        assert told.is_news(output)
    assert said_again(inbox) == [("a", True), ("b", False), ("c", True), ("d", False)]
    assert [told.is_news(routed(each)) for each in "bd"] == [False, True]
    assert told.is_news(worked_on("b", "d"))
    assert said_again(inbox) == [(each, True) for each in "abcd"]


def test_what_is_owed_outlives_the_history_within_bounds() -> None:
    told = Told(frozenset({"workflow_result"}))
    inbox = WorkInbox(2, True, told)
    for name in "abcdef":
        assert inbox.put(name, work_item(name))
        take(inbox)
    assert said_again(inbox) == [(each, False) for each in "cdef"]
    told.is_news(worked_on("c", "e"))
    assert said_again(inbox) == [("d", False), ("e", True), ("f", False)]
    told.is_news(worked_on("d", "f"))
    assert said_again(inbox) == [("e", True), ("f", True)]


def test_a_result_about_all_says_what_was_forgotten() -> None:
    told = Told(frozenset({"semantic"}), is_by_name=True)
    inbox = WorkInbox(2, True, told)
    head = result_pb2.ResultHeader(phase=result_pb2.PHASE_FINAL, outcome=result_pb2.OUTCOME_COMPLETE)
    stats = result_of("conversation_stats", "semantics", semantics_pb2.ConversationStats(header=head), None)
    for name in "abc":
        inbox.put(name, semantics_pb2.StreamingAnnotateRequest(segment={"text": name}))
        take(inbox)
        assert told.is_news(annotated(name))
        inbox.answered(name)
    assert told.as_far_as_known(stats) is stats  # whoever was given all knows all
    inbox.rewind()
    assert [each.segment.text for each in take(inbox)] == ["b", "c"]
    assert not told.is_news(annotated("b"))
    shortened = told.as_far_as_known(stats)
    assert (shortened.outcome, shortened.body.header.outcome) == (TRUNCATED, result_pb2.OUTCOME_TRUNCATED)
    assert shortened.body.header.failure.metadata["segments"] == "1"
    assert stats.body.header == head


def test_items_told_of_by_name_keep_their_room_until_then() -> None:
    inbox = WorkInbox(2, True, Told(frozenset({"semantic"}), is_by_name=True))
    assert [inbox.put(name, name) for name in "abc"] == [True, True, False]
    assert take(inbox) == ["a", "b"]
    assert not inbox.put("c", "c")
    inbox.answered("a")
    assert inbox.put("c", "c")


def test_the_latest_item_is_said_again_after_the_history() -> None:
    inbox = WorkInbox(9, history=True)
    inbox.put("a", work_item("a"))
    for position in (1, 2):
        inbox.put_latest(Request())
        inbox.put_latest(latest := Request(audio={"sample_offset": position}))
        take(inbox)
    inbox.rewind()
    segment, last = take(inbox)
    assert (segment.segment.replayed, last) == (True, latest)
    inbox.put_latest(newer := Request())
    inbox.rewind()
    assert take(inbox)[1:] == [newer]


def test_what_is_said_about_items_stays_at_its_place_in_the_history() -> None:
    inbox = WorkInbox(3, history=True)
    segment, revision = Request(), Request()
    segment.segment.transcript.text = "hello"
    revision.speaker_revision.speaker = "anna"
    assert inbox.put("1", segment)
    assert inbox.put_lasting(revision, ["0", "1"])
    assert inbox.put("2", segment)
    assert not inbox.put_lasting(revision, ["1"])  # no room
    take(inbox)
    inbox.rewind()
    assert [each.WhichOneof("request") for each in take(inbox)] == ["segment", "speaker_revision", "segment"]


def test_what_is_said_about_forgotten_items_takes_no_room_in_the_history() -> None:
    inbox = WorkInbox(3, history=True)
    for number in range(4):
        request = Request()
        request.segment.transcript.text = str(number)
        assert inbox.put(str(number), request)
        take(inbox)
    for _ in range(9):
        assert inbox.put_lasting(Request(), ["0", "never"])
        assert len(take(inbox)) == 1  # the stage itself may still know of them
    inbox.rewind()
    assert [each.segment.transcript.text for each in take(inbox)] == ["1", "2", "3"]


def test_history_is_bounded() -> None:
    inbox = WorkInbox(3, history=True)
    for number in range(10):
        assert inbox.put(str(number), Request())
        take(inbox)
    inbox.rewind()
    assert len(take(inbox)) == 3


async def test_a_sender_ahead_of_time_waits_for_room_in_an_audio_inbox() -> None:
    inbox = audio(4)
    speak(inbox, "abcd")
    waiting = asyncio.ensure_future(inbox.room(60.0))
    assert await inbox.get() == ("a", 0)
    await asyncio.sleep(0)
    assert not waiting.done()
    assert await inbox.get() == ("b", 1)
    await waiting
    assert inbox.dropped == 0


async def test_a_reader_that_takes_nothing_is_waited_for_once() -> None:
    inbox = audio(2)
    speak(inbox, "ab")
    await inbox.room(0.001)
    assert not inbox.is_full
    speak(inbox, "c", 2)
    assert inbox.dropped == 1
    assert await inbox.get() == ("b", 1)
    speak(inbox, "d", 3)
    assert inbox.is_full


async def test_an_answer_that_was_begun_when_its_reader_was_lost_keeps_no_room() -> None:
    """It has had its terminal, a failed one; what the next reader says of it is left out."""

    def said(number: int, phase: result_pb2.Phase) -> Output:
        body = semantics_pb2.SemanticAnnotation(segment_id=f"asr/1/{number}")
        body.header.phase = phase
        return Output(result=result_of("semantic", "semantics", body, None, 0, body.segment_id))

    told = Told(frozenset({"semantic"}), is_by_name=True)
    inbox = WorkInbox(4, True, told)
    for number in range(4):
        assert inbox.put(f"asr/1/{number}", semantics_pb2.StreamingAnnotateRequest())
        await inbox.get()
        assert told.is_news(said(number, result_pb2.PHASE_COARSE))
    assert inbox.is_crowded
    inbox.rewind()
    for number in range(4):
        await inbox.get()
        assert not told.is_news(said(number, result_pb2.PHASE_FINAL))
    assert not inbox.is_crowded
    assert inbox.put("asr/1/9", semantics_pb2.StreamingAnnotateRequest())
