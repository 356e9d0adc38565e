# Two commands do everything: `make report` and `make test`. Needs Python 3.11-3.13, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
EXAMPLE := out/example
export OPENBLAS_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help report test check bench lint format lock lab docs clean setup

help:  ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## Make .venv from the hashed lock (done by the others when needed)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11, 3.12 or 3.13 is needed, {v[0]}.{v[1]} was found. Say which one: make PYTHON=python3.11 ...")'
	@echo "Setting up .venv (once, about a minute) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'import analytics, schemas, jupyterlab'
	@touch $@

report: $(STAMP)  ## The example clinics and their full report in out/example/
	@$(BIN)/outcomes simulate --out $(EXAMPLE)-data --patients 600 --clinics 3 --seed 1 >/dev/null
	@$(BIN)/outcomes report $(EXAMPLE)-data --out $(EXAMPLE)

test: $(STAMP)  ## Lint, types and the tests (a few minutes)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest -n 2 -m "not long"

check: $(STAMP)  ## The tests and the long ones
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest -n 2

bench: $(STAMP)  ## Speed and memory, and the error rates of the methods (tens of minutes)
	@$(BIN)/python -m benchmarks

lint: $(STAMP)  ## Only ruff and the type checker
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy --no-error-summary

format: $(STAMP)  ## Put the code in form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

lab: $(STAMP)  ## JupyterLab on a copy of the first notebook and the others (loopback, with a token)
	@mkdir -p out/lab $(VENV)/share/jupyter/lab/settings
	@for f in notebooks/[0-9]*.ipynb notebooks/repeated_measures.ipynb notebooks/README.md; do \
	  test -e out/lab/$${f##*/} || cp $$f out/lab/; done
	@echo '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}' \
	  > $(VENV)/share/jupyter/lab/settings/overrides.json
	@$(BIN)/jupyter lab --ip=127.0.0.1 --ServerApp.root_dir=out/lab --LabApp.default_url=/lab/tree/00_first_hour.ipynb \
	  --LabApp.news_url= $(LAB)

docs: $(STAMP)  ## The manual as a site without network, in out/docs/
	@rm -rf out/docs
	@$(BIN)/python -m sphinx -W --keep-going -q -E -b html -d out/docs-work docs out/docs
	@$(BIN)/python docs/generate/offline.py out/docs
	@rm -rf out/docs/_sources
	@echo out/docs/index.html

lock:  ## Make requirements.lock anew (needs uv)
	@uv pip compile pyproject.toml --extra dev --extra delivery --universal --no-header --no-annotate --generate-hashes \
	  --python-version 3.11.7 --upgrade -o requirements.lock

clean:  ## Remove .venv and out/
	@rm -rf $(VENV) out
