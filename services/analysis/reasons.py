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
LLM_NOT_CONFIGURED = declare(
    "LLM_NOT_CONFIGURED",
    "OK",
    "Configure a language model provider to have this part; what is computed without one is there.",
)
