#!/usr/bin/env bash
# Resolve all versions for Python 3.11 to 3.13 into the lock files, with hashes and without any index address.
# Everything is resolved at once, so that tests and the extras run on the versions that a report runs on.
set -euo pipefail
bin=$1
compile() {
  "$bin/uv" pip compile --universal --python-version 3.11 --generate-hashes \
    --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet "$@"
}
whole=$(mktemp)
trap 'rm -f "$whole"' EXIT
compile pyproject.toml --group build --all-extras --upgrade --output-file "$whole"
compile pyproject.toml --group build --upgrade --constraint "$whole" --output-file requirements.lock
# The test lock holds the entries (a line at the margin, its hashes below) that the other one does not.
awk '
  FNR == NR { known[$0]; next }
  /^[^ ]/ { own = !($0 in known) }
  own
' requirements.lock "$whole" > requirements-test.lock
echo uv | compile - --upgrade --output-file requirements-uv.lock
