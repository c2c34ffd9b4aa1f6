#!/usr/bin/env bash
# Installs the system packages that are missing when run by root; else prints the line to run, and stops.
set -euo pipefail

missing=()
need() { # need PACKAGE COMMAND...: the package is missing when the command fails
    local package=$1
    "${@:2}" >/dev/null 2>&1 || missing+=("$package")
}
need gcc             cc --version
need libc6-dev       test -e /usr/include/stdio.h
need pkg-config      pkg-config --version
need libopenblas-dev pkg-config --exists openblas
need chromium        command -v chromium
need python3-venv    python3 -c 'import ensurepip, venv'
if [ -z "${NEURAL_MANIFOLD_DATA:-}" ] && ! ls data/train-images-idx3-ubyte* >/dev/null 2>&1; then
    need dataset-fashion-mnist test -d /usr/share/datasets/fashion-mnist
fi

if ! command -v cargo >/dev/null; then
    echo "cargo is not on PATH: install Rust with rustup, then run make again" >&2
    exit 1
fi
# The kernel reads the standard library's sources, to complete names and to infer the types of variables.
[ -d "$(rustc --print sysroot)/lib/rustlib/src/rust/library" ] || rustup component add rust-src ||
    echo "  without the component rust-src, cells complete less and a variable of a std type needs its type written" >&2
[ ${#missing[@]} -eq 0 ] && exit

if ! command -v apt-get >/dev/null; then
    echo "missing, under Debian's names: ${missing[*]}; install them, then run make again" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "missing system packages; run this line, then make again:" >&2
    echo "  sudo apt-get install --yes ${missing[*]}" >&2
    exit 1
fi
apt-get update -qq
# The data set is downloaded by the library where the distribution has no package of it.
if ! apt-cache show dataset-fashion-mnist >/dev/null 2>&1; then
    missing=("${missing[@]/dataset-fashion-mnist/}")
fi
echo "  installing ${missing[*]}"
# shellcheck disable=SC2068  # an emptied entry must vanish
DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends ${missing[@]} >/dev/null
