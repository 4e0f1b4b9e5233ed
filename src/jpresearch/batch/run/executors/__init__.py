"""Where jobs run: on this machine, or on the workers of a Dask scheduler. The driver knows only ``base``."""
