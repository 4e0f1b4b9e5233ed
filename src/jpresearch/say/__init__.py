"""Numbers, amounts, dates and intervals as the field writes them, marked as printed from values."""

from jpresearch.say.marks import Kind, Mark, marked, marks, plain

__all__ = ["Kind", "Mark", "marked", "marks", "plain"]
