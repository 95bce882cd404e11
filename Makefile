# The two commands of the README are `make demo` and `make test`; both install what is missing.
SWIFT ?= swift
SOURCES := Package.swift Sources Tests

.PHONY: demo test unit conformance bench build release lint format golden embed deps venv

deps:
	@Scripts/ensure-packages

build: deps
	$(SWIFT) build --product idbridge

# The whole job against clouds on this machine; no credentials, nothing outside is asked.
demo: build
	@"$$($(SWIFT) build --show-bin-path)/idbridge" demo

# Everything: unit, property and fault tests, then the clients of the vendors against the sandbox. Without PyPI the
# latter cannot run; that is said aloud (exit 75) and lets the rest stand.
test: unit venv build
	@Tests/Conformance/run.sh || [ $$? -eq 75 ]

# The tests that run the built program come second: they keep both cores busy, and others have deadlines.
PROGRAM_TESTS := CLITests|DeparturesTests

unit: deps
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip '$(PROGRAM_TESTS)'
	$(SWIFT) test --skip-build --filter '$(PROGRAM_TESTS)'

conformance: venv build
	@Tests/Conformance/run.sh

venv:
	@python3 -c 'import ensurepip' 2>/dev/null || Scripts/ensure-packages python3-venv

# Ratios against a baseline in the same run; release build.
bench: deps
	$(SWIFT) build -c release --product idbridge-bench
	@"$$($(SWIFT) build -c release --show-bin-path)/idbridge-bench"

# One stripped binary with the Swift runtime in it. What the optimizer made of it is tried before it is handed out.
release: deps
	$(SWIFT) build -c release --product idbridge --static-swift-stdlib -Xlinker -s
	@mkdir -p build && cp "$$($(SWIFT) build -c release --show-bin-path)/idbridge" build/idbridge
	@build/idbridge demo >/dev/null && ls -l build/idbridge

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)
	@! grep -rnE '^(public |internal )?import Foundation$$' Sources || \
		{ echo 'import FoundationEssentials: Foundation adds 40 MB to the release' >&2; exit 1; }

format:
	$(SWIFT) format format --in-place --recursive --parallel $(SOURCES)

# Rewrites the golden files, and then fails, so that nobody commits a recording by accident.
golden: deps
	IDBRIDGE_RECORD=1 $(SWIFT) test --filter 'ReportTests|CLITests'

# Puts the example mapping into the program, for `idbridge demo` where no folder Mappings is.
embed:
	@Scripts/embed-mappings
