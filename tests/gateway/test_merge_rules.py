"""Whatever the stages do, in whatever order, the journal keeps the rules and comes to its end."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gateway.actions import EndInput
from gateway.ledger import COMPLETE
from services.runtime.results import OpenResult
from tests.gateway import rules
from tests.gateway.merging import FAILURE, NAMES, Driver, opened, origin, said, transcript

S = 1_000_000_000
stages = st.sampled_from(["asr", "asr", "quality", "semantics", "analysis", "mine"])


class Session(RuleBasedStateMachine):
    """Stages that say, fail, come back and end as they like; also what they must not."""

    @initialize(has_audio=st.booleans(), wanted=st.sets(st.sampled_from(NAMES), min_size=1))
    def begin(self, has_audio: bool, wanted: set[str]) -> None:
        names = tuple(sorted(wanted - ({"audio_quality"} if not has_audio else set()))) or ("mine",)
        self.driver = Driver(has_audio, names)
        self.names = {stage.name for stage in self.driver.merge.stages}
        self.over: set[str] = set()
        self.incarnations = dict.fromkeys(self.names, 0)
        self.open: dict[str, list[OpenResult]] = {name: [] for name in self.names}
        self.count = 0
        self.position = 0
        self.finals: list[str] = []
        self.asked: set[int] = set()

    def lives(self, stage: str) -> bool:
        return stage in self.names and stage not in self.over

    @rule(stage=stages, final=st.booleans(), channel=st.integers(1, 2))
    def says(self, stage: str, final: bool, channel: int) -> None:
        if not self.lives(stage):
            return
        self.count += 1
        if not self.open[stage]:
            self.open[stage].append(origin(stage, self.incarnations[stage]).open(channel, self.count))
        result = self.open[stage][0]
        header = result.final() if final else result.partial()
        if final:
            self.open[stage].pop()
        if stage == "asr":
            self.position += S
            self.driver.call("result", transcript(header, "word", self.position, self.position + S, channel))
            if final and not self.driver.overs:
                self.finals.append(header.result_id)
        else:
            about = self.finals[-1] if self.finals else ""
            self.driver.call("result", said(stage, header, about))

    @rule(
        stage=stages,
        ordinal=st.integers(0, 5),
        revision=st.integers(-1, 4),
        phase=st.integers(0, 3),
        outcome=st.integers(0, 4),
    )
    def breaks_the_rules(self, stage: str, ordinal: int, revision: int, phase: int, outcome: int) -> None:
        if not self.lives(stage):
            return
        header = opened(stage, f"bad{ordinal}").partial()
        header.revision, header.phase, header.partial = revision, phase, phase != 3
        header.outcome = outcome
        if outcome > 1:
            header.failure.reason = "TEST"
        if ordinal == 0:
            header.result_id = ""
        if stage == "asr" and ordinal < 3:
            self.driver.call("result", transcript(header, "bad", 0, S))
        else:
            self.driver.call("result", said(stage, header, "no such segment"))

    @rule(seconds=st.integers(0, 9), channel=st.integers(1, 2))
    def says_it_again(self, seconds: int, channel: int) -> None:
        if self.lives("asr"):
            self.count += 1
            header = opened("asr", f"again{self.count}").final()
            start = max(0, self.position - seconds * S)
            self.driver.call("result", transcript(header, "again", start, start + S, channel))

    @rule()
    def annotates_all(self) -> None:
        if not self.lives("semantics"):
            return
        for about in self.finals:
            self.count += 1
            self.driver.call("result", said("semantics", opened("semantics", self.count).final(), about))

    @rule(stage=stages)
    def is_lost(self, stage: str) -> None:
        if self.lives(stage):
            self.driver.call("stage_lost", stage, FAILURE, self.incarnations[stage])
            self.incarnations[stage] += 1
            self.open[stage].clear()

    @rule(stage=stages)
    def runs(self, stage: str) -> None:
        if self.lives(stage):
            self.driver.call("stage_running", stage, self.incarnations[stage])

    @rule(stage=stages)
    def stalls(self, stage: str) -> None:
        if self.lives(stage):
            self.driver.call("stage_stalled", stage, FAILURE, self.incarnations[stage])

    @rule(stage=stages, well=st.booleans())
    def is_over(self, stage: str, well: bool) -> None:
        if self.lives(stage):
            self.over.add(stage)
            self.end(stage, well)

    def end(self, stage: str, well: bool) -> None:
        if well:
            self.driver.call("stage_ended", stage)
        else:
            self.driver.call("stage_given_up", stage, FAILURE, self.incarnations[stage])

    @rule(request=st.integers(1, 4))
    def finalize(self, request: int) -> None:
        self.driver.call("finalize_requested", request)
        if not self.driver.overs:
            self.asked.add(request)

    @rule(request=st.integers(1, 5), closed=st.integers(0, 2))
    def finalized(self, request: int, closed: int) -> None:
        self.driver.call("finalized", request, closed)

    @rule(data=st.data())
    def annotation_overdue(self, data: Any) -> None:
        segment = data.draw(st.sampled_from([*self.driver.awaited, "no such segment"]))
        self.driver.call("annotation_overdue", segment)

    @rule(stage=stages)
    def refuses_input(self, stage: str) -> None:
        if self.lives(stage):
            self.driver.call("input_refused", stage, FAILURE)

    @rule()
    def input_ends(self) -> None:
        self.driver.call("input_ended")

    @precondition(lambda self: self.count > 2)
    @rule(fails=st.booleans(), now=st.integers(0, 2))
    def stops(self, fails: bool, now: int) -> None:
        if now:
            return
        self.driver.call("stop", "ERROR", FAILURE if fails else None)

    @invariant()
    def segments_are_given_in_order(self) -> None:
        if not hasattr(self, "driver"):
            return
        rules.check_sequence(self.driver.events)
        finals = [
            each.header.result_id
            for each in self.driver.bodies("transcript")
            if each.header.outcome == COMPLETE
        ]
        for stage in self.names & {"semantics", "analysis", "mine"}:
            given = self.driver.segments(stage)
            assert given == [each for each in finals if each in given]

    def teardown(self) -> None:
        if not hasattr(self, "driver"):
            return
        self.driver.call("input_ended")
        for index, stage in enumerate(("quality", "asr", "semantics", "mine", "analysis")):
            if self.lives(stage):
                given = self.driver.fed[stage]
                assert self.driver.overs or isinstance(given[-1], EndInput), f"{stage} waits for ever"
                self.end(stage, bool(index % 2))
        assert self.driver.overs == 1, "all stages are over, and the input: there must be a summary"
        rules.check(self.driver.events)
        assert {each.request_sequence for each in self.driver.bodies("finalize_ack")} == self.asked
        again = Driver(self.driver.has_audio, self.driver.wanted)
        for method, arguments in self.driver.calls[1:]:
            again.call(method, *arguments)
        assert again.journal() == self.driver.journal()


TestSession = Session.TestCase
TestSession.settings = settings(max_examples=250, stateful_step_count=50, deadline=None)
