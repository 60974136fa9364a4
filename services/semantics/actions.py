"""Action items: who is to do what, and by when.

Found are instructions ("send it", "please don't call"), requests ("can you check"), needs ("we need to", "make sure
you") and assignments ("Tom will prepare it"). What only runs the talk ("hold on", "tell me") is none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.semantics.clauses import Clauses
from services.semantics.lists import WordLists
from services.semantics.meaning import Intent
from services.semantics.phrasebook import Phrases
from services.semantics.phrases import PhraseTable
from services.semantics.timing import timing
from services.semantics.words import normal_words, word_set

_ASKING = word_set("can could will would")
_MOVING = {
    "come": word_set("back to by in over with early earlier before at on"),
    "go": word_set("back to home with through over by straight and"),
    "look": word_set("at into over through up for after"),
    "see": word_set("the your a our page"),
    "think": word_set("about of over"),
    "walk": word_set("to every for at around slowly"),
    "wait": word_set("in at outside by there here"),
    "speak": word_set("to with"),
    "have": word_set("your the them it"),
    "stop": word_set("by at the taking using"),
    "carry": word_set("it the your this them"),
    "start": word_set("with by on from at the your a"),
    "sit": word_set("down up on in at"),
    "hold": word_set("the your it this down"),
    "tell": word_set("the them him her your everybody everyone people"),
    "show": word_set("the your it them him her this"),
    "help": word_set("your the him her them each"),
    "continue": word_set("with to taking the"),
    "answer": word_set("the all both questions"),
    "describe": word_set("in"),
    "explain": word_set("it to"),
}
_ASKED = word_set("you somebody someone anybody anyone")
_TRIGGERS = word_set("please can could will would why")
_JOINING = word_set("or then")
_DIRECT = word_set("it them the your this that me us")
_HELPERS = word_set(
    "to let help make will would can could should may might must do does did not and or i you we they who that people"
)
_POLITE = word_set("please maybe just also perhaps kindly possibly quickly then both all always never now simply "
                   "either at least still")  # fmt: skip
# Verbs that are nouns as well need an object beside them to be an instruction.
_OBJECTS = word_set(
    "the a an my your his her its our their this that these those me us it them him all both any some each every one "
    "no two three four five six seven eight nine ten twice"
)
_PLACES = word_set("to on in at for with back up out off down by from over around about through into away here there "
                   "ready sure now first twice daily again as if only plenty more less not along together aside left right straight")  # fmt: skip
_NOUNS = word_set(
    "call order test plan report charge change rest visit place mail email copy cut file list log lock mark measure "
    "message move note pack pass pay phone pick post practice present press push record reply request return review "
    "ring run scan schedule set share show sign start stick stop store study switch talk text transfer turn type "
    "update use wait warn wash watch wear back answer look help book draft drop drink question "
    "act balance block board brief brush button cover credit cross dial document double drive estimate exercise face feed "
    "form freeze hang heat ice label lead light limit load match mount number offer outline pair park paste pause "
    "photograph play polish quote raise rate reach release repair roll search seal shake slow sort split spread stand "
    "stretch sum support swap tap taste tie total touch trace track treat trim walk warm wipe work wrap bend dry hit hold "
    "rest shift stamp step tick top twist wave fold pour rinse "
    "register point train clean clear close open lift do have be come "
    "go get see speak stay keep leave try"
)
_STATES = word_set("be know understand admit say remember think wait worry like prefer recommend imagine mind believe "
                   "hear see have mean want love feel happen agree expect suggest describe guess hope")  # fmt: skip
_BE_WHERE = word_set("here there ready back on at sure careful prepared quiet")
_DETAILS = word_set("name number address code postcode zip birth surname details digits spelling moment second minute "
                    "sec idea hint example chance hand tell clue date email reference")  # fmt: skip
_ASSIGNING = (("will",), ("should",), ("must",), ("has", "to"), ("needs", "to"), ("is", "going", "to"), ("can",),
              ("takes", "care", "of"), ("is", "to"))  # fmt: skip
_ASSIGNERS = frozenset(each[0] for each in _ASSIGNING)
_NOBODY = word_set(
    "people everything something nothing nobody one time money mail delivery weather traffic work god"
)
_NEW_SUBJECTS = word_set("i we he she they")
_HOLDING = word_set(
    "that which what as when before after until till if once where how whether who than why because the"
)
_TURNED_BEFORE = word_set(
    "do does did should what how why where when if would will that who unless because might can"
)
_CONJUNCTIONS = word_set("and or but then")
_HALTS = word_set("because otherwise so thanks thank although since while but okay")
_LONGEST = 40  # words of one item


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Places of words: of the whole, of what is to be done, of when (empty where not said); who, as text."""

    first: int
    last: int
    what: tuple[int, int]
    when: tuple[int, int]
    who: str


class Actions:
    """Finds action items."""

    def __init__(self, lists: WordLists) -> None:
        self._grammar = lists.grammar
        self._verbs = lists.grammar.task_verbs
        self._plain = self._verbs - lists.grammar.talk_verbs
        self._talk = PhraseTable((normal_words(each), True) for each in lists.grammar.talk_phrases)

    def find(
        self, clauses: Clauses, phrases: Phrases, names: frozenset[str], dated: frozenset[int]
    ) -> list[ActionItem]:
        """In order of place; `dated` are words that name a time."""
        found: list[ActionItem] = []
        done = 0
        for first, verb, who in sorted(set(self._begins(clauses, phrases, names))):
            if first < done or verb < done:
                continue
            for item in self._items(clauses, first, verb, who, dated):
                found.append(item)
                done = item.last
        return found

    def _begins(
        self, clauses: Clauses, phrases: Phrases, names: frozenset[str]
    ) -> Iterator[tuple[int, int, str]]:
        """First word, verb, and who, of everything that may be an item."""
        words, count, openings = clauses.words, len(clauses.words), clauses.openings
        yield from self._by_phrase(clauses, phrases.of(Intent.ACTION_ITEM))
        for index, word in enumerate(words):
            is_opening = index in openings
            if not is_opening and word not in _TRIGGERS and word not in self._plain and word != "do":
                continue
            if word == "please" and index + 1 < count:
                verb = self._skip_polite(words, index + 1)
                if self._is_told(words, verb, asked=True):
                    yield index, verb, self._called(clauses, index, names)
            elif word == "why" and tuple(words[index : index + 4]) == ("why", "do", "not", "you"):
                verb = self._skip_polite(words, index + 4)
                if self._is_told(words, verb, asked=False) and words[verb] not in _STATES:
                    yield index, verb, self._called(clauses, index, names)
            elif (
                word in _ASKING
                and words[index + 1 : index + 2]
                and words[index + 1] in _ASKED
                and (self._asks(clauses, index))
            ):
                verb = self._skip_polite(words, index + 2)
                if self._is_told(words, verb, asked=True) and words[verb] not in _STATES:
                    yield index, verb, self._called(clauses, index, names)
            elif is_opening and words[index + 1 : index + 2] == ["you"] and self._is_name(word.rstrip("s"), names):
                verb = index + 2 + (words[index + 2 : index + 3] == ["will"])
                if verb + 1 < count and words[verb] in self._plain:
                    yield index, verb, clauses.reading.text[clauses.reading.starts[index] : clauses.reading.ends[index]]
            elif is_opening and words[index + 1 : index + 2] and words[index + 1] in _ASSIGNERS:
                yield from self._assigned(clauses, index, names)
            if (is_opening or self._follows(clauses, index)) and self._is_instruction(
                clauses, index, names
            ):
                yield index, index, self._called(clauses, index, names)

    def _follows(self, clauses: Clauses, index: int) -> bool:
        """Whether an instruction may follow here without a mark: after "so", after "or" that no verb stands before
        ("to this address or call me"), and, in a text without marks, after a clause ("it's online | fill it in")."""
        words, grammar = clauses.words, self._grammar
        if index and words[index : index + 2] == ["do", "not"] and words[index - 1] in ("and", "but", "so", "then"):
            return True
        if not index or words[index] not in self._plain:
            return False
        before = words[index - 1]
        if before == "so":
            return index > 1 and words[index - 2] not in ("and", "not")
        if before in _JOINING:
            said = words[max(0, index - _LONGEST) : index - 1]
            return grammar.auxiliaries.isdisjoint(said) and grammar.pronouns.isdisjoint(said)
        following = words[index + 1] if index + 1 < len(words) else ""
        if len(clauses.reading.breaks) > 1 or words[index] in _NOUNS or following not in _DIRECT:
            return False
        is_noun = not (
            before in grammar.stop_words or before in grammar.lead_ins or before in grammar.auxiliaries
            or before in self._verbs or before in _POLITE or before.endswith(("s", "ly"))
        )  # fmt: skip
        return is_noun and _HELPERS.isdisjoint(words[max(0, index - 5) : index]) and not (
            grammar.auxiliaries.isdisjoint(words[:index])
        )

    def _by_phrase(
        self, clauses: Clauses, places: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int, str]]:
        words = clauses.words
        for first, last in places:
            if first in clauses.supposed and words[first] != "if":
                continue
            if first and words[first - 1] in _TURNED_BEFORE:
                continue
            verb = self._skip_polite(words, last)
            if (
                verb >= len(words)
                or words[verb] in self._grammar.pronouns - {"that", "this"}
                or (
                    words[verb] in _STATES
                    and not (
                        words[verb] == "be" and words[verb + 1 : verb + 2] and words[verb + 1] in _BE_WHERE
                    )
                )
            ):
                continue
            yield first, verb, words[first] if words[first] in ("we", "somebody", "someone") else "you"

    def _asks(self, clauses: Clauses, index: int) -> bool:
        """ "can you …", not "what can you …" or "so could you"."""
        before = clauses.words[max(0, index - 3) : index]
        return self._grammar.question_words.isdisjoint(before) and (
            not before or before[-1] not in ("as", "than")
        )

    def _skip_polite(self, words: list[str], index: int) -> int:
        while index < len(words) and words[index] in _POLITE and index + 1 < len(words):
            index += 1
        return index

    def _is_told(self, words: list[str], verb: int, asked: bool) -> bool:
        """Whether the word is the verb of a task, not of the talk."""
        if verb >= len(words):
            return False
        if words[verb : verb + 2] == ["do", "not"]:
            return self._is_told(words, verb + 2, asked)
        word = words[verb]
        following = words[verb + 1 : verb + 6]
        if self._talk.at(words, verb):
            return False
        if word in ("give", "confirm", "get", "have", "read", "check", "enter") and not _DETAILS.isdisjoint(
            following
        ):
            return word not in ("give", "confirm", "have", "get") and "me" not in following[:1]
        if word == "be":
            return bool(following) and following[0] in _BE_WHERE
        if word in self._plain:
            return True
        if word in self._grammar.talk_verbs or not asked:
            return (
                word in ("get", "help", "come", "go", "start", "show", "stop", "remember", "let")
                and asked
                and (
                    bool(following)
                    and (following[0] in _OBJECTS or following[0] in _PLACES)
                    and following[0] not in ("me", "us")
                )
            )
        grammar = self._grammar
        return not (
            word in grammar.pronouns or word in grammar.determiners or word in grammar.auxiliaries
            or word in grammar.question_words or word in _PLACES or word in grammar.lead_ins
        )  # fmt: skip

    def _is_moved(self, verb: str, following: str) -> bool:
        """Whether a verb that mostly runs the talk is one of a task here: "come back", "look into it"."""
        if following.endswith("ing") and verb in ("start", "stop"):
            return True
        if verb in _MOVING:
            return following in _MOVING[verb]
        return verb in ("get", "show", "start", "remember", "help") and following in _OBJECTS and (
            following not in ("me", "us", "it", "that", "this", "one", "no")
        )

    def _is_instruction(self, clauses: Clauses, index: int, names: frozenset[str]) -> bool:
        """A bare imperative: a verb of tasks that opens a clause, with its object."""
        words = clauses.words
        verb = index
        if words[index : index + 2] == ["do", "not"]:
            verb = index + 2
            if verb < len(words) and words[verb] in self._plain:
                return True
            if words[verb : verb + 1] == ["forget"]:
                return words[verb + 1 : verb + 2] != ["to"] and verb + 1 < len(words) and words[verb + 1] in _OBJECTS
        word = words[verb] if verb < len(words) else ""
        if index and words[index - 1] in names and word == "see" and words[index + 1 : index + 2] == ["me"]:
            return True
        if word not in self._verbs and word not in _MOVING or not self._is_told(words, verb, asked=False):
            return False
        following = words[verb + 1] if verb + 1 < len(words) else ""
        if verb + 1 in clauses.reading.breaks or not following:
            return False
        if following in self._grammar.auxiliaries or following in (
            "of",
            "is",
            "was",
            "and",
            "i",
            "we",
            "they",
            "he",
            "she",
        ):
            return False
        if following == "you" or (following == "it" and words[verb + 2 : verb + 3] == ["is"]):
            return False
        is_object = following in _OBJECTS or following in _PLACES or following[0].isdigit()
        if word in ("come", "go", "have", "get", "see", "do") and not is_object and not self._is_moved(word, following):
            return False
        if following.endswith("ing") and word in (
            "try",
            "stop",
            "start",
            "avoid",
            "practise",
            "practice",
            "keep",
        ):
            return True
        return is_object or word not in _NOUNS

    def _assigned(
        self, clauses: Clauses, index: int, names: frozenset[str]
    ) -> Iterator[tuple[int, int, str]]:
        words, reading, grammar = clauses.words, clauses.reading, self._grammar
        word = words[index]
        # A noun without an article, in the singular, is a name for all that can be told.
        is_common = (
            word in _NOBODY or word.endswith("s") or word in grammar.stop_words or word in grammar.lead_ins
        )
        if word not in names and (
            is_common or word in grammar.pronouns or word in grammar.determiners or word in self._verbs
        ):
            return
        for verb_phrase in _ASSIGNING:
            last = index + 1 + len(verb_phrase)
            if tuple(words[index + 1 : last]) == verb_phrase and last < len(words):
                verb = self._skip_polite(words, last)
                if words[verb] in self._verbs and words[verb] != "be":
                    yield index, verb, reading.text[reading.starts[index] : reading.ends[index]]
                return

    def _is_name(self, word: str, names: frozenset[str]) -> bool:
        """A noun without an article, in the singular, is a name for all that can be told."""
        grammar = self._grammar
        return word in names or not (
            word in _NOBODY or word.endswith(("s", "ing")) or word in grammar.stop_words or word in grammar.lead_ins
            or word in grammar.pronouns or word in grammar.determiners or word in self._verbs
            or word in grammar.auxiliaries or word in grammar.question_words or word in grammar.conditionals
        )  # fmt: skip

    def _called(self, clauses: Clauses, index: int, names: frozenset[str]) -> str:
        """The name that stands before an instruction, or "you"."""
        if index and (clauses.words[index - 1] in names or clauses.is_called(index - 1)):
            reading = clauses.reading
            return reading.text[reading.starts[index - 1] : reading.ends[index - 1]]
        return "you"

    def _items(
        self, clauses: Clauses, first: int, verb: int, who: str, dated: frozenset[int]
    ) -> Iterable[ActionItem]:
        """The item, and the next ones that "and" joins to it."""
        words = clauses.words
        found: list[tuple[int, int]] = []
        begin: int | None = verb
        while begin is not None:
            last, following = self._extent(clauses, begin)
            found.append((begin, last))
            begin = following
        whens = [timing(clauses, begin, last, dated) for begin, last in found]
        shared = whens[-1]
        for (begin, last), when in zip(found, whens, strict=True):
            what = (begin, when[0]) if when[1] == last else (when[1], last)
            if when[0] == when[1]:
                when = shared
            if what[1] - what[0] > 1 or words[begin] not in ("do", "be", "go", "come", "get", "have"):
                yield ActionItem(first if begin == verb else begin, last, what, when, who)

    def _extent(self, clauses: Clauses, verb: int) -> tuple[int, int | None]:
        """One past the last word of a task, and the verb of the next one that belongs to it."""
        words, breaks, grammar = clauses.words, clauses.reading.breaks, self._grammar
        end = min(len(words), verb + _LONGEST)
        for index in range(verb + 1, end):
            word = words[index]
            if word in _CONJUNCTIONS or (index in breaks and word in _CONJUNCTIONS):
                following = self._skip_polite(words, index + 1)
                if self._is_joined(words, following):
                    return index, following
                opens = words[index + 1] if index + 1 < end else ""
                if (
                    words[index + 2 : index + 3] == ["you"]
                    or opens in grammar.pronouns - {"it", "this", "that", "these", "those"}
                    or opens in grammar.lead_ins
                    or opens in grammar.talk_verbs
                    or opens in grammar.auxiliaries
                    or opens in grammar.question_words
                    or opens in ("if", "let", "please")
                ):
                    return index, None
            if (
                index in breaks
                or word in _HALTS
                or word == "please"
                or (word in ("right", "yes") and index + 1 == end)
            ):
                return index, None
            before = words[index - 1]
            if index > verb + 2 and word in grammar.determiners and self._restarts(words, index):
                return index, None
            if index > verb + 1 and before not in _HOLDING and index + 1 < end:
                is_subject = word in _NEW_SUBJECTS and words[index + 1] not in ("are",)
                is_stated = (
                    word in ("it", "that", "there", "this", "you") and words[index + 1] in grammar.auxiliaries
                )
                is_turned = word in grammar.auxiliaries and words[index + 1] in ("i", "you", "we", "there")
                if (
                    (is_subject and not self._is_relative(words, verb, index))
                    or (is_stated and not self._is_relative(words, verb, index))
                    or is_turned
                ):
                    return index, None
        return end, None

    def _restarts(self, words: list[str], index: int) -> bool:
        """Whether a determiner opens a new clause with a verb of its own: "the passports | the old ones are …"."""
        before = words[index - 1]
        is_held = before in _PLACES or before in _HOLDING or before in self._verbs or before in _OBJECTS
        if (
            is_held
            or before in _CONJUNCTIONS
            or before in ("of", "between", "under", "during", "within", "per", "into")
        ):
            return False
        return not self._grammar.auxiliaries.isdisjoint(words[index + 2 : index + 7])

    def _is_relative(self, words: list[str], verb: int, index: int) -> bool:
        """ "when you come", "the list we made": inside a clause that hangs on the task."""
        return not _HOLDING.isdisjoint(words[max(verb + 1, index - 2) : index])

    def _is_joined(self, words: list[str], verb: int) -> bool:
        if words[verb : verb + 2] == ["do", "not"]:
            return True
        if verb >= len(words) or words[verb] not in self._verbs:
            return False
        following = words[verb + 1] if verb + 1 < len(words) else ""
        return (
            following in _OBJECTS or following in _PLACES or (words[verb] not in _NOUNS and bool(following))
        )
