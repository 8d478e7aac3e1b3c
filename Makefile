# Two commands do everything, set-up included: `make demo` and `make test`.
.PHONY: setup demo test parity stack bench check format lock docs clean help

V := .venv/bin
HOME_DIR ?= demo
SIZES ?= 2 20 60
PACKAGES := fundwatch dags jobs knowledge models expectations benchmarks tests tools

help:
	@echo "make demo   set up what is needed, run the chain on a generated area, say where to look"
	@echo "make test   set up, then run the whole test suite"
	@echo "make parity the same area through both engines, the lists compared"
	@echo "make stack  PostgreSQL, Airflow, a Spark cluster and MLflow started natively; a month runs through them"
	@echo "make bench  areas of 2, 20 and 60 million lines measured, DuckDB and Polars beside them: docs/benchmarks.md"
	@echo "make check  format, lint, types, import rules, generated docs fresh"
	@echo "make setup  only build the environment in .venv, with the model registry"

.venv/.ready-run: requirements.lock pyproject.toml tools/setup.sh
	@tools/setup.sh run

.venv/.ready-models: requirements-models.lock pyproject.toml tools/setup.sh
	@tools/setup.sh models

.venv/.ready-test: requirements-test.lock pyproject.toml tools/setup.sh
	@tools/setup.sh test

.venv/.ready-bench: requirements-bench.lock pyproject.toml tools/setup.sh
	@tools/setup.sh bench

setup: .venv/.ready-models

demo: .venv/.ready-run
	@$(V)/fundwatch demo --home $(HOME_DIR)

test: .venv/.ready-test
	@$(V)/python -m pytest

stack: .venv/.ready-test
	@$(V)/python -m pytest -m stack --durations=0 -s

# More words for it: make bench SIZES="2 5" BENCH="--only run --again"
bench: .venv/.ready-bench
	@$(V)/python -m benchmarks --sizes "$(SIZES)" $(BENCH)

parity: .venv/.ready-test
	@$(V)/python -m pytest -m engines

check: .venv/.ready-test
	@$(V)/ruff format --check $(PACKAGES)
	@$(V)/ruff check $(PACKAGES)
	@$(V)/mypy $(PACKAGES)
	@$(V)/lint-imports
	@$(V)/python -m tools.docs --check

format: .venv/.ready-test
	@$(V)/ruff format $(PACKAGES)
	@$(V)/ruff check --fix $(PACKAGES)

docs: .venv/.ready-run
	@$(V)/python -m tools.docs

# Hashes, no index addresses; the lock with the registry contains the run lock, the test lock contains both
# and is solved before the registry's: Airflow caps libraries that the registry alone would take newer.
lock:
	@$(V)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml tools/build.in -o requirements.lock
	@$(V)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra test -c requirements.lock pyproject.toml tools/build.in -o requirements-test.lock
	@$(V)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra models -c requirements-test.lock pyproject.toml tools/build.in -o requirements-models.lock
	@$(V)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra bench -c requirements-test.lock pyproject.toml tools/build.in -o requirements-bench.lock
	@$(V)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra models --extra orchestration --extra operations -c requirements-test.lock pyproject.toml tools/build.in -o requirements-stack.lock
	@echo uv | $(V)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o tools/bootstrap.lock

clean:
	@rm -rf demo build *.egg-info .pytest_cache .mypy_cache .ruff_cache
