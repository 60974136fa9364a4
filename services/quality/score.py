"""The score: 100 points, less what each fault costs. The weights are ours; the measures are cited at home.

    noise         60   SNR from 40 dB down to -15 dB
    clarity       25   each point of clarity that is missing costs a quarter of one
    bandwidth     15   of the signal, from 7 kHz (wideband, ITU-T P.341) down to 1 kHz; a telephone's costs 9
    clipping      60   60 ratio / (ratio + 3 %)
    interruptions 50   50 lost time / (lost time + 2 %)
    level         30   integrated loudness from -35 down to -65 LUFS; 10 of it from -12 up to -2 LUFS
    hum           20   from 40 dB below the level up to the level
    channels      15   inverted 15, silent 10, identical 5
    volume        10   each point of consistency that is missing costs a tenth
    dc            10   from 0.01 to 0.1 of full scale
    silence      100   from 80 % of the time up to 98 %

Each part is monotonic in its measure, and noise alone costs more than all that a clean tone can lack. Good is
75 and more, poor less than 50.
"""

from __future__ import annotations

from services.quality.measures import ChannelProblemKind, Figures, Rating, Score, ScorePart

GOOD, FAIR = 75.0, 50.0
_PROBLEMS = {
    ChannelProblemKind.INVERTED: 15.0,
    ChannelProblemKind.SILENT: 10.0,
    ChannelProblemKind.IDENTICAL: 5.0,
}


def score(figures: Figures) -> Score | None:
    """Of figures; None while neither noise nor silence is known, as in the first second."""
    speech, silence = figures.speech, figures.silence_ratio
    if silence is None or (speech is None and silence < 0.98):
        return None
    parts = tuple(_parts(figures))
    points = max(0.0, 100.0 - sum(part.lost for part in parts))
    rating = Rating.GOOD if points >= GOOD else Rating.FAIR if points >= FAIR else Rating.POOR
    return Score(points, rating, parts)


def _parts(figures: Figures) -> list[ScorePart]:
    speech, loudness = figures.speech, figures.loudness.integrated_lufs
    snr = speech.snr_db if speech else None
    clear = speech.clarity if speech else None
    level = figures.overall.rms_dbfs if loudness is None else loudness
    problems = [_PROBLEMS[problem.kind] for problem in figures.problems]
    hum = 0.0 if figures.hum is None else _between(figures.hum.dbfs - figures.overall.rms_dbfs, -40, 0)
    width = 0.0 if figures.bandwidth is None else _between(figures.bandwidth.signal_hertz, 7_000, 1_000)
    clipping = figures.overall.clipping_ratio
    return [
        ScorePart("noise", 0.0 if snr is None else 60 * _between(snr, 40, -15), 60),
        ScorePart("clarity", 0.0 if clear is None else 25 * (1 - clear / 100), 25),
        ScorePart("bandwidth", 15 * width, 15),
        ScorePart("clipping", 60 * clipping / (clipping + 0.03), 60),
        ScorePart("interruptions", 50 * figures.lost_ratio / (figures.lost_ratio + 0.02), 50),
        ScorePart("level", 30 * _between(level, -35, -65) + 10 * _between(level, -12, -2), 30),
        ScorePart("hum", 20 * hum, 20),
        ScorePart("channels", max(problems, default=0.0), 15),
        ScorePart("volume", 0.0 if figures.consistency is None else 10 - figures.consistency / 10, 10),
        ScorePart("dc", 10 * _between(abs(figures.overall.dc_offset), 0.01, 0.1), 10),
        ScorePart("silence", 100 * _between(figures.silence_ratio or 0.0, 0.80, 0.98), 100),
    ]


def _between(value: float, free: float, full: float) -> float:
    """0 up to `free`, 1 from `full` on, linear between; `full` may be the smaller one."""
    return min(1.0, max(0.0, (value - free) / (full - free)))
