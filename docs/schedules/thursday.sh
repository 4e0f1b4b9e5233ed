#!/bin/sh
# The Thursday: figures, reports, alerts, and what leaves. Run from anywhere; the outbox lies beside the reports.
# Exit 4 of `watch` says that a rule fired: the alert is in the outbox, and everything goes on.
cd "$(dirname "$0")/../.." || exit
bin=.venv/bin/jpresearch
mkdir -p outbox

$bin update && $bin run --batch weekly --timeout 900 || exit

$bin watch docs/schedules/desk.yaml --mail outbox/alert.eml
fired=$?
if [ "$fired" -ne 0 ] && [ "$fired" -ne 4 ]; then exit "$fired"; fi

# Figures of tables whose terms say `derived` leave as pictures, never as data.
$bin export latest --to mail --to pptx --to site --output outbox/weekly
