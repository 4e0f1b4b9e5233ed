"""Estimators: arrays and frames in, frozen result objects out. No I/O, no plots, nothing about Japan."""
