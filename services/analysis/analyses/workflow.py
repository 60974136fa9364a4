"""workflow: each segment is sent to a queue of work, which a language model works off.

Not measured like the others: its run is `workflow_run`, and routing.py says which segment goes where.
"""

from services.analysis.analysis import Analysis, Option, Trigger

NAME = "workflow"
BATCH_SEGMENTS = "batch_segments"
BATCH_SECONDS = "batch_seconds"
_LARGEST_BATCH = 32
"""No queue may be full, nor all together, before a batch of this size is."""

ANALYSIS = Analysis(
    name=NAME,
    default=Trigger.SEGMENT,
    triggers=frozenset({Trigger.SEGMENT}),
    options={
        BATCH_SEGMENTS: Option(default=5, least=1, most=_LARGEST_BATCH),
        BATCH_SECONDS: Option(default=30, least=1, most=3600),
    },
)
