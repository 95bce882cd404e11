#!/usr/bin/env bash
# The official clients of the clouds against `idbridge sandbox`: what they accept is what the sandbox may answer.
# `make conformance` runs this. Python packages come from PyPI into .venv/; without PyPI nothing is proved, and that
# is said aloud, and the exit is 75, which `make test` lets pass.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.venv
if ! [ -x "$venv/bin/python" ]; then python3 -m venv "$venv"; fi
if ! "$venv/bin/pip" install --quiet --disable-pip-version-check -r Tests/Conformance/requirements.txt; then
    echo "conformance: PyPI cannot be reached, so the official clients could not be installed: NOTHING WAS CHECKED" >&2
    exit 75
fi

# What the tests compare with is compared with its origin as it is installed now.
for script in Tests/Conformance/*_conformance.py; do
    echo "$(basename "$script"):"
    "$venv/bin/python" "$script"
done

swift build --product idbridge
binary="$(swift build --show-bin-path)/idbridge"

work="$(mktemp -d)"
"$binary" sandbox --ready-file "$work/ready.json" >"$work/sandbox.log" 2>&1 &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true; wait "$sandbox" 2>/dev/null || true; rm -rf "$work"' EXIT

for _ in $(seq 300); do
    [ -s "$work/ready.json" ] && break
    kill -0 "$sandbox" 2>/dev/null || { cat "$work/sandbox.log" >&2; exit 1; }
    sleep 0.1
done
[ -s "$work/ready.json" ] || { echo "conformance: the sandbox did not get ready" >&2; cat "$work/sandbox.log" >&2; exit 1; }

cd Tests/Conformance
IDBRIDGE_READY_FILE="$work/ready.json" IDBRIDGE_BINARY="$binary" \
    "../../$venv/bin/python" -W ignore::ResourceWarning -m unittest discover --pattern 'test_*.py' "$@"

echo "moto_product.py:"
IDBRIDGE_BINARY="$binary" "../../$venv/bin/python" -W ignore::ResourceWarning moto_product.py
