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
NO_AUDIO = declare("NO_AUDIO", "OK", "No audio came before the end of the stream: check the source.")
AUDIO_OFFSET_INVALID = declare(
    "AUDIO_OFFSET_INVALID",
    "OK",
    "Set sample_offset to the number of frames before the chunk, or leave it out; the chunk was left out.",
)
SILENCE_INVALID = declare(
    "SILENCE_INVALID", "OK", "Send a silence above 0 s and at most 60 s; it was left out."
)
