"""Adapters to the publishers: locate, download, parse into rows of the tables."""
