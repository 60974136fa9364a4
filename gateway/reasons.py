"""The reasons of what the gateway refuses or reports. Those with code OK are events; the session goes on."""

from services.runtime.reasons import declare
from services.runtime.stream_reasons import AUDIO_OFFSET_MISMATCH as AUDIO_OFFSET_MISMATCH
from services.runtime.stream_reasons import BACKPRESSURE as BACKPRESSURE
from services.runtime.stream_reasons import CONFIG_INVALID as CONFIG_INVALID
from services.runtime.stream_reasons import RECOGNITION_INCOMPLETE as RECOGNITION_INCOMPLETE
from services.runtime.stream_reasons import SILENCE_BEFORE_AUDIO as SILENCE_BEFORE_AUDIO
from services.runtime.stream_reasons import SILENCE_INVALID as SILENCE_INVALID
from services.runtime.stream_reasons import TRANSCRIPTION_UNAVAILABLE as TRANSCRIPTION_UNAVAILABLE

# What ends the call.
PROTOCOL_ORDER = declare(
    "PROTOCOL_ORDER",
    "FAILED_PRECONDITION",
    "Send streaming_config (or resume) first and once, then the rest, numbered from 1 without gaps.",
)
SESSION_NOT_FOUND = declare(
    "SESSION_NOT_FOUND",
    "NOT_FOUND",
    "There is no such session here: it never was, it ended some time ago, or it is another tenant's.",
)
SESSION_TOO_LONG = declare(
    "SESSION_TOO_LONG", "OUT_OF_RANGE", "Start a new session; GetCapabilities tells the longest length."
)
EVENTS_LOST = declare(
    "EVENTS_LOST",
    "ABORTED",
    "Events were forgotten before this connection read them: read faster, or filter.",
)
NOT_OFFERED = declare(
    "NOT_OFFERED", "UNIMPLEMENTED", "This server does not have this part of the contract yet; do without it."
)
PAGE_INVALID = declare(
    "PAGE_INVALID", "INVALID_ARGUMENT", "Use page_size 0 to 1000 and the last answer's token."
)

# What is wrong with a piece of input.
MESSAGE_EMPTY = declare(
    "MESSAGE_EMPTY", "OK", "Set one of the requests that this server knows; it may be older than the client."
)
INPUT_AFTER_FINISH = declare(
    "INPUT_AFTER_FINISH", "OK", "Send no input after finish; what came was left out, the results still come."
)
AUDIO_IN_TEXT_SESSION = declare(
    "AUDIO_IN_TEXT_SESSION", "OK", "Configure audio_format to send audio, or send text_chunk."
)
TEXT_IN_AUDIO_SESSION = declare(
    "TEXT_IN_AUDIO_SESSION", "OK", "Configure no audio_format to send text chunks, or send audio."
)
TEXT_TIME_INVALID = declare(
    "TEXT_TIME_INVALID", "OK", "Send start_offset and end_offset from 0 s on, the end not before the start."
)
TEXT_OUT_OF_ORDER = declare(
    "TEXT_OUT_OF_ORDER", "OK", "Send the chunks of a channel in order of time; overlapping speech has two."
)
TEXT_EMPTY = declare("TEXT_EMPTY", "OK", "Send chunks with text; this one was left out.")
TEXT_TOO_LONG = declare("TEXT_TOO_LONG", "OK", "Send the text in pieces of at most 20000 characters.")
TEXT_CHANNEL_INVALID = declare("TEXT_CHANNEL_INVALID", "OK", "Use channel_tag 0 to 8.")
FINALIZE_CHANNEL_INVALID = declare(
    "FINALIZE_CHANNEL_INVALID", "OK", "Name a channel of the audio format, or 0 for all."
)
_AUDIO = {
    "AUDIO_FORMAT_INVALID": "Correct the audio format; the message names every field.",
    "AUDIO_FORMAT_MISMATCH": "Declare the format that the audio has; the message says what was found.",
    "AUDIO_NOT_AUDIO": "Text came where audio was declared: send the samples of the recording.",
    "AUDIO_NOT_WAV": "WAV was declared, and no WAV came: declare the format that it has.",
    "AUDIO_WAV_UNSUPPORTED": "Convert the file to PCM, float, mu-law or A-law samples.",
    "AUDIO_CONTAINER_UNKNOWN": "Send a file or stream of the declared container, from its first byte.",
    "AUDIO_CONTAINER_UNSUPPORTED": "Convert it to WAV, FLAC, Opus or MP3; the message says what it has.",
    "AUDIO_TRACK_MISSING": "Send a container that holds audio.",
    "AUDIO_CORRUPT": "The bytes are broken at the place that the message names; what was before it counts.",
    "AUDIO_TRUNCATED": "The stream ended too early; send all of it. What came before the end counts.",
    "AUDIO_DECODER_LIMIT": "Decoding it takes more time, memory or output than audio does; check its source.",
    "AUDIO_DECODER_DIED": "Send the audio in a new session; the server's log may say more.",
    "AUDIO_DECODERS_BUSY": "Send the audio in a new session, later or elsewhere; WAV needs no decoder.",
    "AUDIO_ODD_BYTES": "Send whole frames: a sample of every channel. The chunk was left out.",
}
for _reason, _advice in _AUDIO.items():
    declare(_reason, "OK", _advice)

# What became of a stage or its results.
STAGE_TIMEOUT = declare(
    "STAGE_TIMEOUT", "OK", "The stage said nothing for too long after its input had ended: look at its log."
)
STAGE_STALLED = declare(
    "STAGE_STALLED", "OK", "The stage takes in nothing for now; its input is kept, within bounds."
)
STAGE_CLOSED_EARLY = declare(
    "STAGE_CLOSED_EARLY", "OK", "The stage ended its stream before its input did: look at its log."
)
STAGE_MALFORMED = declare(
    "STAGE_MALFORMED", "OK", "The stage does not speak the contract: check its address and its version."
)
STAGE_LEFT_OPEN = declare(
    "STAGE_LEFT_OPEN", "OK", "The stage ended without finishing this result: a fault of the stage."
)
STAGE_BROKE_RULES = declare(
    "STAGE_BROKE_RULES", "OK", "The stage sent a message against the rules of results; it was left out."
)
HISTORY_FORGOTTEN = declare(
    "HISTORY_FORGOTTEN",
    "OK",
    "The stage was started anew after more segments than are kept for it: stage.work_items sets how many.",
)
SESSION_STOPPED = declare("SESSION_STOPPED", "OK", "The session ended before this result did.")
SESSION_ABANDONED = declare(
    "SESSION_ABANDONED", "OK", "The client was gone before the session ended; start a new one."
)
