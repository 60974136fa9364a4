"""Verbs of tasks: whether a word tells somebody to do something, or only runs the talk ("hold on", "tell
me")."""

from services.semantics.lists import Grammar
from services.semantics.phrases import PhraseTable
from services.semantics.words import normal_words, word_set

_POLITE = word_set(
    "please maybe just also perhaps kindly possibly quickly then both all always never now simply guys "
    "either at least still"
)
_OBJECTS = word_set(
    "the a an my your his her its our their this that these those me us it them him all both any some "
    "each every somebody someone everybody everyone one no two three four five six seven eight nine ten twice"
)
_PLACES = word_set(
    "to on in at for with back up out off down by from over around about through into away here there "
    "ready sure now first twice daily again as if only plenty more less not along together aside left "
    "right straight"
)
_STATES = word_set(
    "be know understand admit say remember think wait worry like prefer recommend imagine mind believe "
    "hear see have mean want love feel happen agree expect suggest describe guess hope"
)
_WHERE_TO_BE = word_set("here there ready back on at sure careful prepared quiet")
# What is asked for to run the talk: "give me your number".
_DETAILS = word_set(
    "name number address code postcode zip birth surname details digits spelling moment second minute sec "
    "idea hint example chance hand tell clue date email reference"
)
_GIVING = word_set("give confirm get have read check enter")
# Verbs of tasks that open a sentence more often as something else: "number nine", "back at work".
_MOSTLY_NOUNS = word_set("number back water form face")
_OWNED = word_set("the your it them this that these those each every all both up away off")
_WITH_ING = word_set("try stop start avoid practise practice keep")
_NO_OBJECTS = word_set("of is was and i we they he she you")
_BARE = word_set("come go have get see do")


class Tasks:
    """What the verb lists of a grammar say of a place in a text."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self.verbs = grammar.task_verbs
        self.plain = grammar.task_verbs - grammar.talk_verbs
        self.openers = grammar.task_verbs | grammar.talk_verbs | {"be", "do", "never"}
        """Words that an instruction may open with, but for polite ones."""
        self._talk = PhraseTable((normal_words(each), True) for each in grammar.talk_phrases)

    def skip_polite(self, words: list[str], index: int) -> int:
        """The first word from a place on that is not "please", "just" or the like."""
        while index + 1 < len(words) and words[index] in _POLITE:
            index += 1
        return index

    def is_told(self, words: list[str], verb: int) -> bool:
        """Whether a word opens a task after "please", "could you" and the like, where every verb may
        stand."""
        word = words[verb] if verb < len(words) else ""
        if self._opens(words, verb):
            return True
        grammar = self._grammar
        return bool(word) and not self._is_talk(words, verb) and not (
            word in grammar.talk_verbs or word in grammar.pronouns or word in grammar.determiners
            or word in grammar.auxiliaries or word in grammar.question_words or word in _PLACES
            or word in grammar.lead_ins
        )  # fmt: skip

    def is_asked(self, words: list[str], verb: int) -> bool:
        """The same for a request: "could you see" and "would you say" ask for no act."""
        if words[verb : verb + 1] == ["be"]:
            return words[verb + 1 : verb + 2] != [] and words[verb + 1] in _WHERE_TO_BE
        return self.is_told(words, verb) and words[verb] not in _STATES

    def is_needed(self, words: list[str], verb: int) -> bool:
        """The same after "we need to" and the like."""
        if verb >= len(words) or words[verb] in self._grammar.pronouns - {"that", "this"}:
            return False
        if words[verb] == "be":
            return bool(words[verb + 1 : verb + 2]) and words[verb + 1] in _WHERE_TO_BE
        if words[verb] not in _STATES:
            return True
        following = words[verb + 1] if verb + 1 < len(words) else ""
        return following in self._grammar.talk_verbs_with.get(words[verb], ())  # "see a doctor"

    def is_instruction(self, words: list[str], index: int, ends: bool) -> bool:
        """Whether a bare imperative stands at a place; `ends` where punctuation follows its verb."""
        word = words[index]
        if word == "never":
            return words[index + 1 : index + 2] != [] and words[index + 1] in self.plain
        if word not in self.openers:
            return False
        if word == "do" and words[index + 1 : index + 2] == ["not"]:
            verb = words[index + 2] if index + 2 < len(words) else ""
            is_plain = verb in self.plain or self._opens(words, index + 2)
            return is_plain or (verb == "forget" and words[index + 3 : index + 4] != ["to"])
        if not self._opens(words, index) or ends or index + 1 >= len(words):
            return False
        following = words[index + 1]
        if following in self._grammar.auxiliaries or following in _NO_OBJECTS:
            return False
        if word in _MOSTLY_NOUNS:
            return following in _OWNED
        if following == "it" and words[index + 2 : index + 3] == ["is"]:
            return False
        if following.endswith("ing") and word in _WITH_ING:
            return True
        is_object = following in _OBJECTS or following in _PLACES or following[0].isdigit()
        return is_object or (word not in self._grammar.noun_verbs and word not in _BARE)

    def is_joined(self, words: list[str], verb: int) -> bool:
        """Whether "and" joins another task here: a verb with an object of its own."""
        if words[verb : verb + 2] == ["do", "not"]:
            return True
        if verb + 1 >= len(words) or words[verb] not in self.verbs:
            return False
        is_object = words[verb + 1] in _OBJECTS or words[verb + 1] in _PLACES
        return is_object or words[verb] not in self._grammar.noun_verbs

    def holds(self, word: str) -> bool:
        """Whether a word goes on with what follows it: a preposition, a determiner, a verb."""
        return word in _PLACES or word in _OBJECTS or word in self.verbs

    def _opens(self, words: list[str], verb: int) -> bool:
        word = words[verb] if verb < len(words) else ""
        if word not in self.openers:
            return False
        if word == "do" and words[verb + 1 : verb + 2] == ["not"]:
            return self._opens(words, verb + 2)
        if self._is_talk(words, verb):
            return False
        following = words[verb + 1] if verb + 1 < len(words) else ""
        if word == "be":
            return following in _WHERE_TO_BE
        if word in self._grammar.talk_verbs:
            is_going_on = following.endswith("ing") and word in _WITH_ING
            return is_going_on or following in self._grammar.talk_verbs_with.get(word, ())
        return word in self.verbs

    def _is_talk(self, words: list[str], verb: int) -> bool:
        if self._talk.at(words, verb):
            return True
        asks_details = words[verb : verb + 1] and words[verb] in _GIVING
        if not asks_details or _DETAILS.isdisjoint(words[verb + 1 : verb + 6]):
            return False
        return words[verb] not in ("read", "check", "enter") or words[verb + 1] == "me"
