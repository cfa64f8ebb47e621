#!/usr/bin/env bash
# Stands where rustc does (RUSTC_WORKSPACE_WRAPPER) for our own crates: compiles them with clippy's lints, and builds the documents
# of the library beside it. So lints and documents use the dependencies that the tests are compiled with; `cargo clippy` and `cargo
# doc` would compile all of them once more, without code.
set -euo pipefail

# A question of cargo's about the compiler, no crate of ours.
[[ ${CARGO_PRIMARY_PACKAGE:-} ]] || exec clippy-driver "$@"

# Not in CLIPPY_ARGS, as `cargo clippy` does it: cargo would compile again whatever was compiled with another value of it.
set -- "$@" -D warnings

[[ " $* " == *" --crate-name strongroom "* && " $* " == *" --crate-type lib "* && " $* " != *" --test "* ]] || exec clippy-driver "$@"

# What rustdoc takes of the compiler's arguments: all but those that say what to write and how to generate code.
document=() skip_value=""
for argument in "${@:2}"; do
    if [[ $skip_value ]]; then skip_value=""; continue; fi
    case $argument in
        --emit=* | --error-format=* | --json=* | --diagnostic-width=*) ;;
        --out-dir | --crate-type | -C) skip_value=1 ;;
        *) document+=("$argument") ;;
    esac
done
rustdoc "${document[@]}" --document-private-items --out-dir "$OUT_DIR/doc" &
clippy-driver "$@"
wait $!
