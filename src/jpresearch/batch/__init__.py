"""Running notebooks: parameters, plan, execution. Knows nothing of what the notebooks contain."""
