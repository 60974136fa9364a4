"""Events in words: one line each, for people."""

from rivermouth.analysis.v1.analysis_pb2 import Analysis, Summary, WorkflowResult, WorkflowRouted
from rivermouth.analysis.v1.custom_pb2 import CustomResult
from rivermouth.analysis.v1.redaction_pb2 import Redaction
from rivermouth.client.events import Event
from rivermouth.client.offsets import seconds
from rivermouth.client.view.conversation import (
    INDENT,
    annotation_words,
    measures_words,
    redaction_words,
    revision_words,
    routed_words,
    stats_words,
    turn_words,
    work_words,
)
from rivermouth.client.view.findings import model_words
from rivermouth.quality.v1.quality_pb2 import RATING_FAIR, RATING_GOOD, RATING_POOR, AudioQuality
from rivermouth.result.v1.result_pb2 import Failure, Outcome, ResultHeader
from rivermouth.semantics.v1.semantics_pb2 import ConversationStats, SemanticAnnotation, Turn
from rivermouth.session.v1.events_pb2 import (
    AnalyserStatus,
    ConfigRejected,
    Error,
    GoAway,
    SessionStarted,
    Warning,
)
from rivermouth.transcript.v1.transcript_pb2 import LanguageDetected, SpeakerRevision, Transcript

_STATES = {
    AnalyserStatus.STATE_RUNNING: "works again",
    AnalyserStatus.STATE_STALLED: "does not keep up; its input is kept for a while, the others go on",
    AnalyserStatus.STATE_RECONNECTING: "is lost and being connected again; the others go on",
    AnalyserStatus.STATE_UNAVAILABLE: "is given up for this session; the others go on",
}
_RATINGS = {RATING_GOOD: "good", RATING_FAIR: "fair", RATING_POOR: "poor"}
# Said once for each analysis, and no news to a person who configured none.
_UNREMARKABLE = frozenset({"LLM_NOT_CONFIGURED"})
_MEASURES = (
    ("rms_dbfs", "level {:.1f} dBFS"),
    ("peak_dbfs", "peak {:.1f} dBFS"),
    ("loudness_lufs", "loudness {:.1f} LUFS"),
    ("snr_db", "SNR {:.0f} dB"),
    ("clarity", "clarity {:.0f} of 100"),
    ("bandwidth_hertz", "bandwidth {:.0f} Hz"),
    ("clipping_ratio", "clipping {:.1%}"),
    ("silence_ratio", "silence {:.0%}"),
    ("dropout_count", "dropouts {}"),
    ("score", "score {:.0f} of 100"),
)


def clean(text: str) -> str:
    """Without anything that a terminal would act on."""
    return "".join(character if character.isprintable() else " " for character in text)


def describe(event: Event) -> str | None:
    """A line for an event that a person wants to keep; None for interims, progress and the like."""
    match event.body:
        case SessionStarted() as started:
            about = [_input(started), _recogniser(started), f"steps: {', '.join(started.steps)}"]
            return f"session {event.envelope.session_id}: {'; '.join(filter(None, about))}"
        case Transcript() as transcript if event.is_final:
            return transcript_line(transcript)
        case SemanticAnnotation() as annotation if event.is_final:
            return _annotation(annotation)
        case AudioQuality() as quality if event.is_final:
            return f"audio quality: {quality_words(quality)}"
        case Analysis() as analysis if event.is_final:
            return f"{analysis.name}: {_analysis(analysis)}"
        case Summary() as summary if event.is_final:
            return _with_model(f"summary: {summary.text or _ending(summary.header)}", summary)
        case Turn() as turn if event.is_final:
            return f"{INDENT}{turn_words(turn)}"
        case ConversationStats() as stats if event.is_final:
            return f"conversation: {stats_words(stats)}"
        case WorkflowRouted() as routed:
            return f"{INDENT}{routed_words(routed)}"
        case WorkflowResult() as result if event.is_final:
            return _with_model(f"{work_words(result)}: {result.text or _ending(result.header)}", result)
        case CustomResult() as custom if event.is_final:
            return f"{custom.name}: {custom.payload.TypeName() or _ending(custom.header)}"
        case LanguageDetected() as detected:
            sure = f" ({detected.confidence:.0%} sure)" if detected.HasField("confidence") else ""
            return f"channel {detected.channel_tag} speaks {detected.language_code}{sure}"
        case SpeakerRevision() as revision:
            return f"{INDENT}{revision_words(revision)}"
        case Redaction() as redaction:
            return f"{INDENT}{redaction_words(redaction)}"
        case AnalyserStatus() as status:
            return _status(status)
        case GoAway() as go_away:
            return f"the server closes in {seconds(go_away.time_left):.0f} s: {go_away.reason}"
        case Warning() as warning:
            return f"warning: {warning.message} ({warning.reason})"
        case ConfigRejected() as rejected:
            return "refused: " + "; ".join(f"{v.field}: {v.description}" for v in rejected.violations)
        case Error() as error:
            return f"error: {error_words(error)}"
    return None


def transcript_line(transcript: Transcript) -> str:
    """ "[  3.2s] agent: text"; what could not be recognised to its end says so."""
    ending = _ending(transcript.header) if transcript.header.outcome > Outcome.OUTCOME_COMPLETE else ""
    text = f"{transcript.text} ({ending})" if ending else transcript.text
    return f"[{seconds(transcript.start_offset):5.1f}s] {speaker_of(transcript)}: {text}"


def speaker_of(transcript: Transcript) -> str:
    """The speaker's name, or what stands for it."""
    if transcript.speaker:
        return transcript.speaker
    return f"channel {transcript.channel_tag}" if transcript.channel_tag else "speaker"


def quality_words(quality: AudioQuality) -> str:
    """The measures that were made."""
    if quality.header.outcome > Outcome.OUTCOME_COMPLETE:
        return _ending(quality.header)
    words = [form.format(getattr(quality, name)) for name, form in _MEASURES if quality.HasField(name)]
    if quality.rating:
        words[-1] += f", {_RATINGS[quality.rating]}"
    return ", ".join([*words, *quality.warnings]) or "nothing measured"


def live_quality(quality: AudioQuality) -> str:
    """How the line is now, in a few words."""
    words = [f"level {quality.rms_dbfs:.0f} dBFS"]
    if quality.HasField("snr_db"):
        words.append(f"SNR {quality.snr_db:.0f} dB")
    if quality.rating:
        words.append(f"sound {_RATINGS[quality.rating]}")
    return ", ".join(words)


def error_words(error: Error) -> str:
    """What, where and by what."""
    places = [f"in {error.stage}" if error.stage else "", f"field {error.field}" if error.field else ""]
    if error.client_sequence:
        places.append(f"message {error.client_sequence}")
    where = ", ".join(place for place in places if place)
    text = f"{error.failure.message} ({error.failure.reason})"
    return f"{text}, {where}" if where else text


def _input(started: SessionStarted) -> str:
    if not started.channel_count:
        return "audio as its header says" if "transcription" in started.steps else "text"
    channels = "1 channel" if started.channel_count == 1 else f"{started.channel_count} channels"
    return f"{started.sample_rate_hertz} Hz, {channels}"


def _recogniser(started: SessionStarted) -> str:
    if not started.HasField("recogniser"):
        return ""
    model = started.recogniser.model
    return f"recognition by {started.recogniser.engine}{f' ({model})' if model else ''}"


def _annotation(annotation: SemanticAnnotation) -> str | None:
    if annotation.header.outcome > Outcome.OUTCOME_COMPLETE:
        return f"semantics: {_ending(annotation.header)}"
    words = annotation_words(annotation)
    return f"{INDENT}{', '.join(words)}" if words else None


def _analysis(analysis: Analysis) -> str:
    words = measures_words(analysis.local)
    if analysis.header.outcome > Outcome.OUTCOME_COMPLETE:
        words.append(_ending(analysis.header))
    words += [failure.message for failure in analysis.errors if failure.reason not in _UNREMARKABLE]
    return _with_model(", ".join(words) or "nothing found", analysis)


def _with_model(words: str, result: Analysis | Summary | WorkflowResult) -> str:
    """What was computed, then what a model said of it, where one was asked."""
    model = model_words(result.llm, result.header.failure) if result.HasField("llm") else ""
    return f"{words}; {model}" if model else words


def _status(status: AnalyserStatus) -> str | None:
    words = _STATES.get(status.state)
    if words is None or (status.state == AnalyserStatus.STATE_RUNNING and not status.incarnation):
        return None  # begins and ends as it should
    lost = seconds(status.lost_input)
    parts = [
        f"{status.stage} {words}",
        _why(status.failure),
        f"{lost:.1f} s of input are lost" if lost else "",
    ]
    return "; ".join(part for part in parts if part)


def _ending(header: ResultHeader) -> str:
    outcome = Outcome.Name(header.outcome).removeprefix("OUTCOME_").lower()
    why = _why(header.failure)
    return f"{outcome}: {why}" if why else outcome


def _why(failure: Failure) -> str:
    return f"{failure.message} ({failure.reason})" if failure.reason else failure.message
