#!/usr/bin/env bash
# The office program that the proof of exported slides needs: found on the PATH, installed from Debian where possible.
set -euo pipefail
if command -v soffice >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing libreoffice-impress for the proof of exported slides ..."
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq && apt-get install -y -qq --no-install-recommends libreoffice-impress >/dev/null; then exit 0; fi
fi
echo "No LibreOffice on this machine: the proof that exported slides open in it is skipped." >&2
echo "Install it (Debian: apt-get install libreoffice-impress), and run make proof again." >&2
