#!/bin/sh
# The Thursday: figures, reports, alerts, and what leaves. Run from anywhere; the outbox lies beside the reports.
# `update` takes what it can get: where a publisher fails (exit 3) the reports are made of what is known, the mail begins
# with what is missing, and the script ends with that code. Exit 4 of `watch` says that a rule fired; it stops nothing.
cd "$(dirname "$0")/../.." || exit
bin=.venv/bin/jpresearch
mkdir -p outbox || exit

$bin update 2>outbox/update.txt
updated=$?
cat outbox/update.txt >&2
if [ "$updated" -ne 0 ] && [ "$updated" -ne 3 ]; then exit "$updated"; fi

$bin run --batch weekly --timeout 900 || exit

$bin watch docs/schedules/desk.yaml --mail outbox/alert.eml
fired=$?
if [ "$fired" -ne 0 ] && [ "$fired" -ne 4 ]; then exit "$fired"; fi

# Figures of tables whose terms say `derived` leave as pictures, never as data.
set -- --to mail --to pptx --to site --output outbox/weekly
missing=$(sed -n 's/^Error: \([^:]*\): .*/\1/p' outbox/update.txt | paste -sd ';' - | sed 's/;/; /g')
if [ "$updated" -ne 0 ]; then set -- "$@" --note "Not updated: ${missing:-see the log}"; fi
$bin export latest "$@" || exit
exit "$updated"
