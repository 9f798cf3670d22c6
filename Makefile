# Peerdesk's commands. Needs make (GNU 3.81 will do) and a Python of 3.11 or newer; everything else is fetched into .venv,
# pinned and hashed, by config/bootstrap.py. Recipes use relative paths only, so the folder's path may hold spaces.

VENV ?= .venv
PORT ?= 8000
HOST ?= 127.0.0.1
# Whose demo: nordwave or velora, each with its own data (DEMO_BRAND in config/settings.py).
BRAND ?= nordwave
# Some shells export HOST with the machine's name; only `make demo HOST=...` may put the demo on the network.
ifeq ($(origin HOST),environment)
HOST := 127.0.0.1
endif
# Two workers fit a small machine; `make test PYTEST_ARGS="-x -k thanks"` replaces them.
PYTEST_ARGS ?= -n 2 --dist loadgroup
BENCH_ARGS ?=
WEIGHT_ARGS ?=
UPGRADE ?=
export PORT HOST VENV UPGRADE

RUN = "$$VENV/bin/python"
# The first Python of 3.11 or newer that can make environments; else one without pip (uv may do); else whatever there is,
# which then says that it is too old. A version manager's stand-in that only prints an error is passed over.
SETUP = \
  found=; old=; \
  for probe in "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))" \
               "import sys; sys.exit(sys.version_info < (3, 11))"; do \
    for each in "$$PYTHON" python3.13 python3.12 python3.11 python3 python; do \
      if [ -z "$$found" ] && [ -n "$$each" ]; then \
        if "$$each" -c "$$probe" >/dev/null 2>&1; then found=$$each; \
        elif [ -z "$$old" ] && "$$each" -c "import fcntl; fcntl" >/dev/null 2>&1; then old=$$each; fi; \
      fi; \
    done; \
  done; \
  if [ -z "$$found$$old" ]; then \
    echo "Peerdesk needs Python 3.11 or newer, and there is no python3 here (Debian: apt install python3-venv)." >&2; exit 1; \
  fi; \
  "$${found:-$$old}" config/bootstrap.py --venv "$$VENV"

.PHONY: help demo test trials lint bench weight screenshots translations lock setup setup-dev clean
.DEFAULT_GOAL := help

help:
	@echo "make demo     a living community on http://127.0.0.1:8000 (PORT=8001 and HOST=0.0.0.0 choose another)"
	@echo "make demo BRAND=velora PORT=8001  another brand's, in German; both may run side by side"
	@echo "make test     everything that proves it works, about an hour on 2 cores"
	@echo "make trials   the long ones: kills, races, a million rows"
	@echo "make lint     style, types, import direction"
	@echo "make bench    what a request costs (BENCH_ARGS=...)"
	@echo "make weight   what a page weighs on a telephone (WEIGHT_ARGS=...)"
	@echo "make screenshots  the pictures of the README, from the demo"
	@echo "make translations  bring locale/ up to date with the code, compile it, say what is missing"
	@echo "make lock     write the lock files anew from pyproject.toml (UPGRADE=1 takes newer versions)"
	@echo "make clean    remove .venv and caches; the database stays"

setup:
	@$(SETUP)

setup-dev:
	@$(SETUP) --dev

demo: setup
	@PEERDESK_MODE=$${PEERDESK_MODE:-demo}; DEMO_BRAND="$(BRAND)"; export PEERDESK_MODE DEMO_BRAND; \
	  exec $(RUN) manage.py demo --host "$$HOST" --port "$$PORT"

test: setup-dev
	@exec $(RUN) -m pytest $(PYTEST_ARGS)

trials: setup-dev
	@PEERDESK_TRIALS=full; export PEERDESK_TRIALS; exec $(RUN) -m pytest -m trial $(TRIAL_ARGS)

lint: setup-dev
	@exec $(RUN) -m pytest -q tests/test_house.py tests/test_lock.py

bench: setup-dev
	@exec $(RUN) manage.py bench $(BENCH_ARGS)

weight: setup-dev
	@exec $(RUN) manage.py page_weight $(WEIGHT_ARGS)

screenshots: setup-dev
	@PEERDESK_MODE=$${PEERDESK_MODE:-demo}; export PEERDESK_MODE; exec $(RUN) manage.py screenshots

translations: setup-dev
	@$(RUN) manage.py translations update && $(RUN) manage.py translations compile && $(RUN) manage.py translations check

lock: setup-dev
	@exec $(RUN) config/lock.py

clean:
	@case "$$VENV" in ""|/*|*..*) echo "VENV must be a folder inside the project." >&2; exit 1;; esac; \
	  if [ -e "$$VENV" ] && [ ! -e "$$VENV/peerdesk.json" ]; then \
	    echo "$$VENV was not made by Peerdesk, so it stays." >&2; else rm -rf "./$$VENV"; fi
	@rm -rf staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	@echo "Environment and caches are gone. The database and the uploads (folder var) were not touched."
