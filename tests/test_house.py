"""The house rules that machines can check, so that `pytest` alone proves them."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["config", "support", "community"]


def passes(*arguments: str) -> None:
    """Run a checker of this environment in the project's folder; its whole output is the failure's message."""
    run = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_code_has_no_fault_that_ruff_knows() -> None:
    passes("-m", "ruff", "check", "--no-cache", ".")


def test_the_code_is_formatted_one_way() -> None:
    passes("-m", "ruff", "format", "--no-cache", "--check", ".")


@pytest.mark.timeout(600)
def test_the_types_hold() -> None:
    passes("-m", "mypy", "--no-error-summary", *PACKAGES, "manage.py")


def test_imports_point_one_way_config_to_support_to_community() -> None:
    passes("-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.argv=['lint-imports']; c()")


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=3)


@pytest.mark.django_db
def test_djangos_own_checks_find_nothing() -> None:
    call_command("check", fail_level="WARNING", databases=["default"])


def test_every_static_file_that_css_and_scripts_name_exists(settings, tmp_path) -> None:
    # Production's storage hashes the files and follows their references: a missing one fails here, not on the server.
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "config.staticfiles.HashedStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").is_file()
