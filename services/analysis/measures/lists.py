"""The word lists of the analyses: the form of their files, and how a deployment's own are laid over them.

A list is a table of a TOML file; the project's own stand in english/*.toml, each with its source. A user's
file has tables of the same names: what it lists is added to the project's list, unless its table says
`replace = true`. Patterns of manipulation and strategies of politeness that the project does not have are new
lists; the other kinds are measured one by one, and there are no more of them.

A phrase is words in lower case without punctuation, contractions written out ("i am"); "a/b" stands for
either, "<name>" for any word of a set of the lists.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from services.text.tables import checked, folder_tables, merged, read_tables

ENGLISH_LISTS = Path(__file__).with_name("english")


class Linguistic(StrEnum):
    """What enhanced_metrics counts; credibility reads two of them."""

    FIRST_PERSON_SINGULAR = "first_person_singular"
    FIRST_PERSON_PLURAL = "first_person_plural"
    SECOND_PERSON = "second_person"
    THIRD_PERSON = "third_person"
    ARTICLE = "article"
    EXCLUSIVE = "exclusive"
    SUBORDINATOR = "subordinator"
    COORDINATOR = "coordinator"
    LEAKAGE = "leakage"


class Argumentative(StrEnum):
    """What argument counts."""

    CLAIM = "claim"
    PREMISE = "premise"
    REBUTTAL = "rebuttal"


class Psychological(StrEnum):
    """What psychological counts, beside hesitations and repetitions."""

    FIRST_PERSON = "first_person"
    NEGATION = "negation"
    ABSOLUTIST = "absolutist"


class CueList(BaseModel):
    """What shows one kind of cue.

    Attributes:
        phrases: met anywhere in a sentence.
        openings: met at the begin of a sentence only; there they come before phrases of the same words.
        unless: longer phrases inside which none of the others counts.
        questions_only: whether it counts in sentences that ask only.
        score: for politeness: the mean politeness of requests with the strategy.
        source: where the list comes from, of those it was written after.
        examples: sentences that show it.
        counterexamples: sentences that do not, though they look like it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    replace: bool = Field(default=False, description="stand in for the project's list")
    phrases: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    questions_only: bool = False
    score: FiniteFloat = 0.0
    source: str = ""
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


class WordLists(BaseModel):
    """All lists of a language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Mapping[str, tuple[str, ...]] = Field(default={}, description="sets that phrases name as <name>")
    linguistic: Mapping[Linguistic, CueList] = {}
    argument: Mapping[Argumentative, CueList] = {}
    manipulation: Mapping[str, CueList] = {}
    politeness: Mapping[str, CueList] = {}
    psychological: Mapping[Psychological, CueList] = {}


def load_lists(path: Path | None = None) -> WordLists:
    """The project's lists, with those of a user's file laid over them.

    Raises OSError, or ValueError with one line for each thing that is wrong in the file.
    """
    tables = folder_tables(ENGLISH_LISTS)
    return checked(tables if path is None else merged(tables, read_tables(path)), WordLists)
