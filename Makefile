# `make help` lists everything. Variables: PORT=8001 LAN=1 SIZE=large JOBS=4 ARGS="-k spool" PYTHON=python3.12
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
SHELL := /bin/sh

BIN := .venv/bin
PORT ?= 8000
SIZE ?= demo
JOBS ?= 2
ARGS ?=
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
LOCKS := requirements/base.txt requirements/embedded.txt requirements/dev.txt
SOURCES := manage.py conftest.py bench nozzly inventory catalog production pricing sales
EMBEDDED := $(BIN)/python -m nozzly.embedded
MANAGE := $(BIN)/python manage.py
# Addresses and key that no server answers to: `check --deploy` and collectstatic only read settings.
PRODUCTION := DATABASE_URL=postgresql://nozzly@127.0.0.1:1/nozzly REDIS_URL=redis://127.0.0.1:1/0 DEBUG=0 \
	NOZZLY_DOMAIN=nozzly.example SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')

# --- What everything needs -----------------------------------------------------------------------------------------

.venv/installed: $(LOCKS)
	@test -n "$(PYTHON)" || { echo "Nozzly needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)."; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "Creating .venv …"; $(PYTHON) -m venv --clear .venv; }
	@echo "Installing Python packages …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes $(LOCKS:%=-r %)
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc .venv/installed
	@echo "Installing front-end packages …"
	@$(EMBEDDED) npm ci --loglevel=error
	@touch $@

.PHONY: install
install: .venv/installed node_modules/.installed

# --- Every day -----------------------------------------------------------------------------------------------------

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

.PHONY: dev
dev: install ## run Nozzly here: servers, demo workspace, web, worker, scheduler (PORT=8000, LAN=1 for phones)
	@$(EMBEDDED) system --optional pdf fonts
	@PORT=$(PORT) LAN=$(LAN) $(BIN)/python -m nozzly.embedded.dev

.PHONY: test
test: install ## run every test, browser tests included; below 95 % branch coverage it fails (ARGS="-k spool", JOBS=2)
	@$(EMBEDDED) system pdf fonts browser
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest -n $(JOBS) $(if $(ARGS),$(ARGS),--cov --cov-report=)

.PHONY: test-coverage
test-coverage: ## the same, with a table of the lines that no test reaches
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report=term $(ARGS)"

.PHONY: pictures
pictures: install ## the guide's pictures, taken while a day is walked through the pages; and docs/database.md
	@mkdir -p docs/guide/img
	NOZZLY_SCREENSHOTS=docs/guide/img $(BIN)/python -m pytest -q nozzly/tests/test_day.py
	$(MANAGE) describe_database

.PHONY: lint lint-code lint-templates lint-layers lint-django lint-containers lint-holes
lint: lint-code lint-templates lint-layers lint-django lint-containers lint-holes ## every check that needs no test (-k goes on after a failure)

lint-code: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@find $(SOURCES) -name '*.py' -print0 | xargs -0 $(BIN)/django-upgrade --check --target-version 5.2

lint-templates: install
	$(BIN)/djlint --check templates
	$(BIN)/djlint --lint templates

lint-layers: install
	$(BIN)/lint-imports --no-cache

lint-django: install
	@echo "makemigrations --check, and check --deploy under production settings:"
	@$(PRODUCTION) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

lint-containers: install
	@$(BIN)/python .ci/containers.py

lint-holes: install
	@$(BIN)/python .ci/audit.py requirements/base.txt

.PHONY: fmt
fmt: install ## put code and templates into the house format
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	find $(SOURCES) -name '*.py' -print0 | xargs -0 $(BIN)/django-upgrade --target-version 5.2 --exit-zero-even-if-changed
	$(BIN)/djlint --quiet --reformat templates || true

.PHONY: migrate
migrate: install ## bring public and every workspace up to date
	@$(EMBEDDED) start
	@$(MANAGE) migrate

.PHONY: shell
shell: install ## a Python console with the models at hand
	@$(EMBEDDED) start
	@$(MANAGE) shell

.PHONY: seed
seed: install ## fill the demo workspace (SIZE=demo or large)
	@$(EMBEDDED) start
	@$(MANAGE) migrate
	@$(MANAGE) seed --size $(SIZE)

.PHONY: bench
bench: install ## measure pages, workspace creation and memory against a bare Django view
	@$(EMBEDDED) start
	@$(BIN)/python -m bench

.PHONY: build
build: install ## collect static files as production does; the container image too where Docker runs
	@STATIC_ROOT=$(CURDIR)/staticfiles $(PRODUCTION) $(MANAGE) collectstatic --noinput --clear --verbosity 1 \
		--ignore 'tabler-*' --ignore 'tabler.rtl*'
	@if docker info >/dev/null 2>&1; then docker build --tag nozzly .; else echo "No Docker engine here: the image was not built."; fi

.PHONY: stop
stop: .venv/installed ## stop embedded servers that run by themselves, those of the tests too
	@$(EMBEDDED) stop
	@NOZZLY_VAR=var/test $(EMBEDDED) stop

.PHONY: lock
lock: .venv/installed ## write the lock files anew after a change in requirements/*.in or package.json
	@$(PYTHON) -m venv --clear var/lock && var/lock/bin/python -m pip install -qq --disable-pip-version-check uv
	@for name in base embedded dev; do \
		(cd requirements && ../var/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --output-file $$name.txt $$name.in) || exit 1; done
	@rm -rf var/lock
	@$(EMBEDDED) npm install --package-lock-only --loglevel=error
