# The verbs of this project; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV ?= uv
QUERIES ?= queries.jsonl
BENCH ?=
ADVISORIES ?= https://api.osv.dev/v1/query
PARALLEL ?= -n auto --dist worksteal
# the slower checks share servers, browsers and generations within a file
BY_FILE ?= -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup dev run test check slow check-full soak contracts lint types crawl build serve schedule evaluate bench audit licences wheel lock

help:  ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 12

setup: $(BIN)/starchart  ## make the virtual environment with what running needs

dev: setup $(VENV)/.dev  ## add what testing and changing it need

$(VENV)/.base: requirements/base.txt requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "Starchart runs on Python 3.11 to 3.13; $(PYTHON) is $$($(PYTHON) -V 2>&1)." \
	    "Name another one: make PYTHON=python3.12 …" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making a virtual environment in $(VENV)" >&2; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python requirements/install.py requirements/build.txt requirements/base.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@$(BIN)/python requirements/install.py requirements/dev.txt
	@touch $@

$(BIN)/starchart: $(VENV)/.base pyproject.toml setup.py
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: setup  ## serve at http://127.0.0.1:8000, crawl and build beside it
	@$(BIN)/starchart run

# What Python compiles and pytest rewrites is kept, even where the environment says not to: each worker of
# pytest and each process of ours that a test starts did it all again, a fifth of the whole time.
test slow check-full soak: export PYTHONDONTWRITEBYTECODE :=

# The files of the fast tests lie in memory where there is room and programs may be run there: a run makes some
# 30,000, each of which can take a disk half a millisecond of a core.
MEMORY = $(shell test -w /dev/shm && test "$$(df -Pk /dev/shm | awk 'END { print $$4 }')" -gt 2000000 && \
  ! grep -q ' /dev/shm [^ ]* [^ ]*noexec' /proc/mounts && echo /dev/shm)
test: export PYTEST_DEBUG_TEMPROOT ?= $(MEMORY)

test: dev  ## the fast tests
	$(BIN)/python -m pytest -q -m "not slow and not mirror and not browser and not full and not soak" $(PARALLEL)

check: lint types contracts slow  ## the slower checks: style, types, import contracts, real data, browser, faults

slow: dev  ## real data, browser, faults: minutes
	$(BIN)/python -m pytest -q -m "(slow or mirror or browser) and not full and not soak" $(BY_FILE)

$(VENV)/.analyzer: $(VENV)/.dev requirements/analyzer.txt
	@$(BIN)/python requirements/install.py requirements/analyzer.txt
	@touch $@

check-full: check $(VENV)/.audit $(VENV)/.analyzer  ## every case of what the slower checks sample: an hour
	$(BIN)/python -m pytest -q -m full $(PARALLEL)

$(VENV)/.soak: $(VENV)/.dev requirements/soak.txt
	@$(BIN)/python requirements/install.py requirements/soak.txt
	@touch $@

soak: dev $(VENV)/.soak  ## by hand, two hours: the whole fault matrix, kills, slow clients, mixed load, fuzzed queries and requests
	$(BIN)/python -m pytest -q -m soak

contracts: dev  ## who may import whom
	$(BIN)/lint-imports

lint: dev  ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev  ## types, strictly
	$(BIN)/mypy

crawl: setup  ## fetch and parse all sources
	$(BIN)/starchart crawl

build: setup  ## build a generation of what was crawled
	$(BIN)/starchart build

serve: setup  ## serve the newest generation
	$(BIN)/starchart serve

schedule: setup  ## crawl and build now and by the timetable
	$(BIN)/starchart schedule

evaluate: setup  ## how good the order is, over judged queries: make evaluate QUERIES=file.jsonl
	$(BIN)/starchart evaluate $(QUERIES)

$(VENV)/.bench: $(VENV)/.base requirements/bench.txt
	@$(BIN)/python requirements/install.py requirements/bench.txt
	touch $@

bench: setup $(VENV)/.bench  ## what the engine costs beside its peers: docs/bench/ (an hour; BENCH=--quick)
	$(BIN)/starchart bench $(BENCH)

$(VENV)/.audit: $(VENV)/.base requirements/audit.txt
	@$(BIN)/python requirements/install.py requirements/audit.txt
	@touch $@

audit: setup $(VENV)/.audit  ## known holes in what is locked, of an OSV source: make audit ADVISORIES=URL
	$(BIN)/python requirements/audit.py "$(ADVISORIES)" requirements/base.txt

licences: setup  ## docs/licences.md, of what running needs
	$(BIN)/python requirements/licences.py > docs/licences.md

wheel: dev  ## dist/starchart-*.whl, with templates, static files, sample and settings
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

lock:  ## resolve requirements/*.txt again (needs uv)
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml -o requirements/base.txt
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group bench -c requirements/base.txt -o requirements/bench.txt
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group audit -o requirements/audit.txt
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group soak -c requirements/dev.txt -o requirements/soak.txt
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group analyzer -c requirements/dev.txt -o requirements/analyzer.txt
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group build -o requirements/build.txt
