"""Turns a folder of compiled figures into the tables of the project.

Run from the root of the repository: ``python -m tools.seed FIGURES_DIR OUT_DIR``. Every builder takes the
figures as they were compiled and gives a table in the data model: key, period, values, ``published_at``,
``grade`` and ``source``. No figure is made up, filled or rounded on the way.
"""
