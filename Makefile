# Everything a newcomer or a build machine runs. Needs only python3 (3.11 or newer) with pip, and make.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-postgres fuzz lint fix bench messages migrations pins setup-run setup-test

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

run: setup-run ## Set up and serve with demo data on http://127.0.0.1:8000 (PORT=8001 for another port)
	@grep -qs '^YINFENG_DEMO=' .env || export YINFENG_DEMO=$${YINFENG_DEMO:-1}; exec $(BIN)/python manage.py serve

test: setup-test ## Run every test on SQLite, the marked ones also on real PostgreSQL and Redis-protocol servers
	@$(BIN)/python -m tests.services $(BIN)/python -m pytest -q -m services
	@$(BIN)/python -m pytest -q -n 2

test-postgres: setup-test ## Run every test on real PostgreSQL and Redis-protocol servers
	@$(BIN)/python -m tests.services $(BIN)/python -m pytest -q -n 2

fuzz: setup-test ## Call the API with 3000 made-up requests (CASES=… for another number)
	@YINFENG_TEST_FUZZ_CASES=$${CASES:-3000} $(BIN)/python -m pytest -q -m fuzz

lint: setup-test ## Check style, templates, import contracts, migrations, texts and production settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -co --exclude-standard 'templates/*.html' | xargs $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports --no-cache
	@set -e; home=$$(mktemp -d); trap 'rm -rf "$$home"' EXIT; \
	export YINFENG_HOME=$$home YINFENG_DEMO=0 YINFENG_DEBUG=0 YINFENG_ALLOWED_HOSTS=yinfeng.example DATABASE_URL= REDIS_URL=; set -x; \
	$(BIN)/python manage.py makemigrations --check --dry-run; \
	$(BIN)/python manage.py messages --check; \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

fix: setup-test ## Repair what ruff and djade can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	git ls-files -co --exclude-standard 'templates/*.html' | xargs $(BIN)/djade --target-version 5.2

bench: setup-test ## Measure against the floors and write docs/benchmarks.md
	@$(BIN)/python -m tests.services $(BIN)/python -m tests.bench

messages: setup-test ## Gather texts into the Chinese catalogue and list what is not translated
	@$(BIN)/python manage.py messages --missing

migrations: setup-test ## Write migrations for changed models
	@$(BIN)/python manage.py makemigrations

pins: setup-test ## Choose the latest versions again and pin them with hashes
	@$(BIN)/python -m pip install -q uv
	@for list in requirements requirements-dev tools/node tools/virtualenv; do \
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	$$list.in -o $$list.txt || exit 1; done

setup-run:
	@$(PYTHON) tools/setup.py run

setup-test:
	@$(PYTHON) tools/setup.py test
