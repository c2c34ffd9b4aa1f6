#!/usr/bin/env bash
# Puts evcxr_jupyter 0.22 into .venv/bin: the one on PATH, or in the cache of all checkouts, or fetched ready-made, or built.
set -euo pipefail

version=0.22.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/neural-manifold/evcxr
found=.venv/bin/evcxr_jupyter

# The program cannot tell its version; the record of `cargo install` beside it can.
is_right() {
    [ -x "$1" ] && grep -qs 'evcxr_jupyter 0\.22\.' "$(dirname "$(dirname "$(realpath "$1")")")/.crates.toml"
}

is_right $found && exit
on_path=$(command -v evcxr_jupyter || true)
if is_right "$on_path"; then
    ln -sf "$(realpath "$on_path")" $found
    exit
fi
if ! is_right "$cache/bin/evcxr_jupyter"; then
    if ! { command -v cargo-binstall >/dev/null &&
           cargo binstall --no-confirm --disable-strategies compile --root "$cache" "evcxr_jupyter@$version"; }; then
        # A short build first; but the crates in which a kernel spends its start and first `let` are made fast,
        # which costs 30 CPU-seconds of nine minutes and takes a third off both.
        fast=()
        for crate in hashbrown dashmap rowan salsa ra_ap_{base_db,cfg,hir_def,hir_expand,hir_ty,intern,mbe,parser,span,syntax,tt}; do
            fast+=(--config "profile.release.package.$crate.opt-level=3")
        done
        env -u RUSTFLAGS CARGO_TARGET_DIR="$cache/target" \
            CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_LTO=off \
            cargo install --locked "${fast[@]}" evcxr_jupyter --version $version --root "$cache"
        rm -rf "$cache/target"
    fi
fi
ln -sf "$cache/bin/evcxr_jupyter" $found
