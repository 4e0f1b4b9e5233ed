"""Kernels of jobs: forked from a process that has loaded the libraries, watched, limited and ended."""
