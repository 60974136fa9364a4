"""How formal a text is, by its function words, without a tagger of parts of speech.

The categorical-dynamic index of Pennebaker, Chung, Frazee, Lavergne & Beaver, When small words foretell
academic success, PLoS ONE 9(12): e115844 (2014):

    CDI = 30 + articles + prepositions - personal pronouns - impersonal pronouns - auxiliary verbs
             - conjunctions - adverbs - negations            each in percent of all words

Formal, categorical text has the first two, personal, narrative talk the others. The categories exclude one
another here, so that the index lies within -70 and 130, and (CDI + 70) / 2 within 0 and 100. The dictionary
of the paper is not free; the closed classes below are those of Quirk et al., A Comprehensive Grammar of the
English Language (1985), 3.21, 5.10, 6.1, 9.7, 13.5, and the most frequent adverbs. A word of several classes
stands in the one it is mostly used in ("that" is a pronoun, "so" an adverb, "like" a preposition).
"""

from collections.abc import Iterable

from services.analysis.measures.words import TAKES_IS

_FORMAL = {
    "articles": "a an the",
    "prepositions": """about above across after against along amid among around at before behind below beneath
        beside besides between beyond by concerning despite down during except for from in inside into like
        near of off on onto opposite out outside over past per regarding since through throughout till to
        toward towards under underneath until unto up upon via with within without""",
}
_PERSONAL = {
    "personal pronouns": """i me my mine myself we us our ours ourselves you your yours yourself yourselves
        he him his himself she her hers herself they them their theirs themselves""",
    "impersonal pronouns": """it its itself this that these those who whom whose which what whatever whichever
        whoever anybody anyone anything everybody everyone everything nobody somebody someone something
        other others another""",
    "auxiliary verbs": """am is are was were be been being do does did done doing have has had having can
        could will would shall should may might must ought""",
    "conjunctions": """and but or yet because although though unless whereas while if whether as than when
        whenever""",
    "adverbs": """actually again almost already also always anyway basically certainly clearly completely
        definitely else especially even eventually ever exactly finally generally here hopefully how however
        immediately instead just later literally maybe now often only perhaps possibly probably quickly quite
        rather really simply so sometimes somewhat soon still suddenly surely then there therefore too totally
        truly usually very well where why""",
    "negations": "no not never none nothing neither nor nowhere n't",
}
_WEIGHTS = {
    word: weight
    for weight, classes in ((1, _FORMAL), (-1, _PERSONAL))
    for words in classes.values()
    for word in words.split()
}
_SUFFIXES = ("n't", "'ll", "'re", "'ve", "'m", "'d")
_AUXILIARY = -1


def weigh_word(word: str) -> tuple[int, int]:
    """Words that a lower-case word stands for, and their weight; "I'll" is a pronoun and an auxiliary: 2, -2.

    "cannot" is two; the "'s" of a noun is taken as the genitive, which is no word.
    """
    if "'" not in word:
        return (2, -2) if word == "cannot" else (1, _WEIGHTS.get(word, 0))
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) > len(suffix):
            stem = word[: -len(suffix)]
            # "can't", "won't" and "shan't" have lost a letter or two of the auxiliary.
            weight = _AUXILIARY if suffix == "n't" else _WEIGHTS.get(stem, 0)
            return 2, weight + _AUXILIARY
    stem = word.removesuffix("'s").rstrip("'")
    if word.endswith("'s") and stem in TAKES_IS:
        return 2, _WEIGHTS.get(stem, 0) + _AUXILIARY
    if word == "let's":
        return 2, _WEIGHTS["us"]
    return 1, _WEIGHTS.get(stem, 0)


def weigh(words: Iterable[str]) -> tuple[int, int]:
    """The sums of `weigh_word` over words."""
    count = weight = 0
    for word in words:
        more, weighs = weigh_word(word)
        count += more
        weight += weighs
    return count, weight


def formality(words: int, weight: int) -> float:
    """0 to 100, from the sums of `weigh_word` over at least one word."""
    return 50.0 + 50.0 * weight / words
