"""Every figure has its field, and what was not measured is absent."""

import pytest

from rivermouth.quality.v1 import quality_pb2 as pb
from rivermouth.result.v1.result_pb2 import ResultHeader
from services.quality.measures import (
    Bandwidth,
    Channel,
    ChannelProblem,
    ChannelProblemKind,
    Figures,
    Hum,
    Interruption,
    InterruptionKind,
    Levels,
    Loudness,
    Measurement,
    Rating,
    Score,
    ScorePart,
    Speech,
)
from services.quality.results import Stream, audio_quality

LEVELS = Levels(rms_dbfs=-20, peak_dbfs=-6, true_peak_dbtp=-5, clipping_ratio=0.25, dc_offset=-0.5)
SPEECH = Speech(noise_dbfs=-60, snr_db=40, clarity=99)
FULL = Figures(
    overall=LEVELS,
    silence_ratio=0.5,
    loudness=Loudness(-21, -22, -23, 4, -19, -20.5),
    consistency=80,
    speech=SPEECH,
    bandwidth=Bandwidth(3400, 3000, 8000),
    hum=Hum(50, 49.75, -40, {3: -50, 1: -41}),
    dropouts=1,
    gaps=1,
    lost_ratio=0.125,
    interruptions=(
        Interruption(InterruptionKind.DROPOUT, 2, 4000, 800),
        Interruption(InterruptionKind.GAP, 0, 8000, 80),
    ),
    problems=(
        ChannelProblem(ChannelProblemKind.SILENT, 3),
        ChannelProblem(ChannelProblemKind.INVERTED, 1, 2),
    ),
    channels=(Channel(LEVELS, SPEECH), Channel(LEVELS, None)),
    score=Score(62.5, Rating.FAIR, (ScorePart("noise", 37.5, 60),)),
    warnings=("do this",),
)
STREAM = Stream(start_offset=10_000_000_000, sample_rate_hertz=8_000, channel_count=2)


def quality(figures: Figures | None) -> pb.AudioQuality:
    return audio_quality(ResultHeader(result_id="r"), Measurement(32_000, 16_000, 8_000, figures), STREAM)


def test_every_field_is_filled() -> None:
    message = quality(FULL)
    present = {descriptor.name for descriptor, _ in message.ListFields()}
    assert present == {field.name for field in pb.AudioQuality.DESCRIPTOR.fields}
    first = {descriptor.name for descriptor, _ in message.channels[0].ListFields()}
    assert first == {field.name for field in pb.ChannelQuality.DESCRIPTOR.fields}


def test_values_and_times() -> None:
    message = quality(FULL)
    assert (message.duration.ToNanoseconds(), message.measured_share) == (4_000_000_000, 0.25)
    assert message.window_start_offset.ToNanoseconds() == 12_000_000_000
    assert [message.loudness_lufs, message.momentary_lufs, message.short_term_lufs] == [-23, -21, -22]
    assert [message.max_momentary_lufs, message.max_short_term_lufs] == [-19, -20.5]
    assert (message.bandwidth_hertz, message.signal_bandwidth_hertz) == (3400, 3000)
    assert message.hum == pb.Hum(mains_hertz=50, frequency_hertz=49.75, level_dbfs=-40, harmonics=[1, 3])
    dropout, gap = message.interruptions
    assert (dropout.kind, dropout.channel_tag) == (pb.Interruption.KIND_DROPOUT, 2)
    assert (dropout.start_offset.ToNanoseconds(), dropout.duration.ToNanoseconds()) == (
        10_500_000_000,
        100_000_000,
    )
    assert (gap.kind, gap.start_offset.ToNanoseconds()) == (pb.Interruption.KIND_GAP, 11_000_000_000)
    assert [each.kind for each in message.channel_problems] == [
        pb.ChannelProblem.KIND_SILENT,
        pb.ChannelProblem.KIND_INVERTED,
    ]
    assert (message.score, message.rating) == (62.5, pb.RATING_FAIR)
    assert message.score_parts[0] == pb.ScorePart(name="noise", points_lost=37.5, most_points=60)


def test_what_was_not_measured_is_absent() -> None:
    message = quality(Figures(LEVELS))
    absent = (
        "loudness_lufs",
        "snr_db",
        "noise_dbfs",
        "clarity",
        "bandwidth_hertz",
        "hum",
        "score",
        "silence_ratio",
    )
    assert not any(message.HasField(name) for name in absent)
    assert message.rating == pb.RATING_UNSPECIFIED
    assert not quality(FULL).channels[1].HasField("snr_db")
    nothing = quality(None)
    assert (nothing.duration.ToNanoseconds(), nothing.HasField("rms_dbfs")) == (4_000_000_000, False)
    assert audio_quality(ResultHeader(), None, Stream(0, 0, 0)) == pb.AudioQuality(header=ResultHeader())


@pytest.mark.parametrize("rating", list(Rating))
@pytest.mark.parametrize("problem", list(ChannelProblemKind))
@pytest.mark.parametrize("interruption", list(InterruptionKind))
def test_every_name_has_a_number(rating, problem, interruption) -> None:
    message = quality(
        Figures(
            LEVELS,
            score=Score(1, rating, ()),
            problems=(ChannelProblem(problem, 1),),
            interruptions=(Interruption(interruption, 1, 0, 1),),
        )
    )
    assert pb.Rating.Name(message.rating) == f"RATING_{rating.name}"
    kind = pb.ChannelProblem.Kind
    assert kind.Name(message.channel_problems[0].kind) == f"KIND_{problem.name}"
    kind = pb.Interruption.Kind
    assert kind.Name(message.interruptions[0].kind) == f"KIND_{interruption.name}"
