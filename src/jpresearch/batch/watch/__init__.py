"""Rules on the metrics of a run, and the alerts that they raise."""
