"""When a finding was so: from the begin of the first segment that it rests on to the end of the last."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.message import Message

from services.analysis.segment import Segment
from services.runtime.offsets import duration


def set_times(findings: Message, segments: Sequence[Segment]) -> None:
    """Sets start_offset and end_offset of the objects in lists that have them beside segment_ids. Those whose
    segments are not among these stay without."""
    known = {segment.segment_id: segment for segment in segments}
    for field, value in findings.ListFields():
        kind = field.message_type
        if not field.is_repeated or kind is None or "start_offset" not in kind.fields_by_name:
            continue
        for each in value:
            named = [known[name] for name in each.segment_ids if name in known]
            if named:
                each.start_offset.CopyFrom(duration(min(segment.start for segment in named)))
                each.end_offset.CopyFrom(duration(max(segment.end for segment in named)))
