"""A run from call to closed record: its folder, its driver, its executors, ``latest``, pruning."""
