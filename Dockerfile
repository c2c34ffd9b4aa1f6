# JupyterLab with the kernel "Rust (neural-manifold)", all built:
#
#     docker build -t neural-manifold .
#     docker run --rm -p 8888:8888 -v "$PWD/work:/home/reader/neural-manifold/artifacts" neural-manifold
#
# Cells are compiled as they run, so that the compiler stays in the image.
FROM rust:1.95-bookworm

RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends make git python3-venv \
    && rm -rf /var/lib/apt/lists/*

# Chromium refuses root, and a notebook's cells need no more than a user's rights.
RUN useradd --create-home reader && chown -R reader "$CARGO_HOME" "$RUSTUP_HOME"
WORKDIR /home/reader/neural-manifold

# The system's packages first: they change less often than the sources.
COPY setup/packages.sh setup/packages.sh
RUN setup/packages.sh && rm -rf /var/lib/apt/lists/*

COPY --chown=reader . .
RUN chown reader .
USER reader
ENV CARGO_TARGET_DIR=/home/reader/target
RUN make setup

EXPOSE 8888
# Its address with a token is the last line that it prints.
CMD [".venv/bin/jupyter", "lab", "--notebook-dir=notebooks", "--ip=0.0.0.0", "--no-browser"]
