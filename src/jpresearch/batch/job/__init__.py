"""What happens in a job's process: the notebook is executed, its page written, everything handed over."""
