# A fresh machine needs Python 3.10 to 3.13, make and git; the rest goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# nbgrader looks for `alembic` there.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test long quick lint bench build calibrate clean

# On Linux, students' code is best kept apart with Debian's bubblewrap and libseccomp2 installed:
# `make demo` and the tests say which isolation is in force, and what it lacks.
demo: $(READY)
	$(BIN)/bricks demo

# Three processes on two cores, since many tests wait. CONTRIBUTING.md says where the time goes.
test: lint
	$(BIN)/pytest -n 3 --dist worksteal -m "not long"

# The rest of the tests: whole audits, every style with every seed, classes that are killed. CI runs
# both.
long: $(READY)
	$(BIN)/pytest -n 3 --dist worksteal -m long

# In a minute and a half, what catches most: no TensorFlow, no browser, no cluster.
quick: $(READY)
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Some 40 minutes on a quiet machine. Where otter-grader does not install, the page says so.
bench: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[otter]'
	$(BIN)/python benchmarks/measure.py

build: $(READY)
	$(BIN)/bricks build
	$(BIN)/python docs/draw_architecture.py

calibrate: $(READY)
	$(BIN)/bricks calibrate

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 10) <= sys.version_info[:2] <= (3, 13) else "This needs Python 3.10 to 3.13; name one: make PYTHON=python3.12 demo")'
	@echo Installing what the kit needs into .venv, about 2 GB.
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .grimp_cache
