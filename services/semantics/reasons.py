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
EMPTY_SEGMENT = declare("EMPTY_SEGMENT", "OK", "The segment has no words; there is nothing to be done.")
BACKPRESSURE = declare(
    "BACKPRESSURE",
    "OK",
    "The service was too far behind and skipped this work item: give it more room or time.",
)
TRANSCRIPTION_UNAVAILABLE = declare(
    "TRANSCRIPTION_UNAVAILABLE",
    "OK",
    "There is no transcript to work on: see upstream_reason in the metadata, and the error of recognition.",
)
