"""The reasons of this service's errors. Those with code OK come as messages in a stream that goes on."""

from services.runtime.reasons import declare

CONFIG_EXPECTED = declare(
    "CONFIG_EXPECTED", "FAILED_PRECONDITION", "Send streaming_config as the first message of the stream."
)
CONFIG_REPEATED = declare(
    "CONFIG_REPEATED", "FAILED_PRECONDITION", "Send streaming_config once; open a new stream for another one."
)
CONFIG_INVALID = declare(
    "CONFIG_INVALID", "INVALID_ARGUMENT", "Correct the fields that the violations name; the same fails again."
)
RECOGNISER_BUSY = declare(
    "RECOGNISER_BUSY",
    "RESOURCE_EXHAUSTED",
    "Too many utterances wait to be recognised. Retry after the delay of RetryInfo, or at another server.",
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
CHANNEL_UNKNOWN = declare("CHANNEL_UNKNOWN", "OK", "Name a channel of the audio format, or 0 for all.")
UPDATE_INVALID = declare(
    "UPDATE_INVALID", "OK", "Correct the fields that the message names; nothing of the update was taken."
)
OPTION_UNSUPPORTED = declare(
    "OPTION_UNSUPPORTED", "OK", "The engine does not know this option; recognition goes on without it."
)
NO_SPEECH_RECOGNISED = declare(
    "NO_SPEECH_RECOGNISED", "OK", "What sounded like speech held no words; nothing is to be done."
)
RECOGNISER_DIED = declare(
    "RECOGNISER_DIED",
    "OK",
    "The decoder ended or stood still while it had this utterance, more than once; its log says why.",
)
RECOGNITION_INCOMPLETE = declare(
    "RECOGNITION_INCOMPLETE", "OK", "Some segments are missing from the text: see their own failures."
)
