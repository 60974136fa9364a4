"""The rules of the stream: valid journals pass whatever happens to them on the way, broken ones are found."""

import copy
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rivermouth.client import Event, Reducer
from rivermouth.result.v1.result_pb2 import Outcome, Phase
from rivermouth.session.v1 import events_pb2 as ev
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse
from rivermouth.transcript.v1.transcript_pb2 import SpeakerRevision
from tests.clients.python.journals import Journal, Result

KINDS = st.sampled_from(["transcript", "semantic", "audio_quality"])
CHANNELS = st.integers(1, 3)


class DeliveredJournal(RuleBasedStateMachine):
    """A valid journal, written and delivered with coalescing, repetitions, heartbeats and takeovers."""

    def __init__(self) -> None:
        super().__init__()
        self.journal = Journal()
        self.reducer = Reducer()
        self.delivered: list[StreamingAnalyzeResponse] = []
        self.skipped = 0
        self.latest: dict[str, str] = {}
        self.replaced: set[str] = set()

    def deliver(self, event: StreamingAnalyzeResponse, result: Result | None = None) -> None:
        event.skipped = self.skipped
        self.skipped = 0
        self.delivered.append(event)
        assert self.reducer.apply(event)
        if result is not None:
            self.latest[result.id] = event.SerializeToString(deterministic=True).hex()
            self.replaced.update(result.supersedes)

    def open_results(self) -> list[Result]:
        return [result for result in self.journal.results.values() if not result.ended]

    def ended(self, kind: str) -> list[Result]:
        return [result for result in self.journal.results.values() if result.ended and result.kind == kind]

    @rule(kind=KINDS, channel=CHANNELS, coalesced=st.booleans())
    def begin(self, kind: str, channel: int, coalesced: bool) -> None:
        if kind == "transcript" and any(
            result.kind == kind and result.channel == channel for result in self.open_results()
        ):
            return  # one segment at a time is spoken on a channel
        self.interim(self.journal.open(kind, channel), coalesced)

    @rule(data=st.data(), coalesced=st.booleans())
    @precondition(lambda self: self.open_results())
    def refine(self, data: st.DataObject, coalesced: bool) -> None:
        self.interim(data.draw(st.sampled_from(self.open_results())), coalesced)

    def interim(self, result: Result, coalesced: bool) -> None:
        event = self.journal.refine(result)
        if coalesced:
            self.skipped += 1
        else:
            self.deliver(event, result)

    @rule(data=st.data(), outcome=st.sampled_from([1, 2, 3, 4]))
    @precondition(lambda self: self.open_results())
    def end(self, data: st.DataObject, outcome: Outcome) -> None:
        result = data.draw(st.sampled_from(self.open_results()))
        self.deliver(self.journal.end(result, outcome), result)

    @rule(data=st.data())
    @precondition(lambda self: self.ended("transcript"))
    def annotate(self, data: st.DataObject) -> None:
        segment = data.draw(st.sampled_from(self.ended("transcript")))
        result = self.journal.open("semantic", segment.channel, evidence=(segment.id,))
        self.deliver(self.journal.end(result), result)

    @rule(data=st.data())
    @precondition(lambda self: self.ended("transcript"))
    def correct(self, data: st.DataObject) -> None:
        segment = data.draw(st.sampled_from(self.ended("transcript")))
        result = self.journal.open("transcript", segment.channel, supersedes=(segment.id,))
        self.deliver(self.journal.end(result), result)

    @rule()
    def something_else(self) -> None:
        self.deliver(self.journal.warning())

    @rule()
    def heartbeat(self) -> None:
        assert self.reducer.apply(self.journal.heartbeat())

    @rule()
    def takeover(self) -> None:
        self.journal.epoch += 1

    @rule(data=st.data())
    @precondition(lambda self: self.delivered)
    def repeat(self, data: st.DataObject) -> None:
        assert not self.reducer.apply(data.draw(st.sampled_from(self.delivered)))

    @invariant()
    def nothing_is_complained_about(self) -> None:
        assert self.reducer.violations == []

    @invariant()
    def the_latest_revisions_are_kept(self) -> None:
        gone = set(self.replaced)
        for result in self.journal.results.values():
            if gone.intersection(result.evidence):
                gone.add(result.id)
        kept = {
            id_: event.envelope.SerializeToString(deterministic=True).hex()
            for id_, event in self.reducer.results.items()
        }
        assert kept == {id_: bytes_ for id_, bytes_ in self.latest.items() if id_ not in gone}

    @invariant()
    def open_results_are_those_without_a_terminal(self) -> None:
        assert set(self.reducer.open_results) == {r.id for r in self.open_results() if r.id in self.latest}

    @invariant()
    def transcripts_are_in_order(self) -> None:
        for channel in (1, 2, 3):
            starts = [line.start_offset.ToNanoseconds() for line in self.reducer.transcript(channel)]
            assert starts == sorted(starts)

    def teardown(self) -> None:
        for result in self.open_results():
            self.deliver(self.journal.end(result), result)
        self.deliver(self.journal.summary())
        assert self.reducer.violations == []
        assert self.reducer.check_summary() == []
        assert self.reducer.missing == len(self.journal.events) - len(self.delivered)


TestDeliveredJournal = DeliveredJournal.TestCase
TestDeliveredJournal.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    """A whole session with some results of every kind."""
    journal = Journal()
    journal.write("session_started", ev.SessionStarted())
    for kind, channel, refines in draw(
        st.lists(st.tuples(KINDS, CHANNELS, st.integers(1, 3)), min_size=2, max_size=6)
    ):
        result = journal.open(kind, channel)
        for _ in range(refines):
            journal.refine(result)
        if draw(st.booleans()):
            journal.warning()
        journal.end(result)
    journal.summary()
    return journal


def reduced(events: list[StreamingAnalyzeResponse]) -> Reducer:
    reducer = Reducer()
    for event in events:
        reducer.apply(event)
    return reducer


def rules_broken(reducer: Reducer) -> set[int]:
    return {violation.rule for violation in reducer.violations}


@given(journals())
def test_a_whole_journal_has_nothing_to_complain_about(journal: Journal) -> None:
    reducer = reduced(journal.events)
    assert reducer.violations == []
    assert reducer.check_summary() == []


@given(journals(), st.data())
def test_a_lost_event_is_found(journal: Journal, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(journal.events) - 2))
    reducer = reduced(journal.events[:at] + journal.events[at + 1 :])
    assert 1 in rules_broken(reducer)
    assert reducer.missing == 1


@given(journals(), st.data())
def test_a_change_of_order_is_found(journal: Journal, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(journal.events) - 2))
    events = list(journal.events)
    events[at], events[at + 1] = events[at + 1], events[at]
    assert 1 in rules_broken(reduced(events))


@given(journals(), st.data())
def test_a_final_that_is_said_to_be_coalesced_is_found(journal: Journal, data: st.DataObject) -> None:
    """Rule 5: only interims may be left out without a filter."""
    finals = [at for at, event in enumerate(journal.events) if Event.of(event).is_final]
    at = data.draw(st.sampled_from(finals))
    events = copy.deepcopy(journal.events)
    del events[at]
    events[at].skipped += 1
    reducer = reduced(events)
    assert 2 in rules_broken(reducer)
    assert reducer.check_summary()
    filtered = Reducer(filtered=True)
    for event in events:
        filtered.apply(event)
    assert filtered.violations == []
    assert filtered.check_summary() == []


@given(journals(), st.data())
def test_a_summary_with_another_count_is_found(journal: Journal, data: st.DataObject) -> None:
    events = copy.deepcopy(journal.events)
    summary = events[-1].session_summary
    change = data.draw(st.sampled_from(["events", "services", "segments"]))
    if change == "events":
        kind = data.draw(st.sampled_from(sorted(summary.events)))
        summary.events[kind] += 1
    elif change == "services":
        counts = data.draw(st.sampled_from(list(summary.services)))
        column = data.draw(st.sampled_from(["coarse", "refine", "final", "failed", "skipped", "truncated"]))
        setattr(counts, column, getattr(counts, column) + 1)
    else:
        summary.segments_final += 1
    assert len(reduced(events).check_summary()) == 1


def _revision_again(journal: Journal, result: Result) -> None:
    journal.refine(result)
    result.revision -= 1
    journal.refine(result)


def _phase_back(journal: Journal, result: Result) -> None:
    journal.refine(result)
    journal.refine(result)
    journal.message(result, Phase.PHASE_COARSE)


def _second_terminal(journal: Journal, result: Result) -> None:
    journal.end(result)
    journal.end(result)


def _after_the_terminal(journal: Journal, result: Result) -> None:
    journal.end(result)
    journal.message(result, Phase.PHASE_REFINE)


def _no_terminal(journal: Journal, result: Result) -> None:
    journal.refine(result)
    journal.summary()


def _no_phase(journal: Journal, result: Result) -> None:
    journal.message(result, Phase.PHASE_UNSPECIFIED)


def _no_outcome(journal: Journal, result: Result) -> None:
    journal.message(result, Phase.PHASE_FINAL)


def _no_reason(journal: Journal, result: Result) -> None:
    journal.end(result, Outcome.OUTCOME_FAILED, failure="")


def _first_revision_two(journal: Journal, result: Result) -> None:
    result.revision = 1
    journal.end(result)


def _partial_final(journal: Journal, result: Result) -> None:
    journal.end(result).transcript.header.partial = True


def _not_is_final(journal: Journal, result: Result) -> None:
    journal.end(result).transcript.is_final = False


def _no_result_id(journal: Journal, result: Result) -> None:
    journal.end(result).transcript.header.result_id = ""


@pytest.mark.parametrize(
    "break_rule",
    [
        _revision_again,
        _phase_back,
        _second_terminal,
        _after_the_terminal,
        _no_terminal,
        _no_phase,
        _no_outcome,
        _no_reason,
        _first_revision_two,
        _partial_final,
        _not_is_final,
        _no_result_id,
    ],
)
def test_rule_2(break_rule: Callable[[Journal, Result], None]) -> None:
    journal = Journal()
    break_rule(journal, journal.open("transcript"))
    assert rules_broken(reduced(journal.events)) == {2}


def test_rule_3_finals_of_a_channel_do_not_overlap() -> None:
    journal = Journal()
    journal.end(journal.open("transcript", 1))
    journal.clocks[1] = 0
    journal.end(journal.open("transcript", 2))
    assert reduced(journal.events).violations == []
    journal.end(journal.open("transcript", 1))
    reducer = reduced(journal.events)
    assert rules_broken(reducer) == {3}
    assert str(reducer.violations[0]) == (
        "rule 3 at #3: final of channel 1 from 0.000 s to 1.000 s, where 1.000 s are final already"
    )


def test_rule_3_a_second_attempt_may_stand_where_a_failed_one_stood() -> None:
    journal = Journal()
    journal.end(journal.open("transcript", 1), Outcome.OUTCOME_FAILED)
    journal.clocks[1] = 0
    second = journal.open("transcript", 1)
    journal.end(second)
    reducer = reduced(journal.events)
    assert reducer.violations == []
    assert [line.header.result_id for line in reducer.transcript()] == [second.id]


def test_rule_3_what_rests_on_a_superseded_result_is_superseded_however_far() -> None:
    journal = Journal()
    segment = journal.open("transcript")
    journal.end(segment)
    first = journal.open("semantic", evidence=(segment.id,))
    journal.end(first)
    second = journal.open("semantic", evidence=(first.id,))
    journal.end(second)
    correction = journal.open("transcript", supersedes=(segment.id,), evidence=(segment.id,))
    journal.end(correction)
    late = journal.open("semantic", evidence=(second.id,))
    journal.end(late)
    fresh = journal.open("semantic", evidence=(correction.id,))
    journal.end(fresh)
    reducer = reduced(journal.events)
    assert set(reducer.results) == {correction.id, fresh.id}
    assert reducer.superseded == {segment.id, first.id, second.id, late.id}
    assert [line.header.result_id for line in reducer.transcript(1)] == [correction.id]


def test_rule_3_a_refinement_with_new_evidence_holds_again() -> None:
    journal = Journal()
    segment = journal.open("transcript")
    journal.end(segment)
    quality = journal.open("audio_quality", evidence=(segment.id,))
    journal.refine(quality)
    correction = journal.open("transcript", supersedes=(segment.id,))
    journal.end(correction)
    assert set(reduced(journal.events).results) == {correction.id}
    quality.evidence = (correction.id,)
    journal.end(quality)
    assert set(reduced(journal.events).results) == {correction.id, quality.id}


def test_speakers_are_revised_and_texts_are_not() -> None:
    journal = Journal()
    segment = journal.open("transcript")
    journal.end(segment)
    before = reduced(journal.events).transcript(1)[0]
    journal.write("speaker_revision", SpeakerRevision(segment_ids=[segment.id], speaker="anna"))
    after = reduced(journal.events).transcript(1)[0]
    assert (after.speaker, after.text) == ("anna", before.text)
    assert journal.events[0].transcript.speaker == ""


def test_a_speaker_of_what_was_never_said_breaks_a_rule() -> None:
    journal = Journal()
    journal.write("speaker_revision", SpeakerRevision(segment_ids=["asr/1/9"], speaker="anna"))
    reducer = Reducer()
    for event in journal.events:
        reducer.apply(event)
    assert [each.rule for each in reducer.violations] == [3]


def test_interims_are_shown_on_request() -> None:
    journal = Journal()
    journal.end(journal.open("transcript"))
    journal.refine(journal.open("transcript"))
    reducer = reduced(journal.events)
    assert len(reducer.transcript(1)) == 1
    assert [line.is_final for line in reducer.transcript(1, interims=True)] == [True, False]


def test_rule_1_who_has_a_sequence() -> None:
    journal = Journal()
    reducer = reduced([journal.write("warning", ev.Warning(), sequence=0)])
    assert rules_broken(reducer) == {1}
    reducer = reduced([journal.write("heartbeat", ev.Heartbeat())])
    assert rules_broken(reducer) == {1}


def test_rule_1_one_session() -> None:
    journal = Journal()
    journal.warning()
    journal.warning().session_id = "another"
    assert rules_broken(reduced(journal.events)) == {1}


def test_rule_6_nothing_after_the_summary() -> None:
    journal = Journal()
    journal.summary()
    journal.warning()
    assert rules_broken(reduced(journal.events)) == {6}
    assert Reducer().check_summary() == ["there was no session_summary"]


def test_rule_8_epochs_and_sequences() -> None:
    journal = Journal(epoch=2)
    journal.warning()
    again = copy.deepcopy(journal.events[0])
    again.epoch = 3
    reducer = reduced([journal.events[0], again])
    assert rules_broken(reducer) == {8}
    assert reducer.tally.kinds["warning"] == 1
    journal.epoch = 1
    journal.warning()
    assert rules_broken(reduced(journal.events)) == {8}


def test_reading_may_begin_in_the_middle() -> None:
    journal = Journal()
    result = journal.open("transcript")
    for _ in range(5):
        journal.refine(result)
    journal.end(result)
    journal.summary()
    reducer = Reducer(last_sequence=4)
    for event in journal.events[4:]:
        reducer.apply(event)
    assert reducer.violations == []
    assert reducer.check_summary() == []
    assert reducer.last_sequence == 7


def test_an_event_of_a_newer_server_is_counted_and_no_fault() -> None:
    journal = Journal()
    journal.events.append(StreamingAnalyzeResponse(session_id="s", epoch=1, sequence=1))
    journal.warning()
    reducer = reduced(journal.events)
    assert reducer.violations == []
    assert reducer.tally.kinds == {"unknown": 1, "warning": 1}


def test_violations_are_bounded() -> None:
    reducer = Reducer()
    for sequence in range(1, 4001, 2):
        reducer.apply(StreamingAnalyzeResponse(session_id="s", epoch=1, sequence=sequence))
    assert len(reducer.violations) == 1000


def test_what_came_late_is_known_when_it_comes_again() -> None:
    journal = Journal()
    for _ in range(9):
        journal.warning()
    reducer = Reducer()
    for sequence in (1, 9, 5, 3, 7):
        assert reducer.apply(journal.events[sequence - 1])
    for sequence in (1, 9, 5, 3, 7):
        assert not reducer.apply(journal.events[sequence - 1])
    assert reducer.missing == 4
    assert reducer.tally.kinds["warning"] == 5
