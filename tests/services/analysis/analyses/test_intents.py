from services.analysis.analyses.intents import IntentAccumulator, IntentCount, IntentMeasures, SpeakerIntents
from services.analysis.segment import Intent, Meaning, Segment

ASKS = Meaning(intents=(Intent.QUESTION,))
PROMISES = Meaning(intents=(Intent.COMMITMENT, Intent.AGREEMENT))
AGREES = Meaning(intents=(Intent.AGREEMENT,))


def counted(*segments: tuple[str, str, Meaning | None]) -> IntentAccumulator:
    accumulator = IntentAccumulator()
    for text, speaker, meaning in segments:
        accumulator.accept(Segment.of(text, speaker=speaker, meaning=meaning))
    return accumulator


def test_counts_of_all_and_of_each() -> None:
    accumulator = counted(
        ("what", "anna", ASKS),
        ("I will, yes", "ben", PROMISES),
        ("...", "ben", ASKS),
        ("no one looked", "ben", None),
        ("yes", "", AGREES),
        ("sure", "ben", AGREES),
    )
    assert accumulator.amount == 4
    measures = accumulator.measure()
    assert measures == IntentMeasures(
        segments=4,
        intents=(
            IntentCount(Intent.QUESTION, 1, 1, 0.25),
            IntentCount(Intent.COMMITMENT, 1, 1, 0.25),
            IntentCount(Intent.AGREEMENT, 2, 3, 0.5),
        ),
        dominant=Intent.AGREEMENT,
        speakers=(
            SpeakerIntents("anna", 1, (IntentCount(Intent.QUESTION, 1, 1, 1.0),), Intent.QUESTION),
            SpeakerIntents(
                "ben",
                2,
                (IntentCount(Intent.COMMITMENT, 1, 1, 0.5), IntentCount(Intent.AGREEMENT, 1, 2, 0.5)),
                Intent.COMMITMENT,  # of two as frequent the first in precedence
            ),
            SpeakerIntents("Unknown", 1, (IntentCount(Intent.AGREEMENT, 1, 1, 1.0),), Intent.AGREEMENT),
        ),
    )
    assert accumulator.coarse() == IntentMeasures(4, measures.intents, measures.dominant)


def test_segments_without_annotations_are_no_general_ones() -> None:
    assert counted(("hello", "anna", None)).amount == 0
