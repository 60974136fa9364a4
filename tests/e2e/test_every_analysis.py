"""The sample call as a text session with every analysis asked for, no language model configured."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

from gateway.plan import ANALYSIS
from rivermouth.analysis.v1.analysis_pb2 import Analysis
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from rivermouth.session.v1.service_pb2 import GetCapabilitiesRequest
from tests.e2e.cores import cores
from tests.gateway import rules
from tests.gateway.calls import gateway

REFERENCE = Path(__file__).parents[1] / "data" / "sample_call" / "reference.json"
FOURTEEN = [name for name in ANALYSIS.analysers if name != "workflow"]
WITHOUT_LLM_PART = {"enhanced_metrics"}


async def test_each_ends_once_with_its_local_part_and_says_once_that_it_has_no_model() -> None:
    assert len(FOURTEEN) == 14
    async with cores() as real, gateway(real.by_stage) as serve:
        offered = await serve.ask("GetCapabilities", GetCapabilitiesRequest())
        call = await serve.session(
            audio_format=None, analysers=[AnalyserConfig(name=name) for name in ("semantics", *FOURTEEN)]
        )
        for each in json.loads(REFERENCE.read_text())["utterances"]:
            await call.text(
                each["start_s"],
                each["end_s"],
                each["display_text"],
                speaker=each["speaker"],
                channel_tag=each["channel"],
            )
        await call.finish()
        await call.drain()
    assert set(FOURTEEN) <= {each.name for each in offered.analysers}
    rules.check(call.events, whole=False)  # nobody read while it was sent, so partial results were merged
    told = defaultdict(list)
    for body in call.bodies("analysis") + call.bodies("summary"):
        told[body.name if isinstance(body, Analysis) else "summary"].append(body)
    assert set(told) == set(FOURTEEN)
    for name, messages in told.items():
        (final,) = [each for each in messages if not each.header.partial]
        assert final.header.outcome == OUTCOME_COMPLETE, name
        if name == "summary":
            assert final.text
        else:
            assert final.local.WhichOneof("measures") == name
            assert getattr(final.local, name).ListFields()
        reasons = Counter(error.reason for message in messages for error in message.errors)
        assert reasons == ({} if name in WITHOUT_LLM_PART else {"LLM_NOT_CONFIGURED": 1}), name
    progress = call.bodies("progress")[-1]
    assert progress.steps_done == progress.steps_total == len(FOURTEEN) + 1
