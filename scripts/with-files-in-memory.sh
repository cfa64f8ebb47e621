#!/usr/bin/env bash
# Runs a command whose temporary files lie in memory, where there is room for them: a fifth of what many tests take is work for a
# disk that need not keep anything. (What outlives a power failure is shown by tests that trust no disk: survival::power_failures.)
set -euo pipefail
place=/dev/shm
# All tests together take 4.3 GiB of it at most, where four of them run at once.
least_kib=$((8 << 20))
has_room() {
    [[ -w $place && $(df --output=avail "$place" | tail -1) -ge $least_kib ]] &&
        awk -v least="$least_kib" '/^MemAvailable:/ { has = $2 >= 2 * least } END { exit !has }' /proc/meminfo
}
if [[ -z ${TMPDIR:-} ]] && has_room; then
    TMPDIR=$(mktemp -d "$place/strongroom-tests.XXXXXX")
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi
"$@"
