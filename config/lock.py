"""`make lock`: writes requirements.lock and requirements-dev.lock from pyproject.toml.

uv's universal resolver makes one lock for all: Python 3.11 to 3.13, Linux and macOS, Intel and ARM, with markers where
they differ and the hashes of every file of a release. (pip-compile resolves only for the machine it runs on.) uv comes
with the development libraries, pinned and hashed like the others. Locked versions stay unless pyproject.toml forbids
them; `make lock UPGRADE=1` takes the newest. The first comment of a lock holds the hash of the dependency tables it was
made from, so that a test can tell a pyproject.toml that was changed without `make lock`.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
SOURCE_LINE = "# made by `make lock` from the dependency tables of pyproject.toml, sha256 "
INDEX = "https://pypi.org/simple"


def dependency_hash(pyproject: Path) -> str:
    """Return the sha256 of everything in a pyproject.toml that a lock depends on; order and comments do not matter."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    tables = {
        "requires-python": project["requires-python"],
        "dependencies": sorted(project["dependencies"]),
        "optional-dependencies": {name: sorted(group) for name, group in project["optional-dependencies"].items()},
    }
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()


def compile_lock(root: Path, output: Path, *options: str) -> None:
    """Resolve pyproject.toml into `output`. Raises CalledProcessError; uv has told why on the terminal by then.

    Indexes and links configured on this machine are left out, so that the lock is the same wherever it is made.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    command = [sys.executable, "-m", "uv", "--no-config", "pip", "compile", "--universal", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--strip-extras", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--default-index", INDEX, "--quiet", "--output-file", str(output), *options, "pyproject.toml"]
    subprocess.run(command, cwd=root, env=environ, check=True)


def write_locks(root: Path, upgrade: bool) -> None:
    """Write both locks or neither. The wider one is resolved first, the narrower one inside it: identical pins."""
    source = SOURCE_LINE + dependency_hash(root / "pyproject.toml") + "\n"
    with tempfile.TemporaryDirectory() as folder:
        dev, runtime = Path(folder) / DEV_LOCK, Path(folder) / RUNTIME_LOCK
        if not upgrade and (root / DEV_LOCK).is_file():
            dev.write_bytes((root / DEV_LOCK).read_bytes())
        compile_lock(root, dev, "--extra", "dev")
        compile_lock(root, runtime, "--constraint", str(dev))
        for made in (dev, runtime):
            fresh = root / (made.name + ".new")
            fresh.write_text(source + made.read_text(encoding="utf-8"), encoding="utf-8")
            fresh.replace(root / made.name)


def main() -> int:
    try:
        write_locks(ROOT, upgrade=os.environ.get("UPGRADE", "") not in {"", "0", "no"})
    except subprocess.CalledProcessError:
        sys.stderr.write("The lock files stay as they were: uv found no set of versions, or did not reach the index.\n")
        return 1
    sys.stderr.write(f"{RUNTIME_LOCK} and {DEV_LOCK} fit pyproject.toml.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
