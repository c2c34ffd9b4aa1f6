#!/usr/bin/env bash
# Makes a Python environment from a file of requirements; a second run with the same file does nothing.
#
# usage: venv.sh [FOLDER REQUIREMENTS]
set -euo pipefail
folder=${1:-.venv}
requirements=${2:-requirements-dev.txt}

# Copied into the folder last: an installation that was broken off is begun again.
cmp --silent "$requirements" "$folder/$(basename "$requirements")" && exit
# The oldest Python that the pinned numpy supports.
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version)'
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
cp "$requirements" "$folder/"
