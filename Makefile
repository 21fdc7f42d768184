# podrace: everything a clone needs. Python 3.11 or newer, make and a package registry are enough.
#   make test PYTHON=python3.12 VENV=.venv312      another interpreter, in its own environment

VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= outputs/baseline
RUN_ARGS ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=
CHOSEN := $(filter-out undefined default,$(origin PYTHON))
PYTHON ?= python3

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo setup test lint format bench docs site gallery history clean

help: ## list the targets
	@echo "podrace: make <target>"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12
	@echo "Settings: PYTHON=python3.12  VENV=.venv312  OUT=outputs/baseline  RUN_ARGS='--members 200'  PYTEST_ARGS='-k units'"

demo: $(VENV)/.ready ## set up, run the baseline scenario, say where the results are
	@$(BIN)/podrace run baseline --out "$(OUT)" $(RUN_ARGS)
	@echo "Results: $(OUT) (headline table above; summary.csv, results.parquet, figures/, events.csv, manifest.json)"

setup: $(VENV)/.ready-dev ## create the environment with all developer tools

test: $(VENV)/.ready-dev ## set up, run the tests on two processes
	@$(BIN)/pytest -n 2 --dist loadfile $(PYTEST_ARGS)

lint: $(VENV)/.ready-dev ## set up, check style, types and the import floors
	@mkdir -p .typecheck && ln -sfn .. .typecheck/podrace
	@failed=""; \
	echo "ruff check";    $(BIN)/ruff check .          || failed="$$failed ruff-check"; \
	echo "ruff format";   $(BIN)/ruff format --check . || failed="$$failed ruff-format"; \
	echo "mypy --strict"; $(BIN)/mypy                  || failed="$$failed mypy"; \
	echo "lint-imports";  $(BIN)/lint-imports          || failed="$$failed lint-imports"; \
	if [ -n "$$failed" ]; then echo "lint failed:$$failed" >&2; exit 1; fi; \
	echo "lint: clean"

format: $(VENV)/.ready-dev ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --exit-zero .
	@$(BIN)/ruff format .

bench: $(VENV)/.ready-dev ## measure the speeds, write the table of docs/performance.md
	@$(BIN)/python benchmarks/run.py $(BENCH_ARGS)

docs: $(VENV)/.ready ## write the generated pages: tables of model, claims and validation, docs/reference, docs/schema
	@$(BIN)/python -m podrace.reports.reference.model_tables docs/model.md
	@$(BIN)/python -m podrace.reports.claims.page docs/claims.md
	@$(BIN)/python -m podrace.reports.reference.checks_page docs/validation.md
	@$(BIN)/python -m podrace.commands.reference docs

site: $(VENV)/.ready-dev ## build the documentation as a site in outputs/site; a broken link is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "outputs/site/index.html: open it, or serve it (which the search needs): $(BIN)/python -m http.server --directory outputs/site"

gallery: $(VENV)/.ready ## refresh docs/pictures: runs, comparisons, hardware model, slides, page
	@BIN="$(BIN)" docs/gallery.sh

history: $(VENV)/.ready ## back-test, calibration and forecasts again: tables and pictures of docs/backtest.md
	@$(BIN)/python -m podrace.reports.history.page docs/backtest.md

clean: ## remove caches and build leftovers (not results, not the environment)
	@rm -rf build dist *.egg-info .typecheck .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +

# The environment. A stamp skips this while pyproject.toml is unchanged.

$(VENV)/.ready: pyproject.toml
	@$(call make_venv)
	@echo "Installing podrace and its dependencies into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml
	@$(call make_venv)
	@echo "Installing podrace, its dependencies and the developer tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $(VENV)/.ready $@

# Take the interpreter named by the user, or else the first of python3, 3.13, 3.12, 3.11 that is 3.11 or newer.
define make_venv
new='import sys; sys.exit(sys.version_info < (3, 11))'; \
if [ -x "$(BIN)/python" ] && "$(BIN)/python" -c "$$new" 2>/dev/null; then exit 0; fi; \
names="$(PYTHON)"; [ -n "$(CHOSEN)" ] || names="$$names python3.13 python3.12 python3.11"; \
for name in $$names; do \
	if "$$name" -c "$$new" >/dev/null 2>&1; then \
		echo "Creating $(VENV) with $$("$$name" --version)"; \
		"$$name" -m venv $$([ -f "$(VENV)/pyvenv.cfg" ] && echo --clear) "$(VENV)" && exit 0; \
		echo "$$name cannot create an environment: is its venv module installed?" >&2; exit 1; \
	fi; \
done; \
echo "podrace needs Python 3.11 or newer; tried: $$names. Name one: make $(firstword $(MAKECMDGOALS)) PYTHON=/path/to/python3.12" >&2; \
exit 1
endef
