"""The word lists: the form of their files, how a deployment's own are laid over them, and what is wrong in
them.

A list is a table of a TOML file. The project's own stand in english/*.toml. A user's file has tables of the
same names: what it lists is added to the project's list, unless its table says `replace = true`; labels that
the project does not have are new lists. `[words]` are sets of words that terms name.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.semantics.meaning import Intent
from services.text.tables import checked, folder_tables, merged, read_tables

ENGLISH = Path(__file__).with_name("english")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    replace: bool = Field(
        default=False, description="stand in for the project's list instead of adding to it"
    )


class TermList(_Part):
    """What shows a topic or a risk. patterns.py tells the language of terms."""

    terms: tuple[str, ...] = ()
    unless: tuple[str, ...] = Field(
        default=(),
        description="phrases inside which a shorter term does not count, nor one that they go on from",
    )
    examples: tuple[str, ...] = Field(default=(), description="texts that show it")
    counterexamples: tuple[str, ...] = Field(
        default=(), description="texts that do not, though they look like it"
    )


class IntentRules(_Part):
    """How one intent shows, beside what the grammar in the code finds. Phrases are met as they stand."""

    phrases: tuple[str, ...] = Field(default=(), description="anywhere in a segment")
    openings: tuple[str, ...] = Field(default=(), description="where a clause begins")
    endings: tuple[str, ...] = Field(default=(), description="where a segment ends")
    unless: tuple[str, ...] = Field(default=(), description="phrases inside which no other begins")
    examples: tuple[str, ...] = Field(default=(), description="texts whose primary intent it is")


class SentimentWords(_Part):
    """Words by their weight, from 0 to 3, met in all their inflections; phrases as in a TermList."""

    positive: Mapping[str, float] = {}
    negative: Mapping[str, float] = {}
    stronger: frozenset[str] = frozenset()
    weaker: frozenset[str] = frozenset()
    neutral: tuple[str, ...] = Field(
        default=(), description="phrases inside which a shorter one does not count"
    )


class Grammar(_Part):
    """Closed classes of words, and the verbs that open an instruction."""

    fillers: frozenset[str] = frozenset()
    repeats: frozenset[str] = Field(default=frozenset(), description="said twice in a row by mistake only")
    lead_ins: frozenset[str] = Field(default=frozenset(), description="passed over where a clause begins")
    question_words: frozenset[str] = frozenset()
    auxiliaries: frozenset[str] = frozenset()
    pronouns: frozenset[str] = Field(default=frozenset(), description="subjects of one word")
    determiners: frozenset[str] = Field(default=frozenset(), description="begin a subject of several words")
    negators: frozenset[str] = frozenset()
    conditionals: frozenset[str] = frozenset()
    story_words: frozenset[str] = Field(default=frozenset(), description="tell of what is no risk now")
    stop_words: frozenset[str] = Field(default=frozenset(), description="never keywords")
    task_verbs: frozenset[str] = Field(default=frozenset(), description="open an instruction")
    talk_verbs: frozenset[str] = Field(default=frozenset(), description="open one that only runs the talk")
    noun_verbs: frozenset[str] = Field(default=frozenset(), description="task verbs that are nouns as well")
    talk_verbs_with: Mapping[str, frozenset[str]] = Field(
        default={}, description="talk verbs, and words after them that make them open a task"
    )
    talk_phrases: tuple[str, ...] = Field(
        default=(), description="run the talk, though their verb is one of tasks"
    )


class WordLists(_Part):
    """All lists of a language; words in lower case where they are compared."""

    language: str = "en"
    stemmer: str = Field(default="english", description="Snowball's name of the language")
    irregular: Mapping[str, str] = Field(default={}, description="forms that no rule makes, and their base")
    words: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="sets of words, which terms name as <name>"
    )
    topics: Mapping[str, TermList] = {}
    risks: Mapping[str, TermList] = {}
    intents: Mapping[Intent, IntentRules] = {}
    sentiment: SentimentWords = SentimentWords()
    grammar: Grammar = Grammar()


def load_lists(path: Path | None = None) -> WordLists:
    """The project's lists, with those of a user's file laid over them.

    Raises OSError, or ValueError with one line for each thing that is wrong in the file.
    """
    if path is None:
        return _own()
    return checked(merged(folder_tables(ENGLISH), read_tables(path)), WordLists)


@cache
def _own() -> WordLists:
    return checked(folder_tables(ENGLISH), WordLists)
