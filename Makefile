# make run · make test · make check · make bench · make scores · make docs      .venv is made on first use, and again where a lock has changed.
# Options of Numcam go into ARGS:                               make run ARGS="--source 1 --record out.mp4"
# $ in them is the shell's, not make's ($(value)):              make run ARGS="--on-number 'sh -c \"echo \$NUMCAM_NUMBER\"'"

.DEFAULT_GOAL := help
.PHONY: help run test test-fast setup check format bench scores docs learn lock clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# a lock names every package: nothing is left to be resolved, in which pips of different ages differ
FROM_LOCK := $(PIP) --no-deps --requirement
ARGS ?=

# the first Python that fits; 3.14 and later come last: TensorFlow, which only training needs, isn't made for them yet
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$python && exit; \
	done; echo python3)

help:  ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*##/make \1\t/' | expand -t 16

run: $(VENV)/.runtime  ## Start Numcam (options: make run ARGS="--source 1")
	@$(BIN)/python -m live $(value ARGS)

test: $(VENV)/.everything  ## Run all tests, and measure how much of the code they reach
	@$(BIN)/python -m pytest --cov --cov-report=term $(value ARGS)

test-fast: $(VENV)/.everything  ## Run the tests that take less than 10 s each: all but training and long runs
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow" $(value ARGS)

setup: $(VENV)/.everything  ## Make .venv with every extra, for work on Numcam itself
	@$(PIP) --no-deps --editable .
	@echo 'Ready. `. $(BIN)/activate` puts `numcam`, `pytest` and `ruff` on the path.'

check: $(VENV)/.everything  ## Format, lint, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.everything  ## Format the code, and mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.everything  ## How fast it reads, stage by stage
	@$(BIN)/python -m scripts.benchmark $(value ARGS)

scores: $(VENV)/.everything  ## How well it reads: all of ../shared/bench in one table
	@$(BIN)/python -m scripts.scoreboard $(value ARGS)

docs: $(VENV)/.everything  ## Build the documentation into site/, strictly: open site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo 'Built: site/index.html'

learn: $(VENV)/.learn  ## Open the notebook for beginners in a browser
	@$(BIN)/python -m jupyter lab --ServerApp.root_dir=. --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate $(value ARGS) docs/learn.ipynb

lock:  ## Choose the newest versions that pyproject.toml allows (needs uv)
	uv pip compile --quiet $(UPGRADE) $(LOCKING) --extra dev --output-file requirements-dev.lock pyproject.toml
	uv pip compile --quiet $(UPGRADE) $(LOCKING) --constraints requirements-dev.lock --output-file requirements.lock pyproject.toml
	uv pip compile --quiet $(UPGRADE) $(LOCKING) --extra learn --constraints requirements-dev.lock \
		--output-file requirements-learn.lock pyproject.toml

clean:  ## Take away .venv and what the tools left
	rm -rf $(VENV) build dist site *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# UPGRADE= (empty) keeps the versions that are locked, and adds what is new; extras stay in the names, since older pips refuse
# a hash where another package asks for `coverage[toml]` and the lock names `coverage`
UPGRADE ?= --upgrade
LOCKING := --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --no-strip-extras \
	--custom-compile-command "make lock"

$(VENV)/.runtime: requirements.lock
	@$(make-venv)
	@echo 'Installing what Numcam needs to run into $(VENV) (once) ...'
	@$(FROM_LOCK) requirements.lock
	@touch $@

$(VENV)/.everything: requirements-dev.lock
	@$(make-venv)
	@echo 'Installing what tests, checks and training need into $(VENV) (once, some minutes) ...'
	@$(FROM_LOCK) requirements-dev.lock
	@touch $(VENV)/.runtime $@

$(VENV)/.learn: requirements-learn.lock
	@$(make-venv)
	@echo 'Installing TensorFlow and JupyterLab into $(VENV) (once, some minutes) ...'
	@$(FROM_LOCK) requirements-learn.lock
	@touch $@

define make-venv
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Numcam needs Python 3.11 or newer; this is " \
+ sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 ...")' \
&& { $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV); }
endef
