# Everything a person types.  `make run` and `make test` do their own set-up on a machine with Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501
JOURNEY_WORKSPACE ?= .journey
export JOURNEY_WORKSPACE

.PHONY: run test lint lock bench bench-ui screenshots clean
.DEFAULT_GOAL := run

run: .venv/run-ready  ## start the app; an empty workspace is filled with the simulated shop first
	@$(BIN)/python -m journey --workspace "$(JOURNEY_WORKSPACE)" demo --if-empty
	@echo "Journey is at http://127.0.0.1:$(PORT) (stop it with Ctrl+C)"
	@$(BIN)/streamlit run app.py --server.port $(PORT)

test: .venv/test-ready lint  ## every test, the browser's too
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/test-ready  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: .venv/bench-ready .venv-bench/ready  ## our times beside those of other tools, on this machine; BENCH="--events 1000000" for less
	@$(BIN)/python -m bench $(BENCH)

bench-ui: .venv/test-ready  ## what a person waits for in the browser, alone and beside others; BENCH="--events 1000000" for less
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python -m bench.ui $(BENCH)

screenshots: .venv/test-ready  ## every page of the running product, light, dark and at phone width, into screenshots/
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python -m tests.browser.screenshots

lock: .venv/run-ready  ## pin what the .in files name
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --no-header --python-version 3.11 tests/requirements.in -o tests/requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --no-header --python-version 3.11 bench/requirements.in -o bench/requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --no-header --python-version 3.11 bench/retentioneering.in -o bench/retentioneering.txt

.venv/python-ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Journey needs Python 3.11 or newer as '$(PYTHON)'. Install it, or name one: make run PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "A virtual environment cannot be made. On Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/run-ready: requirements.txt .venv/python-ready
	@echo "Installing what Journey runs on into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt || { \
		echo "The packages of requirements.txt could not be installed: see above. A package index must be reachable this once."; exit 1; }
	@touch $@

.venv/test-ready: tests/requirements.txt .venv/run-ready
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt || { \
		echo "The packages of tests/requirements.txt could not be installed: see above."; exit 1; }
	@touch $@

.venv/bench-ready: bench/requirements.txt .venv/run-ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt || { \
		echo "The packages of bench/requirements.txt could not be installed: see above."; exit 1; }
	@touch $@

.venv-bench/ready: bench/retentioneering.txt
	@echo "Installing retentioneering into an environment of its own, .venv-bench (once) ..."
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r bench/retentioneering.txt || \
		{ echo "retentioneering could not be installed: the bench leaves it out."; rm -f .venv-bench/bin/python; }
	@touch $@

clean:
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache
