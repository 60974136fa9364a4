"""What is doubtful, and what is silence."""

from __future__ import annotations

from services.asr.whisper.guards import Guards
from services.asr.whisper.passes import Decoded, Spoken

GUARDS = Guards()


def decoded(text: str, each: float = 0.3, **values: object) -> Decoded:
    samples = round(each * 16_000)
    words = tuple(
        Spoken(word, (n,), n * samples, (n + 1) * samples, 0.9) for n, word in enumerate(text.split())
    )
    return Decoded(words, **values)  # type: ignore[arg-type]


def test_silence_needs_both_signs() -> None:
    assert GUARDS.is_silence(decoded("thank you", no_speech=0.9, log_probability=-1.5))
    assert not GUARDS.is_silence(decoded("thank you", no_speech=0.9, log_probability=-0.1))
    assert not GUARDS.is_silence(decoded("thank you", no_speech=0.1, log_probability=-1.5))


def test_an_improbable_or_endless_text_is_doubtful() -> None:
    assert GUARDS.is_doubtful(decoded("one two", log_probability=-1.5))
    assert GUARDS.is_doubtful(decoded("one two", ended=False))
    assert not GUARDS.is_doubtful(decoded("one two"))
    assert not GUARDS.is_doubtful(decoded("", log_probability=-3.0))


def test_a_repetition_is_doubtful_only_if_there_was_no_time_to_say_it() -> None:
    repeated = " ".join(["three"] * 20)
    assert not GUARDS.is_doubtful(decoded(repeated))
    assert GUARDS.is_doubtful(decoded(repeated, each=0.05))
    assert not GUARDS.is_doubtful(decoded("five eight six eight nine", each=0.05))
