#!/usr/bin/env bash
# `npm ci` in a folder. What it fetched is kept beside what cargo builds, by the lists of it, so that a fresh clone has it at
# once, by hard links: nothing is written to below node_modules.
set -euo pipefail
# As seen from where make runs, not from the folder.
beside=$(realpath -m "$CARGO_TARGET_DIR")
cd "$1"
kept="$beside/npm/$(cat package.json package-lock.json | cksum | tr ' ' -)"
# By copies where the checkout is on another file system.
take() { cp -al "$1" "$2" 2> /dev/null || { rm -rf "$2" && cp -a "$1" "$2"; }; }
if [[ -d $kept ]]; then
    rm -rf node_modules
    take "$kept" node_modules
else
    npm ci --ignore-scripts --no-audit --no-fund
    mkdir -p "${kept%/*}"
    # With its name it is whole.
    take node_modules "$kept.$$"
    mv "$kept.$$" "$kept"
fi
# Younger than the lists, for make.
touch node_modules/.package-lock.json
