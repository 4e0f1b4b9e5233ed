"""Processes forked from one that has loaded what they need: kernels from one server, jobs from another."""
