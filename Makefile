# The front door. Every target does all the set-up it needs; the work is in scripts/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup services run dev build dist check statements test e2e bench torture stop clean

help: ## show this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: ## install everything this machine still lacks
	@scripts/setup.sh all

services: ## start the private PostgreSQL and Redis, write .local/env
	@scripts/setup.sh run
	@scripts/services.sh start

run: ## serve Stoa with demo data on http://127.0.0.1:3000
	@scripts/setup.sh run
	@scripts/run.sh

dev: ## serve a debug build that follows your edits
	@scripts/setup.sh run
	@scripts/dev.sh

build: ## release build: target/release/stoa and target/site
	@scripts/setup.sh run
	@scripts/build.sh

dist: ## what is shipped: target/dist/stoa, its symbols in stoa.debug
	@scripts/setup.sh run
	@scripts/build.sh --dist

check: ## format, wording and lints
	@scripts/setup.sh test
	@scripts/check.sh

statements: ## SQL that is text, each with its reason
	@scripts/statements.sh

test: ## everything that CI runs
	@scripts/setup.sh test
	@scripts/test.sh

e2e: ## the browser tests alone
	@scripts/setup.sh test
	@scripts/services.sh start
	@scripts/build.sh
	@scripts/e2e.sh

bench: ## benchmarks, each beside its baseline
	@scripts/setup.sh bench
	@scripts/bench.sh

torture: ## fault and fuzz tests at their full counts
	@scripts/setup.sh test
	@scripts/torture.sh

stop: ## stop the private PostgreSQL and Redis
	@scripts/services.sh stop

clean: ## stop and remove all that was made here
	@scripts/clean.sh
