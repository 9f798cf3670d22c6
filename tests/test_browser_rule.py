"""A browser test that did not run is never mistaken for one that passed."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_pytest(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PEERDESK_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_without_chromium_the_browser_tests_are_skipped_in_capitals() -> None:
    run = run_pytest("tests/browser", PEERDESK_CHROMIUM="/no/such/chromium")
    assert run.returncode == 0, run.stdout
    assert re.search(r"^\d+ BROWSER TESTS WERE SKIPPED: NO CHROMIUM IS INSTALLED HERE", run.stdout, re.MULTILINE)
    assert re.search(r"\d+ skipped", run.stdout.splitlines()[-1])


def test_where_a_browser_is_required_a_missing_chromium_fails() -> None:
    run = run_pytest("tests/browser", PEERDESK_CHROMIUM="/no/such/chromium", PEERDESK_REQUIRE_BROWSER="1")
    assert run.returncode == 1, run.stdout
    assert "NO BROWSER TEST RAN" in run.stdout


def test_where_a_browser_is_required_a_run_without_browser_tests_fails() -> None:
    run = run_pytest("-n", "1", "tests/test_lock.py", PEERDESK_REQUIRE_BROWSER="1")
    assert run.returncode == 1, run.stdout
    assert "NO BROWSER TEST RAN" in run.stdout and " passed" in run.stdout.splitlines()[-1]
