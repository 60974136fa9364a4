"""Why a model vendor could not be used. All come as messages in a stream that goes on."""

from services.runtime.reasons import declare

LLM_SETTINGS_INVALID = declare(
    "LLM_SETTINGS_INVALID", "OK", "No key for this vendor, or a file that the settings name cannot be read."
)
LLM_KEY_REFUSED = declare(
    "LLM_KEY_REFUSED", "OK", "The vendor does not accept the key, or not for this model: correct the key."
)
LLM_QUOTA_EXCEEDED = declare(
    "LLM_QUOTA_EXCEEDED", "OK", "The vendor's limit for this key is used up: wait, or raise it there."
)
LLM_REQUEST_REFUSED = declare(
    "LLM_REQUEST_REFUSED", "OK", "The vendor refuses the request itself; the message says what it objects to."
)
LLM_MODEL_UNKNOWN = declare(
    "LLM_MODEL_UNKNOWN", "OK", "The vendor does not have this model, or not for this API: correct its name."
)
LLM_UNREACHABLE = declare(
    "LLM_UNREACHABLE", "OK", "No connection to the vendor: check address, name resolution and proxy; retry."
)
LLM_UNTRUSTED = declare(
    "LLM_UNTRUSTED", "OK", "The vendor's certificate is not trusted here: name its authority in the settings."
)
LLM_CONNECTION_LOST = declare(
    "LLM_CONNECTION_LOST", "OK", "The connection to the vendor broke, and so did those after it; retry."
)
LLM_VENDOR_FAILED = declare(
    "LLM_VENDOR_FAILED", "OK", "The vendor's service failed or is overloaded; retry later."
)
LLM_TIMEOUT = declare("LLM_TIMEOUT", "OK", "The vendor did not answer within the time set; retry.")
LLM_PROTOCOL = declare(
    "LLM_PROTOCOL", "OK", "The vendor's answer does not follow its protocol: check address and SDK version."
)
LLM_TURN_TOO_LONG = declare(
    "LLM_TURN_TOO_LONG",
    "OK",
    "More audio in one turn than is kept against a lost connection: send less.",
)
LLM_NOT_CONFIGURED = declare(
    "LLM_NOT_CONFIGURED",
    "OK",
    "Configure a language model provider to have this part; what is computed without one is there.",
)
LLM_IDLE = declare("LLM_IDLE", "OK", "The vendor fell silent in the middle of its answer; retry.")
LLM_TRUNCATED = declare(
    "LLM_TRUNCATED", "OK", "The answer broke off: retry, or allow more tokens, as the message says."
)
LLM_TOO_LARGE = declare(
    "LLM_TOO_LARGE",
    "OK",
    "The answer is larger than the settings allow: raise max_answer_bytes if it should be.",
)
LLM_INVALID_OUTPUT = declare(
    "LLM_INVALID_OUTPUT",
    "OK",
    "The model's answer does not fit its schema, repaired or not: try another model.",
)
LLM_REFUSED = declare("LLM_REFUSED", "OK", "The model declines to answer this; another one may not.")
LLM_BUDGET = declare(
    "LLM_BUDGET", "OK", "The calls or tokens set for this session or tenant are used up: raise them, or wait."
)
LLM_BREAKER_OPEN = declare(
    "LLM_BREAKER_OPEN", "OK", "The vendor failed so often that it is left alone for a while; retry later."
)
