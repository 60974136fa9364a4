"""The rules of the stream, carried out: from events to what holds now.

The numbers of rules are those at the head of rivermouth/session/v1/service.proto. Rules 4 and 7 cannot be
broken visibly to one reader: within one connection the sequence is the order.
"""

from dataclasses import dataclass
from itertools import chain

from rivermouth.analysis.v1.redaction_pb2 import Redaction
from rivermouth.client.counts import Tally
from rivermouth.client.events import UNJOURNALED_KINDS, UNKNOWN, Event
from rivermouth.client.seen import Seen
from rivermouth.result.v1.result_pb2 import Outcome, Phase, ResultHeader
from rivermouth.session.v1.events_pb2 import SessionSummary
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse
from rivermouth.transcript.v1.transcript_pb2 import SpeakerRevision, Transcript

_MOST_VIOLATIONS = 1000
_EXPLAINED = {Outcome.OUTCOME_FAILED, Outcome.OUTCOME_SKIPPED, Outcome.OUTCOME_TRUNCATED}


@dataclass(frozen=True)
class RuleViolation:
    """A rule that the server broke."""

    rule: int
    """1 to 8, as in the contract."""
    sequence: int
    """The event with which it showed."""
    message: str

    def __str__(self) -> str:
        return f"rule {self.rule} at #{self.sequence}: {self.message}"


class Reducer:
    """Takes the events of one session in the order of their arrival, over several connections too.

    It never raises for what a server does: broken rules are listed in `violations` (the first thousand),
    and the event is used as far as it can be.
    """

    def __init__(self, last_sequence: int = 0, *, filtered: bool = False) -> None:
        """`last_sequence`: where reading begins, 0 for the begin of the session. `filtered`: whether this
        reader asked for a part of the events only, so that also finals may be absent."""
        self.violations: list[RuleViolation] = []
        self.summary: SessionSummary | None = None
        """From the last event of the session, once it is there."""
        self.redactions: dict[str, Redaction] = {}
        """By segment what is replaced in it where its text leaves for language models, as the latest event of
        it says."""
        self.tally = Tally()
        self._filtered = filtered or last_sequence > 0
        self._seen = Seen(last_sequence)
        self._epoch = 0
        self._session_id = ""
        self._latest: dict[str, Event] = {}
        self._replaced: set[str] = set()
        self._speakers: dict[str, str] = {}
        self._channel_ends: dict[int, int] = {}

    @property
    def last_sequence(self) -> int:
        """The largest sequence seen: what a resume asks to go on from."""
        return self._seen.last

    @property
    def missing(self) -> int:
        """Journal events up to there that did not arrive: coalesced, filtered or lost."""
        return self._seen.missing

    @property
    def results(self) -> dict[str, Event]:
        """The latest revision of every result that is not superseded, by result_id, oldest first."""
        superseded = self.superseded
        return {id_: event for id_, event in self._latest.items() if id_ not in superseded}

    @property
    def superseded(self) -> set[str]:
        """Ids that a later result replaced, and those computed from them, however far (rule 3)."""
        gone = set(self._replaced)
        if not gone:
            return gone
        while more := {id_ for id_, event in self._latest.items() if _rests_on(event, gone)} - gone:
            gone |= more
        return gone

    @property
    def open_results(self) -> list[str]:
        """Ids of results that have had no terminal yet."""
        return [id_ for id_, event in self._latest.items() if not event.is_final]

    def redacted(self, transcript: Transcript) -> str:
        """The text of a transcript as language models are given it: with what stands for personal data."""
        pieces: list[str] = []
        at = 0
        redaction = self.redactions.get(transcript.header.result_id, Redaction())
        for each in redaction.replacements:
            pieces += (transcript.text[at : each.span.start_char], each.replacement)
            at = each.span.end_char
        return "".join([*pieces, transcript.text[at:]])

    def transcript(self, channel: int | None = None, *, interims: bool = False) -> list[Transcript]:
        """Final segments in order of start, of one channel or of all, with the speakers known best by now;
        on request also the segments that are still being spoken."""
        segments = [
            self._named(event.body)
            for event in self.results.values()
            if isinstance(event.body, Transcript)
            and event.body.text
            and (event.is_good if event.is_final else interims)
            and channel in (None, event.body.channel_tag)
        ]
        return sorted(segments, key=lambda segment: segment.start_offset.ToNanoseconds())

    def check_summary(self) -> list[str]:
        """Where the summary's counts differ from what arrived, in words (rule 6); empty where they agree.

        Exact where nothing was left out, and for all that may not be left out in any case.
        """
        if self.summary is None:
            return ["there was no session_summary"]
        return self.tally.differences(self.summary, self.missing, self._filtered)

    def apply(self, event: Event | StreamingAnalyzeResponse) -> bool:
        """Takes the next event. Returns False where it is a repetition and changes nothing."""
        if isinstance(event, StreamingAnalyzeResponse):
            event = Event.of(event)
        if event.sequence == 0 or event.kind in UNJOURNALED_KINDS:
            if event.sequence or event.kind not in {*UNJOURNALED_KINDS, UNKNOWN}:
                self._violation(1, event, f"{event.kind} with sequence {event.sequence}")
            return True
        if not self._is_next(event):
            return False
        self._check_session(event)
        self.tally.add(event)
        header = event.header
        if header is not None:
            self._check_result(event, header)
            self._keep(event, header)
        match event.body:
            case SpeakerRevision() as revision:
                self._revise(event, revision)
            case Redaction() as redaction:
                self._redact(event, redaction)
            case SessionSummary() as summary:
                self._end(event, summary)
        return True

    def _is_next(self, event: Event) -> bool:
        """Rules 1 and 8. False for an event that was seen before."""
        sequence, epoch = event.sequence, event.envelope.epoch
        seen_in = self._seen.epoch_of(sequence)
        if seen_in is not None:
            if seen_in != epoch:
                self._violation(8, event, f"sequence was used in epoch {seen_in} already, now in {epoch}")
            return False
        expected = self._seen.last + 1 + event.envelope.skipped
        if sequence != expected:
            last, skipped = self._seen.last, event.envelope.skipped
            self._violation(1, event, f"expected #{expected}: the last was #{last} and {skipped} are skipped")
        if sequence > self._seen.last:
            if epoch < self._epoch:
                self._violation(8, event, f"epoch {epoch} comes after epoch {self._epoch}")
            self._epoch = max(self._epoch, epoch)
        self._seen.add(sequence, epoch)
        return True

    def _check_session(self, event: Event) -> None:
        self._session_id = self._session_id or event.envelope.session_id
        if event.envelope.session_id != self._session_id:
            self._violation(1, event, f"event of another session, {event.envelope.session_id!r}")
        if self.summary is not None:
            self._violation(6, event, f"{event.kind} after session_summary")

    def _check_result(self, event: Event, header: ResultHeader) -> None:
        """Rule 2."""
        name = header.result_id
        if not name:
            self._violation(2, event, f"{event.kind} without a result_id")
        before = self._latest.get(name)
        if before is not None:
            earlier = before.header
            assert earlier is not None
            if before.is_final:
                self._violation(2, event, f"{name} had its terminal already, at #{before.sequence}")
            if header.revision <= earlier.revision:
                self._violation(2, event, f"{name}: revision {header.revision} after {earlier.revision}")
            if header.phase < earlier.phase:
                self._violation(2, event, f"{name}: the phase goes back to {Phase.Name(header.phase)}")
        elif header.revision != 1 and (header.revision < 1 or not self.missing):
            self._violation(2, event, f"{name} begins with revision {header.revision}")
        if header.phase == Phase.PHASE_UNSPECIFIED:
            self._violation(2, event, f"{name} has no phase")
        if header.partial == event.is_final:
            self._violation(2, event, f"{name}: partial does not fit {Phase.Name(header.phase)}")
        if (header.outcome == Outcome.OUTCOME_UNSPECIFIED) == event.is_final:
            self._violation(2, event, f"{name}: {Outcome.Name(header.outcome)} in {Phase.Name(header.phase)}")
        if header.outcome in _EXPLAINED and not header.failure.reason:
            self._violation(2, event, f"{name}: {Outcome.Name(header.outcome)} without a reason")
        if isinstance(event.body, Transcript):
            self._check_transcript(event, event.body)

    def _check_transcript(self, event: Event, transcript: Transcript) -> None:
        """Rule 3: finals of one channel come in order and do not overlap in time."""
        if transcript.is_final != event.is_final:
            self._violation(2, event, "is_final does not fit the phase")
        if not (transcript.text and event.is_good) or transcript.header.supersedes:
            return  # a correction stands where what it corrects stood, and so does a second attempt
        start, end = transcript.start_offset.ToNanoseconds(), transcript.end_offset.ToNanoseconds()
        previous = self._channel_ends.get(transcript.channel_tag, 0)
        if start < previous or end < start:
            channel = transcript.channel_tag
            self._violation(
                3,
                event,
                f"final of channel {channel} from {start / 1e9:.3f} s to {end / 1e9:.3f} s, "
                f"where {previous / 1e9:.3f} s are final already",
            )
        self._channel_ends[transcript.channel_tag] = max(previous, end)

    def _keep(self, event: Event, header: ResultHeader) -> None:
        before = self._latest.get(header.result_id)
        if before is None or before.header is None or header.revision > before.header.revision:
            self._latest[header.result_id] = event
        self._replaced.update(header.supersedes)

    def _revise(self, event: Event, revision: SpeakerRevision) -> None:
        """Rule 3: it annotates transcripts that are there."""
        unknown = [name for name in revision.segment_ids if name not in self._latest]
        if unknown and not self.missing:
            self._violation(3, event, f"a speaker of {', '.join(unknown[:5])}, which have no transcript")
        self._speakers.update(dict.fromkeys(revision.segment_ids, revision.speaker))

    def _redact(self, event: Event, redaction: Redaction) -> None:
        """Rule 3: it annotates a transcript that is there."""
        name = redaction.segment_id
        if name not in self._latest and not self.missing:
            self._violation(3, event, f"a redaction of {name or 'no segment'}, which has no transcript")
        before = self.redactions.get(name)
        if before is not None and redaction.revision <= before.revision:
            revisions = f"revision {redaction.revision} after {before.revision}"
            self._violation(3, event, f"the redaction of {name}: {revisions}")
        self.redactions[name] = redaction

    def _end(self, event: Event, summary: SessionSummary) -> None:
        self.summary = summary
        if sum(summary.events.values()) != event.sequence:
            told = sum(summary.events.values())
            self._violation(6, event, f"the summary counts {told} events up to #{event.sequence}")
        if self.open_results and not self._filtered:
            self._violation(2, event, f"no terminal for {', '.join(self.open_results[:5])}")

    def _named(self, transcript: Transcript) -> Transcript:
        speaker = self._speakers.get(transcript.header.result_id)
        if speaker is None:
            return transcript
        named = Transcript()
        named.CopyFrom(transcript)
        named.speaker = speaker
        return named

    def _violation(self, rule: int, event: Event, message: str) -> None:
        if len(self.violations) < _MOST_VIOLATIONS:
            self.violations.append(RuleViolation(rule, event.sequence, message))


def _rests_on(event: Event, gone: set[str]) -> bool:
    """Whether the evidence of a result names one of `gone` that it does not itself replace."""
    header = event.header
    assert header is not None
    named = chain((ref.segment_id for ref in header.evidence.segments), header.evidence.result_ids)
    return any(id_ in gone and id_ not in header.supersedes for id_ in named)
