"""Which Whisper models are on this machine, and which of them a configuration means. Asks no network.

A model is named by its directory, or by a name as faster-whisper knows it (tiny, base.en, large-v3, ...);
names are looked up in the configured directory of models, then in the hub's cache.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.asr.engine import EngineUnavailable
from services.asr.model_files import WEIGHTS, ModelFault, ModelFiles, read_model
from services.asr.settings import WhisperSettings

# Encoding takes 2.6 s of a core for 30 s of speech with `small` and three times that with `medium`: what is
# larger than `small` (484 MB as float16) cannot keep up with speech on an ordinary processor.
_LARGEST_FOR_CPU = 600_000_000
_PREFIXES = ("", "faster-whisper-", "faster-")
_CACHE_PREFIX = "models--"
HOW_TO_GET = "see `rivermouth models`"


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A directory that is there.

    Attributes:
        name: what to call it by in a configuration.
        directory: where it is.
        place: "directory" (named by its path), "models_directory" or "cache".
        files: what was read from it, None where it is not usable.
        fault: why it is not usable; empty where it is.
    """

    name: str
    directory: Path
    place: str
    files: ModelFiles | None
    fault: str

    @property
    def label(self) -> str:
        """What to show it as: the name, or the last part of a path."""
        return Path(self.name).name if self.place == "directory" else self.name

    @property
    def size(self) -> int:
        """Size of its files in bytes, whether it is usable or not."""
        if self.files is not None:
            return self.files.size
        try:
            return sum(each.stat().st_size for each in self.directory.iterdir() if each.is_file())
        except OSError:
            return 0


def list_models(models_directory: str = "", cache: Path | None = None) -> list[FoundModel]:
    """All models that are there, usable or not, those of the directory first; `cache` is the hub's."""
    found = [_look(path.name, path, "models_directory") for path in _folders(models_directory)]
    repositories = {repository: name for name, repository in reversed(names().items())}
    for repository, directory in _cached(cache or cache_directory()):
        name = repositories.get(repository)
        model = _look(name or repository, directory, "cache")
        # The cache holds other people's models too, of every kind.
        if name is not None or model.files is not None:
            found.append(model)
    return found


def find_model(settings: WhisperSettings, on_gpu: bool = False) -> FoundModel:
    """The model that the settings mean, usable.

    Raises EngineUnavailable, whose message says in one line why there is none and what to do.
    """
    if settings.model:
        found = _named(settings.model, settings.models_directory)
        if found.fault:
            raise EngineUnavailable(f"the Whisper model {settings.model}: {found.fault} ({found.directory})")
        return found
    models = list_models(settings.models_directory)
    best = choose(models, on_gpu)
    if best is not None:
        return best
    faults = [f"{each.name}: {each.fault}" for each in models]
    there = f"; {'; '.join(faults)}" if faults else ""
    looked = [settings.models_directory] if settings.models_directory else []
    places = " and ".join([*looked, "the hub's cache"])
    raise EngineUnavailable(f"no usable Whisper model was found in {places}{there}; {HOW_TO_GET}")


def choose(models: Sequence[FoundModel], on_gpu: bool) -> FoundModel | None:
    """The best of the usable ones: the largest that keeps up, several languages before English alone."""
    usable = [(each.files.multilingual, each.files.size, each) for each in models if each.files is not None]
    if not usable:
        return None
    quick = [each for each in usable if on_gpu or each[1] <= _LARGEST_FOR_CPU]
    if not quick:
        return min(usable, key=lambda each: each[1])[2]
    return max(quick, key=lambda each: (each[0], each[1]))[2]


def names() -> dict[str, str]:
    """Names of models, each with its repository on the hub; without faster-whisper there are none."""
    try:
        from faster_whisper.utils import _MODELS
    except ImportError:
        return {}
    return dict(_MODELS)


def unknown_name(name: str) -> str:
    """That nothing has this name, and what was perhaps meant."""
    known = names()
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}, and directories"
    return f"there is no Whisper model {name!r}: {meant}"


def cache_directory() -> Path:
    """The hub's cache, as its own variables (HF_HUB_CACHE, HF_HOME) say."""
    try:
        from huggingface_hub import constants
    except ImportError:
        return Path.home() / ".cache" / "huggingface" / "hub"
    return Path(constants.HF_HUB_CACHE)


def gpu_count() -> int:
    """How many GPUs CTranslate2 can compute on."""
    try:
        import ctranslate2

        return int(ctranslate2.get_cuda_device_count())
    except (ImportError, RuntimeError):  # none, or a driver that does not fit
        return 0


def uses_gpu(settings: WhisperSettings) -> bool:
    """Whether Whisper computes on a GPU with these settings."""
    return settings.device == "cuda" or (settings.device == "auto" and gpu_count() > 0)


def _named(model: str, models_directory: str) -> FoundModel:
    if "/" in model or "\\" in model or model.startswith(("~", ".")):
        path = Path(model).expanduser()
        if path.exists() or model.startswith(("/", "~", ".")) or model.count("/") != 1:
            return _look(model, path, "directory")
    for path in _folders(models_directory):
        if path.name in {prefix + model for prefix in _PREFIXES}:
            return _look(model, path, "models_directory")
    known = names()
    repository = known.get(model, model if "/" in model else "")
    for cached, directory in _cached(cache_directory()):
        if cached == repository:
            return _look(model, directory, "cache")
    if Path(model).is_dir():
        return _look(model, Path(model), "directory")
    if repository:
        raise EngineUnavailable(
            f"the Whisper model {model} is not on this machine: `rivermouth models download {model}` where a "
            "hub can be reached, or name a directory that holds it"
        )
    raise EngineUnavailable(unknown_name(model))


def _look(name: str, directory: Path, place: str) -> FoundModel:
    try:
        return FoundModel(name, directory, place, read_model(directory), "")
    except ModelFault as fault:
        return FoundModel(name, directory, place, None, str(fault))


def _folders(models_directory: str) -> Iterator[Path]:
    """The directory itself where it is a model, else the folders in it."""
    if not models_directory:
        return
    root = Path(models_directory).expanduser()
    if (root / WEIGHTS).exists():
        yield root
        return
    try:
        yield from sorted(
            each for each in root.iterdir() if not each.name.startswith(".") and _is_meant(each)
        )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EngineUnavailable(f"whisper.models_directory {root} cannot be read: {reason}") from None


def _is_meant(folder: Path) -> bool:
    """Whether somebody meant this to be a model, be it usable or not."""
    signs = (WEIGHTS, "config.json", "tokenizer.json")
    return folder.is_dir() and any((folder / name).exists() for name in signs)


def _cached(cache: Path) -> Iterator[tuple[str, Path]]:
    """Repositories of the cache, each with its newest snapshot: `models--OWNER--NAME/snapshots/COMMIT`."""
    try:
        folders = sorted(each for each in cache.iterdir() if each.name.startswith(_CACHE_PREFIX))
    except OSError:
        return
    for folder in folders:
        try:
            snapshots = {each.name: each for each in (folder / "snapshots").iterdir() if each.is_dir()}
            main = folder / "refs" / "main"
            commit = main.read_text().strip() if main.is_file() else ""
            newest = snapshots.get(commit) or max(snapshots.values(), key=lambda each: each.stat().st_mtime)
        except (OSError, ValueError):  # nothing was downloaded whole
            continue
        yield folder.name.removeprefix(_CACHE_PREFIX).replace("--", "/"), newest
