"""The word lists: their own examples, a user's file over them, what is wrong in one; how phrases are met."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.cues import MAX_HITS, CueLog, Cues, CueTable, Found, load_cues, project_cues
from services.analysis.measures.lists import CueList, Linguistic, load_lists
from services.analysis.segment import Segment, Sentence

LISTS = load_lists()
GROUPS = ("linguistic", "argument", "manipulation", "politeness", "psychological")
KINDS = [(group, str(kind), cues) for group in GROUPS for kind, cues in getattr(LISTS, group).items()]


def kinds(text: str, group: str, cues: Cues | None = None) -> list[str]:
    within = getattr(cues or project_cues(), group)
    tables = within.values() if group == "linguistic" else [within]
    sentences = Segment.of(text).sentences
    return [found.kind for each in sentences for table in tables for found in table.find(each)]


def table(**lists: CueList) -> CueTable:
    return CueTable(lists, {"subject": ("i", "we")})


def phrases(*listed: str, **fields: object) -> CueList:
    return CueList.model_validate({"phrases": listed, **fields})


def found(within: CueTable, text: str, asks: bool = False) -> list[tuple[str, str]]:
    words = tuple(text.split())
    return [
        (each.kind, " ".join(words[each.first : each.last])) for each in within.find(Sentence(words, asks))
    ]


@pytest.mark.parametrize(
    ("group", "kind", "text"), [(group, kind, text) for group, kind, cues in KINDS for text in cues.examples]
)
def test_the_examples_of_a_list_are_met(group: str, kind: str, text: str) -> None:
    assert kind in kinds(text, group)


@pytest.mark.parametrize(
    ("group", "kind", "text"),
    [(group, kind, text) for group, kind, cues in KINDS for text in cues.counterexamples],
)
def test_the_counterexamples_of_a_list_are_not(group: str, kind: str, text: str) -> None:
    assert kind not in kinds(text, group)


def test_each_list_has_examples_and_says_where_it_comes_from() -> None:
    bare = [kind for _, kind, cues in KINDS if len(cues.examples) < 2 or not cues.counterexamples]
    assert bare == []
    assert [kind for group, kind, cues in KINDS if not cues.source and group != "politeness"] == []
    assert all(cues.score for group, _, cues in KINDS if group == "politeness")
    assert set(LISTS.linguistic) == set(Linguistic)


def test_the_longest_phrase_counts_and_what_stands_in_it_counts_no_second_time() -> None:
    within = table(a=phrases("on", "on the house"), b=phrases("the", "house of cards"))
    assert found(within, "on the house of cards") == [("a", "on the house")]
    assert found(within, "on the roof") == [("a", "on"), ("b", "the")]


def test_openings_stand_at_the_begin_only_and_come_first_there() -> None:
    within = table(a=phrases("please"), b=phrases(openings=("please", "so <subject>")))
    assert found(within, "please wait please") == [("b", "please"), ("a", "please")]
    assert found(within, "so we wait") == [("b", "so we")]
    assert found(within, "and so we wait") == []


def test_what_keeps_others_from_being_met_is_no_hit() -> None:
    within = table(a=phrases("all", unless=["all right", "all"]), b=phrases("all right then"))
    assert found(within, "all right all is well") == []
    assert found(within, "all right then") == [("b", "all right then")]


def test_some_count_in_questions_only() -> None:
    within = table(a=phrases("what", questions_only=True))
    assert found(within, "what is it", asks=True) == [("a", "what")]
    assert found(within, "what a day") == []


def test_alternatives_and_sets() -> None:
    within = table(a=phrases("think/say that", "once <subject>/it"))
    assert found(within, "think that once we say that once it") == [
        ("a", "think that"),
        ("a", "once we"),
        ("a", "say that"),
        ("a", "once it"),
    ]


@pytest.mark.parametrize("phrase", ["", "  ", "a//b", "<nobody> is", "/"])
def test_a_phrase_that_cannot_be_looked_for(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"no words|no set|empty"):
        table(a=phrases(phrase))


WORDS = st.sampled_from(
    ["i", "you", "made", "me", "so", "it", "is", "all", "your", "fault", "do", "not", "x"]
)


@given(st.lists(WORDS, max_size=40), st.booleans(), st.sampled_from(GROUPS[1:]))
def test_hits_are_apart_and_in_order(words: list[str], asks: bool, group: str) -> None:
    at = 0
    within: CueTable = getattr(project_cues(), group)
    for each in within.find(Sentence(tuple(words), asks)):
        assert at <= each.first < each.last <= len(words)
        assert each.kind
        at = each.last


def test_the_last_hits_are_kept_in_order_of_time_and_all_are_counted() -> None:
    log = CueLog()
    for each in range(MAX_HITS + 5):
        log.add("a" if each % 2 else "b", ("x", "y"), Segment.of("", start=1000 - each, segment_id=str(each)))
    assert (log.total, log.counts["a"]) == (MAX_HITS + 5, (MAX_HITS + 5) // 2)
    hits = log.hits()
    assert len(hits) == MAX_HITS
    assert [each.start_offset for each in hits] == sorted(each.start_offset for each in hits)
    assert hits[-1].segment_id == "5"
    assert (hits[0].phrase, hits[0].speaker) == ("x y", "Unknown")
    assert [each.label for each in log.ranked()] == ["b", "a"]


def own(tmp_path: Path, content: str) -> Cues:
    path = tmp_path / "lists.toml"
    path.write_text(content)
    return load_cues(path)


def test_a_users_phrases_are_added_and_patterns_too(tmp_path: Path) -> None:
    cues = own(
        tmp_path,
        '[manipulation.threat]\nphrases = ["or you walk"]\n'
        '[manipulation.nagging]\nphrases = ["again and again"]\n'
        '[politeness.folksy]\nscore = 0.5\nphrases = ["howdy"]\n',
    )
    assert kinds("Pay, or you walk.", "manipulation", cues) == ["threat"]
    assert kinds("Do it or else.", "manipulation", cues) == ["threat"]
    assert kinds("I said it again and again.", "manipulation", cues) == ["nagging"]
    assert cues.scores["folksy"] == 0.5
    assert kinds("Again and again.", "manipulation") == []


def test_a_users_list_replaces_where_it_says_so(tmp_path: Path) -> None:
    cues = own(tmp_path, '[argument.claim]\nreplace = true\nphrases = ["ergo"]\n')
    assert kinds("Ergo it is so.", "argument", cues) == ["claim"]
    assert kinds("Therefore it is so.", "argument", cues) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[argument", "not TOML"),
        ('[argument.fallacy]\nphrases = ["x"]', "argument.fallacy"),
        ('[manipulation.threat]\nphrases = "or else"', "manipulation.threat.phrases"),
        ('[manipulation.threat]\nphrase = ["or else"]', "manipulation.threat.phrase"),
        ("[politeness.rude]\nscore = inf", "politeness.rude.score"),
        ('[manipulation.threat]\nphrases = ["<nobody>"]', "manipulation: <nobody> is no set"),
        ('[manipulation.threat]\nphrases = [" "]', "manipulation: a phrase of 'threat' has no words"),
        ("[horoscope]", "horoscope"),
    ],
)
def test_what_is_wrong_in_a_users_file(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        own(tmp_path, content)


def test_places_are_words_of_the_sentence() -> None:
    (sentence,) = Segment.of("You'll regret this.").sentences
    assert sentence.words == ("you", "will", "regret", "this")
    assert list(project_cues().manipulation.find(sentence)) == [Found("threat", 0, 3)]
