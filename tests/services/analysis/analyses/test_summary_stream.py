"""The summary through the core: after every N finalized segments, counted, and at the end."""

import pytest

from rivermouth.analysis.v1.analysis_pb2 import SummaryPoint
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, PHASE_COARSE, PHASE_FINAL, PHASE_REFINE
from tests.services.analysis.streams import asked, bodies, check, config, segment


@pytest.mark.parametrize(
    ("said", "options", "counts"),
    [
        (12, {}, [5, 10, 12]),
        (10, {}, [5, 10, 10]),
        (4, {}, [4, 4]),
        (3, {"every": 1}, [1, 2, 3, 3]),
        (7, {"every": 3}, [3, 6, 7]),
    ],
)
async def test_after_every_n_segments_and_at_the_end(run_core, said: int, options, counts: list[int]) -> None:
    requests = [config(asked("summary", **options)), *[segment("so", each) for each in range(1, said + 1)]]
    responses = await run_core(requests)
    check(responses)
    found = bodies(responses, "summary")
    assert [each.segments for each in found] == counts
    phases = [each.header.phase for each in found]
    assert phases == [PHASE_COARSE, *[PHASE_REFINE] * (len(counts) - 2), PHASE_FINAL]


async def test_it_names_the_decision_and_the_commitment(run_core) -> None:
    requests = [
        config(asked("summary")),
        segment("how much is the small plan", 1, "question", topics=["pricing"], keywords={"plan": 1}),
        segment(
            "okay let's go with the small plan then",
            2,
            "decision",
            speaker="customer",
            decision="let's go with",
            keywords={"plan": 1},
        ),
        segment(
            "great. I'll send you the contract today.", 3, "commitment", commitment="I'll", speaker="agent"
        ),
    ]
    responses = await run_core(requests)
    check(responses)
    final = bodies(responses, "summary")[-1]
    assert final.header.outcome == OUTCOME_COMPLETE
    assert list(final.topics) == ["pricing"]
    assert list(final.decisions) == ["okay let's go with the small plan then"]
    assert list(final.action_items) == ["I'll send you the contract today."]
    assert list(final.keywords) == ["plan"]
    assert [(each.kind, each.speaker, each.segment_id) for each in final.points] == [
        (SummaryPoint.KIND_DECISION, "customer", "asr/1/2"),
        (SummaryPoint.KIND_COMMITMENT, "agent", "asr/1/3"),
    ]
    assert "small plan" in final.text
    assert "contract" in final.text
    assert [each.segment_id for each in final.header.evidence.segments] == ["asr/1/1", "asr/1/2", "asr/1/3"]
