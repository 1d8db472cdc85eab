# `make help` lists the targets. Each does its set-up first; what is up to date is skipped.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BUILD := build/dev
PYTHON := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Compilers run through ccache where it is installed.
LAUNCHER := $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
CXX_FILES = git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp'

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: setup
setup: .venv/requirements-installed.txt ## install what is missing: Debian packages, .venv

.venv/requirements-installed.txt: requirements.txt tools/debian-packages.txt tools/setup.sh
	@tools/setup.sh
	@touch $@

# One build directory serves the C++ tests, the command and the wheel: each file is compiled once.
$(BUILD)/build.ninja: CMakePresets.json | setup
	cmake --preset dev $(LAUNCHER)

.PHONY: build
build: $(BUILD)/build.ninja ## compile everything, warnings are errors
	ninja -C $(BUILD)

.PHONY: wheel
wheel: $(BUILD)/build.ninja ## build the wheel into dist/ and install it into .venv
	@ninja -C $(BUILD) wheel_parts
	@tools/install_wheel.sh $(BUILD)

.PHONY: test
test: build wheel replay ## run every test, C++ and Python, on the built wheel
	ctest --preset dev
	$(PYTHON) -m pytest

.PHONY: replay
replay: setup ## replay the fuzzers' corpora under AddressSanitizer and UndefinedBehaviorSanitizer
	[ -f build/replay/build.ninja ] || cmake --preset replay $(LAUNCHER)
	cmake --build --preset replay
	ctest --preset replay

.PHONY: faults
faults: wheel ## kills, full disks, vanishing files, missing memory: ROUNDS of each
	$(PYTHON) tests/faults/run.py --rounds $(or $(ROUNDS),100)

.PHONY: demo
demo: wheel ## the main job: EfficientNet-Lite0 from torch to INT8, in Python and by the command
	@examples/efficientnet_lite0/run.sh build/demo

.PHONY: tutorial
tutorial: wheel ## the tutorial: resnet18 by torch.export, quantize and torch.compile, with times
	$(PYTHON) examples/pytorch_export_tutorial.py --folder build/tutorial

.PHONY: docs
docs: setup ## the documentation as a site: build/docs/index.html
	$(PYTHON) -m mkdocs build --strict

.PHONY: reference
reference: wheel ## write the documentation's pages that come from tables and help texts
	$(PYTHON) tools/make_reference.py $(BUILD)/octet

.PHONY: fuzz
fuzz: setup ## fuzz every reader of untrusted bytes, SECONDS_EACH (clang, libFuzzer)
	tools/fuzz.sh $(or $(SECONDS_EACH),60)

.PHONY: coverage
coverage: wheel ## how each model of the coverage list comes through import: docs/coverage.md
	$(PYTHON) tests/coverage/run.py --docs docs/coverage.md

.PHONY: accuracy
accuracy: wheel ## what INT8 costs on the trained models of ../shared/eval: docs/accuracy.md, build/reports
	$(PYTHON) benchmarks/accuracy/run.py --docs docs/accuracy.md --reports build/reports

.PHONY: parity
parity: wheel ## compare with NNCF, live; PEER=python of an environment that has nncf
	@[ -n "$(PEER)" ] || { echo "make parity PEER=/path/to/python (one that has nncf)" >&2; exit 2; }
	$(PYTHON) tests/parity/run.py --peer $(PEER)
	$(PYTHON) tests/parity/fx.py --peer $(PEER)

TASKS = $(notdir $(patsubst %/task.py,%,$(wildcard benchmarks/*/task.py)))
.PHONY: bench
bench: wheel ## benchmarks: TASK= one of them, PEER= Pythons with the peers, OPTIONS= (benchmarks/README.md)
	@for task in $(or $(TASK),$(TASKS)); do \
	  $(PYTHON) benchmarks/run.py $$task $(if $(PEER),--peer $(PEER)) $(OPTIONS); done

.PHONY: bench-micro
bench-micro: $(BUILD)/build.ninja ## microbenchmarks (libbenchmark-dev): statistics' kernels, placement
	cmake --preset dev -DOCTET_BENCHMARKS=ON
	ninja -C $(BUILD) statistics_kernels benchmark_placement
	$(BUILD)/benchmarks/micro/benchmark_placement
	$(BUILD)/benchmarks/micro/statistics_kernels

.PHONY: check
check: check-format check-layers lint ## format, layers, lint: no build needed

.PHONY: format
format: setup ## format C++ and Python
	$(CXX_FILES) | xargs clang-format-14 -i
	ruff format
	ruff check --fix --quiet --exit-zero

.PHONY: check-format
check-format: setup
	$(CXX_FILES) | xargs clang-format-14 --dry-run -Werror
	ruff format --check

.PHONY: check-layers
check-layers: setup
	$(PYTHON) tools/check_layers.py
	$(PYTHON) tools/check_file_sizes.py

.PHONY: lint
lint: setup
	ruff check

.PHONY: asan
asan: setup ## C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer
	[ -f build/asan/build.ninja ] || cmake --preset asan $(LAUNCHER)
	cmake --build --preset asan
	ctest --preset asan

.PHONY: tsan
tsan: setup ## C++ tests of what runs in threads, under ThreadSanitizer
	[ -f build/tsan/build.ninja ] || cmake --preset tsan $(LAUNCHER)
	cmake --build --preset tsan
	ctest --preset tsan

.PHONY: clean
clean: ## remove what was built, keep .venv
	rm -rf build dist
