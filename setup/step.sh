#!/usr/bin/env bash
# Says what a step does, runs its command, and says how long it took.
#
#   step.sh "what it does" command [argument...]
# Cargo would look for make's job slots, which are handed to sub-makes only.
unset MAKEFLAGS
printf '» %s\n' "$1"
started=$(date +%s.%N)
"${@:2}"
status=$?
took=$(date +%s.%N | awk -v from="$started" '{ printf "%.1f s", $1 - from }')
if [ $status -eq 0 ]; then
    printf '  done in %s\n' "$took"
else
    printf '  FAILED after %s: %s\n' "$took" "$1" >&2
fi
exit $status
