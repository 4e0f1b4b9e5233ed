#!/usr/bin/env bash
# Resolve all versions for Python 3.11 to 3.13 into the two lock files, with hashes and without any index address.
set -euo pipefail
bin=$1
"$bin/python" -m pip install --quiet uv
compile() {
  "$bin/uv" pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --upgrade \
    --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet "$@"
}
compile --output-file requirements.lock
compile --extra test --constraint requirements.lock --output-file requirements-test.lock
