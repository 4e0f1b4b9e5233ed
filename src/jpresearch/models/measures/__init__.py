"""Measures by which claims are read: each takes the facts of a day and a window, and gives a value with its noise."""
