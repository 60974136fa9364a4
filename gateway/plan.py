"""The stage graph as data: which stages there are, what each is given, and which analysers each answers.

A new stage is an entry of the plan. Nothing else in the gateway names a stage but by what its entry says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

TRANSCRIPTION = "transcription"
"""The progress step of recognition, which a client need not ask for."""


class Input(StrEnum):
    """What a stage can be given."""

    SPEECH = "speech"
    """Audio as recognisers want it: LINEAR16 at 16 kHz, channels interleaved."""
    AUDIO = "audio"
    """Audio at its native rate, all channels."""
    SEGMENTS = "segments"
    """Final segments."""
    ANNOTATIONS = "annotations"
    """Final segments with what semantic annotation found in them."""


class Contract(StrEnum):
    """The RPC that a stage speaks."""

    ASR = "asr"
    QUALITY = "quality"
    SEMANTICS = "semantics"
    ANALYSIS = "analysis"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage of the graph."""

    name: str
    contract: Contract
    inputs: frozenset[Input]
    analysers: tuple[str, ...]
    """Names under which a client asks for it; empty for recognition, which every session with audio has."""
    default_on: frozenset[str] = frozenset()
    """Those that run where a client names none."""
    address: str = ""
    """Where it listens; empty for a stage inside this process."""
    takes_turns: bool = False
    """Whether it is given turns, too."""
    takes_history: bool = False
    """Whether its results are about the whole session: a new incarnation is given all segments again."""
    hears: frozenset[str] = frozenset()
    """Analysers that are given speech besides, where the session has audio; the others cost none."""
    shares_speech: frozenset[str] = frozenset()
    """Those that only pass it on to models: given it where the session lets audio leave."""

    def at(self, address: str) -> StageSpec:
        """The same stage at an address."""
        return replace(self, address=address)

    @property
    def service(self) -> str:
        """Its name where results are counted, as in their source."""
        return self.name if self.contract is Contract.CUSTOM else str(self.contract)

    def inputs_of(self, analyser: str) -> list[Input]:
        """What one of its analysers can make use of, in order of the names."""
        hearing = self.hears | self.shares_speech
        if not hearing:
            return sorted(self.inputs)
        own = self.inputs - {Input.SPEECH}
        return sorted(own | {Input.SPEECH} if analyser in hearing else own)

    def for_session(self, names: Iterable[str], has_audio: bool, may_leave: bool) -> StageSpec:
        """The same stage, given speech where one of these analysers has a use for it and there is any;
        `may_leave`: whether models may be given it."""
        hearing = self.hears | self.shares_speech if may_leave else self.hears
        if not has_audio or hearing.isdisjoint(names):
            return self
        return replace(self, inputs=self.inputs | {Input.SPEECH}, hears=hearing, shares_speech=frozenset())

    @property
    def takes_audio(self) -> bool:
        return bool(self.inputs & {Input.SPEECH, Input.AUDIO})

    @property
    def takes_segments(self) -> bool:
        return bool(self.inputs & {Input.SEGMENTS, Input.ANNOTATIONS})


@dataclass(frozen=True, slots=True)
class ActiveStage:
    """A stage as one session uses it."""

    spec: StageSpec
    analysers: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def steps(self) -> tuple[str, ...]:
        """The progress steps that end with this stage."""
        return self.analysers or (TRANSCRIPTION,)

    def inputs_of(self, analyser: str) -> list[Input]:
        """What one of its analysers is given in this session."""
        return [each for each in self.spec.inputs_of(analyser) if each in self.spec.inputs]


@dataclass(frozen=True, slots=True)
class Plan:
    """All stages of a deployment, in the order in which progress lists them."""

    stages: tuple[StageSpec, ...]

    def analysers(self) -> dict[str, StageSpec]:
        """Every name that a client may ask for, and the stage that answers it."""
        return {name: stage for stage in self.stages for name in stage.analysers}

    def defaults(self) -> tuple[str, ...]:
        """What runs where a client names nothing."""
        return tuple(n for stage in self.stages for n in stage.analysers if n in stage.default_on)

    def for_session(
        self, wanted: Iterable[str], has_audio: bool, may_leave: bool = False
    ) -> tuple[ActiveStage, ...]:
        """The stages of one session, in the plan's order: recognition if there is audio, then as asked.
        `may_leave`: whether audio may go to a vendor's model."""
        asked = tuple(dict.fromkeys(wanted)) or self.defaults()
        active = []
        for stage in self.stages:
            names = tuple(name for name in asked if name in stage.analysers)
            if stage.takes_audio and not has_audio and not stage.takes_segments:
                continue
            if names or stage.contract is Contract.ASR:
                active.append(ActiveStage(stage.for_session(names, has_audio, may_leave), names))
        return tuple(active)


QUALITY = StageSpec(
    "quality",
    Contract.QUALITY,
    frozenset({Input.AUDIO}),
    ("audio_quality",),
    frozenset({"audio_quality"}),
)
ASR = StageSpec("asr", Contract.ASR, frozenset({Input.SPEECH}), ())
SEMANTICS = StageSpec(
    "semantics",
    Contract.SEMANTICS,
    frozenset({Input.SEGMENTS}),
    ("semantics",),
    frozenset({"semantics"}),
    takes_history=True,
)
ANALYSIS = StageSpec(
    "analysis",
    Contract.ANALYSIS,
    frozenset({Input.ANNOTATIONS}),
    (
        "quantitative_metrics",
        "enhanced_metrics",
        "credibility",
        "argument",
        "manipulation",
        "speaker_attitude",
        "psychological",
        "conversation_flow",
        "enhanced_understanding",
        "speaker_intent",
        "emotion",
        "text_audio_features",
        "session_insights",
        "summary",
        "workflow",
    ),
    frozenset({"quantitative_metrics", "conversation_flow", "summary"}),
    takes_turns=True,
    takes_history=True,
    hears=frozenset({"enhanced_metrics", "emotion", "credibility"}),
    shares_speech=frozenset({"text_audio_features"}),
)
BUILT_IN = (QUALITY, ASR, SEMANTICS, ANALYSIS)
