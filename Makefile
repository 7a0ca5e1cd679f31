# Everything is built inside the checkout. `make help` lists the targets.
# Variables: PYTHON (interpreter, at least 3.11), ARGS (passed on), NAME (of the benchmark).
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev optimise assets demo test check messages bench bundle sbom lock clean
unexport PYTHONHOME PYTHONDONTWRITEBYTECODE
RUN := PYTHONPATH=src .venv/bin/python
# Tools that import the settings must neither read nor create an instance's data.
BARE := LEITSTAND_DATA=.tools/check-data LEITSTAND_SECRET_KEY=check LEITSTAND_DATABASE_URL=

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 12

setup: ## builds the environment (.venv, .tools, front-end files, translations)
	@./tools/setup.sh core

setup-dev: ## the same with everything that tests and checks need
	@./tools/setup.sh dev

optimise: setup ## adds OR-Tools (80 MB and what it needs): better plans, proven bounds
	@.tools/bin/uv pip install -q --require-hashes -r requirements-optimise.txt --python .venv/bin/python

assets: setup ## fetches and checks the front-end files

demo: setup ## creates the demo city and serves it in the foreground
	@exec ./leitstand demo $(ARGS)

test: setup-dev ## runs the tests on SQLite (browser, kills, backup and restore, bundle: .ci/run)
	@$(RUN) -m pytest -n auto --maxprocesses 4 $(ARGS)

check: setup-dev ## ruff, mypy, layers, translations
	@rc=0; \
	.venv/bin/python -m ruff check || rc=1; \
	$(BARE) $(RUN) -m mypy || rc=1; \
	PYTHONPATH=src .venv/bin/python -c 'from importlinter.cli import lint_imports_command as run; run()' || rc=1; \
	$(BARE) $(RUN) -m leitstand messages check || rc=1; \
	exit $$rc

messages: setup-dev ## collects new texts into the catalogues and compiles them
	@$(RUN) -m leitstand messages update
	@$(RUN) -m leitstand messages compile

bench: setup-dev ## measures, e.g. make bench NAME=portfolio; writes bench.json
	@if [ -z "$(NAME)" ] || [ ! -e "benchmarks/$(NAME)" -a ! -e "benchmarks/$(NAME).py" ]; then \
	    echo "leitstand: say which: make bench NAME=…, one of:" $$(ls benchmarks 2>/dev/null | sed 's/\.py$$//; /^_/d; /^data$$/d; /^inside$$/d; /^mailbox$$/d; /^past$$/d; /^server$$/d') >&2; exit 2; fi
	@PYTHONPATH=src:. .venv/bin/python -m benchmarks.$(NAME) $(ARGS)

bundle: setup ## packs dist/leitstand-offline-<version>.tar.gz for machines without network
	@.venv/bin/python tools/bundle.py $(ARGS)

sbom: setup ## writes sbom.json (CycloneDX 1.6) and refuses licences that must not be in it
	@./leitstand sbom --check --output sbom.json

lock: setup-dev ## solves the dependencies of pyproject.toml anew
	@./tools/lock.sh

clean: ## removes everything that make built; data/ stays
	@rm -rf .venv .tools dist build node_modules src/leitstand/static/vendor sbom.json bench.json
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find src tests -name '*.mo' -delete
	@find src tests tools -name __pycache__ -prune -exec rm -rf {} +
