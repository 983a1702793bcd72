# make site    set everything up and build the site into _build/html
# make live    the same, with what reruns the notebooks in the reader's browser (needs Node.js and npm)
# make test    set up what the tests need, a browser included, and run them all
# make bench   measure how fast it runs
# make profile   say where the time of a build goes, stage by stage and function by function
# make pictures   take the pictures of whole pages that docs/pictures keeps for the reader of a change
# make mutate  change each number, link and formula, one at a time, and see that a test notices
# make assurance   all the long runs that try to prove the project wrong
# make lock    work out requirements.txt and quality/requirements-test.txt anew from pyproject.toml
# make clean   remove what the others made
#
# Needs Python 3.11 or newer; another than python3 with  make site PYTHON=python3.13

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
INSTALLED := $(VENV)/.installed
INSTALLED_TEST := $(VENV)/.installed-test

# What one process compiled the next ones load, of the hundreds that builds and tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: site live test bench profile pictures mutate assurance lock clean browser

site: $(INSTALLED)
	$(RUN) casefile build

live: $(INSTALLED)
	$(RUN) casefile live
	$(RUN) casefile build

test: $(INSTALLED_TEST) browser
	$(RUN) ruff check casefile tests quality chapters summary.ipynb
	$(RUN) ruff format --check casefile tests quality
	$(VENV)/bin/oxlint --quiet casefile/site/static
	@echo 'mypy beside pytest: what it says comes last'
	@$(RUN) mypy -p casefile -p tests -p quality > $(VENV)/.types 2>&1 & types=$$!; \
	  $(RUN) pytest -n 2 --dist worksteal --durations 20; tests=$$?; \
	  wait $$types; typed=$$?; cat $(VENV)/.types; exit $$((tests + typed))

bench: $(INSTALLED_TEST) browser
	$(RUN) quality.benchmarks.run

profile: $(INSTALLED)
	$(RUN) quality.benchmarks.profile

pictures: $(INSTALLED_TEST) browser
	$(RUN) casefile build
	$(RUN) quality.pictures

mutate: $(INSTALLED_TEST)
	$(RUN) quality.assurance.mutation

assurance: $(INSTALLED_TEST) browser mutate
	for part in supply audit citations machines latex offline hosts cluster broken bytes rounds layout lighthouse hostile coverage new_story bare live; do $(RUN) quality.assurance.$$part || exit 1; done

# The environment, made once for each state of the locked requirements.
$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(INSTALLED_TEST): $(INSTALLED) quality/requirements-test.txt
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r quality/requirements-test.txt
	touch $@

# The browser tests drive the system's own Chromium or Chrome; on Debian, root can have it installed here.
browser: $(INSTALLED_TEST)
	@$(VENV)/bin/python tests/support/chromium.py || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y chromium libatomic1 && \
	    $(VENV)/bin/python tests/support/chromium.py; \
	  else \
	    echo 'Install Chromium or Chrome first: sudo apt-get install chromium libatomic1, or brew install --cask chromium' >&2; \
	    exit 2; \
	  fi; }

# One lock for Linux and macOS, Python 3.11 to 3.14, with the hash of every file.
LOCK := $(RUN) uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
lock: $(INSTALLED)
	$(RUN) pip install --quiet --disable-pip-version-check uv
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra test --constraint requirements.txt --output-file quality/requirements-test.txt

clean:
	rm -rf $(VENV) _build build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
