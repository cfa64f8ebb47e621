#!/bin/sh
# Writes .env for docker-compose.yml, once: each name in .env.example with a secret of its own, drawn at random.
set -eu
cd "$(dirname "$0")/.."
if [ -e .env ]; then
    echo "There is a .env already. The volumes know its secrets, so it stays as it is." >&2
    exit 1
fi

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

umask 077
while IFS= read -r line; do
    case $line in
        GARAGE_ACCESS_KEY_ID=) echo "${line}GK$(random_hex 12)" ;;
        *=) echo "$line$(random_hex 32)" ;;
        *) echo "$line" ;;
    esac
done < .env.example > .env.new
mv .env.new .env
echo "Written: .env. Keep it private, and keep a copy of it beside the key ring's." >&2
