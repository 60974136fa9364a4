"""Warnings: what was found and what to do about it, one sentence each, the costliest first."""

from __future__ import annotations

from collections.abc import Iterator

from services.quality.measures import ChannelProblem, ChannelProblemKind, Figures

_CHANNELS = {
    ChannelProblemKind.SILENT: "Channel {0} is silent: check its microphone or cable, or leave it out.",
    ChannelProblemKind.IDENTICAL: "Channels {0} and {1} are identical and tell no speakers apart: "
    "send one channel, or record each speaker on its own.",
    ChannelProblemKind.INVERTED: "Channel {1} is channel {0} inverted and cancels it where they are mixed: "
    "swap the wires of one of them.",
}


def warnings(figures: Figures) -> tuple[str, ...]:
    """What a person should do, possibly nothing."""
    if figures.silence_ratio is not None and figures.silence_ratio >= 0.98:
        return ("There is no sound: check that the microphone is on and that it is the right input.",)
    return tuple(_found(figures))


def _found(figures: Figures) -> Iterator[str]:
    overall, speech, loudness = figures.overall, figures.speech, figures.loudness.integrated_lufs
    if overall.clipping_ratio >= 0.001:
        yield (
            f"{overall.clipping_ratio:.1%} of the samples are clipped: turn the input gain down"
            + (" before the place where the level is lowered." if overall.peak_dbfs < -0.5 else ".")
        )
    if speech is not None and speech.snr_db is not None and speech.snr_db < 15:
        yield (
            f"The noise is {_below(speech.snr_db)} the speech: move the microphone nearer to the "
            "mouth, or away from the noise."
        )
    if figures.dropouts:
        yield (
            f"The sound is cut out {figures.dropouts} times: packets or buffers were lost before the audio "
            "was sent; check the network and the load of the recorder."
        )
    if figures.gaps:
        yield f"Audio is missing in {figures.gaps} places: the sender or the service does not keep up."
    yield from (_channel(problem) for problem in figures.problems)
    if loudness is not None and loudness < -35:
        yield f"The speech is very quiet ({loudness:.0f} LUFS): turn the input gain up."
    if loudness is not None and loudness > -10:
        yield f"The audio is very loud ({loudness:.0f} LUFS): turn the input gain down."
    if figures.hum is not None and figures.hum.dbfs > overall.rms_dbfs - 30:
        yield (
            f"There is mains hum at {figures.hum.mains_hertz} Hz ({figures.hum.dbfs:.0f} dBFS): check "
            "grounding and cables, or use a balanced line."
        )
    if figures.bandwidth is not None and figures.bandwidth.content_rate_hertz is not None:
        yield (
            f"There is nothing above {figures.bandwidth.hertz / 1000:.1f} kHz: the audio was resampled from "
            f"{figures.bandwidth.content_rate_hertz} Hz; send it at that rate, or record at a higher one."
        )
    if abs(overall.dc_offset) >= 0.02:
        yield f"The signal is off centre by {overall.dc_offset:+.1%}: check the sound card, or filter it out."


def _channel(problem: ChannelProblem) -> str:
    return _CHANNELS[problem.kind].format(problem.channel, problem.other)


def _below(decibels: float) -> str:
    if decibels >= 0.5:
        return f"only {decibels:.0f} dB below"
    return "as loud as" if decibels > -6 else "louder than"
