# `make demo` shows it, `make test` proves it. Every target sets up what it needs.
.PHONY: setup demo test lint bench train evaluate faults up down clean

BIN := .venv/bin
STAMP := .venv/.langnghe-ready
# Tests that take more than 20 s each are in `make faults`, not in `make test`.
TESTS ?= tests
# Most of a test's time is waiting for servers: three at once, each with servers of its own, a file at a time.
AT_ONCE ?= -n 3 --dist loadfile

setup: $(STAMP)

$(STAMP): pyproject.toml uv.lock
	@./deploy/setup.sh
	@touch $@

demo: setup
	$(BIN)/langnghe demo

test: setup
	$(BIN)/pytest -m "not slow" $(AT_ONCE) $(TESTS)

faults: setup
	$(BIN)/pytest -m "faults or slow" --timeout 900 $(TESTS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/langnghe contracts check

bench: setup
	$(BIN)/langnghe bench --json bench.json

# The text model, made anew from the labelled samples: the same from the same.
train: setup
	$(BIN)/langnghe train

# How well reports are understood: the table of docs/evaluation.md, a few minutes.
evaluate: setup
	$(BIN)/langnghe evaluate --write docs/evaluation.md

up: setup
	$(BIN)/langnghe up

down: setup
	$(BIN)/langnghe down

clean:
	rm -rf .data .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
