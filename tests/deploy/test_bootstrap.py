"""The set-up as a user runs it: in a process of its own, on a tiny project, with a real `.venv` and pip."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import bootstrap

SOURCE = Path(bootstrap.__file__)

# A build backend inside the project, so that installing it needs no network.
BACKEND = """
import pathlib, zipfile

FILES = {
    "METADATA": ["Metadata-Version: 2.1", "Name: tiny", "Version: 1"]
    + ["Provides-Extra: all", "Provides-Extra: dev"],
    "WHEEL": ["Wheel-Version: 1.0", "Generator: tiny", "Root-Is-Purelib: true", "Tag: py3-none-any"],
    "RECORD": ["tiny.pth,,", *(f"tiny-1.dist-info/{name},," for name in ("METADATA", "WHEEL", "RECORD"))],
}

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("tiny.pth", str(pathlib.Path.cwd()))
        for path, lines in FILES.items():
            wheel.writestr(f"tiny-1.dist-info/{path}", "\\n".join(lines) + "\\n")
    return name
"""
BUILD_WITHOUT_NETWORK = '[build-system]\nrequires = []\nbackend-path = ["."]\nbuild-backend = "backend"\n'
BUILD_FROM_INDEX = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
PROJECT = '[project]\nname = "tiny"\nversion = "1"\n[project.optional-dependencies]\nall = []\ndev = []\n'


class TinyProject:
    """A project folder with our bootstrap in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.bootstrap = root / "deploy" / "local" / "bootstrap.py"
        self.bootstrap.parent.mkdir(parents=True)
        shutil.copy(SOURCE, self.bootstrap)
        (root / "backend.py").write_text(BACKEND)
        self.build(BUILD_WITHOUT_NETWORK)

    def build(self, build_system: str) -> None:
        (self.root / "pyproject.toml").write_text(build_system + PROJECT)

    def run(self, target: str = "install", **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a target with a bare environment, without a terminal or a home."""
        return subprocess.run(
            [sys.executable, str(self.bootstrap), target],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def imports(self) -> bool:
        """Whether `.venv` finds the project's module."""
        command = [str(self.venv / "bin" / "python"), "-c", "import backend"]
        return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    project = TinyProject(tmp_path_factory.mktemp("project"))
    done = project.run()
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture
def moved(project: TinyProject, tmp_path: Path) -> TinyProject:
    """A copy of the project and its `.venv` at another place, as `cp -r` makes it."""
    copy = TinyProject(tmp_path / "copy")
    shutil.copytree(project.venv, copy.venv, symlinks=True)
    return copy


def test_installs_the_project_and_skips_everything_the_second_time(project: TinyProject) -> None:
    assert project.imports()
    written = (project.venv / "install.log").stat().st_mtime_ns
    before = os.times()
    again = project.run()
    after = os.times()
    assert again.returncode == 0
    # Processor time, which a busy machine does not stretch as it does the clock's.
    assert after.children_user + after.children_system - before.children_user - before.children_system < 1
    assert (project.venv / "install.log").stat().st_mtime_ns == written


def test_a_changed_project_is_installed_again(project: TinyProject) -> None:
    with (project.root / "pyproject.toml").open("a") as file:
        file.write("# another line\n")
    again = project.run()
    assert "installing into .venv" in again.stdout
    assert "making .venv" not in again.stdout


def test_a_half_made_venv_is_resumed(project: TinyProject) -> None:
    """Cut off in the middle of pip: no stamp, and a package whose RECORD was not yet written."""
    (project.venv / "rivermouth.json").unlink()
    (record,) = project.venv.glob("lib/python3*/site-packages/tiny-1.dist-info/RECORD")
    record.unlink()
    (record.parent.parent / "tiny.pth").unlink()
    assert not project.imports()
    again = project.run()
    assert again.returncode == 0, again.stdout + again.stderr
    assert "making .venv" not in again.stdout
    assert project.imports()


def test_a_venv_that_was_moved_is_made_anew(moved: TinyProject) -> None:
    """Its scripts and paths still point to where it was."""
    done = moved.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "making .venv" in done.stdout
    (path,) = moved.venv.glob("lib/python3*/site-packages/tiny.pth")
    assert path.read_text() == str(moved.root)


def test_a_venv_without_its_python_is_not_ready(moved: TinyProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an upgrade of the system took the interpreter away."""
    monkeypatch.setattr(bootstrap, "PYTHON", moved.venv / "bin" / "python")
    assert bootstrap.venv_version() is not None
    for python in (moved.venv / "bin").glob("python*"):
        python.unlink()
    (moved.venv / "bin" / "python").symlink_to("/nowhere/python3")
    assert bootstrap.venv_version() is None


def test_no_network_is_one_line(moved: TinyProject) -> None:
    (moved.venv / "rivermouth.json").unlink()
    moved.build(BUILD_FROM_INDEX)
    done = moved.run(
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_CONFIG_FILE=os.devnull,
        PIP_RETRIES="0",
        PIP_NO_CACHE_DIR="1",
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "no network" in line


def test_a_full_disk_is_one_line(moved: TinyProject) -> None:
    (moved.venv / "rivermouth.json").unlink()
    (pip,) = moved.venv.glob("lib/python3*/site-packages/pip")
    (pip / "__main__.py").write_text(
        "import sys\n"
        "if 'install' in sys.argv:\n"
        "    sys.exit('ERROR: Could not install packages: [Errno 28] No space left on device')\n"
    )
    done = moved.run()
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "disk is full" in line
    assert not (moved.venv / "rivermouth.json").exists()


def test_another_failure_shows_what_pip_said(moved: TinyProject) -> None:
    (moved.venv / "rivermouth.json").unlink()
    (moved.root / "backend.py").write_text("raise RuntimeError('the backend is broken')\n")
    done = moved.run()
    assert done.returncode == 1
    assert "the backend is broken" in done.stderr
    assert done.stderr.splitlines()[-1] == "rivermouth: pip install failed; its last lines are above"


def run_as_old_python(path: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys, runpy; sys.version_info = (3, 8, 10, 'final', 0); "
        f"sys.argv = ['bootstrap.py', 'demo']; runpy.run_path({str(SOURCE)!r}, run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_an_old_python_says_what_is_needed(tmp_path: Path) -> None:
    done = run_as_old_python(str(tmp_path))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "needs Python 3.11 or newer; this is 3.8" in line


def test_an_old_python_hands_over_to_a_newer_one(tmp_path: Path) -> None:
    """A name that is there but does not start (a version manager's shim) is passed over."""
    for name, body in {"python3.12": "exit 127", "python3.13": '[ "$1" = -c ] || echo "newer: $*"'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    done = run_as_old_python(str(tmp_path))
    assert done.stdout == f"newer: {SOURCE} demo\n", done.stderr


def test_parses_on_an_old_python() -> None:
    ast.parse(SOURCE.read_text(), feature_version=(3, 8))


def test_pip_settings_of_the_environment_come_before_those_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nno-such-setting = from the file\nother_setting = also\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    assert bootstrap.pip_setting("no_such_setting") == "from the file"
    assert bootstrap.pip_setting("other_setting") == "also"
    monkeypatch.setenv("PIP_NO_SUCH_SETTING", "from the environment")
    assert bootstrap.pip_setting("no_such_setting") == "from the environment"
    assert bootstrap.pip_setting("never_set") is None


@pytest.mark.parametrize(
    ("output", "part"),
    [
        ("OSError: [Errno 122] Disk quota exceeded", "disk is full"),
        ("<urlopen error [Errno -3] Temporary failure in name resolution>", "no network"),
        ("ssl.SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED; Max retries exceeded", "PIP_CERT"),
        ("[Errno 13] Permission denied: '.venv/bin'", "may not write"),
        ("No module named venv", "python3-venv"),
    ],
)
def test_what_is_wrong_with_the_machine_is_named(output: str, part: str) -> None:
    line = bootstrap.explain(output)
    assert line is not None
    assert part in line
    assert bootstrap.explain("SyntaxError: invalid syntax") is None
