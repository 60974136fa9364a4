"""From measurements to the contract."""

from collections.abc import Iterator
from dataclasses import dataclass

from rivermouth.quality.v1 import quality_pb2 as pb
from rivermouth.result.v1.result_pb2 import ResultHeader
from services.quality.measures import (
    Channel,
    ChannelProblemKind,
    Figures,
    Hum,
    InterruptionKind,
    Loudness,
    Measurement,
    Rating,
    Score,
)
from services.runtime.offsets import duration, from_frames

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
            quality.MergeFrom(_figures(measurement.figures, stream))
    return quality


def _figures(figures: Figures, stream: Stream) -> pb.AudioQuality:
    overall = figures.overall
    quality = pb.AudioQuality(
        rms_dbfs=overall.rms_dbfs,
        peak_dbfs=overall.peak_dbfs,
        true_peak_dbtp=overall.true_peak_dbtp,
        clipping_ratio=overall.clipping_ratio,
        dc_offset=overall.dc_offset,
        silence_ratio=figures.silence_ratio,
        volume_consistency=figures.consistency,
        dropout_count=figures.dropouts,
        gap_count=figures.gaps,
        lost_ratio=figures.lost_ratio,
        hum=None if figures.hum is None else _hum(figures.hum),
        interruptions=_interruptions(figures, stream),
        channel_problems=(
            pb.ChannelProblem(
                kind=_PROBLEMS[each.kind], channel_tag=each.channel, other_channel_tag=each.other
            )
            for each in figures.problems
        ),
        channels=(_channel(tag, each) for tag, each in enumerate(figures.channels, start=1)),
        warnings=figures.warnings,
    )
    quality.MergeFrom(_loudness(figures.loudness))
    if figures.speech is not None:
        speech = figures.speech
        quality.MergeFrom(
            pb.AudioQuality(snr_db=speech.snr_db, noise_dbfs=speech.noise_dbfs, clarity=speech.clarity)
        )
    if figures.bandwidth is not None:
        quality.bandwidth_hertz = figures.bandwidth.hertz
        quality.signal_bandwidth_hertz = figures.bandwidth.signal_hertz
        if figures.bandwidth.content_rate_hertz is not None:
            quality.content_rate_hertz = figures.bandwidth.content_rate_hertz
    if figures.score is not None:
        quality.MergeFrom(_score(figures.score))
    return quality


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


def _channel(tag: int, channel: Channel) -> pb.ChannelQuality:
    levels = channel.levels
    quality = pb.ChannelQuality(
        channel_tag=tag,
        rms_dbfs=levels.rms_dbfs,
        peak_dbfs=levels.peak_dbfs,
        true_peak_dbtp=levels.true_peak_dbtp,
        clipping_ratio=levels.clipping_ratio,
        dc_offset=levels.dc_offset,
    )
    if channel.speech is not None:
        speech = channel.speech
        quality.MergeFrom(
            pb.ChannelQuality(snr_db=speech.snr_db, noise_dbfs=speech.noise_dbfs, clarity=speech.clarity)
        )
    return quality


def _interruptions(figures: Figures, stream: Stream) -> Iterator[pb.Interruption]:
    rate = stream.sample_rate_hertz
    for each in figures.interruptions:
        yield pb.Interruption(
            kind=_INTERRUPTIONS[each.kind],
            channel_tag=each.channel,
            start_offset=duration(stream.start_offset + from_frames(max(0, each.position), rate)),
            duration=duration(from_frames(each.frames, rate)),
        )
