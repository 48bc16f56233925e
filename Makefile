# Two doors: `make up` runs the city, `make test` tests it. Each works alone on a machine with Python 3.11 and make.
SHELL := /bin/bash
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
# The machine's own certificates count, also those of a mirror inside the house.
UV := UV_LINK_MODE=copy UV_SYSTEM_CERTS=1 $(BIN)/uv
FRONT := jinmai/core/web/frontend
STAMPS := .venv/stamps

.DEFAULT_GOAL := help

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

up: setup  ## Set up, load the city, start everything, print the address and the demo sign-ins
	$(BIN)/jinmai up $(ARGS)

setup: $(STAMPS)/run $(STAMPS)/front $(STAMPS)/words  ## Install what running needs, nothing more

test: $(STAMPS)/dev $(STAMPS)/front $(STAMPS)/words  ## Run all tests
	$(BIN)/pytest $(ARGS)

faults: $(STAMPS)/dev $(STAMPS)/front $(STAMPS)/words  ## Kill parts hundreds of times under load, attack the ledger a thousand times
	$(BIN)/pytest -m slow tests/faults jinmai/lake $(ARGS)

lint: $(STAMPS)/dev  ## Check style, types, architecture, templates, translations, migrations, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --quiet --lint jinmai
	$(BIN)/python tools/translations.py check
	JINMAI_DATA=build/lint $(BIN)/jinmai makemigrations --check --dry-run
	$(BIN)/mkdocs build --strict --site-dir build/docs

format: $(STAMPS)/dev  ## Put code into shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

translations: $(STAMPS)/dev  ## Extract the words of all pages into the catalogues
	$(BIN)/python tools/translations.py extract

bench: $(STAMPS)/dev $(STAMPS)/front  ## Run every benchmark with its peers (NAME=lake for one)
	$(BIN)/jinmai bench $(NAME) --json

system: $(STAMPS)/dev  ## Make a new system's folder (NAME=helpdesk ZH=诉求办结 EN=Helpdesk)
	$(BIN)/python tools/new_system $(NAME) --zh "$(ZH)" --en "$(EN)"

lock:  ## Resolve the dependencies anew into requirements/*.lock
	$(UV) pip compile pyproject.toml --group build --group dev --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet -o requirements/dev.lock
	$(UV) pip compile pyproject.toml --group build -c requirements/dev.lock --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet -o requirements/run.lock

clean:  ## Remove everything that set-up made (the data folder stays)
	rm -rf .venv node_modules $(FRONT)/node_modules jinmai/core/web/static/web jinmai/core/web/fonts build

.PHONY: help up setup test faults lint format translations bench system lock clean

$(BIN)/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Jinmai needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(STAMPS)/run: requirements/run.lock pyproject.toml | $(BIN)/uv
	$(UV) pip install --quiet --require-hashes -r requirements/run.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements/dev.lock $(STAMPS)/run
	$(UV) pip install --quiet --require-hashes -r requirements/dev.lock
	@mkdir -p $(STAMPS) && touch $@

# Node bundles the front end once. Where the machine has none (or an old one) the one from PyPI serves.
$(STAMPS)/front: $(FRONT)/package-lock.json $(wildcard $(FRONT)/*.mjs $(FRONT)/src/* $(FRONT)/src/*/*) $(STAMPS)/run
	$(BIN)/python $(FRONT)/build.py
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/words: $(wildcard jinmai/*/*/locale/*/LC_MESSAGES/django.po) $(STAMPS)/run
	$(BIN)/python tools/translations.py compile
	@mkdir -p $(STAMPS) && touch $@
