"""Sets the project up in `.venv` and runs a target; the Makefile only calls this file.

    python3 deploy/local/bootstrap.py TARGET [arguments of the target]

It needs Python's standard library and nothing else: no make, no pip, no python3-venv. It parses on Python
3.8, so that an old one can look for a newer one, or say clearly that there is none. pip's own settings
(environment, pip.conf) hold. A stamp in `.venv` makes the second run skip everything; without a stamp, a
`.venv` that still works is resumed, and any other is made anew.
"""

from __future__ import annotations

import argparse
import configparser
import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Iterator, NoReturn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "rivermouth.json"
LOG = VENV / "install.log"

OLDEST_PYTHON = (3, 11)
# In the order of how surely every dependency has wheels for it.
OTHER_PYTHONS = ("python3.12", "python3.13", "python3.11", "python3.14")

# Without settings of the user's own, a network that swallows packets is reported after about 30 s.
PIP_DEFAULTS = {"PIP_RETRIES": "2", "PIP_DEFAULT_TIMEOUT": "10"}
PIP_ALWAYS = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}

DISK_FULL = "the disk is full: free about 2 GB for .venv and the temporary folder, then run this again"
KNOWN_FAILURES = (
    (r"No space left on device|\[Errno 28\]|Disk quota exceeded|\[Errno 122\]", DISK_FULL),
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed",
        "the package index's certificate is not trusted: name your authority's file in PIP_CERT",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|Max retries exceeded"
        r"|Connection (refused|reset|broken|aborted)|Network is unreachable|No route to host"
        r"|name resolution|Name or service not known|urlopen error",
        "no network: the package index cannot be reached; connect, or name a mirror in pip's settings",
    ),
    (r"Permission denied|\[Errno 13\]|Read-only file system", f"this user may not write to {ROOT}"),
    # All that pip says of an unreachable index if it may not retry.
    (
        r"from versions: none\)",
        "no network, or a package index without what is needed (see .venv/install.log)",
    ),
    (r"No module named '?venv'?", "this Python comes without venv: install the package python3-venv"),
)

# Program → Debian package, for what Python packages cannot bring.
SYSTEM_PACKAGES = {
    "chromium": "chromium",
    "flite": "flite",
    "nginx": "nginx-light",
    "redis-server": "redis-server",
}


class SetUpError(Exception):
    """The machine, not the project, is at fault; the text is one line that says what to do."""


def say(text: str) -> None:
    print(f"rivermouth: {text}", flush=True)


def continue_on_newer_python(argv: list[str]) -> None:
    """Returns if this Python will do; else starts over on one that does.

    Raises:
        SetUpError: there is none on PATH.
    """
    if sys.version_info >= OLDEST_PYTHON:
        return
    for name in OTHER_PYTHONS:
        python = shutil.which(name)
        # A shim may be there without the Python behind it.
        if python and subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
            os.execv(python, [python, str(Path(__file__).resolve()), *argv])
    raise SetUpError(
        "needs Python 3.11 or newer; this is {}.{}, and none of {} is on PATH".format(
            sys.version_info[0], sys.version_info[1], ", ".join(OTHER_PYTHONS)
        )
    )


def tool_environment() -> dict[str, str]:
    """The caller's environment, with bounds on pip's patience where the caller has set none."""
    environment = {**PIP_DEFAULTS, **os.environ, **PIP_ALWAYS}
    environment.pop("PYTHONHOME", None)
    return environment


def run(*command: str | Path, timeout_s: float | None = None) -> tuple[bool, str]:
    """Runs a tool without a terminal; returns whether it succeeded, and all that it printed."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=tool_environment(),
            cwd=str(ROOT),
            timeout=timeout_s,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return False, f"{command[0]} took longer than {timeout_s:.0f} s"
    except (FileNotFoundError, PermissionError) as problem:
        return False, str(problem)
    return done.returncode == 0, done.stdout


def explain(output: str) -> str | None:
    """The one line that says what is wrong with the machine; None if it is something else."""
    return next((line for pattern, line in KNOWN_FAILURES if re.search(pattern, output)), None)


def fail(what: str, output: str) -> NoReturn:
    known = explain(output)
    if known is None:
        print(output[-4000:], file=sys.stderr)
    raise SetUpError(known or f"{what} failed; its last lines are above")


def pip_works() -> bool:
    return run(PYTHON, "-m", "pip", "--version")[0]


def pip_setting(name: str) -> str | None:
    """One of pip's settings, from where pip would take it. The name is in its Python form (`index_url`)."""
    home = Path(os.path.expanduser("~"))
    config_home = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    named = Path(os.environ.get("PIP_CONFIG_FILE") or os.devnull)
    settings: dict[str, str] = {}
    for place in (Path("/etc/pip.conf"), home / ".pip/pip.conf", config_home / "pip/pip.conf", named):
        parser = configparser.RawConfigParser()
        with contextlib.suppress(OSError, configparser.Error):
            parser.read(str(place))
        for section in ("global", "install"):
            if parser.has_section(section):
                settings.update((key.replace("-", "_"), value) for key, value in parser.items(section))
    return os.environ.get(f"PIP_{name.upper()}") or settings.get(name)


def install_pip_wheel(wheel: Path) -> tuple[bool, str]:
    """pip runs from inside its own wheel, and installs it."""
    return run(PYTHON, wheel / "pip", "install", "--no-index", "--no-deps", wheel)


def pip_from_python() -> tuple[bool, str]:
    """Python's own copy, which Debian moves into python3-venv."""
    return run(PYTHON, "-m", "ensurepip", "--default-pip")


def pip_from_system() -> tuple[bool, str]:
    """A system's pip may install into another Python, also where it may not into its own (PEP 668)."""
    return run(sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip")


def pip_from_disk() -> tuple[bool, str]:
    """Debian keeps pip's wheel for its own venvs; an index of the user's may be a folder."""
    folders = [Path("/usr/share/python-wheels"), *map(Path, (pip_setting("find_links") or "").split())]
    for folder in folders:
        for wheel in sorted(folder.glob("pip-*-py3-none-any.whl"), reverse=True):
            installed = install_pip_wheel(wheel)
            if installed[0]:
                return installed
    return False, ""


def pip_from_index() -> tuple[bool, str]:
    """Fetches pip's newest wheel from the index that the user's settings name."""
    setting = pip_setting("index_url")
    if not setting:
        return False, "No module named venv"  # and no index is named: the package is the way
    index = setting.rstrip("/") + "/pip/"
    context = None
    if index.startswith("https:"):
        import ssl  # a Python may be built without it

        context = ssl.create_default_context(cafile=pip_setting("cert"))
    try:
        page = urllib.request.urlopen(index, timeout=10, context=context).read().decode()
        links = re.findall(r'href="((?:[^"]*/)?pip-([0-9.]+)-py3-none-any\.whl[^"]*)"', page)
        link = max(links, key=lambda found: [int(part) for part in found[1].split(".")])[0]
        address = urllib.parse.urljoin(index, link)
        content = urllib.request.urlopen(address, timeout=10, context=context).read()
    except (OSError, ValueError, http.client.HTTPException) as problem:
        return False, f"{index}: {problem}"
    digest = re.search(r"#sha256=([0-9a-f]{64})", link)
    if digest and digest.group(1) != hashlib.sha256(content).hexdigest():
        return False, f"{address} does not have the digest that the index states"
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / Path(urllib.parse.urlparse(address).path).name
        wheel.write_bytes(content)
        return install_pip_wheel(wheel)


def give_pip() -> None:
    """Puts pip into a fresh `.venv`: first the ways that need no network, last the one that needs no pip."""
    output = ""
    for way in (pip_from_python, pip_from_disk, pip_from_system, pip_from_index):
        installed, printed = way()
        if installed and pip_works():
            return
        if explain(printed) == DISK_FULL:
            raise SetUpError(DISK_FULL)
        output += printed
    fail("putting pip into .venv", output)


def venv_version() -> str | None:
    """The version of `.venv`'s Python; None if there is none, it does not start, or it is too old."""
    works, printed = run(PYTHON, "-I", "-S", "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])")
    version = printed.strip()
    if not works or tuple(map(int, version.split(".")[:2])) < OLDEST_PYTHON:
        return None
    return version


def read_stamp() -> dict[str, object]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def project_digest() -> str:
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()


def stamped_extras(stamp: dict[str, object]) -> set[str]:
    extras = stamp.get("extras")
    return set(map(str, extras)) if isinstance(extras, list) else set()


def is_ready(extras: set[str]) -> bool:
    """Whether `.venv` holds these extras of the project as it is now, at the place where it is now."""
    stamp = read_stamp()
    return (
        stamp != {}
        and extras <= stamped_extras(stamp)
        and stamp.get("root") == str(ROOT)
        and stamp.get("project") == project_digest()
        and stamp.get("python") == venv_version()
    )


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two targets started at once set up one after the other."""
    with open(str(ROOT / ".venv.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is under way; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def forget_unfinished_packages() -> None:
    """pip writes RECORD last: a package without it was cut off, and would count as installed."""
    for metadata in VENV.glob("lib/python3*/site-packages/*.dist-info"):
        if not (metadata / "RECORD").exists():
            shutil.rmtree(str(metadata))


def make_venv() -> None:
    say(f"making .venv with Python {sys.version.split()[0]}")
    made, printed = run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
    if not made:
        fail("python -m venv", printed)
    give_pip()


def set_up(extras: set[str]) -> None:
    """Brings `.venv` to hold the project with these extras, and those that it already had.

    Raises:
        SetUpError: the machine does not let it.
    """
    if is_ready(extras):
        return
    with alone():
        if is_ready(extras):
            return
        stamp = read_stamp()
        here = stamp.get("root", str(ROOT)) == str(ROOT)
        if here and venv_version() and pip_works():
            extras = extras | stamped_extras(stamp)
            STAMP.unlink(missing_ok=True)
            forget_unfinished_packages()
        else:
            make_venv()
        say("installing into .venv (the first time: one to three minutes)")
        project = ".[{}]".format(",".join(sorted(extras)))
        installed, printed = run(PYTHON, "-m", "pip", "install", "--editable", project)
        LOG.write_text(printed)
        if not installed:
            fail("pip install", printed)
        stamp = {
            "root": str(ROOT),
            "project": project_digest(),
            "python": venv_version(),
            "extras": sorted(extras),
        }
        STAMP.write_text(json.dumps(stamp))


def add_system_programs(programs: list[str]) -> None:
    """Installs missing programs where that needs no question: as root, on Debian and its kin. Else warns."""
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    packages = [SYSTEM_PACKAGES[program] for program in missing]
    by_hand = "apt-get install " + " ".join(packages)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        say(f"warning: {', '.join(missing)} missing; tests that need it are skipped ({by_hand})")
        return
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    bounds = ("-o", "Acquire::http::Timeout=10", "-o", "Acquire::Retries=1", "-o", "DPkg::Lock::Timeout=30")
    install = ("apt-get", *bounds, "install", "--yes", "--no-install-recommends", *packages)
    say(by_hand)
    if not run(*install, timeout_s=180)[0]:
        # A fresh image comes without package lists.
        run("apt-get", *bounds, "update", timeout_s=60)
        done, printed = run(*install, timeout_s=180)
        if not done:
            reason = (printed.strip().splitlines() or ["it printed nothing"])[-1]
            say(f"warning: could not install {', '.join(missing)}: {reason}")


# Target → what it needs of pyproject's extras, the programs it can use, its command after `.venv/bin/python`.
TARGETS: dict[str, tuple[set[str], list[str], list[str]]] = {
    "install": ({"all", "dev"}, [], []),
    "demo": ({"all"}, [], ["-m", "deploy.local.demo"]),
    "test": ({"all", "dev"}, ["flite"], ["-m", "pytest"]),
    "check": ({"all", "dev"}, [], ["-m", "deploy.local.checks"]),
    "bench": ({"all"}, [], ["-m", "rivermouth.client.cli", "bench"]),
    "soak": ({"all", "dev"}, [], ["-m", "pytest", "-m", "soak"]),
    "protos": ({"all", "dev"}, [], ["protos/generate.py"]),
}
# Two processes for all tests: one alone takes ten minutes, and leaves a core idle.
WITHOUT_ARGUMENTS = {"test": ["-n", "2", "--dist", "loadfile"], "bench": ["gateway"]}


def run_target(target: str, programs: list[str], arguments: list[str]) -> int:
    extras, wanted_programs, command = TARGETS[target]
    set_up(extras)
    add_system_programs(sorted({*wanted_programs, *programs}))
    if target == "install":
        say(f"ready: {VENV}/bin/rivermouth --help")
        return 0
    if not arguments:
        arguments = WITHOUT_ARGUMENTS.get(target, [])
    os.chdir(str(ROOT))
    sys.stdout.flush()
    os.execv(str(PYTHON), [str(PYTHON), *command, *arguments])


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Sets up .venv and runs a target.")
    parser.add_argument("--system", action="append", default=[], choices=sorted(SYSTEM_PACKAGES))
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to the target")
    try:
        continue_on_newer_python(argv)
        chosen = parser.parse_args(argv)
        return run_target(chosen.target, chosen.system, chosen.arguments)
    except SetUpError as problem:
        print(f"rivermouth: {problem}", file=sys.stderr)
    except OSError as problem:
        known = explain(str(problem))
        if known is None:
            raise
        print(f"rivermouth: {known}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
