"""`rivermouth models`: lists, checks, downloads, by the hub's own client from a hub on this machine."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.asr import model_download
from services.asr.model_download import DownloadError, download
from tests.services.asr import fake_hub
from tests.services.asr.fake_models import make_model

CODE = """
import argparse, sys
from services.asr.models_command import add_parser
parser = argparse.ArgumentParser()
add_parser(parser.add_subparsers())
options = parser.parse_args(["models", *sys.argv[1:]])
sys.exit(options.run(options))
"""
REPOSITORY = "Systran/faster-whisper-tiny"


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("RIVERMOUTH_", "HF_"))},
        "PYTHONPATH": os.pathsep.join(sys.path),
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path / "made", vocabulary=10, weights=300_000)


@pytest.fixture
def hub(model: Path) -> Iterator[fake_hub.Hub]:
    with fake_hub.serving(REPOSITORY, model) as serving:
        yield serving


@pytest.fixture
def here(hub: fake_hub.Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> fake_hub.Hub:
    """The hub's client of this process speaks to it."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return hub


def test_a_download_goes_to_the_cache_and_is_found_there(hub: fake_hub.Hub, tmp_path: Path) -> None:
    variables = {"HF_ENDPOINT": hub.endpoint, "HF_HUB_CACHE": str(tmp_path / "hub")}
    done = run("download", "tiny", "--json", **variables)
    assert done.returncode == 0, done.stderr
    fetched = json.loads(done.stdout)
    assert fetched["usable"]
    assert fetched["name"] == "tiny"
    assert Path(fetched["directory"]).is_relative_to(tmp_path / "hub")
    listed = json.loads(run("list", "--json", **variables).stdout)
    assert [each["directory"] for each in listed["models"]] == [fetched["directory"]]
    assert listed["chosen"] == fetched["directory"]


def test_a_download_into_a_directory_is_whole_or_not_there(
    here: fake_hub.Hub, tmp_path: Path, model: Path
) -> None:
    found = download("tiny", str(tmp_path / "models"))
    assert found.directory == tmp_path / "models" / "tiny"
    names = {each.name for each in model.iterdir()}
    assert {each.name for each in found.directory.iterdir()} == names
    for name in names:
        assert (found.directory / name).read_bytes() == (model / name).read_bytes()
    assert [each.name for each in (tmp_path / "models").iterdir()] == ["tiny"]
    with pytest.raises(DownloadError, match="exists"):
        download("tiny", str(tmp_path / "models"))


def test_a_download_that_breaks_off_goes_on_where_it_was(
    here: fake_hub.Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)
    here.dies_after = 100_000
    with pytest.raises(DownloadError, match=r"could not be fetched whole .* run this again"):
        download("tiny", str(tmp_path / "models"))
    assert not (tmp_path / "models" / "tiny").exists()
    here.dies_after, here.is_dead = None, False
    here.requests.clear()
    found = download("tiny", str(tmp_path / "models"))
    assert found.files is not None
    ranges = [wanted for method, path, wanted in here.requests if method == "GET" and "model.bin" in path]
    assert len(ranges) == 1
    assert int(ranges[0].removeprefix("bytes=").rstrip("-")) == 100_000


def test_weights_that_came_damaged_are_dropped(here: fake_hub.Hub, tmp_path: Path) -> None:
    here.files["model.bin"] = here.files["model.bin"][:-1] + b"x"
    with pytest.raises(DownloadError, match="came damaged"):
        download("tiny", str(tmp_path / "models"))
    assert not list(tmp_path.rglob("models/**/model.bin*"))


def test_a_hub_that_refuses_is_one_clear_line_within_five_seconds(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = run("download", "tiny", HF_ENDPOINT=endpoint, HF_HUB_CACHE=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert f"the hub at {endpoint} cannot be reached" in done.stderr
    assert "copy its directory here" in done.stderr


def test_a_hub_that_says_nothing_is_given_up_within_five_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # connections are made, and nobody reads from them
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        begun = time.monotonic()
        with pytest.raises(DownloadError, match="cannot be reached"):
            download("tiny")
        assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tniy", "did you mean tiny?"),
        ("acme/none", "has no acme/none for you"),
    ],
)
def test_what_a_hub_has_not(here: fake_hub.Hub, name: str, said: str) -> None:
    with pytest.raises(DownloadError) as raised:
        download(name)
    assert said in str(raised.value)


def test_a_repository_in_another_format_is_refused_before_it_is_fetched(here: fake_hub.Hub) -> None:
    here.files["model.safetensors"] = here.files.pop("model.bin")
    with pytest.raises(DownloadError, match=r"has no model\.bin"):
        download("tiny")
    assert not any("resolve" in path for _, path, _ in here.requests)


def test_a_repository_that_is_no_usable_model(here: fake_hub.Hub, tmp_path: Path) -> None:
    here.files["tokenizer.json"] = b"{}"
    with pytest.raises(DownloadError, match=r"is no usable model: tokenizer\.json"):
        download("tiny", str(tmp_path / "models"))
    assert not (tmp_path / "models" / "tiny").exists()


def test_a_disk_without_room_is_said_before_anything_is_fetched(
    here: fake_hub.Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearly_full = shutil.disk_usage(tmp_path)._replace(free=1 << 20)
    monkeypatch.setattr(model_download.shutil, "disk_usage", lambda _: nearly_full)
    with pytest.raises(DownloadError, match="has 1 MiB left"):
        download("tiny", str(tmp_path / "models"))
    assert not any("resolve" in path for _, path, _ in here.requests)


def test_a_disk_that_fills_up_meanwhile(
    here: fake_hub.Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import file_download

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(file_download, "http_get", full)
    with pytest.raises(DownloadError, match=r"the disk of .* is full"):
        download("tiny", str(tmp_path / "models"))


def test_the_list_marks_what_would_be_taken_and_says_what_is_wrong(tmp_path: Path) -> None:
    make_model(tmp_path / "models" / "tiny", vocabulary=10)
    (make_model(tmp_path / "models" / "small", vocabulary=10) / "config.json").unlink()
    variables = {
        "RIVERMOUTH_ASR__WHISPER__MODELS_DIRECTORY": str(tmp_path / "models"),
        "HF_HUB_CACHE": str(tmp_path / "hub"),
    }
    done = run("list", **variables)
    assert done.returncode == 0
    marked = [line for line in done.stdout.splitlines() if line.startswith("* tiny")]
    assert len(marked) == 1
    assert "config.json is missing" in done.stdout


def test_without_any_model_the_list_says_how_to_get_one(tmp_path: Path) -> None:
    done = run("list", HF_HUB_CACHE=str(tmp_path))
    assert done.returncode == 0
    assert "recognition runs on sphinx" in done.stdout
    assert "large-v3" in done.stdout


def test_a_check_of_a_broken_model_is_one_clear_line(model: Path) -> None:
    (model / "tokenizer.json").unlink()
    done = run("check", str(model), "--json")
    assert done.returncode == 1
    assert "tokenizer.json is missing" in json.loads(done.stdout)["error"]
