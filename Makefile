# make app    set everything up and open the app          make test   every check and test, browser tests included
# make test-spark   the same code on Apache Spark (needs Java 17) and over PostgreSQL
# make check  style and types only                        make lock   pin the requirements anew
# make bench  speed and memory against other programs: benchmarks/README.md

.PHONY: app test test-spark check bench chromium java postgres sample lock clean
.DEFAULT_GOAL := app

VENV := .venv
PY := $(VENV)/bin/python
# The first Python that is new enough; PYTHON=… chooses another.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11 python3.14,$(shell \
	command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
# Chromium or Chrome for the browser tests; CHROMIUM=… names another.
FIND_CHROMIUM := command -v "$${CHROMIUM:-}" || command -v chromium || command -v chromium-browser \
	|| command -v google-chrome || command -v google-chrome-stable || true

app: $(VENV)/app.stamp
	$(PY) -m streamlit run app.py

# The browser tests form one group (tests/browser/conftest.py), so that they share one server and one Chromium.
test: check chromium
	CHROMIUM="$$($(FIND_CHROMIUM))" $(PY) -m pytest -n 2 --dist loadgroup

check: $(VENV)/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

# On Debian as root a missing browser and Chinese font are installed; elsewhere the tests say what is missing.
chromium:
	@if [ -z "$$($(FIND_CHROMIUM))" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y chromium fonts-noto-cjk; \
	fi

test-spark: $(VENV)/cluster.stamp java postgres
	$(PY) -m pytest tests/spark

# On Debian as root Java is installed (17, or the distribution's own where that has gone); elsewhere it is asked for.
java:
	@if ! command -v java >/dev/null 2>&1 && [ -z "$$JAVA_HOME" ] && [ "$$(id -u)" = 0 ] \
		&& command -v apt-get >/dev/null 2>&1; then \
		apt-get update -q && { DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends openjdk-17-jre-headless \
			|| DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends default-jre-headless; }; \
	fi
	@command -v java >/dev/null 2>&1 || [ -n "$$JAVA_HOME" ] || { \
		echo "Spark 需要 Java 17 或更新的版本 / Spark needs Java 17 or later (Debian: apt-get install openjdk-17-jre-headless)" >&2; \
		exit 1; }

# Only the programs are needed: the test starts a server of its own and stops it again.
postgres:
	@if ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
		&& [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql; \
	fi

# make bench PARTS="list sheets" takes some of the measurements.
bench: $(VENV)/bench.stamp chromium
	CHROMIUM="$$($(FIND_CHROMIUM))" $(PY) benchmarks/run.py $(PARTS)

sample: $(VENV)/app.stamp
	$(PY) sample_data/generate.py
	$(PY) sample_data/generate_reviews.py
	$(PY) sample_data/generate_events.py

# --universal: one file for Linux, macOS and Windows, from Python 3.11 on.
lock: $(PY)
	$(PY) -m pip install --quiet uv
	for name in requirements requirements-dev requirements-bench requirements-cluster; do \
		$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --upgrade \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
			$$name.in --output-file $$name.txt || exit 1; \
	done

$(PY):
	@if [ -z "$(PYTHON)" ]; then echo "知客需要 Python 3.11 或更新的版本 / Zhike needs Python 3.11 or later" >&2; exit 1; fi
	$(PYTHON) -m venv $(VENV)

$(VENV)/app.stamp: requirements.txt | $(PY)
	$(PY) -m pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(PY)
	$(PY) -m pip install --quiet -r requirements-dev.txt
	@touch $@

$(VENV)/bench.stamp: requirements-bench.txt $(VENV)/dev.stamp | $(PY)
	$(PY) -m pip install --quiet -r requirements-bench.txt
	@touch $@

$(VENV)/cluster.stamp: requirements-cluster.txt $(VENV)/dev.stamp | $(PY)
	$(PY) -m pip install --quiet -r requirements-cluster.txt
	@touch $@

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
