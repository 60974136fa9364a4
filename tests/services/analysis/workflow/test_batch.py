"""Dropped work is finished: in groups, each item once, whatever a run before this one came to."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.analysis.workflow.batch import MOST_TOGETHER, Done, Finisher, Left, groups
from services.analysis.workflow.batch_file import LONGEST_LINE, Faulty, InUse, Marks, append_to, read
from services.analysis.workflow.logged_work import LoggedWork, logged, to_json
from services.analysis.workflow.routing import QUEUES, Queue, WorkItem
from services.llm import reasons
from services.llm.events import Answering, End, TextDelta
from services.text.context import Line
from tests.services.analysis.works import answering, failing, is_question, lines_of, scripted, settings_of


def work(
    number: int,
    queue: Queue = Queue.DECISION,
    session: str = "s",
    text: str = "",
    providers: tuple[str, ...] = (),
    tenant: str = "",
) -> LoggedWork:
    (intent, *_) = QUEUES[queue].intents
    start = number * 1_000_000_000
    context = (Line(0, 1, "before", "ben"),)
    item = WorkItem(
        f"work/{number}", queue, text or f"text {number}", "anna", start, start + 1, intent, str(number)
    )
    item = WorkItem(**{**{name: getattr(item, name) for name in item.__slots__}, "context": context})
    return logged(item, "BACKPRESSURE", session=session, tenant=tenant, providers=providers, clean=tuple)


async def finished(script: Any, works: list[LoggedWork], **changes: Any) -> list[Done | Left]:
    settings = settings_of(**changes)
    found = []
    async with scripted(settings, script) as llm:
        finisher = Finisher(llm, settings)
        for group in groups(works):
            found += [each async for each in finisher.finish(group)]
    return found


def test_groups_are_of_one_kind_and_questions_alone() -> None:
    works = [
        work(1),
        work(2),
        work(3, Queue.GENERAL),
        work(4, Queue.QUESTION),
        work(5, Queue.QUESTION),
        work(6, session="other"),
        work(7, session="other", tenant="acme"),
        work(8, session="other", tenant="acme", providers=("ollama",)),
    ]
    found = [[each.work_id for each in group] for group in groups(works)]
    assert found == [["work/1", "work/2"], *[[f"work/{number}"] for number in range(3, 9)]]
    many = [len(group) for group in groups(work(number) for number in range(2 * MOST_TOGETHER + 1))]
    assert many == [MOST_TOGETHER, MOST_TOGETHER, 1]


async def test_a_group_is_one_question_and_each_work_has_its_result() -> None:
    seen = []

    def script(request: Any) -> Any:
        seen.append(request)
        return answering(request)

    found = await finished(script, [work(1), work(2, text="we go"), work(3, Queue.QUESTION, text="why")])
    assert [type(each) for each in found] == [Done] * 3
    batch, question = seen
    assert lines_of(batch) == ["[1.0s] anna: text 1", "[2.0s] anna: we go"]
    assert batch.context == "Recent conversation context:\n[0.0s] ben: before"
    assert is_question(question)
    assert lines_of(question) == ["[0.0s] ben: before", "[3.0s] anna: why"]
    results = [each.result for each in found if isinstance(each, Done)]
    assert [each["text"] for each in results] == [
        "of [1.0s] anna: text 1",
        "of [2.0s] anna: we go",
        "about [3.0s] anna: why",
    ]
    assert [each["asked_together"] for each in results] == [2, 2, 1]
    assert results[2]["answered"] is True
    assert results[0]["id"] != results[1]["id"]
    assert {each["provider"] for each in results} == {"scripted"}


async def test_what_got_no_note_is_asked_about_alone() -> None:
    def script(request: Any) -> Any:
        if len(lines_of(request)) > 1:
            notes = {"notes": [{"line": 2, "text": "second"}, {"line": 9, "text": "none"}]}
            return [Answering("m"), TextDelta(json.dumps(notes)), End(True, "stop")]
        return answering(request)

    found = await finished(script, [work(1), work(2), work(3)])
    texts = {each.work.work_id: each.result["text"] for each in found if isinstance(each, Done)}
    assert texts == {
        "work/1": "of [1.0s] anna: text 1",
        "work/2": "second",
        "work/3": "of [3.0s] anna: text 3",
    }


async def test_what_found_no_room_in_the_question_is_asked_about_alone() -> None:
    seen = []

    def script(request: Any) -> Any:
        seen.append(len(lines_of(request)))
        return answering(request)

    words = "word " * 6_000
    found = await finished(script, [work(number, text=f"{number} {words}") for number in range(1, 4)])
    assert seen == [1, 1, 1]
    assert [each.result["text"][:25] for each in found if isinstance(each, Done)] == [
        f"of [{number}.0s] anna: {number} word word"[:25] for number in (1, 2, 3)
    ]


async def test_one_that_spoils_the_others_answers_is_left_alone() -> None:
    def script(request: Any) -> Any:
        if "poison" in request.data:
            return [failing(reasons.LLM_REFUSED)]
        return answering(request)

    found = await finished(script, [work(1), work(2, text="poison"), work(3)])
    assert [type(each) for each in found] == [Done, Left, Done]
    (left,) = [each for each in found if isinstance(each, Left)]
    assert (left.work.work_id, left.failure.reason, left.is_general) == ("work/2", "LLM_REFUSED", False)


async def test_without_a_network_a_group_is_asked_about_once() -> None:
    seen = []

    def script(request: Any) -> Any:
        seen.append(request)
        return [failing(reasons.LLM_UNREACHABLE, retryable=True)]

    found = await finished(script, [work(1), work(2)])
    assert [each.is_general for each in found if isinstance(each, Left)] == [True, True]
    assert len(seen) == 1


async def test_work_goes_to_no_provider_that_its_session_did_not_ask_for() -> None:
    found = await finished(lambda request: answering(request), [work(1, providers=("ollama",))])
    (left,) = found
    assert isinstance(left, Left)
    assert left.failure.reason == "LLM_NOT_CONFIGURED"


async def test_a_tenant_s_budget_holds_here_too() -> None:
    works = [work(number, Queue.QUESTION, session=f"s{number}", tenant="acme") for number in range(4)]
    found = await finished(lambda request: answering(request), works, llm={"tenant_calls": 2})
    assert [type(each) for each in found] == [Done, Done, Left, Left]


def write(path: Path, *parts: LoggedWork | bytes) -> None:
    lines = [each if isinstance(each, bytes) else to_json(each).encode() for each in parts]
    path.write_bytes(b"\n".join(lines) + b"\n")


def test_reading_names_bad_lines_and_leaves_out_what_is_done(tmp_path: Path) -> None:
    path, one, two, three = tmp_path / "drops", work(1), work(2), work(3)
    write(path, one, b"{", two, b"", b"x" * (LONGEST_LINE + 5), one, three)
    found = list(read(path, {two.id}))
    assert [each for each in found if isinstance(each, LoggedWork)] == [one, three]
    assert [each.number for each in found if isinstance(each, Faulty)] == [2, 5]


@pytest.mark.parametrize("length", [LONGEST_LINE, LONGEST_LINE + 1, 2 * LONGEST_LINE, 2 * LONGEST_LINE + 1])
def test_lines_after_a_long_one_keep_their_numbers(tmp_path: Path, length: int) -> None:
    path, last = tmp_path / "drops", work(1)
    write(path, b"x" * length, b"{", last)
    faulty, other, read_ = read(path, ())
    assert isinstance(faulty, Faulty)
    assert isinstance(other, Faulty)
    assert [faulty.number, other.number] == [1, 2]
    assert read_ == last


def test_marks_stay_and_are_one_run_s_at_a_time(tmp_path: Path) -> None:
    path, one, two = tmp_path / "drops", work(1), work(2)
    with Marks(path) as marks:
        marks.add(one)
        with pytest.raises(InUse), Marks(path):
            pass
        marks.add(two)
    with Marks(path) as marks:
        assert marks.ids == {one.id, two.id}
    assert (tmp_path / "drops.done").read_text().split() == [one.id, two.id]


def test_a_mark_that_a_crash_cut_marks_nothing_and_spoils_no_other(tmp_path: Path) -> None:
    path, one, two = tmp_path / "drops", work(1), work(2)
    (tmp_path / "drops.done").write_text(one.id[:10])
    with Marks(path) as marks:
        marks.add(two)
    with Marks(path) as marks:
        assert two.id in marks.ids
        assert one.id not in marks.ids


def test_appending_begins_on_a_new_line(tmp_path: Path) -> None:
    path = tmp_path / "results"
    for text in (b"one\n", b"cut", b"two\n"):
        with append_to(path) as file:
            file.write(text)
    assert path.read_bytes() == b"one\ncut\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o600
