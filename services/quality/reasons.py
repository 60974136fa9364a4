"""The reasons of this service's errors. Those with code OK come as events in a stream that goes on."""

from services.runtime.reasons import declare
from services.runtime.stream_reasons import CONFIG_EXPECTED as CONFIG_EXPECTED
from services.runtime.stream_reasons import CONFIG_INVALID as CONFIG_INVALID
from services.runtime.stream_reasons import CONFIG_REPEATED as CONFIG_REPEATED
from services.runtime.stream_reasons import EMPTY_REQUEST as EMPTY_REQUEST
from services.runtime.stream_reasons import SILENCE_INVALID as SILENCE_INVALID

NO_AUDIO = declare("NO_AUDIO", "OK", "No audio came before the end of the stream: check the source.")
AUDIO_OFFSET_INVALID = declare(
    "AUDIO_OFFSET_INVALID",
    "OK",
    "Set sample_offset to the number of frames before the chunk, or leave it out; the chunk was left out.",
)
