# Only python3 (3.11 or newer, with venv) and make are assumed; everything else is fetched into .uv and .venv.
export PORT DATA_DIR DATABASE_URL DATABASE_OWNER_URL
# An exported but empty variable would read as "set": unset means the default.
$(foreach name,PORT DATA_DIR DATABASE_URL DATABASE_OWNER_URL,$(if $($(name)),,$(eval unexport $(name))))

UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
RUN := .venv/bin/
.DEFAULT_GOAL := environment

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

environment: .venv/.made ## everything that is needed, in .venv

demo: environment ## the whole product with people and meetings in it; Ctrl-C stops all of it
	exec $(RUN)expertim demo

test: check ## every check and every test, with a browser
	$(RUN)python tests/browser.py
	$(RUN)pytest -n 2 -q

test-fast: environment ## core, laws and the rooms touched, in less than two minutes
	$(RUN)pytest -n 2 -q -m "not story and not slow" $$($(RUN)python tests/touched.py)

test-postgres: environment ## the same tests on the PostgreSQL of Debian
	tests/postgres.sh $(RUN)pytest -n 2 -q

check: environment ## format, lint, types, import rules, missing migrations, missing words
	$(RUN)ruff format --check . && $(RUN)ruff check .
	$(RUN)mypy && $(RUN)lint-imports
	$(RUN)expertim makemigrations --check --dry-run
	$(RUN)expertim words --check

test-video: environment ## the room through a real relay (coturn) and a cut of 40 seconds; some minutes
	EXPERTIM_TEST_VIDEO=1 $(RUN)pytest -n 0 -q tests/relay
prove: environment ## the long campaigns of faults, then whole platforms simulated, two at a time; an hour and more
	EXPERTIM_PROVE=1 $(RUN)pytest -n 0 -q tests/lanes tests/meetings/test_races.py tests/notifications/test_lateness.py tests/outbox/test_faults.py
	printf '%s\n' "stormy --floor 20" outage flaky calm | xargs -P 2 -I '{}' sh -c '$(RUN)expertim simulate --meetings 2500 --faults {}' && $(RUN)python tests/simulation/teeth.py

bench: environment ## the benchmark, as ratios measured in one run
	$(RUN)python bench/run.py
bench-large: environment ## the same among one million meetings, made once
	BENCH_MEETINGS="1000 1000000" $(RUN)python bench/run.py

docs: environment ## these docs as pages, in var/docs; strictly, and with nothing from any other host
	$(UV) sync --quiet --inexact --python python3 --group docs
	$(RUN)sphinx-build -q -W -n -b html docs $(or $(DATA_DIR),var)/docs

lock: .uv-ready ## resolve anew and write the pins into pyproject.toml and requirements.txt
	python3 .ci/lock.py $(UV)

# Touched only by a finished sync, so that a repeated call costs nothing.
.venv/.made: pyproject.toml $(wildcard src/expertim/locale/*/LC_MESSAGES/*.po) | .uv-ready
	$(UV) sync --quiet --python python3 && $(RUN)python .ci/compile_words.py && touch $@

.uv-ready:
	@command -v $(UV) >/dev/null || { python3 -m venv .uv && .uv/bin/pip install --quiet uv; }

.PHONY: help environment demo test test-video test-fast test-postgres check prove bench bench-large docs lock .uv-ready
