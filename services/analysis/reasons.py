"""The reasons of this service's errors. Those with code OK come as events in a stream that goes on."""

from services.llm.reasons import LLM_BUDGET as LLM_BUDGET
from services.llm.reasons import LLM_NOT_CONFIGURED as LLM_NOT_CONFIGURED
from services.llm.reasons import LLM_TIMEOUT as LLM_TIMEOUT
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
ANALYSIS_CRASHED = declare(
    "ANALYSIS_CRASHED",
    "OK",
    "A bug of this analysis: report it with the segment that the metadata names; the others go on.",
)
ANNOTATIONS_MISSING = declare(
    "ANNOTATIONS_MISSING",
    "OK",
    "This analysis counts what semantic annotation found: run `semantics` too, or see why it failed.",
)
SEGMENTS_MISSING = declare(
    "SEGMENTS_MISSING",
    "OK",
    "Send the segments of a turn before the turn, or soon after; it was measured without them.",
)
TURN_WITHOUT_ID = declare(
    "TURN_WITHOUT_ID", "OK", "Set header.result_id of the turn: results name it; it was left out."
)
WORDS_NOT_PARTED = declare(
    "WORDS_NOT_PARTED",
    "OK",
    "Words cannot be counted in scripts that put no spaces between them; those segments were left out.",
)
WORD_LISTS_MISSING = declare(
    "WORD_LISTS_MISSING",
    "OK",
    "Measures that rest on word lists are there for English only; the others hold for any language.",
)
SPEAKER_NOT_MOVED = declare(
    "SPEAKER_NOT_MOVED",
    "OK",
    "Nothing need be done: segments were counted by speaker before theirs was known better; the rest holds.",
)
LLM_TEXT_SHORTENED = declare(
    "LLM_TEXT_SHORTENED",
    "OK",
    "Nothing is wrong: there was more text than a model is given; it got the newest segments.",
)
AUDIO_MISSING = declare(
    "AUDIO_MISSING",
    "OK",
    "Nothing need be done: sound was lost on the way, or an earlier incarnation had it, as the message says.",
)
AUDIO_WITHOUT_FORMAT = declare(
    "AUDIO_WITHOUT_FORMAT", "OK", "Set audio_format in streaming_config; audio without it is left out."
)
ACOUSTICS_UNAVAILABLE = declare(
    "ACOUSTICS_UNAVAILABLE",
    "OK",
    "Install rivermouth[analysis] where the service runs, or see its log; the other measures are there.",
)
ACOUSTICS_FAILED = declare(
    "ACOUSTICS_FAILED",
    "OK",
    "One stretch of sound has no measures; the others do. Report it if it happens again.",
)
