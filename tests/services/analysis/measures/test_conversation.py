"""Measures of who spoke when, against an oracle that looks at every moment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.conversation import SECOND, TURN_GAP, Conversation, Flow, Speaker, SpeakerPart

Schedule = list[tuple[int, int, int, str]]
"""Begin, end, channel and name of each segment, in seconds."""


def measured(schedule: Schedule, unit: int = SECOND) -> Flow:
    conversation = Conversation()
    for start, end, channel, name in schedule:
        conversation.add(start * unit, end * unit, channel, name)
    return conversation.measure()


def part(flow: Flow, name: str, channel: int = 0) -> SpeakerPart:
    return flow.speakers[Speaker(channel, name)]


def oracle(schedule: Schedule) -> dict[str, object]:
    """The same measures in whole seconds, from the words of the definitions, moment by moment."""
    spans = sorted((start, end, Speaker(channel, name)) for start, end, channel, name in schedule)
    last = max((end for _, end, _ in spans), default=0)
    speaking = [{who for start, end, who in spans if start <= second < end} for second in range(last)]
    speakers = list(dict.fromkeys(who for _, _, who in spans))
    turns: list[list[tuple[int, int, Speaker]]] = []
    for span in spans:
        if (
            turns
            and turns[-1][0][2] == span[2]
            and span[0] - max(end for _, end, _ in turns[-1]) < TURN_GAP // SECOND
        ):
            turns[-1].append(span)
        else:
            turns.append([span])
    interruptions = dict.fromkeys(speakers, 0)
    latencies: dict[Speaker, list[int]] = {who: [] for who in speakers}
    for turn in turns:
        begin, _, who = turn[0]
        before = [each for each in spans if each < turn[0]]
        others = {each[2] for each in before} - {who}

        def speaks(other: Speaker, second: int, before: list[tuple[int, int, Speaker]] = before) -> bool:
            return any(each == other and start <= second < end for start, end, each in before)

        if any(speaks(other, begin - 1) and speaks(other, begin) for other in others):
            interruptions[who] += 1
            continue
        ended = max((end for start, end, _ in before if start < end), default=None)
        if (
            ended is not None
            and ended <= begin
            and any(end == ended and each != who for start, end, each in before if start < end)
        ):
            latencies[who].append(begin - ended)
        elif ended is not None and ended > begin:
            # Somebody began at the same moment; the last to speak before that counts if all others are
            # silent.
            others_ended = max((end for s, end, each in before if each != who and s < end), default=None)
            own_ended = max((end for s, end, each in before if each == who and s < end), default=-1)
            if others_ended is not None and others_ended <= begin and others_ended >= own_ended:
                latencies[who].append(begin - others_ended)
    return {
        "end": last,
        "speech": sum(map(bool, speaking)),
        "overlap": sum(len(each) > 1 for each in speaking),
        "turns": len(turns),
        "turn_time": sum(max(end for _, end, _ in turn) - turn[0][0] for turn in turns),
        "speakers": {
            who: {
                "talk": sum(who in each for each in speaking),
                "overlap": sum(who in each and len(each) > 1 for each in speaking),
                "turns": sum(turn[0][2] == who for turn in turns),
                "interruptions": interruptions[who],
                "latency": sum(latencies[who]),
                "responses": len(latencies[who]),
            }
            for who in speakers
        },
    }


def told(flow: Flow) -> dict[str, object]:
    """The measures of a flow, in the oracle's form."""
    names = ("talk", "overlap", "turns", "interruptions", "latency", "responses")
    times = {"talk", "overlap", "latency"}
    return {
        **{name: getattr(flow, name) // SECOND for name in ("end", "speech", "overlap", "turn_time")},
        "turns": flow.turns,
        "speakers": {
            who: {name: getattr(each, name) // (SECOND if name in times else 1) for name in names}
            for who, each in flow.speakers.items()
        },
    }


def test_a_conversation_worked_out_by_hand() -> None:
    """agent 0-4, customer 5-9 (answers after 1), agent 8-12 (interrupts, 1 overlaps), agent 13-14 goes on,
    agent 16-17 begins anew (2 s is no longer under the gap), customer 17-18 answers at once."""
    flow = measured(
        [
            (0, 4, 1, "agent"),
            (5, 9, 2, "customer"),
            (8, 12, 1, "agent"),
            (13, 14, 1, "agent"),
            (16, 17, 1, "agent"),
            (17, 18, 2, "customer"),
        ]
    )
    assert (flow.end, flow.speech, flow.overlap, flow.silence) == (
        18 * SECOND,
        14 * SECOND,
        1 * SECOND,
        4 * SECOND,
    )
    agent, customer = part(flow, "agent", 1), part(flow, "customer", 2)
    assert (agent.talk, agent.overlap, agent.turns, agent.turn_time) == (10 * SECOND, SECOND, 3, 11 * SECOND)
    assert (agent.interruptions, agent.responses) == (1, 0)
    assert (customer.talk, customer.turns, customer.interruptions) == (5 * SECOND, 2, 0)
    assert (customer.latency, customer.responses) == (1 * SECOND, 2)


def test_who_begins_with_another_interrupts_nobody() -> None:
    flow = measured([(0, 4, 1, "a"), (0, 2, 2, "b")])
    assert flow.interruptions == 0
    assert flow.overlap == 2 * SECOND


def test_a_speech_after_ones_own_is_no_response() -> None:
    """b says "hm" while a speaks; what a says next is not said in answer to it."""
    flow = measured([(0, 10, 1, "a"), (3, 4, 2, "b"), (11, 15, 1, "a")])
    assert part(flow, "b", 2).interruptions == 1
    assert part(flow, "a", 1).responses == 0
    assert part(flow, "a", 1).turns == 2


def test_the_same_name_on_two_channels_is_two_speakers() -> None:
    flow = measured([(0, 2, 1, "anna"), (1, 3, 2, "anna")])
    assert flow.overlap == SECOND
    assert len(flow.speakers) == 2


def test_a_speaker_over_himself_is_no_overlap() -> None:
    flow = measured([(0, 5, 0, "a"), (2, 8, 0, "a"), (3, 4, 0, "a")])
    assert (flow.talk, flow.speech, flow.overlap, flow.turns) == (8 * SECOND, 8 * SECOND, 0, 1)


def test_nothing_and_no_times() -> None:
    assert measured([]) == Flow()
    flow = measured([(0, 0, 0, "a"), (0, 0, 0, "b")])
    assert (flow.talk, flow.turns, flow.silence) == (0, 2, 0)


SPEECHES = st.tuples(st.integers(0, 25), st.integers(0, 7), st.sampled_from("abc"), st.integers(0, 1))


def schedules(speeches: list[tuple[int, int, str, int]]) -> Schedule:
    return [(start, start + length, channel, name) for start, length, name, channel in speeches]


@given(st.lists(SPEECHES, max_size=12))
def test_exact_for_any_schedule(speeches: list[tuple[int, int, str, int]]) -> None:
    assert told(measured(schedules(speeches))) == oracle(schedules(speeches))


@given(st.lists(SPEECHES, min_size=1, max_size=12), st.randoms(), st.sampled_from([1, 10, 40]))
def test_neither_order_nor_looking_in_between_make_a_difference(speeches, random, spread: int) -> None:
    """Times are spread so that most of it is settled when something late comes."""
    schedule = [(start * spread, start * spread + length, *who) for start, length, *who in speeches]
    schedule = [(start, end, channel, name) for start, end, name, channel in schedule]
    shuffled = list(schedule)
    random.shuffle(shuffled)
    conversation = Conversation()
    for start, end, channel, name in shuffled:
        conversation.add(start * SECOND, end * SECOND, channel, name)
        conversation.measure()
    assert told(conversation.measure()) == oracle(schedule) == told(measured(sorted(schedule)))


@pytest.mark.parametrize("pairs", [2000])
def test_long_conversations_are_measured_in_steps_of_equal_cost(pairs: int) -> None:
    conversation = Conversation()
    for index in range(pairs):
        conversation.add(index * 6 * SECOND, (index * 6 + 4) * SECOND, 1, "a")
        conversation.add((index * 6 + 3) * SECOND, (index * 6 + 5) * SECOND, 2, "b")
        flow = conversation.measure()
    assert (flow.overlap, flow.silence) == (pairs * SECOND, (pairs - 1) * SECOND)
    assert part(flow, "b", 2).interruptions == pairs


@pytest.mark.parametrize(
    ("schedule", "who", "expected"),
    [
        # anna answers after 2 s and 4 s, ben after 1 s
        ([(0, 1, 1, "ben"), (3, 4, 2, "anna"), (5, 6, 1, "ben"), (10, 11, 2, "anna")], "anna", (3, 1.0, 2)),
        ([(0, 1, 1, "ben"), (3, 4, 2, "anna"), (5, 6, 1, "ben")], "ben", (1, 0.0, 1)),
        # 2, 1 and 4: mean 7/3, variance 21/3 - 49/9
        (
            [(0, 1, 1, "ben"), (3, 4, 2, "anna"), (5, 6, 1, "ben"), (10, 11, 2, "anna")],
            "",
            (7 / 3, (14 / 9) ** 0.5, 3),
        ),
    ],
)
def test_latencies_have_a_mean_and_a_deviation(schedule: Schedule, who: str, expected) -> None:
    flow = measured(schedule)
    found = flow.latency(*[each for each in flow.speakers if each.name == who])
    assert found is not None
    assert (found.mean / SECOND, found.deviation / SECOND, found.responses) == pytest.approx(expected)


def test_who_answers_nobody_has_no_latency() -> None:
    flow = measured([(0, 1, 1, "ben"), (3, 4, 1, "ben")])
    assert flow.latency() is None
    assert flow.latency(Speaker(9, "nobody")) is None
