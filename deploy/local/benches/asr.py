"""How soon, how right and how dear words are: recognition over the wire, against true word times.

AsrService runs in a process of its own, as the launcher starts it, and is sent 100 ms of audio at a time,
each once it is over, as by a microphone. Whisper hears the clips beside its model (--model, else the
project's micro model), PocketSphinx the sample call; what was said, and when, is known to the synthesiser's
phone. E_ is whisper_, sphinx_, or peer_NAME_ for other servers with the same model and audio (--peers).

E_wer                        word error rate of the final words, 0 to 1
E_rtf                        time for audio that is sent as fast as it is taken, over the audio's length
E_final_lag_median_s, …max_s from the true end of a word to the arrival of the message that says it is final
E_interim_lag_median_s       from there until it was first shown, right and in its place; may be below 0
E_changed_words_share        of the words put on the screen, those that were replaced or taken away later
E_changed_finals             final words that changed
E_final_latency_median_s     from the decision that silence ended an utterance until its final came
E_lost_words                 spoken words without a final word, right or wrong, in their place
E_cut_lost_words             the same of some seconds that stop 0.1 s after the last word
E_at_once_lost_words         the same of all clips, stopped so too, sent as fast as it goes
E_cpu_per_audio_s            processor time of all processes of the service for a second of audio
E_passes_per_second          passes of the encoder in a second of audio
E_decoded_seconds_per_audio_s  seconds that the encoder was given for a second of audio, padding included
E_rss_mib                    resident memory of all processes of the service
E_sessions4_…                with four sessions at once
E_sessions_real_time         sessions that all ended within 1.5 s of their audio, at once; 64 at most
whisper_oneshot_…            direct calls of faster_whisper.transcribe with the same model and clips
whisper_oneshot_sentences_…  the same, a call for each sentence
whisper_oneshot_decode_s     such a call for a single sentence
whisper_final_latency_ratio  the median of final latency over such a call
whisper_cpu_ratio            processor time at one interim for 2 s of speech over that of direct calls: the
                             same sentences, each a stream or a call, at four times the pace of speech
whisper_cpu_ratio_1s         the same at one for each second
whisper_decoded_seconds_per_audio_s_10s, …20s, …40s, …60s
                             of one utterance without a pause, until then
"""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Sequence
from pathlib import Path

from deploy.local.bench import BenchError, Figure
from deploy.local.benches import asr_audio, asr_oneshot, asr_peers, asr_runs
from deploy.local.benches.asr_audio import Clip
from deploy.local.benches.asr_client import stream
from deploy.local.benches.asr_runs import figure, tell
from deploy.local.benches.asr_service import Service, serve

_CLIPS = ("who", "stops_short", "digits", "pauses_12s", "pauses_29s")  # of the project's own
_CLIPS_SECONDS = 46.0  # of others together, at most
_CALL_SECONDS = 13.0  # of the sample call
_QUICK_CLIPS_SECONDS, _QUICK_CALL_SECONDS = 18.0, 9.0
_SENTENCES = 8  # for the processor time


def run(
    quick: bool, *, engine: str = "", model: str = "", clips: str = "", peers: str = "", whole: bool = False
) -> Sequence[Figure]:
    """Each engine in turn: 3 minutes, with peers 3 more.

    `engine` is one alone, `whisper` or `sphinx`; `model` a directory in CTranslate2's format; `clips` a
    folder of recordings with their truth.json, by default that beside the model; `peers` the folder of the
    peers' environments (asr_peers.py tells how they are made). `whole`: all clips, not only the shortest.
    `quick` leaves out what takes long; the figures that remain are fit to compare two versions by.
    """
    return asyncio.run(_run(quick, engine, model, clips, peers, whole))


async def _run(quick: bool, engine: str, model: str, folder: str, peers: str, whole: bool) -> list[Figure]:
    figures: list[Figure] = []
    directory = None if engine == "sphinx" else _model(model, engine)
    if directory is not None:
        every = asr_audio.clips(Path(folder) if folder else asr_audio.clips_beside(directory))
        clips = every if whole else _some(every, quick)
        figures += await _whisper(directory, clips, quick)
        if peers:
            figures += await _peers(Path(peers), directory, clips, quick)
    if engine != "whisper":
        figures += await _sphinx(quick)
    return figures


def _model(given: str, engine: str) -> Path | None:
    """Of Whisper; None where there is none and none is asked for."""
    model = Path(given).absolute() if given else asr_audio.MICRO_MODEL
    if (model / "model.bin").exists():
        return model
    if given or engine == "whisper":
        raise BenchError(f"no model of Whisper in {model}")
    tell("no model of Whisper: PocketSphinx only")
    return None


def _some(clips: Sequence[Clip], quick: bool) -> list[Clip]:
    """Those of the project that do for a run, or the shortest of others."""
    own = [clip for clip in clips if clip.name in _CLIPS]
    limit = _QUICK_CLIPS_SECONDS if quick else _CLIPS_SECONDS
    if len(own) == len(_CLIPS):
        clips, limit = own, _QUICK_CLIPS_SECONDS if quick else math.inf
    chosen: list[Clip] = []
    for clip in clips:
        if sum(each.seconds for each in [*chosen, clip]) <= limit:
            chosen.append(clip)
    if not chosen:
        raise BenchError("all clips are long: --whole measures them")
    return chosen


async def _whisper(model: Path, clips: list[Clip], quick: bool) -> list[Figure]:
    sentences = [sentence for clip in clips for sentence in clip.each_sentence()]
    tell("direct calls")
    direct = asr_oneshot.transcribe(model, clips, sentences)
    figures = [
        figure("whisper_oneshot_wer", direct.word_error_rate),
        figure("whisper_oneshot_sentences_wer", direct.sentences_word_error_rate),
        figure("whisper_oneshot_cpu_per_audio_s", direct.clips_cpu),
        figure("whisper_oneshot_decode_s", direct.decode),
    ]
    settings = {"engine": "whisper", "whisper__model": str(model)}
    async with serve(settings) as service:
        heard = await _engine("whisper", service, clips, quick)
        figures += heard
        figures += [
            _over(direct.decode, each) for each in heard if each.name == "whisper_final_latency_median_s"
        ]
        if not quick:
            figures += await asr_runs.four("whisper", _hear(service), service.reading, clips)
            figures += await asr_runs.curve(service, clips[-1])
    chosen = sentences[-_SENTENCES:]
    cost = sum(direct.sentences_cpu[-_SENTENCES:]) / sum(each.seconds for each in chosen)
    figures.append(figure("whisper_oneshot_sentences_cpu_per_audio_s", cost))
    for suffix, interval, most in (("", "2.0", 2), ("_1s", "1.0", 3)):
        async with serve({**settings, "whisper__interim_interval": interval}) as service:
            used = await asr_runs.cost(service, chosen)
        ratio = used.cpu / cost
        figures += [
            figure(f"whisper_cpu_ratio{suffix}", ratio, f"at most {most}"),
            figure(f"whisper_cpu_ratio{suffix}_decoded_seconds_per_audio_s", used.encoded),
        ]
    return figures


def _over(seconds: float, latency: Figure) -> Figure:
    """A latency by the time of a direct call."""
    median, low, high = (value / seconds for value in (latency.value, latency.low, latency.high))
    return Figure("whisper_final_latency_ratio", median, low, high, "at most 1.2")


async def _sphinx(quick: bool) -> list[Figure]:
    call = asr_audio.sample_call().until(_QUICK_CALL_SECONDS if quick else _CALL_SECONDS)
    async with serve({"engine": "sphinx"}) as service:
        return await _engine("sphinx", service, [call], quick)


async def _engine(name: str, service: Service, clips: list[Clip], quick: bool) -> list[Figure]:
    """What every engine of ours is measured for."""
    at_once = _hear(service, pace=0)
    await at_once(clips[0])  # what is loaded at the first stream is not to be measured
    figures = await asr_runs.paced(name, _hear(service), service.reading, clips)
    figures += await asr_runs.throughput(name, at_once, clips)
    figures += await asr_runs.cut(name, _hear(service), clips)
    if not quick:
        figures.append(figure(f"{name}_sessions_real_time", await asr_runs.sessions(service, clips)))
    return figures


async def _peers(directory: Path, model: Path, clips: list[Clip], quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for name in asr_peers.NAMES:
        python = asr_peers.python_of(directory, name)
        if python is None:
            tell(f"no peer {name} in {directory}")
            continue
        async with asr_peers.serve(python, name, model) as peer:
            hear = functools.partial(asr_peers.stream, peer)
            await hear(clips[0].until(5.0))
            figures += await asr_runs.paced(f"peer_{name}", hear, peer.reading, clips)
            figures += await asr_runs.cut(f"peer_{name}", hear, clips)
            if not quick:
                figures += await asr_runs.four(f"peer_{name}", hear, peer.reading, clips)
    return figures


def _hear(service: Service, pace: float = 1.0) -> asr_runs.Hear:
    return functools.partial(stream, service.stub, pace=pace)
