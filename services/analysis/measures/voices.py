"""The voices of a session, from the sound of its segments: of all who speak, and of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from services.analysis.acoustics.heard import Heard
from services.analysis.acoustics.pooled import PooledVoice, VoiceMetrics
from services.analysis.acoustics.voice import VoiceMeasures
from services.analysis.analysis import Note
from services.analysis.measures.conversation import SECOND, Speaker
from services.analysis.segment import Segment
from services.text.context import UNKNOWN


@dataclass(frozen=True, slots=True)
class SpeakerVoice:
    """As SpeakerVoice in the contract."""

    speaker: str
    channel_tag: int
    voice: VoiceMetrics


@dataclass(frozen=True, slots=True)
class AcousticMeasures:
    """As AcousticMetrics in the contract."""

    overall: VoiceMetrics
    speakers: tuple[SpeakerVoice, ...]
    segments: int
    measured_share: float


class Unheard:
    """Segments whose sound could not be measured, by reason."""

    def __init__(self) -> None:
        self.segments = 0
        """All whose sound was asked for."""
        self._counts: Counter[str] = Counter()
        self._messages: dict[str, str] = {}

    def add(self, heard: Heard) -> None:
        """One more segment."""
        self.segments += 1
        if heard.reason:
            self._counts[heard.reason] += 1
            self._messages.setdefault(heard.reason, heard.message)

    def notes(self) -> tuple[Note, ...]:
        """What is missing, once for each reason, with the first message."""
        return tuple(
            Note(
                reason,
                f"{count} of {self.segments} segments have no acoustic measures: {self._messages[reason]}",
                {"segments": str(count)},
            )
            for reason, count in self._counts.items()
        )


class Voices:
    """Grows with the number of segments, by their measures, so that speakers can be named later."""

    def __init__(self) -> None:
        self._all = PooledVoice()
        self._speakers: dict[Speaker, PooledVoice] = {}
        self._measured: dict[str, tuple[Speaker, VoiceMeasures]] = {}
        self._names: dict[str, str] = {}
        self._are_parted = True
        """Whether `_speakers` has all segments, each with its speaker of now."""
        self._time = 0
        self._measured_time = 0.0

    def add(self, segment: Segment, heard: Heard) -> None:
        """A segment and what became of its sound."""
        self._time += segment.length
        voice = heard.voice
        if voice is None:
            return
        self._measured_time += min(segment.length, voice.duration * SECOND)
        name = self._names.get(segment.segment_id, segment.speaker)
        who = Speaker(segment.channel, name)
        self._all.add(voice)
        self._measured[segment.segment_id] = who, voice
        if self._are_parted:
            self._speakers.setdefault(who, PooledVoice()).add(voice)

    def rename(self, segment_ids: Collection[str], speaker: str) -> None:
        """These segments have another speaker, those too whose sound is still being measured. Speakers are
        added up anew when they are measured next, once for all revisions before that."""
        self._names.update(dict.fromkeys(segment_ids, speaker))
        for segment_id in segment_ids:
            if segment_id in self._measured:
                who, voice = self._measured[segment_id]
                self._measured[segment_id] = Speaker(who.channel, speaker), voice
                self._are_parted = False

    def measure(self) -> AcousticMeasures | None:
        """None where no segment was measured."""
        if not self._all.stretches:
            return None
        if not self._are_parted:
            self._speakers.clear()
            for who, voice in self._measured.values():
                self._speakers.setdefault(who, PooledVoice()).add(voice)
            self._are_parted = True
        return AcousticMeasures(
            self._all.measure(),
            tuple(
                SpeakerVoice(who.name or UNKNOWN, who.channel, pooled.measure())
                for who, pooled in self._speakers.items()
            ),
            self._all.stretches,
            min(1.0, self._measured_time / self._time) if self._time else 0.0,
        )
