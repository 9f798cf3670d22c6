"""Makes `.venv` from the hashed lock file, with nothing but Python's standard library.

`make` calls this before everything else. It runs in whatever Python the machine has, so it must parse in Python 3.6:
only then can it say "Peerdesk needs Python 3.11 or newer" instead of a syntax error.

The environment is made anew only when the lock file (or the machine's Python) changed. `.venv/peerdesk.json` says
which locks were installed whole; it is emptied before the first change and filled after the last, so a killed install
is seen and done again. requirements.lock is what the site needs, requirements-dev.lock the same and the tests' tools.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: main() says so in a sentence
    fcntl = None  # type: ignore[assignment]

MINIMUM = (3, 11)
RUNTIME_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
STAMP = "peerdesk.json"
# Settings that would send the libraries somewhere else than into .venv, or Python to somebody else's libraries.
LEADING_ASTRAY = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV")
OFFLINE = re.compile(
    r"name resolution|nodename nor servname|Name or service not known|getaddrinfo|dns error|Network is unreachable"
    r"|Connection refused|No route to host|ConnectTimeout|NewConnectionError|ReadTimeout|timed out"
    r"|from versions: none"  # all that pip says where it may not try twice
    r"|error sending request|tunnel connection failed|Cannot connect to proxy|client error \(Connect\)",
    re.IGNORECASE,
)

# What pip says when it turns to a library: its name, or the file it lies in; then, in brackets, which file asks for it.
COLLECTING = re.compile(r"(?:Collecting |Processing (?:[^(]*/)?)([A-Za-z0-9](?:[\w.]|-(?!\d))*)")


class SetupError(Exception):
    """Something the person at the keyboard has to know; its text is one whole sentence."""


def version_problem(version: tuple) -> str:
    """Say in one sentence why this Python (a tuple like sys.version_info) will not do; empty when it will."""
    if tuple(version[:2]) >= MINIMUM:
        return ""
    return "Peerdesk needs Python 3.11 or newer; this is Python {}.{}.".format(*version[:2])


def say(text: str) -> None:
    """Print one line of progress at once, even into a pipe."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def file_hash(path: Path) -> str:
    """Return the sha256 of a file in hex, or an empty text where there is no such file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def read_stamp(venv: Path) -> "dict | None":
    """Return what is known of this environment: None when Peerdesk did not make it, no locks when it is half made."""
    try:
        stamp = json.loads((venv / STAMP).read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {"locks": {}}
    return stamp if isinstance(stamp, dict) and isinstance(stamp.get("locks"), dict) else {"locks": {}}


def write_stamp(venv: Path, locks: dict, want_dev: bool) -> None:
    """Replace the stamp in one step, so that a kill leaves the old one or the new one."""
    fresh = venv / (STAMP + ".new")
    fresh.write_text(json.dumps({"locks": locks, "dev": want_dev}) + "\n")
    fresh.replace(venv / STAMP)


def environment_runs(venv: Path) -> bool:
    """Tell whether the environment's Python starts (an upgrade of the machine may have taken it away)."""
    try:
        probe = [str(venv / "bin" / "python"), "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        return subprocess.call(probe, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def clean_environ() -> dict:
    """Return this process's environment without what would lead pip or uv astray; mirrors and proxies stay."""
    kept = {name: value for name, value in os.environ.items() if name not in LEADING_ASTRAY}
    kept.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONUNBUFFERED="1")
    return kept


def run_installer(command: list, log: Path, total: int) -> "tuple[int, str]":
    """Run pip or uv, show what it downloads as "[3/40] name", keep everything in `log`; return exit code and output."""
    on_terminal = sys.stderr.isatty()
    seen = 0
    with log.open("a", encoding="utf-8", errors="replace") as kept:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=clean_environ(),
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            kept.write(line)
            lines.append(line)
            collecting = COLLECTING.match(line)
            if collecting or line.startswith("Installing collected"):
                seen += bool(collecting)
                doing = "fetching " + collecting.group(1) if collecting else "unpacking and compiling"
                message = f"  [{min(seen, total)}/{total}] {doing}"
                if on_terminal:
                    sys.stderr.write("\r\033[K" + message)
                    sys.stderr.flush()
                else:
                    say(message)
        code = process.wait()
    if on_terminal and seen:
        sys.stderr.write("\r\033[K")
    return code, "".join(lines)


def why_it_failed(output: str, log: Path) -> str:
    """Turn an installer's output into one sentence."""
    if "DO NOT MATCH THE HASHES" in output or "ash mismatch" in output:
        return (
            "A downloaded library is not the one the lock file names (its hash differs), so it was not installed; "
            f"check your network or mirror, details in {log}."
        )
    if OFFLINE.search(output):
        return f"The libraries could not be downloaded: is this machine online? Run make again then, details in {log}."
    errors = [line.strip() for line in output.splitlines() if re.match(r"\s*(ERROR|error|×|Caused by):?", line)]
    reason = re.sub(r"^(ERROR|error):\s*", "", errors[-1]) if errors else "no reason given"
    return "Installing the libraries failed ({}); details in {}.".format(reason[:300].rstrip("."), log)


def make_venv(venv: Path, with_pip: bool) -> None:
    """Create the environment's folder; SetupError when Debian's python3-venv is missing or the disk refuses."""
    if with_pip and importlib.util.find_spec("ensurepip") is None:
        raise SetupError(
            "This Python has no venv with pip: on Debian or Ubuntu, install it with "
            "`apt install python{}.{}-venv`, then run make again.".format(*sys.version_info[:2])
        )
    command = [sys.executable, "-m", "venv", str(venv)] + ([] if with_pip else ["--without-pip"])
    made = subprocess.run(command, env=clean_environ(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode:
        last = made.stdout.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no reason given"]
        raise SetupError("Python could not make {} ({}).".format(venv, last[0].strip().rstrip(".")))


def start_fresh(venv: Path, want_dev: bool) -> None:
    """Empty the environment's folder and mark it as ours and half made."""
    if venv.exists():
        shutil.rmtree(venv)
    venv.mkdir(parents=True)
    write_stamp(venv, {}, want_dev)


def install(root: Path, venv: Path, lock: Path, want_dev: bool, keep: bool) -> None:
    """Bring the libraries of `lock` into the environment: by uv where it is installed, else (or if uv fails) by pip."""
    total = len(re.findall(r"^[A-Za-z0-9].*==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    python = str(venv / "bin" / "python")
    log = venv / "install.log"
    uv = shutil.which("uv")
    if uv and os.environ.get("PEERDESK_UV", "yes") != "no":
        say(f"Setting up {venv.name}: {total} libraries, with uv. Needed once, and when {lock.name} changes.")
        start_fresh(venv, want_dev)
        make_venv(venv, with_pip=False)
        code, output = run_installer(
            [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock)], log, total
        )
        if code == 0:
            return
        say("uv could not install the libraries; trying pip.")
        keep = False
    else:
        say(f"Setting up {venv.name}: {total} libraries. Needed once, and when {lock.name} changes.")
    if keep and (venv / "bin" / "pip").exists():
        write_stamp(venv, {}, want_dev)
    else:
        start_fresh(venv, want_dev)
        make_venv(venv, with_pip=True)
    pip = [python, "-I", "-m", "pip", "install", "--no-input", "--progress-bar", "off", "--no-warn-script-location"]
    code, output = run_installer([*pip, "--require-hashes", "-r", str(lock)], log, total)
    if code:
        raise SetupError(why_it_failed(output, log))


def ensure(root: Path, venv: Path, dev: bool) -> None:
    """Make the environment fit the lock files in `root`; does nothing, in a blink, when it already does."""
    locks = {name: file_hash(root / name) for name in (RUNTIME_LOCK, DEV_LOCK)}
    wanted = DEV_LOCK if dev else RUNTIME_LOCK
    if not locks[wanted]:
        raise SetupError(f"{wanted} is missing; get the project's files again (git checkout {wanted}).")
    stamp = read_stamp(venv)
    if stamp is None and venv.exists() and (not venv.is_dir() or any(venv.iterdir())):
        raise SetupError(
            f"{venv} exists and was not made by Peerdesk; move it away, or name another folder: VENV=.venv-peerdesk."
        )
    installed = stamp["locks"] if stamp else {}
    sound = bool(installed) and environment_runs(venv)
    if sound and installed.get(wanted) == locks[wanted]:
        return
    want_dev = dev or bool(stamp and stamp.get("dev"))
    keep = sound and installed.get(RUNTIME_LOCK) == locks[RUNTIME_LOCK]
    install(root, venv, root / (DEV_LOCK if want_dev else RUNTIME_LOCK), want_dev, keep)
    write_stamp(venv, locks if want_dev else {RUNTIME_LOCK: locks[RUNTIME_LOCK]}, want_dev)
    say(f"{venv.name} is ready.")


def ensure_alone(root: Path, venv: Path, dev: bool) -> None:
    """Call `ensure` while no other make does: two at once wait for each other instead of tearing at one folder."""
    with (root / "pyproject.toml").open("rb") as gate:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another make is setting up {venv.name}; waiting for it.")
            fcntl.flock(gate, fcntl.LOCK_EX)
        ensure(root, venv, dev)


def main() -> int:
    problem = version_problem(tuple(sys.version_info))
    if not problem and fcntl is None:
        problem = "Peerdesk's set-up runs on Linux and macOS; on Windows, use it inside WSL."
    if problem:
        say(problem)
        return 1
    parser = argparse.ArgumentParser(description="Make Peerdesk's Python environment from its lock file.")
    parser.add_argument("--dev", action="store_true", help="with the tests' tools")
    parser.add_argument("--venv", default=".venv", help="where (default: .venv in the project)")
    options = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    try:
        ensure_alone(root, root / options.venv, options.dev)
    except SetupError as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"The environment could not be made: {error}.")
        return 1
    except KeyboardInterrupt:
        say("\nStopped; run make again and the set-up starts over.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
