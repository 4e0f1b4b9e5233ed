"""Whether a job need not run: nothing that it depends on has changed since it last succeeded."""
