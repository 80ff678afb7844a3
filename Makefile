# Escape Routes. `make` alone lists what can be made.
# Another Python:  make PYTHON=/path/to/python3.12 book

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
VENV   ?= .venv
PY      = $(VENV)/bin/python
export PYTHON

# Ctrl-C on the server is a normal end, not an error of make.
.PHONY: help
help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Setting up: a stamp each, made again when what it stands for changes ---

$(PY):
	@sh tools/venv.sh $(VENV)

$(VENV)/launch.stamp: requirements.txt pyproject.toml | $(PY)
	@$(PY) -m tools.install requirements.txt
	@touch $@

$(VENV)/book.stamp: requirements-book.txt $(VENV)/launch.stamp
	@$(PY) -m tools.install requirements-book.txt
	@touch $@

$(VENV)/test.stamp: requirements-test.txt $(VENV)/book.stamp
	@$(PY) -m tools.install requirements-test.txt
	@touch $@

# --- For readers and authors ---

.PHONY: serve
serve: $(VENV)/book.stamp  ## Build the book and serve it on this machine
	@$(PY) -m tools.book serve

.PHONY: book
book: $(VENV)/book.stamp  ## Run the notebooks and build the book (quick if nothing changed)
	@$(PY) -m tools.book build

.PHONY: lab
lab: $(VENV)/launch.stamp  ## Open the chapters as notebooks in JupyterLab
	@$(VENV)/bin/jupyter lab

# --- For teachers ---

.PHONY: exercises
exercises: $(VENV)/launch.stamp  ## Write the student notebooks of all exercises
	@$(PY) -m tools.exercises

.PHONY: zip
zip: $(VENV)/book.stamp  ## Pack the book for a USB stick, to be read without a network
	@$(PY) -m tools.book build
	@$(PY) -m tools.offline

.PHONY: pdf
pdf: $(VENV)/test.stamp  ## Print the whole book for a class, on A4 (or PAPER=letter)
	@$(PY) -m tools.browser > /dev/null
	@$(PY) -m tools.book build
	@$(PY) -m tools.pdf --paper $(or $(PAPER),a4)

.PHONY: release
release: $(VENV)/test.stamp  ## Stamp a version and build all that a class takes: VERSION=0.5.0
	@$(PY) -m tools.browser > /dev/null
	$(PY) -m tools.release $(VERSION)

# --- For contributors ---

.PHONY: test
test: $(VENV)/test.stamp  ## Set up all that the tests need, build the book, run every test
	@$(PY) -m tools.browser > /dev/null
	@$(PY) -m tools.book build
	$(PY) -m pytest -n auto --dist loadgroup

.PHONY: check
check: $(VENV)/test.stamp  ## The quick part: style, and tests without browser or built book
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m pytest -n auto -q -m "not slow and not browser" tests/sources tests/exports tests/engine tests/science

.PHONY: bench
bench: $(VENV)/test.stamp  ## Measure: slider latency, page weight, build time
	@$(PY) -m tools.browser > /dev/null
	@$(PY) -m tools.book build
	$(PY) -m pytest -m bench -q -s -p no:xdist

.PHONY: launch
launch: $(VENV)/test.stamp  ## Open and run every notebook in JupyterLab, from requirements.txt alone
	@$(PY) -m tools.browser > /dev/null
	$(PY) -m pytest -m launch -v -p no:xdist tests/notebooks/test_launch.py

.PHONY: clean
clean:  ## Remove all that was made: the built book and the virtual environment
	rm -rf _build dist $(VENV) .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
