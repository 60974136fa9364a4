"""From measurements to the contract."""

from collections.abc import Iterator
from dataclasses import dataclass

from rivermouth.quality.v1 import quality_pb2 as pb
from rivermouth.result.v1.result_pb2 import ResultHeader
from services.quality.measures import (
    ChannelProblemKind,
    Figures,
    Hum,
    InterruptionKind,
    Levels,
    Loudness,
    Measurement,
    Rating,
    Score,
    Speech,
)
from services.runtime.offsets import duration, from_frames

_NO_LOUDNESS = Loudness()
_RATINGS = {
    Rating.GOOD: pb.RATING_GOOD,
    Rating.FAIR: pb.RATING_FAIR,
    Rating.POOR: pb.RATING_POOR,
}
_PROBLEMS = {
    ChannelProblemKind.SILENT: pb.ChannelProblem.KIND_SILENT,
    ChannelProblemKind.IDENTICAL: pb.ChannelProblem.KIND_IDENTICAL,
    ChannelProblemKind.INVERTED: pb.ChannelProblem.KIND_INVERTED,
}
_INTERRUPTIONS = {
    InterruptionKind.DROPOUT: pb.Interruption.KIND_DROPOUT,
    InterruptionKind.GAP: pb.Interruption.KIND_GAP,
}


@dataclass(frozen=True, slots=True)
class Stream:
    """What a result says of its stream: its beginning on the caller's clock, in nanoseconds, and its format.

    The rate in Hz and the number of channels are 0 while a container's header has not been read.
    """

    start_offset: int
    sample_rate_hertz: int
    channel_count: int


def audio_quality(header: ResultHeader, measurement: Measurement | None, stream: Stream) -> pb.AudioQuality:
    """One result; without a measurement only its head and what is known of the format."""
    rate = stream.sample_rate_hertz
    quality = pb.AudioQuality(header=header, sample_rate_hertz=rate, channel_count=stream.channel_count)
    if measurement is not None:
        quality.duration.CopyFrom(duration(from_frames(measurement.position, rate)))
        quality.measured_share = measurement.measured_share
        if measurement.figures is not None:
            start = stream.start_offset + from_frames(measurement.start, rate)
            quality.window_start_offset.CopyFrom(duration(start))
            _add_figures(quality, measurement.figures, stream)
    return quality


def _add_figures(quality: pb.AudioQuality, figures: Figures, stream: Stream) -> None:
    _add_levels(quality, figures.overall)
    if figures.silence_ratio is not None:
        quality.silence_ratio = figures.silence_ratio
    if figures.consistency is not None:
        quality.volume_consistency = figures.consistency
    quality.dropout_count = figures.dropouts
    quality.gap_count = figures.gaps
    quality.lost_ratio = figures.lost_ratio
    quality.warnings.extend(figures.warnings)
    if figures.hum is not None:
        quality.hum.CopyFrom(_hum(figures.hum))
    quality.interruptions.extend(_interruptions(figures, stream))
    for problem in figures.problems:
        quality.channel_problems.add(
            kind=_PROBLEMS[problem.kind], channel_tag=problem.channel, other_channel_tag=problem.other
        )
    for tag, channel in enumerate(figures.channels, start=1):
        added = quality.channels.add(channel_tag=tag)
        _add_levels(added, channel.levels)
        _add_speech(added, channel.speech)
    _add_speech(quality, figures.speech)
    if figures.loudness != _NO_LOUDNESS:
        quality.MergeFrom(_loudness(figures.loudness))
    if figures.bandwidth is not None:
        quality.bandwidth_hertz = figures.bandwidth.hertz
        quality.signal_bandwidth_hertz = figures.bandwidth.signal_hertz
        if figures.bandwidth.content_rate_hertz is not None:
            quality.content_rate_hertz = figures.bandwidth.content_rate_hertz
    if figures.score is not None:
        quality.MergeFrom(_score(figures.score))


def _add_levels(message: pb.AudioQuality | pb.ChannelQuality, levels: Levels) -> None:
    message.rms_dbfs = levels.rms_dbfs
    message.peak_dbfs = levels.peak_dbfs
    message.true_peak_dbtp = levels.true_peak_dbtp
    message.clipping_ratio = levels.clipping_ratio
    message.dc_offset = levels.dc_offset


def _add_speech(message: pb.AudioQuality | pb.ChannelQuality, speech: Speech | None) -> None:
    if speech is None:
        return
    if speech.snr_db is not None:
        message.snr_db = speech.snr_db
    message.noise_dbfs = speech.noise_dbfs
    if speech.clarity is not None:
        message.clarity = speech.clarity


def _loudness(loudness: Loudness) -> pb.AudioQuality:
    return pb.AudioQuality(
        loudness_lufs=loudness.integrated_lufs,
        loudness_range_lu=loudness.range_lu,
        momentary_lufs=loudness.momentary_lufs,
        short_term_lufs=loudness.short_term_lufs,
        max_momentary_lufs=loudness.max_momentary_lufs,
        max_short_term_lufs=loudness.max_short_term_lufs,
    )


def _score(score: Score) -> pb.AudioQuality:
    return pb.AudioQuality(
        score=score.points,
        rating=_RATINGS[score.rating],
        score_parts=(
            pb.ScorePart(name=part.name, points_lost=part.lost, most_points=part.most) for part in score.parts
        ),
    )


def _hum(hum: Hum) -> pb.Hum:
    return pb.Hum(
        mains_hertz=hum.mains_hertz,
        frequency_hertz=hum.hertz,
        level_dbfs=hum.dbfs,
        harmonics=sorted(hum.harmonics),
    )


def _interruptions(figures: Figures, stream: Stream) -> Iterator[pb.Interruption]:
    rate = stream.sample_rate_hertz
    for each in figures.interruptions:
        yield pb.Interruption(
            kind=_INTERRUPTIONS[each.kind],
            channel_tag=each.channel,
            start_offset=duration(stream.start_offset + from_frames(max(0, each.position), rate)),
            duration=duration(from_frames(each.frames, rate)),
        )
