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

SEGMENT_AFTER_FAILURE = declare(
    "SEGMENT_AFTER_FAILURE", "OK", "Send no segments after upstream_failure, which ended all results."
)
NOT_ENOUGH_DATA = declare(
    "NOT_ENOUGH_DATA", "OK", "There was too little to analyse; the message says how much is needed."
)
EVIDENCE_SHORTENED = declare(
    "EVIDENCE_SHORTENED", "OK", "Nothing is wrong: the result used more segments than its evidence names."
)
