"""The lock files and pyproject.toml tell the same story."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.lock import DEV_LOCK, RUNTIME_LOCK, SOURCE_LINE, dependency_hash

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[0-9][A-Za-z0-9.+!]*)(?: ; (?P<marker>[^\\]+))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?P<more> \\)?$")
MACHINES = [
    {"sys_platform": system, "platform_system": name, "platform_machine": machine, "python_version": python}
    for system, name, machine in [
        ("linux", "Linux", "x86_64"),
        ("linux", "Linux", "aarch64"),
        ("darwin", "Darwin", "arm64"),
        ("darwin", "Darwin", "x86_64"),
    ]
    for python in ("3.11", "3.12", "3.13")
]


def read_lock(name: str) -> dict[str, list[tuple[Requirement, int]]]:
    """Each library's pins (several where machines differ) with their number of hashes; fails on any other line."""
    pins: dict[str, list[tuple[Requirement, int]]] = {}
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(SOURCE_LINE)
    current, hashes, open_pin = "", 0, False
    for number, line in enumerate(lines[1:], start=2):
        if open_pin:
            found = HASH.match(line)
            assert found, f"{name}:{number}: a hash was due: {line!r}"
            hashes, open_pin = hashes + 1, bool(found["more"])
            pins[current][-1] = (pins[current][-1][0], hashes)
            continue
        pin = PIN.match(line)
        assert pin, f"{name}:{number}: neither a pinned version nor a hash: {line!r}"
        current, hashes, open_pin = pin["name"], 0, True
        marker = f" ; {pin['marker']}" if pin["marker"] else ""
        pins.setdefault(current, []).append((Requirement(f"{current}=={pin['version']}{marker}"), 0))
    assert not open_pin
    return pins


def wanted(group: str | None) -> list[Requirement]:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    return [
        Requirement(line) for line in (project["optional-dependencies"][group] if group else project["dependencies"])
    ]


def applies(requirement: Requirement, machine: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**default_environment(), **machine})


@pytest.mark.parametrize("name", [RUNTIME_LOCK, DEV_LOCK])
def test_a_lock_holds_pinned_versions_and_hashes_and_not_one_word_of_where_it_was_made(name: str) -> None:
    # read_lock refuses every other line: addresses, options, paths, comments.
    pins = read_lock(name)
    assert len(pins) >= 30
    assert all(count >= 1 for versions in pins.values() for _, count in versions)


@pytest.mark.parametrize("name", [RUNTIME_LOCK, DEV_LOCK])
def test_a_changed_pyproject_needs_make_lock(name: str) -> None:
    first = (ROOT / name).read_text(encoding="utf-8").splitlines()[0]
    assert first == SOURCE_LINE + dependency_hash(PYPROJECT), "pyproject.toml was changed: run `make lock`"


def test_the_hash_sees_every_change_of_a_dependency_and_no_change_of_a_comment(tmp_path: Path) -> None:
    original = PYPROJECT.read_text(encoding="utf-8")
    copy = tmp_path / "pyproject.toml"
    seen = {dependency_hash(PYPROJECT)}
    project = tomllib.loads(original)["project"]
    first, tool = f'"{project["dependencies"][0]}",', f'"{project["optional-dependencies"]["dev"][0]}",'
    python = f'requires-python = "{project["requires-python"]}"'
    for before, after in [
        (first, first.replace('",', ',!=0.1",')),
        (first, first + ' "one-more",'),
        (first, ""),
        (tool, ""),
        (python, 'requires-python = ">=3.99"'),
    ]:
        assert original.count(before) == 1
        copy.write_text(original.replace(before, after), encoding="utf-8")
        seen.add(dependency_hash(copy))
    assert len(seen) == 6
    copy.write_text("# a comment\n" + original, encoding="utf-8")
    assert dependency_hash(copy) == dependency_hash(PYPROJECT)


@pytest.mark.parametrize(("name", "groups"), [(RUNTIME_LOCK, [None]), (DEV_LOCK, [None, "dev"])])
def test_every_library_of_pyproject_is_locked_within_its_bounds_on_every_machine(name: str, groups: list) -> None:
    pins = read_lock(name)
    for requirement in [each for group in groups for each in wanted(group)]:
        versions = pins.get(canonicalize_name(requirement.name), [])
        for machine in MACHINES:
            if not applies(requirement, machine):
                continue
            fitting = [pin for pin, _ in versions if applies(pin, machine)]
            assert len(fitting) == 1, f"{requirement.name} is locked {len(fitting)} times for {machine}"
            (version,) = fitting[0].specifier
            assert requirement.specifier.contains(version.version), f"{fitting[0]} does not fit {requirement}"


def test_the_development_lock_is_the_runtime_lock_and_more() -> None:
    runtime, dev = read_lock(RUNTIME_LOCK), read_lock(DEV_LOCK)
    assert set(runtime) < set(dev)
    for name, versions in runtime.items():
        assert {str(pin.specifier) for pin, _ in versions} == {str(pin.specifier) for pin, _ in dev[name]}
        for machine in MACHINES:
            for pin, _ in versions:
                if applies(pin, machine):
                    assert any(applies(other, machine) for other, _ in dev[name])


def test_libraries_with_native_parts_are_locked_for_other_machines_than_the_one_that_made_the_lock() -> None:
    pins = read_lock(RUNTIME_LOCK)
    # One file for each of at least three Pythons on Linux and macOS, Intel and ARM.
    for name in ("psycopg-binary", "pillow"):
        assert sum(count for _, count in pins[name]) >= 12
