"""Procedures of this research that are too long for a notebook's cell: tested, and without words for readers."""
