"""How soon results of a segment are there, and what asking models costs and holds up.

    local_coarse_p50_ms, …p99_ms   from the write of a final segment to the service, over gRPC, to the arrival
                        of the last coarse local result that is about it, all fourteen analyses asked for, for
                        each segment where they can be; segments of the project's dialogues, forty a second
    local_coarse_asking_…_ms       the same while a model that takes 10 s is asked about all of them
    first_token_overhead_ms        what services.llm adds to the time until the vendor's bare SDK gives the
                        first piece of an answer: the same question to the same emulator, bare and by
                        services.llm in turns; the median, of the worst vendor, and of each by name
    total_ratio         time until the whole object, valid, over that of the bare SDK with its JSON validated;
                        from a model that says a word or two every 5 ms
    total_ratio_at_once the same from one that says all at once: processor time, and nothing else
    llm_blocks_ratio    p90 of the delay of transcripts with a model that takes 10 s for an answer over that
                        with an instant one: windows of a session in turns, a chunk of text every 50 ms, three
                        analyses asking the model for each segment, gateway and stages in one process
    transcript_…_p90_ms the two
    objects_before_end_share       of all objects of the answers in a session with all analyses: those that
                        were at the client before the model had sent its last byte, by the emulator's record,
                        at a word or two every 10 ms. The last object of an answer cannot be: it is complete
                        with that byte
    redaction_us        processor time of redaction for a segment: 12 words, all kinds, three names listed
    acoustic_ms_per_10_s           time of all acoustic measures for 10 s of the sample call, one thread

The emulator is a process of its own wherever time is taken.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence

from deploy.local.bench import BenchError, Figure
from deploy.local.benches import analysis_local, analysis_session, emulator, peer
from deploy.local.benches.analysis_local import quantile
from rivermouth.client.errors import RivermouthError

_SEGMENTS = 800
_PAIRS = 40
_ROUNDS = 3
_SECONDS = 5.0


def run(quick: bool) -> Sequence[Figure]:
    """See Bench. Two minutes and a half; half a minute if `quick`."""
    try:
        return asyncio.run(_run(quick))
    except (OSError, ValueError, ImportError, RivermouthError) as error:
        raise BenchError(str(error)) from error


async def _run(quick: bool) -> list[Figure]:
    from deploy.local.benches import analysis_overhead  # the SDKs take seconds

    begun = time.monotonic()
    said = [f"{each['speaker']}: {each['text']}" for each in analysis_local.utterances()[:20]]
    figures: list[Figure] = []
    async with peer.start("emulator", "deploy.local.benches.emulator") as process:
        urls = await process.ask("urls")
        _say("coarse results")
        figures += _coarse("local_coarse", await analysis_local.coarse_delays(40 if quick else _SEGMENTS))
        _say("coarse results while a model is asked")
        await process.ask("behave", first_delay=analysis_session.SLOW)
        asking = emulator.settings(urls, "gemini")
        delays = await analysis_local.coarse_delays(40 if quick else _SEGMENTS // 2, asking)
        figures += _coarse("local_coarse_asking", delays)
        _say("first pieces and whole answers, bare and by us")
        figures += await analysis_overhead.overheads(process, urls, said, 2 if quick else _PAIRS)
        _say("transcripts while a model is asked")
        rounds, seconds = (1, 1.0) if quick else (_ROUNDS, _SECONDS)
        figures += await analysis_session.blocks(process, urls, rounds, seconds)
    figures += await analysis_session.objects_before_end(emulator.VENDORS[: 1 if quick else None])
    _say("redaction and acoustics")
    figures.append(analysis_local.redaction(1 if quick else 7))
    figures.append(analysis_local.acoustics(1 if quick else 5))
    _say(f"done in {time.monotonic() - begun:.0f} s")
    return figures


def _coarse(name: str, delays: Sequence[float]) -> list[Figure]:
    found = [1e3 * each for each in delays]
    wanted = {"p50": "", "p99": "under 50"}
    return [
        Figure(f"{name}_{which}_ms", quantile(found, share), min(found), max(found), wanted[which])
        for which, share in (("p50", 0.50), ("p99", 0.99))
    ]


def _say(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)
