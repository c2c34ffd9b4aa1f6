# setup · lab · run · tokens · check · test · bench · wheel · site · demo: each installs what is missing, is quick when
# nothing changed, and says what it does and how long that took. `make run` goes from nothing to the explorer's page.

export CARGO_TARGET_DIR ?= target
# Devices built in beside flex: cuda, wgpu, tch. Given once (make setup FEATURES=cuda), they are remembered in .venv.
FEATURES ?= $(shell cat .venv/features 2>/dev/null)
# On them, unlike on flex, the network's layers are burn's.
BURN := autodiff backend core dispatch ir nn optim std tensor
CARGO_FLAGS := --release $(if $(FEATURES),--features $(FEATURES) $(BURN:%=--config profile.release.package.burn-%.opt-level=3))
ifneq (,$(findstring tch,$(FEATURES)))
# The build and every program find PyTorch's library in .venv.
export LIBTORCH_USE_PYTORCH := 1
export VIRTUAL_ENV := $(CURDIR)/.venv
export PATH := $(VIRTUAL_ENV)/bin:$(PATH)
export LD_LIBRARY_PATH := $(wildcard $(VIRTUAL_ENV)/lib/python3*/site-packages/torch/lib):$(LD_LIBRARY_PATH)
endif
STARTED := $(shell date +%s)
STEP := setup/step.sh
PYTHON := .venv/bin/python
NOTEBOOK := 01_autoencoder_training
# Clippy in rustc's place: lints and tests share one compilation, and the dependencies are those of the release build.
LINTS := env RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings

.PHONY: setup setup-tch packages venv first-look lab run tokens check test bench peers wheel site demo clean-notebooks bench-build bench-kernel bench-page bench-data bench-training bench-color bench-maps bench-pixels bench-neighbors scale test-scale bench-scale bench-tiles

setup: venv ## the system's packages, the Python environment, the library, the notebook kernel
	@echo "$(FEATURES)" > .venv/features
	@$(STEP) "library and notebook kernel's program, release build" $(PYTHON) setup/builds.py $(CARGO_FLAGS)
	@$(STEP) "kernel \"Rust (neural-manifold)\"" $(PYTHON) notebooks/kernel/install.py "$(CARGO_TARGET_DIR)"

setup-tch: venv ## the device libtorch: PyTorch's library, several GB, and the library built against it
	@$(STEP) "PyTorch in .venv" .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements-tch.txt
	@$(MAKE) --no-print-directory setup FEATURES=tch

packages:
	@$(STEP) "system packages" setup/packages.sh
venv: packages
	@$(STEP) "Python environment in .venv" setup/venv.sh

# Of a page that is there already, or of a notebook that has made one, nothing is written over.
first-look: venv ## something in the explorer's page while the library is built
	@test -e web-app/data.js -o -e artifacts/$(NOTEBOOK).html || $(STEP) "a first look" $(PYTHON) setup/first_look.py web-app

lab: first-look setup ## JupyterLab in the browser
	@.venv/bin/jupyter lab --notebook-dir=notebooks $(NOTEBOOK).ipynb

run: first-look setup ## notebook 01 on the real data, which ends with the explorer's page
	@$(MAKE) --no-print-directory web-app/data.js
	@echo "All took $$(($$(date +%s) - $(STARTED))) s. The notebook: $(CURDIR)/artifacts/$(NOTEBOOK).html"
	@echo "Open $(CURDIR)/web-app/index.html"

# Executed again only when the notebook or the library changed since, or a result is gone.
LIBRARY := $(CARGO_TARGET_DIR)/release/libneural_manifold.so
define EXECUTE
@$(STEP) "notebook $*" $(PYTHON) notebooks/run.py notebooks/$*.ipynb --output artifacts/$*.ipynb
@$(STEP) "the executed notebook as HTML" $(PYTHON) notebooks/to_html.py artifacts/$*.ipynb
endef
artifacts/%.html: notebooks/%.ipynb $(LIBRARY)
	$(EXECUTE)
# The first makes the page's data too, and the latents that the second and the third read.
web-app/data.js: | artifacts/$(NOTEBOOK).html
	@test -f $@ || { rm artifacts/$(NOTEBOOK).html && $(MAKE) --no-print-directory artifacts/$(NOTEBOOK).html; }
artifacts/02_map_quality.html artifacts/03_topology.html: | web-app/data.js
artifacts/05_any_embeddings.html: | data/tokens.parquet

tokens: venv data/tokens.parquet ## the word vectors of notebook 05, fetched once
data/tokens.parquet:
	@$(STEP) "10,000 words of wordllama, 256 numbers each" $(PYTHON) tools/fetch_tokens.py $@

check: venv ## format and lints of all that needs no build: seconds
	@$(STEP) "Rust: format" cargo fmt --check
	@$(STEP) "Python: lints" .venv/bin/ruff check --quiet
	@$(STEP) "Python: format" .venv/bin/ruff format --check --quiet
	@$(STEP) "JavaScript: lints" .venv/bin/oxlint --deny-warnings web-app
	@$(STEP) "shell: lints" .venv/bin/shellcheck setup/*.sh .ci/run
	@$(STEP) "rules of the house" $(PYTHON) -m pytest --quiet tests/test_rules.py

# The checks come first: they fail in seconds, the build takes minutes.
test: check setup ## the checks, Rust lints and tests, notebooks and page
	@$(STEP) "Rust: lints" $(LINTS) cargo build $(CARGO_FLAGS) --all-targets
	@$(STEP) "Rust: tests" $(LINTS) cargo test $(CARGO_FLAGS)
	@$(STEP) "notebook and page tests" $(PYTHON) -m pytest tests --numprocesses=2 --dist=loadfile --no-loadscope-reorder

# The parts run one after the other: nothing may run beside a bench, and the first look comes before the build.
.NOTPARALLEL:
PARTS := kernel page data training color maps pixels neighbors
PART ?= $(PARTS)
bench: $(PART:%=bench-%) ## each part beside its peers, into artifacts/bench.json and README's tables; PART=maps for one
	@$(STEP) "README's figures" $(PYTHON) tools/measured.py
peers: setup
	@$(STEP) "the peers in .venv/bench, several GB" setup/venv.sh .venv/bench requirements-bench.txt
bench-build: ## make run from nothing in a clone of the last commit, half an hour: steps, CPU-minutes, the costliest crates
	@$(STEP) "build bench" python3 benches/build_bench.py
bench-kernel: setup
	@$(STEP) "kernel bench" $(PYTHON) benches/kernel_bench.py
bench-page: setup
	@$(STEP) "page bench" $(PYTHON) benches/page_bench.py
bench-data: setup
	@$(STEP) "embedding-atlas in .venv/atlas" setup/venv.sh .venv/atlas setup/requirements-atlas.txt
	@$(STEP) "data bench" $(PYTHON) benches/data_bench.py --peer .venv/atlas/bin/embedding-atlas
bench-training: peers
	@$(STEP) "training bench" .venv/bench/bin/python benches/train_bench.py
bench-color: peers
	@$(STEP) "training bench, color" .venv/bench/bin/python benches/train_bench.py --color --peers torch
bench-maps: peers web-app/data.js
	@$(STEP) "map bench, latents" .venv/bench/bin/python benches/map_bench.py
bench-pixels: peers
	@$(STEP) "map bench, pixels" .venv/bench/bin/python benches/map_bench.py --pixels
bench-neighbors: peers web-app/data.js
	@$(STEP) "neighbors bench" .venv/bench/bin/python benches/neighbors_bench.py

scale: setup ## Apache Spark and Ray in .venv/scale, 1.2 GB; Spark needs Java 17
	@java -version >/dev/null 2>&1 || { echo "Spark needs Java 17: apt-get install openjdk-17-jre-headless, then make again" >&2; exit 1; }
	@$(STEP) "Spark and Ray in .venv/scale" setup/venv.sh .venv/scale requirements-scale.txt
test-scale: scale ## Spark and Ray on several processes, some of which are killed
	@$(STEP) "tests of scale/" .venv/scale/bin/python -m pytest tests/scale
bench-scale: scale ## rows per second of the program alone and through Spark, and how good places are
	@$(STEP) "scale bench" .venv/scale/bin/python benches/scale_bench.py
bench-tiles: scale ## seconds and disk of tiles of up to 10^8 rows, and how the page draws them
	@$(STEP) "tiles bench" $(PYTHON) benches/tiles_bench.py

# Nothing is shared with a notebook's cells here, and nothing of the system but its C library is needed.
WHEEL_TARGET := $(shell uname -m)-unknown-linux-gnu
wheel: ## the program and the Python module in one wheel, in artifacts/wheel
	@$(STEP) "maturin and zig in .venv/wheel" setup/venv.sh .venv/wheel setup/requirements-wheel.txt
	@$(STEP) "the wheel, built from nothing" env --chdir=python RUSTFLAGS=-Cprefer-dynamic=no \
		CARGO_TARGET_DIR="$(abspath $(CARGO_TARGET_DIR))" PATH="$(CURDIR)/.venv/wheel/bin:$(PATH)" \
		maturin build --release --quiet --target $(WHEEL_TARGET) --zig --compatibility manylinux_2_28 --out ../artifacts/wheel
	@$(STEP) "the wheel in an environment of its own" python3 tools/try_wheel.py artifacts/wheel

NOTEBOOKS := $(patsubst notebooks/%.ipynb,%,$(wildcard notebooks/*.ipynb))
site: setup ## README, executed notebooks, explorer and the library's documentation as a site, in artifacts/site
	@$(MAKE) --no-print-directory web-app/data.js $(NOTEBOOKS:%=artifacts/%.html)
	@$(STEP) "the library's documentation" cargo doc --no-deps --lib $(CARGO_FLAGS)
	@$(STEP) "the site" $(PYTHON) tools/site.py artifacts/site $(CARGO_TARGET_DIR)/doc
	@$(STEP) "its links, in a browser" $(PYTHON) tools/walk_site.py artifacts/site

demo: setup tokens ## pictures of the notebook and the page that `make run` has made, and short films, into assets/
	@test -f web-app/data.js -a -f artifacts/$(NOTEBOOK).ipynb || { echo "there is nothing to show yet: make run makes it" >&2; exit 1; }
	@$(STEP) "picture of the notebook" $(PYTHON) tools/record_notebook.py
	@$(STEP) "film of the notebook" $(PYTHON) tools/record_live.py
	@$(STEP) "picture of the explorer in a cell" $(PYTHON) tools/record_cell.py
	@$(STEP) "pictures of the page" $(PYTHON) tools/record_page.py

clean-notebooks: ## strip outputs, as the tests demand before a commit
	@.venv/bin/nbstripout notebooks/*.ipynb
