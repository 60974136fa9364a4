"""Reasons that every streaming service shares, so that a caller meets the same word for the same thing."""

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
AUDIO_OFFSET_MISMATCH = declare(
    "AUDIO_OFFSET_MISMATCH",
    "OK",
    "Send each frame once and in order, and a gap as silence; the chunk was left out.",
)
SILENCE_INVALID = declare(
    "SILENCE_INVALID", "OK", "Send a silence above 0 s and at most 60 s; it was left out."
)
SILENCE_BEFORE_AUDIO = declare(
    "SILENCE_BEFORE_AUDIO", "OK", "Send a container's header before silence; the silence was left out."
)
INTERIM_SEGMENT = declare(
    "INTERIM_SEGMENT",
    "OK",
    "Send a segment once it is final; interims are not analysed, and it was left out.",
)
SEGMENT_WITHOUT_ID = declare(
    "SEGMENT_WITHOUT_ID", "OK", "Set header.result_id of the segment: results name it; it was left out."
)
BACKPRESSURE = declare(
    "BACKPRESSURE",
    "OK",
    "The service was too far behind and skipped this work item: give it more room or time.",
)
TRANSCRIPTION_UNAVAILABLE = declare(
    "TRANSCRIPTION_UNAVAILABLE",
    "OK",
    "There is no transcript to work on: see the cause in the metadata, and the error of recognition.",
)
RECOGNITION_INCOMPLETE = declare(
    "RECOGNITION_INCOMPLETE", "OK", "Some segments are missing from the text: see their own failures."
)
