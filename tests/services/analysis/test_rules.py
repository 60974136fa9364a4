"""The rules of results, for any input."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest
from services.analysis.registry import ANALYSES
from tests.services.analysis.streams import UPSTREAM, asked, bodies, check, config, segment, turn

NAME = "quantitative_metrics"
SEGMENT = asked(NAME, "segment")
TURN = asked(NAME, "turn")
ALL = [asked(name) for name in ANALYSES]


SEGMENTS = st.builds(
    lambda text, channel, annotated, final, intent: (text, channel, annotated, final, intent),
    st.text("ab .", max_size=8),
    st.integers(0, 2),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["question", "decision", "general"]),
)


OTHERS = st.sampled_from(
    [UPSTREAM, StreamingAnalyzeRequest(), turn(1, "asr/0/0", "asr/1/1"), turn(2, "asr/2/3")]
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.one_of(SEGMENTS, OTHERS), max_size=20),
    st.lists(
        st.sampled_from([*ALL, SEGMENT, TURN]), min_size=1, unique_by=lambda each: (each.name, each.trigger)
    ),
    st.sampled_from([0.0, 0.0005]),
)
def test_the_rules_of_results_hold_for_any_input(run_core, items, wanted, delay: float) -> None:
    wanted = list({(each.name, each.trigger or 3 * (each.name == NAME)): each for each in wanted}.values())
    requests = [
        segment(each[0], ordinal, each[4], channel=each[1], is_annotated=each[2], is_final=each[3])
        if isinstance(each, tuple)
        else each
        for ordinal, each in enumerate(items)
    ]
    engine = {"engine": "scripted", "scripted_delay": delay, "max_pending": 2} if delay else {}
    responses = asyncio.run(run_core([config(*wanted), *requests], **engine))
    check(responses)
    end = requests.index(UPSTREAM) if UPSTREAM in requests else len(requests)
    used = [each for each in requests[:end] if each.segment.transcript.is_final]
    ended = [
        each
        for each in bodies(responses, "analysis") + bodies(responses, "summary")
        if not each.header.partial
    ]
    for each in wanted:
        terminals = [one for one in ended if getattr(one, "name", "summary") == each.name]
        if each.name == "workflow":
            assert len(bodies(responses, "workflow_routed")) == len(used)
            results = bodies(responses, "workflow_result")
            worked = [work for result in results for work in result.work_ids]
            routed = [work.work_id for work in bodies(responses, "workflow_routed")]
            assert sorted(worked) == sorted(routed)
        elif len([one for one in wanted if one.name == each.name]) == 1:
            if each is SEGMENT:
                assert len(terminals) == len(used) + (1 if end < len(requests) else not used)
            elif each is not TURN:
                assert len(terminals) == 1
            else:
                assert terminals
