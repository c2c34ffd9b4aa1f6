# setup · lab · run · test · bench · demo: each installs what is missing, is quick when nothing changed, and says
# what it does and how long that took. `make run` goes from nothing to the explorer's page.

export CARGO_TARGET_DIR ?= target
STARTED := $(shell date +%s)
STEP := notebooks/kernel/step
PYTHON := .venv/bin/python
NOTEBOOK := 01_autoencoder_training
# Clippy in rustc's place: lints and tests share one compilation, and nothing but this crate is compiled for it.
LINTS := env RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings

.PHONY: setup lab run test bench demo clean-notebooks

setup: ## the system's packages, the Python environment, the library, the kernel
	@$(STEP) "system packages" notebooks/kernel/packages
	@$(STEP) "Python environment in .venv" notebooks/kernel/venv
	@$(STEP) "library, release build (minutes when it is the first)" cargo build --release
	@$(STEP) "notebook kernel evcxr_jupyter" notebooks/kernel/evcxr
	@$(STEP) "kernel \"Rust (neural-manifold)\"" $(PYTHON) notebooks/kernel/install.py $(CARGO_TARGET_DIR)

lab: setup ## JupyterLab in the browser
	@.venv/bin/jupyter lab --notebook-dir=notebooks $(NOTEBOOK).ipynb

run: setup ## notebook 01 on the real data, into the explorer's page
	@$(STEP) "notebook $(NOTEBOOK)" $(PYTHON) notebooks/run.py notebooks/$(NOTEBOOK).ipynb --output artifacts/$(NOTEBOOK).ipynb
	@$(STEP) "the executed notebook as a page" .venv/bin/jupyter nbconvert --log-level=WARN --to html artifacts/$(NOTEBOOK).ipynb
	@echo "All took $$(($$(date +%s) - $(STARTED))) s. Read $(CURDIR)/artifacts/$(NOTEBOOK).html"
	@echo "Explore $(CURDIR)/web-app/index.html"

test: setup ## format, lints, Rust tests, notebooks and page
	@$(STEP) "format" cargo fmt --check
	@$(STEP) "lints" $(LINTS) cargo build --release --all-targets
	@$(STEP) "Rust tests" $(LINTS) cargo test --release
	@$(STEP) "notebook and page tests" $(PYTHON) -m pytest tests

bench: setup ## the kernel's response times and training speed, into artifacts/bench.json
	@$(STEP) "kernel bench" $(PYTHON) benches/kernel_bench.py

clean-notebooks: ## strip outputs, as the tests demand before a commit
	@.venv/bin/nbstripout notebooks/*.ipynb
