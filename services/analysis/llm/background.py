"""What a caller knew before the session, as lines that a model reads beside what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rivermouth.analysis.v1.analysis_pb2 import SessionContext

_HEADLINE = "Known before:"
_MOST = 50
"""Of dialogue acts and of sentiments, the last."""
_MOST_CHARACTERS = 6_000
"""Of all summaries together, the newest. None is cut: half of a value would not be known as personal."""
_LONGEST_ACT = 200


def background_of(context: SessionContext) -> str:
    """A fact a line; empty where nothing was known. Speaker spans are not among them: they name the lines."""
    lines = [*_summaries(context.earlier_summaries), *_course(context)]
    lines += [f"usual {name}: {value:.4g}" for name, value in sorted(context.baseline_profile.items())]
    return "\n".join([_HEADLINE, *lines]) if lines else ""


def _summaries(summaries: Sequence[str]) -> Iterator[str]:
    """Oldest first; where there is no room for all, the oldest are left out."""
    room = _MOST_CHARACTERS
    kept: list[str] = []
    for summary in reversed(summaries):
        text = " ".join(summary.split())
        room -= len(text)
        if room < 0:
            break
        kept.append(f"earlier session: {text}")
    yield from reversed(kept)


def _course(context: SessionContext) -> Iterator[str]:
    acts = [" ".join(act.split()) for act in context.dialogue_acts[-_MOST:] if len(act) <= _LONGEST_ACT]
    if acts:
        yield f"dialogue acts before: {', '.join(acts)}"
    if trend := context.sentiment_trend[-_MOST:]:
        yield f"sentiment before, -1 to 1, oldest first: {', '.join(f'{value:.2g}' for value in trend)}"
