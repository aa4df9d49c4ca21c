# Every target makes .venv by itself. Nothing is needed but Python 3.11 or newer, with venv and pip.
PYTHON ?= python3
SHARED ?= ../shared
BIN := .venv/bin
DEMO := build/demo
WORKERS ?= 2
MINUTES ?= 60

.DEFAULT_GOAL := help
.PHONY: help native native-profiled demo test lint docs bench bench-scale bench-load fuzz eval fit mutate vendor clean

help:
	@echo 'make native compiles extraction, which make demo and test do by themselves; without a C compiler all runs uncompiled'
	@echo 'make native-profiled  the same twice, the second time for what the examples made it do: a tenth faster, as make bench wants it'
	@echo 'make demo   policies of examples/ become a graph that is checked and asked'
	@echo 'make test   all tests'
	@echo 'make lint   ruff, mypy, Turtle and SPARQL syntax, the ontology, direction of imports'
	@echo 'make docs   write again what is generated: docs/cli.md, docs/questions.md, docs/property-graph.md;'
	@echo '            and the reference of the ontology, build/docs/ontology/index.html'
	@echo 'make bench  all of benchmarks/ at small sizes, each beside a public tool, written to docs/performance.md'
	@echo 'make bench-scale  1 000 and 10 000 policies to the end, twenty kills, Dask beside the pool: hours'
	@echo 'make bench-load  the server under sixteen clients for a minute'
	@echo 'make fuzz   spoiled files of every kind for an hour, or MINUTES=...'
	@echo 'make vendor fetch from npm what the page of kg serve is made of, at the versions that are written down'
	@echo 'make eval   quality against the annotated policies in $(SHARED), written to docs/accuracy.md'
	@echo 'make mutate take each constraint out of the shapes in turn; what notices stands in docs/mutants.md'
	@echo 'make fit    learn the weights of the fitted part again from the annotated policies'

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.12")'
	@echo 'Setting up .venv (once; about a minute) ...' >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

.venv/installed-bench: .venv/installed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

# Extraction compiled into build/native, where there is a C compiler; without it all is the same, only slower. KG_PURE=1 leaves it out.
native: .venv/installed
	@$(BIN)/python tools/compile_native.py

native-profiled: .venv/installed
	@$(BIN)/python tools/compile_native.py --profiled

demo: native
	@mkdir -p $(DEMO)
	@echo '$$ kg build examples/policies -o $(DEMO)/graph.trig'
	@$(BIN)/kg build examples/policies -o $(DEMO)/graph.trig
	@echo; echo '$$ kg validate $(DEMO)/graph.trig'
	@$(BIN)/kg validate $(DEMO)/graph.trig || test $$? -eq 1
	@echo; echo '$$ kg query transfers_outside_eea --graph $(DEMO)/graph.trig'
	@$(BIN)/kg query transfers_outside_eea --graph $(DEMO)/graph.trig

test: native
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -q

lint: .venv/installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python tools/lint_rdf.py
	@$(BIN)/python tools/lint_ontology.py
	@$(BIN)/python tools/lint_imports.py

docs: .venv/installed
	@$(BIN)/python tools/generate_docs.py
	@$(BIN)/python tools/ontology_reference.py

bench: .venv/installed-bench native-profiled
	@$(BIN)/python benchmarks

bench-scale: .venv/installed-bench native-profiled
	@$(BIN)/python benchmarks scale 1000 10000 --folder build/scale
	@$(BIN)/python benchmarks kills
	@$(BIN)/python benchmarks clusters

bench-load: .venv/installed-bench native-profiled
	@$(BIN)/python benchmarks load

fuzz: .venv/installed
	@$(BIN)/python tools/fuzz.py --minutes $(MINUTES)

vendor: .venv/installed
	@$(BIN)/python tools/vendor.py

.venv/installed-eval: .venv/installed
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev,fit]'
	@touch $@

eval: .venv/installed-eval
	@$(BIN)/python tools/evaluate.py

mutate: .venv/installed
	@$(BIN)/python tools/mutate_shapes.py

fit: .venv/installed-eval
	@$(BIN)/python tools/fit_confidence.py

clean:
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
