"""The reasons of this service's errors. Those with code OK come as events in a stream that goes on."""

from services.runtime.reasons import declare
from services.runtime.stream_reasons import BACKPRESSURE as BACKPRESSURE
from services.runtime.stream_reasons import CONFIG_EXPECTED as CONFIG_EXPECTED
from services.runtime.stream_reasons import CONFIG_INVALID as CONFIG_INVALID
from services.runtime.stream_reasons import CONFIG_REPEATED as CONFIG_REPEATED
from services.runtime.stream_reasons import EMPTY_REQUEST as EMPTY_REQUEST
from services.runtime.stream_reasons import INTERIM_SEGMENT as INTERIM_SEGMENT
from services.runtime.stream_reasons import SEGMENT_WITHOUT_ID as SEGMENT_WITHOUT_ID
from services.runtime.stream_reasons import TRANSCRIPTION_UNAVAILABLE as TRANSCRIPTION_UNAVAILABLE

ANNOTATION_FAILED = declare(
    "ANNOTATION_FAILED",
    "OK",
    "The rules failed on this segment, which is a bug or a bad word list; report it. The next is annotated.",
)
SEGMENT_TIMES = declare(
    "SEGMENT_TIMES",
    "OK",
    "Correct the segment's offsets: it starts at 0 or later, and ends no earlier than that.",
)
EMPTY_SEGMENT = declare("EMPTY_SEGMENT", "OK", "The segment has no words; there is nothing to be done.")
