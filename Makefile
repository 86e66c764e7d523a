# The template's commands. `make help` lists them. They need Python 3.12 (or newer) and make.
#
# PYTHON=/path/to/python3 names the Python to use, NODE=/path/to/node the Node, UV=/path/to/uv the uv that installs the
# Python packages, and VENV=/path the folder of the template's Python environment. By default, the first two are found on
# this machine, pip installs uv, and Node is installed as a Python package when the machine has none.

.DEFAULT_GOAL := help
PORT ?= 8000
DEMO ?= var/demo
VENV ?= .venv
export PYTHON UV

ifneq ($(words $(CURDIR)),1)
$(error make cannot work in a folder with a space in its path: $(CURDIR). Move the template to one without)
endif

RUN := $(VENV)/bin/python
ENVIRONMENT := $(VENV)/.installed
AGAIN := $(MAKE) --no-print-directory

# The portal's scripts serve the template as well. The name of their folder has braces, so a shell reads it in quotes.
SCRIPTS := {{cookiecutter.project_slug}}/infrastructure/development
# The portal's own pages, which the template's book includes.
PORTAL_DOCS := {{cookiecutter.project_slug}}/docs
RUN_ALL := '$(SCRIPTS)/run-all'
SIDE_BY_SIDE = $(RUN) tools/side_by_side.py
STEP := '$(SCRIPTS)/step'
PORTAL_MAKE := $(AGAIN) VENV=.venv UV=$(or $(UV),$(abspath $(VENV)/bin/uv))
SHORT := -m 'not long'
LONG := -m long
TEST_PORTAL = "$$($(RUN) tools/generate.py var/test)"

.PHONY: help
help: ## list the commands
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} \
	  /^[a-z][a-z-]*:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: ## generate a portal with the default answers and serve it on http://127.0.0.1:8000 (PORT=... another)
	@unset PYTHONDONTWRITEBYTECODE; exec $(AGAIN) serve-demo

# Python keeps the bytecode of the modules that the demo uses. To compile all packages at once would take longer.
.PHONY: serve-demo
serve-demo: $(ENVIRONMENT)
	@portal="$$($(RUN) tools/generate.py $(DEMO))" && exec $(PORTAL_MAKE) -C "$$portal" serve PORT=$(PORT)

.PHONY: test
test: portal-environment ## run the tests of a change: the template's and a portal's, without the long ones
	@$(SIDE_BY_SIDE) $(foreach part,$(TEST_FIRST),'$(AGAIN) $(part)') --then $(foreach part,$(TEST_THEN),'$(AGAIN) $(part)')

ifneq ($(filter-out test,$(SKIP)),)
$(error SKIP=$(SKIP): found $(SKIP), allowed is SKIP=test, which leaves out of `make test-all` what `make test` runs)
endif
.PHONY: test-all
test-all: $(ENVIRONMENT) ## run every test that needs no Docker (SKIP=test: without those of make test)
	@$(RUN_ALL) $(if $(SKIP),,'$(AGAIN) test') '$(AGAIN) long-test'

.PHONY: stack-test
stack-test: $(ENVIRONMENT) ## generate a portal, start it in containers, and test it through its reverse proxy (needs Docker)
	$(RUN) -m pytest tests/stack --ignore tests/stack/drills

.PHONY: drills
drills: portal-build ## do for real what operators do: deploy, restart, upgrade PostgreSQL, ... (needs Docker, takes long)
	PORTAL_UNDER_TEST=$(TEST_PORTAL) $(RUN) -m pytest tests/drills tests/stack/drills

.PHONY: bench
bench: $(ENVIRONMENT) ## measure the promised speeds (BENCHMARK=name: that one alone)
	@$(RUN_ALL) $(foreach program,$(wildcard benchmarks/$(or $(BENCHMARK),*).py),'$(RUN) $(program)')

.PHONY: lint
lint: $(ENVIRONMENT) ## check the style of the template, and run the checks of a generated portal
	@$(RUN_ALL) '$(AGAIN) own-lint' '$(AGAIN) portal-lint'

.PHONY: audit
audit: $(ENVIRONMENT) ## look up the packages of the locks, the portal's and the template's, in databases of vulnerabilities
	@$(PORTAL_MAKE) -C $(TEST_PORTAL) audit \
	  LOCKS='requirements.lock requirements-development.lock $(abspath requirements.lock)'

.PHONY: sbom
sbom: $(ENVIRONMENT) ## write a software bill of materials of a portal (CycloneDX) to var/test/omniport/var/sbom/
	@$(PORTAL_MAKE) -C $(TEST_PORTAL) sbom

# A generated portal moves its locks, and runs its tests with them. The files that it changed are then the template's.
.PHONY: roll
roll: $(ENVIRONMENT) ## move the locks, a portal's and the template's, to the newest of everything
	@portal=$(TEST_PORTAL) && $(PORTAL_MAKE) -C "$$portal" roll DEPLOY=no && $(RUN) tools/copy_back.py "$$portal"
	@$(RUN) '$(SCRIPTS)/run_uv.py' pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.12 \
	  --group dev pyproject.toml --output-file requirements.lock

.PHONY: docs
docs: $(ENVIRONMENT) ## build the documentation in var/docs/. A warning or a dead link is an error
	@rm -rf var/docs/source && mkdir -p var/docs && cp -R docs var/docs/source && cp CHANGELOG.md var/docs
	@cp -R '$(PORTAL_DOCS)' var/docs/source/portal
	$(RUN) -m sphinx --builder html --fail-on-warning --keep-going --nitpicky --quiet --doctree-dir var/docs/.doctrees \
	  var/docs/source var/docs/html
	@echo 'The documentation is var/docs/html/index.html'

# The parts of `make test` and `make test-all`. The first of each list takes longest.
TEST_FIRST := portal-build template-test docs own-lint
TEST_THEN := portal-test portal-own-test portal-lint demo-test

.PHONY: own-lint
own-lint: $(ENVIRONMENT)
	@$(RUN_ALL) \
	  '$(RUN) -m ruff check .' \
	  '$(RUN) -m ruff format --check .' \
	  '$(VENV)/bin/shellcheck .ci/run $$(grep -lE "^#!/bin/(ba)?sh$$" "$(SCRIPTS)"/*)'

.PHONY: template-test
template-test: $(ENVIRONMENT)
	$(RUN) -m pytest $(SHORT) --numprocesses auto tests/template tests/tooling

# Parts that run side by side use this environment. Installed by two of them at once, it would lack packages.
.PHONY: portal-environment
portal-environment: $(ENVIRONMENT)
	@$(PORTAL_MAKE) -C $(TEST_PORTAL) .venv

.PHONY: portal-build
portal-build: $(ENVIRONMENT)
	@$(PORTAL_MAKE) -C $(TEST_PORTAL) node_modules frontend/build

.PHONY: portal-lint
portal-lint: $(ENVIRONMENT)
	@$(PORTAL_MAKE) -C $(TEST_PORTAL) lint

.PHONY: portal-own-test
portal-own-test: $(ENVIRONMENT)
	@$(PORTAL_MAKE) -C $(TEST_PORTAL) test PROCESSES=1

.PHONY: portal-test
portal-test: portal-build
	PORTAL_UNDER_TEST=$(TEST_PORTAL) $(RUN) -m pytest $(SHORT) --numprocesses 2 --dist loadscope --no-loadscope-reorder tests/portal tests/browser

.PHONY: demo-test
demo-test: $(ENVIRONMENT)
	PORTAL_UNDER_TEST=$(TEST_PORTAL) $(RUN) -m pytest $(SHORT) tests/demo

# Three processes on two processors: many of the long tests wait, for a server or for a time.
.PHONY: long-test
long-test: portal-build
	PORTAL_UNDER_TEST=$(TEST_PORTAL) $(RUN) -m pytest $(LONG) --numprocesses 2 --dist loadscope --no-loadscope-reorder --ignore tests/stack tests

# The steps of these commands. A second run skips the steps whose files are up to date.

.PHONY: $(VENV)
$(VENV): $(ENVIRONMENT)

$(ENVIRONMENT): requirements.lock $(SCRIPTS)/environment.py
	@python=$$('$(SCRIPTS)/find-python' $(VENV)) && \
	  $(STEP) "Installing the template's Python packages ($<)" "$$python" '$(SCRIPTS)/environment.py' $(VENV) $<
	@touch $@
