"""The frames and estimates of each notebook's theme: one module per notebook, with its name."""
