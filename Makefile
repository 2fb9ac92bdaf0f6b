# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The front door. Each check is defined once, in noxfile.py; this only opens it.
#   ARGS=...   arguments of the one thing that runs: make unit ARGS='-k overlay'
#   CORE=2.19  one ansible-core instead of those that a target would take: make sanity CORE=2.19

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ARGS ?=
CHECK ?=
CORE ?=
DIR ?=
NAME ?= people
SECONDS ?= 60

BED = /usr/bin/python3 tests/bed/bed.py
PYTHON = PYTHONPATH=.cache .venv/bin/python
# One session on the named core, or those of the tag.
SESSIONS = $(if $(CORE),--session $@-$(CORE),--tags $@)

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@echo "  ARGS='...' goes to what runs:  make unit ARGS='-k overlay';  CORE=2.19 takes that ansible-core"

.PHONY: setup
setup: ## Packages and .venv, where missing (every other target does it too)
	@tests/tools/bootstrap.sh

.PHONY: setup-compiler
setup-compiler:
	@tests/tools/bootstrap.sh headers

.PHONY: demo demo-clean
demo: setup ## A network, a pool, a volume and a guest, on this machine's libvirt or one of our own; CHECK=1 only predicts
	@$(PYTHON) tests/demo/run.py up $(if $(CHECK),--check) $(ARGS)
demo-clean: setup ## Remove what the demo made, and nothing else
	@$(PYTHON) tests/demo/run.py down $(ARGS)

.PHONY: test
test: setup-compiler ## All that must pass: lint, unit, sanity, integration, molecule, docs, build (oldest and newest core)
	@.venv/bin/python tests/tools/lanes.py test

.PHONY: test-all
test-all: setup-compiler ## The same on every ansible-core whose Python is at hand, and all of the long matrices
	@CONVERGE_ALL=1 .venv/bin/python tests/tools/lanes.py all

.PHONY: lint
lint: setup ## Style, types, licences, metadata, documentation, import walls; ARGS='ruff mypy' for some of them
	@.venv/bin/nox --session lint -- $(ARGS)

.PHONY: unit
unit: setup ## Unit tests; one of them: make unit ARGS='tests/unit/test_walls.py -k carries'
	@.venv/bin/nox $(SESSIONS) -- $(ARGS)

.PHONY: sanity
sanity: setup ## ansible-test sanity; one of its tests: make sanity ARGS='--test pep8'
	@.venv/bin/nox $(SESSIONS) -- $(ARGS)

.PHONY: integration
integration: setup ## Every module on a real libvirt of our own; one test: make integration ARGS='-k name'
	@.venv/bin/nox $(SESSIONS) -- $(ARGS)

.PHONY: bed
bed: setup ## Tests of that libvirt and its guest themselves
	@.venv/bin/nox --session bed -- $(ARGS)

.PHONY: molecule
molecule: setup ## The molecule scenarios on that libvirt
	@.venv/bin/nox --session molecule -- $(ARGS)

.PHONY: docs
docs: setup ## The documentation site, into .cache/docs/html
	@.venv/bin/nox --session docs

.PHONY: build
build: setup ## The archive, into .cache/dist: built, judged by galaxy-importer, installed and tried
	@.venv/bin/nox --session build

.PHONY: corpus
corpus: setup ## Apply a folder of documents twice: make corpus DIR=folder
	@test -n "$(DIR)" || { echo "say which folder: make corpus DIR=folder"; exit 2; }
	@$(PYTHON) tests/corpus/run.py "$(DIR)" $(ARGS)

.PHONY: measure
measure: setup ## The same, and what becomes of single random changes: make measure DIR=folder (ARGS='--seed 2 --mutants 8')
	@test -n "$(DIR)" || { echo "say which folder: make measure DIR=folder"; exit 2; }
	@$(PYTHON) tests/corpus/run.py "$(DIR)" --mutants 4 $(ARGS)

.PHONY: pairs
pairs: setup ## Judge documents that libvirt's own tests pair with its answers; no libvirt is needed: make pairs DIR=folder
	@test -n "$(DIR)" || { echo "say which folder: make pairs DIR=folder"; exit 2; }
	@$(PYTHON) tests/corpus/pairs.py "$(DIR)" $(ARGS)

.PHONY: stacked
stacked: setup ## Compare what a stack tells of documents with what their modules tell: make stacked DIR=folder (ARGS='--seed 2')
	@test -n "$(DIR)" || { echo "say which folder: make stacked DIR=folder"; exit 2; }
	@$(PYTHON) tests/corpus/stacked.py "$(DIR)" $(ARGS)

.PHONY: running
running: setup ## Change a running guest at random: make running DIR=folder (ARGS='--kind network --minutes 5')
	@test -n "$(DIR)" || { echo "say which folder: make running DIR=folder"; exit 2; }
	@$(PYTHON) tests/corpus/running.py "$(DIR)" $(ARGS)

.PHONY: fuzz
fuzz: setup ## Fuzz the XML engine: make fuzz SECONDS=3600 (DIR=folder of real documents)
	@.venv/bin/nox --session fuzz -- --seconds $(SECONDS) $(if $(DIR),--dir "$(DIR)") $(ARGS)

.PHONY: bench
bench: setup ## Time the work on a libvirt of our own
	@$(PYTHON) tests/bench/run.py $(ARGS)

.PHONY: bench-connection
bench-connection: setup ## Time files and commands through the guest agent; ARGS='--peer FOLDER' measures another collection beside
	@$(PYTHON) tests/bench/connection.py $(ARGS)

.PHONY: bench-images
bench-images: setup ## Time how an image becomes a volume, against cp, virsh and curl
	@$(PYTHON) tests/bench/images.py $(ARGS)

.PHONY: bench-devices
bench-devices: setup ## Time a plan against the number of devices, and draw it
	@$(PYTHON) tests/bench/devices.py $(ARGS)

.PHONY: bench-inventory
bench-inventory: setup ## Time the inventory beside the one of community.libvirt (PEER=folder, else it is fetched)
	@$(PYTHON) tests/bench/inventory.py $(if $(PEER),--peer "$(PEER)") $(ARGS)

.PHONY: bench-stack
bench-stack: setup ## Time a stack of 200 objects on a libvirt of our own
	@$(PYTHON) tests/bench/stack.py $(ARGS)

.PHONY: bed-start bed-stop bed-list
bed-start: setup ## A private libvirt for people; prints its URI (NAME=people)
	@$(BED) start $(NAME) $(ARGS) && $(BED) uri $(NAME)
bed-stop: ## Stop it and leave nothing behind
	@$(BED) stop $(NAME)
bed-list: ## Which are running
	@$(BED) list

.PHONY: clean
clean: ## Delete .venv, .nox and .cache: everything that make created
	@rm -rf .venv .nox .cache .mypy_cache .pytest_cache .ruff_cache
