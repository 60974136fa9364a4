"""The reasons of this service's errors. Those with code OK come as messages in a stream that goes on."""

from services.runtime.reasons import declare
from services.runtime.stream_reasons import AUDIO_OFFSET_MISMATCH as AUDIO_OFFSET_MISMATCH
from services.runtime.stream_reasons import CONFIG_EXPECTED as CONFIG_EXPECTED
from services.runtime.stream_reasons import CONFIG_INVALID as CONFIG_INVALID
from services.runtime.stream_reasons import CONFIG_REPEATED as CONFIG_REPEATED
from services.runtime.stream_reasons import EMPTY_REQUEST as EMPTY_REQUEST
from services.runtime.stream_reasons import RECOGNITION_INCOMPLETE as RECOGNITION_INCOMPLETE
from services.runtime.stream_reasons import SILENCE_BEFORE_AUDIO as SILENCE_BEFORE_AUDIO
from services.runtime.stream_reasons import SILENCE_INVALID as SILENCE_INVALID

RECOGNISER_BUSY = declare(
    "RECOGNISER_BUSY",
    "RESOURCE_EXHAUSTED",
    "The recogniser has as much to do as it can do in real time. Retry after the delay of RetryInfo, or at "
    "another server.",
)
RECOGNISER_LOADING = declare(
    "RECOGNISER_LOADING",
    "UNAVAILABLE",
    "The recogniser's model is being loaded. Retry after the delay of RetryInfo; health says when it serves.",
)
CHANNEL_UNKNOWN = declare("CHANNEL_UNKNOWN", "OK", "Name a channel of the audio format, or 0 for all.")
UPDATE_INVALID = declare(
    "UPDATE_INVALID", "OK", "Correct the fields that the message names; nothing of the update was taken."
)
OPTION_UNSUPPORTED = declare(
    "OPTION_UNSUPPORTED", "OK", "The engine does not know this option; recognition goes on without it."
)
OPTION_TRUNCATED = declare(
    "OPTION_TRUNCATED",
    "OK",
    "The recogniser takes less of this option than was given; it uses the part with the most boost.",
)
NO_SPEECH_RECOGNISED = declare(
    "NO_SPEECH_RECOGNISED", "OK", "What sounded like speech held no words; nothing is to be done."
)
RECOGNISER_DIED = declare(
    "RECOGNISER_DIED",
    "OK",
    "The decoder ended or stood still while it had this utterance, more than once; its log says why.",
)
RECOGNISER_STALLED = declare(
    "RECOGNISER_STALLED",
    "OK",
    "Decoding this utterance did not end in many times its own length and was given up; the log says more. "
    "Where it comes again, restart the service.",
)
