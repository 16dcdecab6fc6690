# Two commands do everything on a fresh machine with Python 3.11+ and the package registries:
#   make demo    the whole pipeline on the bundled newsroom      make test    everything passes
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080
TIME ?= 600

.PHONY: demo run test check hostile fuzz polite bench lock clean

demo: .venv/run.stamp
	$(BIN)/khulasa demo --port $(PORT) $(ARGS)

run: .venv/run.stamp
	$(BIN)/khulasa run $(ARGS)

test: .venv/dev.stamp
	$(BIN)/python -m pytest $(ARGS)

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What hostile servers and documents send, and what becomes of it.
hostile: .venv/dev.stamp
	$(BIN)/python -m tests.feeds.hostile

# Looks for bytes that break a law of tests/fuzz, TIME seconds in all. Linux only.
fuzz: .venv/dev.stamp
	$(BIN)/python -m tests.fuzz --time $(TIME) $(ARGS)

# The whole run of the politeness server, which is kept beside this checkout: three simulated days in some minutes.
polite: .venv/dev.stamp
	$(BIN)/python -m tests.scheduler.polite $(ARGS)

bench: .venv/dev.stamp var/bench/reader.stamp
	$(BIN)/python -m benchmarks $(ARGS)

# uv where it is present, else pip: both read the same lock and check its hashes.
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements.lock pyproject.toml
	.ci/install requirements.lock
	touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	.ci/install requirements-dev.lock
	touch $@

# What Khulasa is measured beside, in an environment of its own.
var/bench/reader.stamp: requirements-bench.lock
	$(PYTHON) -m venv --clear var/bench/reader
	var/bench/reader/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

# Refresh the locks (needs uv); no index address is written.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --custom-compile-command 'make lock' pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  -c requirements.lock pyproject.toml --group build --group dev -o requirements-dev.lock
	printf '%s\n' 'reader>=3.20,<4' sgmllib3k | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header - -o requirements-bench.lock

clean:
	rm -rf .venv var dist
