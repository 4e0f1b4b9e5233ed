# `make report` and `make test` need python3 (3.11 to 3.13, with venv) and make; everything else they install.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.installed-runtime
TOOLS := $(VENV)/.installed-test-tools
INSTALL := $(BIN)/python tools/install.py
WORKERS ?= 2

# Compiled modules are kept between runs, whatever the caller's shell prefers: a cold import of the stack takes seconds.
unexport PYTHONDONTWRITEBYTECODE
# Two workers on two cores: numerical libraries that start threads of their own only get in each other's way.
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help report test check proof datasets docs hooks lock clean

help: ## This list
	@grep -E '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "make %-8s %s\n", $$1, $$2 }'

report: $(RUNTIME) ## Run the whole collection on the bundled data; prints where reports/latest/index.html is
	$(BIN)/jpresearch run

test: $(TOOLS) ## The whole suite, then linters and types
	@tools/browser.sh
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup
	@$(MAKE) --no-print-directory check

check: $(TOOLS) ## Linters and types alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

proof: $(TOOLS) ## The long proofs
	@tools/browser.sh
	@tools/office.sh
	HYPOTHESIS_PROFILE=proof $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m proof

datasets: $(RUNTIME) ## Write docs/datasets.md anew from the functions
	$(BIN)/python -c "from jpresearch.datasets import pages; print(pages.document(), end='')" > docs/datasets.md

docs: $(TOOLS) ## Write the reference of all modules to docs/reference/index.html
	$(BIN)/python tools/reference.py docs/reference

hooks: $(RUNTIME) ## Keep notebooks' outputs out of commits, in this clone
	git config filter.jpresearch-outputs.clean "tools/notebook_filter.sh"
	git config filter.jpresearch-outputs.smudge cat
	git config filter.jpresearch-outputs.required true

lock: $(TOOLS) ## Resolve all versions anew into the lock files
	tools/lock.sh $(BIN)

clean: ## Remove the environment, the reference and all caches; reports stay
	rm -rf $(VENV) docs/reference .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The package is installed in place, so that an edit takes effect at once; its build tool comes from the lock as well.
$(RUNTIME): requirements.lock requirements-uv.lock pyproject.toml | $(BIN)/python
	$(INSTALL) requirements.lock
	@touch $@

# What the tests need besides.
$(TOOLS): requirements.lock requirements-test.lock requirements-uv.lock pyproject.toml | $(BIN)/python
	$(INSTALL) requirements.lock requirements-test.lock
	@touch $(RUNTIME) $@
