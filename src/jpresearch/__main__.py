"""``python -m jpresearch``: the command line."""

from jpresearch.cli import main

main()
