"""Fetches a Whisper model from a hub: bounded in time, and there only when it is whole."""

from __future__ import annotations

import errno
import fnmatch
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from services.asr.model_files import PATTERNS, WEIGHTS, ModelFault, read_model
from services.asr.models import FoundModel, cache_directory, names, unknown_name

ANSWER_TIMEOUT = 3.5
"""Seconds within which a hub has to say what it has: with the start of the command, below 5."""
_SPARE = 64 << 20  # bytes that are to stay free
_PARTIAL = ".partial-"
_INCOMPLETE = ".incomplete"

Result = TypeVar("Result")


class DownloadError(Exception):
    """The model cannot be had; the message says why, and what to do, in one line."""


def download(name: str, directory: str = "") -> FoundModel:
    """Fetch a model by its name or its repository into a folder of `directory`, or into the hub's cache.

    Into a directory, what a download that was broken off has fetched is used again, to the byte; the cache is
    the business of the hub's own client, which uses again files that were whole. Raises DownloadError.
    """
    try:
        from huggingface_hub import HfApi, constants
    except ImportError:
        raise DownloadError("fetching needs faster-whisper: pip install 'rivermouth[asr]'") from None
    repository = names().get(name) or (name if name.count("/") == 1 else "")
    if not repository:
        raise DownloadError(unknown_name(name))
    hub = constants.ENDPOINT
    info = _within(
        ANSWER_TIMEOUT,
        lambda: HfApi().model_info(repository, files_metadata=True, timeout=ANSWER_TIMEOUT),
        lambda error: _unreachable(hub, repository, error),
    )
    wanted = _wanted(info, repository, hub)
    if directory:
        found = _into_directory(name, Path(directory).expanduser(), repository, info.sha or "main", wanted)
        return FoundModel(name, found, "models_directory", read_model(found), "")
    cache = cache_directory()
    _check_room(cache, sum(each.size or 0 for each in wanted))
    with _Explaining(hub, repository, cache):
        from huggingface_hub import snapshot_download

        path = snapshot_download(
            repository, allow_patterns=list(PATTERNS), etag_timeout=ANSWER_TIMEOUT, max_workers=2
        )
    return FoundModel(name, Path(path), "cache", _whole(Path(path), repository), "")


def _into_directory(name: str, directory: Path, repository: str, commit: str, wanted: list[Any]) -> Path:
    target = directory / name.replace("/", "--")
    if target.exists():
        raise DownloadError(f"{target} exists: `rivermouth models check {target}`, or remove it first")
    partial = directory / f"{_PARTIAL}{target.name}-{commit[:12]}"
    have = sum(each.stat().st_size for each in partial.glob("*"))
    _check_room(directory, sum(each.size or 0 for each in wanted) - have)
    from huggingface_hub import constants

    with _Explaining(constants.ENDPOINT, repository, directory):
        partial.mkdir(parents=True, exist_ok=True)
        for each in sorted(wanted, key=lambda each: each.size or 0):
            _fetch(repository, commit, each, partial / each.rfilename)
    _whole(partial, repository)
    partial.rename(target)
    for stale in directory.glob(f"{_PARTIAL}{target.name}-*"):  # of an older commit
        shutil.rmtree(stale, ignore_errors=True)
    return target


def _fetch(repository: str, commit: str, wanted: Any, path: Path) -> None:
    """One file, from where it was broken off."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    if path.exists():
        return
    incomplete = path.with_name(path.name + _INCOMPLETE)
    with incomplete.open("ab") as file:
        http_get(
            hf_hub_url(repository, path.name, revision=commit),
            file,
            resume_size=file.tell(),
            headers=build_hf_headers(),
            expected_size=wanted.size,
            displayed_filename=path.name,
        )
    if wanted.lfs is not None:
        with incomplete.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != wanted.lfs.sha256:
            incomplete.unlink()
            raise DownloadError(f"{path.name} came damaged, and was dropped: run this again")
    incomplete.rename(path)


def _whole(directory: Path, repository: str) -> Any:
    try:
        return read_model(directory)
    except ModelFault as fault:
        raise DownloadError(f"{repository} is no usable model: {fault}") from None


def _within(seconds: float, work: Callable[[], Result], explain: Callable[[BaseException], str]) -> Result:
    """Run in a thread that is left behind when time is up: name resolution has no limit of its own."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="hub", daemon=True)
    thread.start()
    thread.join(seconds)
    if results:
        return results[0]
    raise DownloadError(explain(errors[0] if errors else TimeoutError(f"no answer within {seconds:g} s")))


def _unreachable(hub: str, repository: str, error: BaseException) -> str:
    kind = type(error).__name__
    if kind == "OfflineModeIsEnabled":
        return "HF_HUB_OFFLINE forbids to ask a hub: unset it, or copy a model's directory here"
    if kind in ("RepositoryNotFoundError", "GatedRepoError"):
        return f"the hub at {hub} has no {repository} for you: check the name, or set HF_TOKEN"
    return (
        f"the hub at {hub} cannot be reached ({_first_line(error)}): fetch {repository} on another machine "
        "and copy its directory here, or name a mirror by HF_ENDPOINT"
    )


class _Explaining:
    """Turns what the hub's client, or the one for HTTP beneath it, raises into one line."""

    def __init__(self, hub: str, repository: str, place: Path) -> None:
        self._hub, self._repository, self._place = hub, repository, place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, DownloadError):
            raise DownloadError(self._explained(error)) from None

    def _explained(self, error: Exception) -> str:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"the disk of {self._place} is full: free some space, then run this again"
        if isinstance(error, PermissionError):
            return f"{error.filename or self._place} cannot be written: permission denied"
        return (
            f"{self._repository} could not be fetched whole from {self._hub} ({_first_line(error)}): "
            "run this again"
        )


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__


def _wanted(info: Any, repository: str, hub: str) -> list[Any]:
    """The files to fetch, each with `rfilename`, `size` and `lfs`."""
    files: Iterable[Any] = info.siblings or ()
    wanted = [each for each in files if any(fnmatch.fnmatch(each.rfilename, pattern) for pattern in PATTERNS)]
    if WEIGHTS not in {each.rfilename for each in wanted}:
        raise DownloadError(
            f"{repository} at {hub} has no {WEIGHTS}: it is not in CTranslate2's format; take another "
            "repository, or convert it with ct2-transformers-converter"
        )
    return wanted


def _check_room(place: Path, needed: int) -> None:
    existing = next(each for each in (place.absolute(), *place.absolute().parents) if each.exists())
    free = shutil.disk_usage(existing).free
    if free < needed + _SPARE:
        raise DownloadError(
            f"the disk of {existing} has {free >> 20} MiB left, the model needs {(needed + _SPARE) >> 20}: "
            "free some space, or name another --directory"
        )
    if not os.access(existing, os.W_OK):
        raise DownloadError(f"{existing} cannot be written: permission denied")
