"""What a notebook publishes: answer, findings, metrics, figures, tables, tests, sources, notes of the tables read.

Everything becomes an output of the cell with a media type of its own, so that the executed notebook alone suffices for
the record and the report. Outside a kernel every function checks its arguments and is silent, unless ``collected``
takes its outputs.
"""

from jpresearch.payloads import ANSWER, FIGURE, FINDING, METRIC, NOTE, PART, PREFIX, SOURCES, TABLE, TAKEAWAY, VIEW
from jpresearch.publish.channel import EMPTY_DRAWING, Collected, collected, in_kernel, page, reads
from jpresearch.publish.families import family, holds, tested
from jpresearch.publish.metrics import metric
from jpresearch.publish.outputs import figure, note, sources, table, takeaway
from jpresearch.publish.parts import Part, need, part
from jpresearch.publish.sentences import answer, finding

__all__ = [
    "ANSWER",
    "EMPTY_DRAWING",
    "FIGURE",
    "FINDING",
    "METRIC",
    "NOTE",
    "PART",
    "PREFIX",
    "SOURCES",
    "TABLE",
    "TAKEAWAY",
    "VIEW",
    "Collected",
    "Part",
    "answer",
    "collected",
    "family",
    "figure",
    "finding",
    "holds",
    "in_kernel",
    "metric",
    "need",
    "note",
    "page",
    "part",
    "reads",
    "sources",
    "table",
    "takeaway",
    "tested",
]
