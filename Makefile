# Each target does what its name says; CI calls the same ones.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ADDONS := .venv-addons
PYTHON_ADDONS ?= python3.11

# Compiled modules are kept: each process of the tests would compile anew all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo test doctest test-slow test-all check notebooks docs docs-links bench addons-reference clean

install: $(READY)

$(READY): requirements.txt setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(READY)

demo: $(READY)
	rm -rf runs/demo
	$(BIN)/lstm-toolkit train digits --out runs/demo
	$(BIN)/lstm-toolkit export runs/demo models/digits
	$(BIN)/python examples/ask_saved_model.py \
		"$$(ls -d models/digits/[0-9]* | sort -V | tail -n 1)" runs/demo/samples.npz
	@echo "Pictures: runs/demo/plots/*.png"

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not slow and not full'

# The examples in docstrings; tests/conftest.py, read beside the file of tests/, hides GPUs.
doctest: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal --doctest-modules lstm_toolkit tests/pairwise.py

test-slow: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'slow and not full'

# All combinations and all notebooks too.
test-all: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal --doctest-modules lstm_toolkit tests

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

notebooks: $(READY)
	$(BIN)/python -m notebooks.build

# Pages in build/docs; a warning fails, a link inside the site that leads nowhere is one.
docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -b html docs build/docs
	@echo "Open build/docs/index.html"

# Asks every address outside of the site, so it needs the net.
docs-links: $(READY)
	$(BIN)/python -m sphinx -b linkcheck docs build/docs-links

bench: $(READY)
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.memory

# Writes tests/addons/*.npz anew with the real tensorflow-addons, which needs Python 3.11.
addons-reference: $(ADDONS)/.ready
	$(ADDONS)/bin/python -m tests.addons.make_reference

$(ADDONS)/.ready: requirements-addons.txt
	$(PYTHON_ADDONS) -m venv $(ADDONS)
	$(ADDONS)/bin/python -m pip install --quiet --requirement requirements-addons.txt
	touch $@

clean:
	rm -rf $(VENV) $(ADDONS) build dist *.egg-info
