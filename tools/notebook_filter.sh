#!/bin/sh
# git's clean filter for notebooks: what is committed has no outputs and the metadata that the house stores.
# Where no environment is at hand (a worktree, after `make clean`) notebooks pass unchanged, so that git never fails.
for folder in . "$(git rev-parse --git-common-dir 2>/dev/null)/.."; do
  if [ -x "$folder/.venv/bin/nbstripout" ]; then
    exec "$folder/.venv/bin/nbstripout" --keep-id --extra-keys "metadata.language_info.codemirror_mode \
metadata.language_info.file_extension metadata.language_info.mimetype metadata.language_info.nbconvert_exporter \
metadata.language_info.pygments_lexer metadata.language_info.version cell.metadata.execution"
  fi
done
exec cat
