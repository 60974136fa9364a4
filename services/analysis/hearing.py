"""What one stream hears: the last two minutes of its speech, channel by channel, and the sound of each
segment.

Loaded only where a stream has audio, as it needs numpy. Praat is not loaded here at all: see
acoustics/ears.py.
"""

from __future__ import annotations

import asyncio
import io
import wave
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from services.analysis import reasons
from services.analysis.acoustics.baseline import Baseline
from services.analysis.acoustics.ears import Ears, NotMeasured
from services.analysis.acoustics.heard import Heard
from services.analysis.acoustics.voice import LEAST_SECONDS, SAMPLE_RATE_HERTZ, VoiceMeasures
from services.analysis.measures.conversation import Speaker
from services.analysis.segment import Segment
from services.audio.decoder import open_decoder
from services.audio.format import AudioFormat
from services.audio.pcm import Int16Array, frames_from_bytes
from services.llm.request import Audio

if TYPE_CHECKING:
    from services.audio.resample import ResampleStream

KEPT_SECONDS = 120
LONGEST_SENT = 60
"""Seconds of sound in one question to a model."""
_SECOND = 1_000_000_000
_MOST_PIECES = 10 * KEPT_SECONDS
"""However small, and with whatever gaps between them, they come."""
_LEAST_SHARE = 0.5
"""Of a segment's sound that has to be there in one piece, if it is to be measured."""


class Hearing:
    """The ears of one stream. Overflow: the oldest sound is forgotten."""

    def __init__(
        self, audio_format: AudioFormat, ears: Ears, tasks: asyncio.TaskGroup, *, measures: bool = True
    ) -> None:
        """`measures`: whether any analysis of the stream asks for measures; else it only keeps sound."""
        self._ring = _Ring(audio_format)
        self._ears = ears
        self._tasks = tasks
        self._measures = measures
        self._is_open = True
        self._baselines: dict[Speaker, Baseline] = {}
        self._last: SegmentSound | None = None
        if measures:
            ears.warm()

    def accept(self, content: bytes, offset: int | None) -> None:
        """A piece of audio; `offset`: its first frame, counted from the begin of the session. Raises
        AudioError."""
        if self._is_open:
            self._ring.accept(content, offset)

    def close(self) -> None:
        """What follows cannot be decoded; what came is kept."""
        self._is_open = False

    def listen(self, segment: Segment) -> SegmentSound:
        """The sound of a segment, which is measured from now on."""
        sound = SegmentSound(self, segment)
        if not self._measures or not self._ring.has(segment.channel, segment.start, segment.end):
            sound.heard = self._without(segment)
        else:
            sound.measuring = self._tasks.create_task(self._measure(sound, segment, self._last))
            self._last = sound
        return sound

    def samples(self, segment: Segment) -> Int16Array | None:
        """What is kept of a segment's sound in one piece; None where that is less than half of it."""
        return self._ring.samples(segment.channel, segment.start, segment.end)

    def audio(self, segments: Sequence[Segment]) -> Audio | None:
        """The sound of the newest of these segments, up to a minute, as a WAV file; None where none is
        kept."""
        room = LONGEST_SENT * SAMPLE_RATE_HERTZ
        pieces: list[Int16Array] = []
        for segment in reversed(segments):
            samples = self.samples(segment)
            if samples is not None:
                if len(samples) > room:
                    break
                room -= len(samples)
                pieces.append(samples)
        return Audio(_wav(np.concatenate(pieces[::-1]))) if pieces else None

    def _without(self, segment: Segment) -> Heard:
        if not self._measures or segment.length < LEAST_SECONDS * _SECOND:
            return Heard()
        return Heard(reason=reasons.AUDIO_MISSING, message="its sound did not come, or was forgotten")

    async def _measure(self, sound: SegmentSound, segment: Segment, before: SegmentSound | None) -> None:
        def take() -> bytes | None:
            samples = self.samples(segment)
            return None if samples is None else samples.tobytes()

        heard = Heard()
        try:
            voice = await self._ears.measure(take)
            # In the order of segments, also where a later one is measured sooner: what is usual is so far.
            if before is not None:
                await before.wait()
            if voice is not None:
                heard = Heard(voice, self._arousal(segment, voice))
        except NotMeasured as error:
            heard = Heard(reason=error.reason, message=error.message)
        sound.heard = heard

    def _arousal(self, segment: Segment, voice: VoiceMeasures) -> float | None:
        who = Speaker(segment.channel, segment.speaker)
        return self._baselines.setdefault(who, Baseline()).arousal(voice)


class SegmentSound:
    """A services.analysis.acoustics.heard.Sound."""

    def __init__(self, hearing: Hearing, segment: Segment) -> None:
        self.heard: Heard | None = None
        self.measuring: asyncio.Task[None] | None = None

    async def wait(self) -> Heard:
        if self.measuring is not None and self.heard is None:
            await asyncio.wait([self.measuring])
        return self.heard or Heard()


@dataclass(frozen=True, slots=True)
class _Piece:
    begin: int
    frames: Int16Array

    @property
    def end(self) -> int:
        return self.begin + len(self.frames)


class _Ring:
    """Frames at 16 kHz by their place in the session."""

    def __init__(self, audio_format: AudioFormat) -> None:
        self._decoder = open_decoder(audio_format)
        self._rate = 0
        self._channels = 0
        self._pieces: deque[_Piece] = deque()
        self._position = 0  # at the stream's rate, of the next frame
        self._written = 0  # at 16 kHz
        self._resampler: ResampleStream | None = None

    def accept(self, content: bytes, offset: int | None) -> None:
        pcm = self._decoder.accept(content)
        if not self._rate:
            if not (self._decoder.sample_rate_hertz and self._decoder.channel_count):
                return
            self._open(self._decoder.sample_rate_hertz, self._decoder.channel_count)
        frames = frames_from_bytes(pcm, self._channels)
        if offset is not None and offset != self._position:
            self._seek(max(0, offset))
        self._position += len(frames)
        self._write(frames if self._resampler is None else self._resampler.accept(frames))

    def samples(self, channel: int, start: int, end: int) -> Int16Array | None:
        """One channel from `start` to `end`, nanoseconds; 0 is all channels together."""
        best = self._best(channel, start, end)
        if not best:
            return None
        if channel or self._channels == 1:
            return np.concatenate([frames[:, max(0, channel - 1)] for frames in best])
        return np.concatenate([frames.mean(axis=1).astype(np.int16) for frames in best])

    def has(self, channel: int, start: int, end: int) -> bool:
        """Whether there are such samples."""
        return bool(self._best(channel, start, end))

    def _best(self, channel: int, start: int, end: int) -> list[Int16Array]:
        """The longest stretch without a gap, in pieces that are not copied; none where it is too short."""
        if not 0 <= channel <= self._channels or not self._channels:
            return []
        first, last = (time * SAMPLE_RATE_HERTZ // _SECOND for time in (start, end))
        best: list[Int16Array] = max(self._stretches(first, last), key=_length, default=[])
        return best if _length(best) >= _LEAST_SHARE * (last - first) else []

    def _stretches(self, first: int, last: int) -> list[list[Int16Array]]:
        """What is kept between two places, each without a gap."""
        found: list[list[Int16Array]] = []
        at = -1
        for piece in self._pieces:
            begin, end = max(piece.begin, first), min(piece.end, last)
            if begin < end:
                if begin != at:
                    found.append([])
                found[-1].append(piece.frames[begin - piece.begin : end - piece.begin])
                at = end
        return found

    def _open(self, rate: int, channels: int) -> None:
        self._rate, self._channels = rate, channels
        self._reopen()

    def _reopen(self) -> None:
        if self._rate != SAMPLE_RATE_HERTZ:
            from services.audio.resample import ResampleStream as Resampler  # soxr: for other rates only

            self._resampler = Resampler(self._rate, SAMPLE_RATE_HERTZ, self._channels)

    def _seek(self, offset: int) -> None:
        """The stream goes on elsewhere: ahead, or, if its sender began anew, where it was before."""
        place = offset * SAMPLE_RATE_HERTZ // self._rate
        if offset < self._position:
            self._pieces.clear()
        self._position, self._written = offset, place
        self._reopen()

    def _write(self, frames: Int16Array) -> None:
        if not len(frames):
            return
        last = self._pieces[-1] if self._pieces else None
        if last is not None and last.end == self._written and len(last.frames) < SAMPLE_RATE_HERTZ:
            # In pieces of a second or so, however small they come: to look one up costs the same for all.
            self._pieces[-1] = _Piece(last.begin, np.concatenate((last.frames, frames)))
        else:
            self._pieces.append(_Piece(self._written, frames))
        self._written += len(frames)
        oldest = self._written - KEPT_SECONDS * SAMPLE_RATE_HERTZ
        while self._pieces[0].end <= oldest or len(self._pieces) > _MOST_PIECES:
            self._pieces.popleft()


def _length(stretch: Sequence[Int16Array]) -> int:
    return sum(map(len, stretch))


def _wav(samples: Int16Array) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE_HERTZ)
        writer.writeframes(samples.tobytes())
    return file.getvalue()
