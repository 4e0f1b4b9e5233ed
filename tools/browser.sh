#!/usr/bin/env bash
# The browser that page tests need: found on the PATH, installed from Debian where that is possible, named where not.
set -euo pipefail
for name in "${JPRESEARCH_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing chromium for the page tests ..."
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; then exit 0; fi
fi
echo "No chromium on this machine: the page tests in a browser are skipped." >&2
echo "Install it (Debian: apt-get install chromium), or name one in JPRESEARCH_CHROMIUM, and run make test again." >&2
