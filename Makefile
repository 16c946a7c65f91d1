# `make demo` and `make test` need Python 3.11+ and make; everything else they fetch themselves.
PYTHON ?= python3
BIN := .venv/bin
# What a person's shell says of homes and sources is not for the tests.
CLEAN := env -u DAGSTER_HOME $$(env | sed -n 's/^\(NBA_ASSETS_[A-Za-z0-9_]*\)=.*/-u \1/p')

.PHONY: help demo dev test test-seasons test-nights lint format bench setup setup-dev pins clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

demo: setup ## a month of the sandbox league, from provider responses to numbers on the screen
	$(BIN)/nba-assets demo

dev: setup ## the Dagster UI on http://127.0.0.1:3000, over the home of the demo or of NBA_ASSETS_HOME
	mkdir -p "$${NBA_ASSETS_HOME:-.nba_assets}/dagster"
	if [ -n "$$NBA_ASSETS_HOME" ]; then \
	    export DAGSTER_HOME="$${DAGSTER_HOME:-$$(cd "$$NBA_ASSETS_HOME/dagster" && pwd)}"; \
	    mkdir -p "$$DAGSTER_HOME"; \
	    [ -e "$$DAGSTER_HOME/dagster.yaml" ] || sed '/^storage:/,/^$$/d' dagster.yaml > "$$DAGSTER_HOME/dagster.yaml"; \
	fi; PATH="$$PWD/$(BIN):$$PATH" $(BIN)/dagster dev

test: setup-dev lint ## what CI runs
	$(CLEAN) $(BIN)/dagster definitions validate -m nba_assets.definitions
	$(CLEAN) $(BIN)/pytest -n auto --dist loadfile -m "not season and not nights"

test-seasons: setup-dev ## three recorded seasons, whole, twice, against logs, a public table and an oracle: about 40 minutes
	$(CLEAN) $(BIN)/pytest -m season

test-nights: setup-dev ## ten nights of the sandbox with late, wrong and missing data, and the month of the demo
	$(CLEAN) $(BIN)/pytest -n auto --dist loadfile -m nights

lint: setup-dev ## format, rules and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev ## what the platform costs over its own event log and a hand-written script, beside its targets; an hour
	$(BIN)/python -m nba_assets_tests.bench

setup: .venv/.runtime

setup-dev: .venv/.dev

.venv/bin/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv .venv

.venv/.runtime: .venv/bin/python requirements.txt pyproject.toml dagster.yaml
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/.dev: .venv/.runtime requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

pins: ## compile requirements*.txt anew
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --extra ui --extra bigquery --extra models pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --all-extras -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## forget the environment; data stays
	rm -rf .venv
