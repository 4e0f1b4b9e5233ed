"""Reports: what an executed notebook published, its one-file HTML page, the index of a run."""
