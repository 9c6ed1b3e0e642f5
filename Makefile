# SPDX-License-Identifier: MIT
# make run     set up .venv, open the desk app on the simulated unit (without a display: the demo pull in the terminal)
# make test    set up everything, then run every check and test
# make check   style, types and import contracts only
# make house    sizes, names and exceptions to the rules, for this commit and the one before
# make campaign  every campaign whole, not the samples that `make test` runs: faults, units, motion, STOP; takes hours
# make mutants  do the tests notice one change at a time? 200 of them; takes an hour
# make firmware, make bench, make lock

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test check setup setup-test firmware node bench campaign house mutants lock clean

run: setup
	@$(BIN)/followfocus gui --port sim --demo-without-display

setup:
	@bash .ci/setup run
	@$(MAKE) --no-print-directory $(STAMP)

setup-test:
	@bash .ci/setup test
	@$(MAKE) --no-print-directory $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@echo "setting up $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "followfocus needs Python 3.11 or newer; set PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

check: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

firmware:
	$(MAKE) -C firmware

node: firmware/bench/node_modules/.package-lock.json
firmware/bench/node_modules/.package-lock.json: firmware/bench/package-lock.json
	cd firmware/bench && npm ci --silent --no-audit --no-fund

test: check
	@if command -v avr-gcc >/dev/null; then $(MAKE) -C firmware; else $(MAKE) -C firmware host; fi
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory node || [ "$$CI" != true ]; fi
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

bench:
	@for script in $(filter-out %/mutants.py %/house.py %/faults.py,$(wildcard benchmarks/*.py)); do echo "== $$script"; $(BIN)/python $$script; done

# Every test that keeps a sample of a campaign by default, whole; but those that faults.py has already told of.
CAMPAIGNS = $(filter-out tests/test_damaged_files.py tests/sources/test_hostile.py tests/wire/test_liars.py,\
    $(shell grep -rl FOLLOWFOCUS_CAMPAIGN tests --include='test_*.py'))

campaign: setup-test
	@if command -v avr-gcc >/dev/null; then $(MAKE) -C firmware; else $(MAKE) -C firmware host; fi
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory node; fi
	@export FOLLOWFOCUS_CAMPAIGN=full; $(BIN)/python benchmarks/faults.py; told=$$?; \
	    $(BIN)/python -m pytest -n auto --dist worksteal --durations=20 --timeout 14400 -o faulthandler_timeout=0 $(CAMPAIGNS) $(PYTEST_ARGS) && exit $$told

mutants:
	@$(BIN)/python benchmarks/mutants.py $(MUTANTS_ARGS)

house:
	@$(BIN)/python benchmarks/house.py --list

lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --exclude-newer "$$(date -u -d '14 days ago' +%F)" -o requirements.lock

clean:
	rm -rf $(VENV) firmware/build firmware/bench/node_modules
