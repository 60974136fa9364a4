"""The summary of a session as a table."""

from rivermouth.client.offsets import seconds
from rivermouth.session.v1.events_pb2 import SessionSummary

_COLUMNS = ("coarse", "refine", "final", "failed", "skipped", "truncated", "dropped")
_ENDS = {
    SessionSummary.END_FINISHED: "finished",
    SessionSummary.END_ERROR: "ended by an error",
    SessionSummary.END_LIMIT: "ended by a limit of time",
    SessionSummary.END_DRAINED: "ended because the server closed",
    SessionSummary.END_ABANDONED: "ended because the client was gone",
}


def summary_table(summary: SessionSummary) -> list[str]:
    """How it ended, counts for each service, what models were asked, and the whole."""
    rows: list[tuple[str, ...]] = [("service", *_COLUMNS)]
    rows += [
        (counts.service, *(str(getattr(counts, name)) for name in _COLUMNS)) for counts in summary.services
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        f"session {_ENDS.get(summary.end, 'ended')}: {seconds(summary.audio_duration):.1f} s of input in "
        f"{seconds(summary.elapsed):.1f} s, {summary.chunks_received} chunks, "
        f"{summary.segments_final} final and {summary.segments_partial} interim transcripts"
    ]
    for name, *counts in rows:
        cells = [
            name.ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(counts, widths[1:], strict=True)),
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    if summary.llm_calls:
        calls = f"{summary.llm_calls} call{'' if summary.llm_calls == 1 else 's'}"
        tokens = f"{summary.llm_input_tokens} tokens read, {summary.llm_output_tokens} written"
        lines.append(f"language models: {calls}, {tokens}")
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(summary.events.items()))
    return [*lines, f"events: {sum(summary.events.values())} in all: {kinds}"]
