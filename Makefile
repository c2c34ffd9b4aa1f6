# setup · lab · run · test · bench · demo: each installs what is missing, is quick when nothing changed, and says
# what it does and how long that took. `make run` goes from nothing to the explorer's page.

export CARGO_TARGET_DIR ?= target
STARTED := $(shell date +%s)
STEP := notebooks/kernel/step
PYTHON := .venv/bin/python
NOTEBOOK := 01_autoencoder_training
# Clippy in rustc's place: lints and tests share one compilation, and the dependencies are those of the release build.
LINTS := env RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings

.PHONY: setup library evcxr lab run test bench demo clean-notebooks

setup: ## the system's packages, the Python environment, the library, the notebook kernel
	@$(STEP) "system packages" notebooks/kernel/packages
	@$(STEP) "Python environment in .venv" notebooks/kernel/venv
	@$(MAKE) --no-print-directory --jobs=2 library evcxr
	@$(STEP) "kernel \"Rust (neural-manifold)\"" $(PYTHON) notebooks/kernel/install.py "$(CARGO_TARGET_DIR)"

# The two long builds run side by side: each fills the gaps of the other.
library:
	@$(STEP) "library, release build" cargo build --release
evcxr:
	@$(STEP) "notebook kernel's program, evcxr_jupyter" notebooks/kernel/evcxr

lab: setup ## JupyterLab in the browser
	@.venv/bin/jupyter lab --notebook-dir=notebooks $(NOTEBOOK).ipynb

run: setup ## notebook 01 on the real data, which ends with the explorer's page
	@$(STEP) "notebook $(NOTEBOOK)" $(PYTHON) notebooks/run.py notebooks/$(NOTEBOOK).ipynb --output artifacts/$(NOTEBOOK).ipynb
	@$(STEP) "the executed notebook as HTML" $(PYTHON) notebooks/to_html.py artifacts/$(NOTEBOOK).ipynb
	@echo "All took $$(($$(date +%s) - $(STARTED))) s. The notebook: $(CURDIR)/artifacts/$(NOTEBOOK).html"
	@echo "Open $(CURDIR)/web-app/index.html"

test: setup ## format, lints, Rust tests, notebooks and page
	@$(STEP) "format" cargo fmt --check
	@$(STEP) "lints" $(LINTS) cargo build --release --all-targets
	@$(STEP) "Rust tests" $(LINTS) cargo test --release
	@$(STEP) "notebook and page tests" $(PYTHON) -m pytest tests

bench: setup ## the kernel's response times and training speed, into artifacts/bench.json
	@$(STEP) "kernel bench" $(PYTHON) benches/kernel_bench.py

demo: setup ## the whole path on 2,000 images in a minute or two, apart from everything else: artifacts/demo/
	@mkdir -p artifacts/demo/notebooks && cp notebooks/$(NOTEBOOK).ipynb artifacts/demo/notebooks && cp -r web-app artifacts/demo
	@NEURAL_MANIFOLD_IMAGES=2000 NEURAL_MANIFOLD_DATA="$${NEURAL_MANIFOLD_DATA:-$(CURDIR)/data}" \
		$(STEP) "notebook $(NOTEBOOK) on 2,000 images" $(PYTHON) notebooks/run.py artifacts/demo/notebooks/$(NOTEBOOK).ipynb
	@echo "Open $(CURDIR)/artifacts/demo/web-app/index.html"

clean-notebooks: ## strip outputs, as the tests demand before a commit
	@.venv/bin/nbstripout notebooks/*.ipynb
