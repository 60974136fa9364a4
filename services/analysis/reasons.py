"""The reasons of this service's errors. Those with code OK come as events in a stream that goes on."""

from services.runtime.reasons import declare

CONFIG_EXPECTED = declare(
    "CONFIG_EXPECTED", "FAILED_PRECONDITION", "Send streaming_config as the first message of the stream."
)
CONFIG_REPEATED = declare(
    "CONFIG_REPEATED", "FAILED_PRECONDITION", "Send streaming_config once; open a new stream for another one."
)
CONFIG_INVALID = declare(
    "CONFIG_INVALID",
    "INVALID_ARGUMENT",
    "Correct the fields that the violations name; GetCapabilities lists what this deployment can do.",
)
EMPTY_REQUEST = declare(
    "EMPTY_REQUEST",
    "OK",
    "Set a field of the request that this server knows; it may be older than the client.",
)
INTERIM_SEGMENT = declare(
    "INTERIM_SEGMENT",
    "OK",
    "Send a segment once it is final; interims are not analysed, and it was left out.",
)
SEGMENT_WITHOUT_ID = declare(
    "SEGMENT_WITHOUT_ID", "OK", "Set header.result_id of the segment: results name it; it was left out."
)
SEGMENT_AFTER_FAILURE = declare(
    "SEGMENT_AFTER_FAILURE", "OK", "Send no segments after upstream_failure, which ended all results."
)
BACKPRESSURE = declare(
    "BACKPRESSURE",
    "OK",
    "The service was too far behind and skipped this work item: give it more room or time.",
)
NOT_ENOUGH_DATA = declare(
    "NOT_ENOUGH_DATA", "OK", "There was too little to analyse; the message says how much is needed."
)
EVIDENCE_SHORTENED = declare(
    "EVIDENCE_SHORTENED", "OK", "Nothing is wrong: the result used more segments than its evidence names."
)
TRANSCRIPTION_UNAVAILABLE = declare(
    "TRANSCRIPTION_UNAVAILABLE",
    "OK",
    "There is no transcript to work on: see upstream_reason in the metadata, and the error of recognition.",
)
