"""What a run would do with each job, and why, without doing it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jpresearch.batch import destination
from jpresearch.batch.plan.jobs import Plan, Planned
from jpresearch.batch.redaction import Redactor
from jpresearch.batch.reuse.unchanged_job import Reuse
from jpresearch.batch.run.driver import FORCED


@dataclass(frozen=True)
class Row:
    """A job and what would become of it: ``run``, ``reuse``, ``skip`` or ``fail``."""

    name: str
    notebook: str
    parameters: dict[str, Any]
    action: str
    why: str

    def as_json(self) -> dict[str, Any]:
        """The row as plain values."""
        return asdict(self)


def preview(plan: Plan, output: Path | str | None, *, force: bool) -> list[Row]:
    """A row per job of the plan; ``output`` and ``force`` as for a run."""
    reuse = Reuse(destination.local_folder(destination.settled(output)))
    return [_row(planned, reuse, force=force) for planned in plan.jobs]


def _row(planned: Planned, reuse: Reuse, *, force: bool) -> Row:
    redactor = Redactor.of(os.environ, (), planned.parameters)
    action, why = _action(planned, reuse, force=force)
    parameters = redactor.value(planned.parameters)
    return Row(planned.name, planned.notebook.name, parameters, action, redactor.text(why))


def _action(planned: Planned, reuse: Reuse, *, force: bool) -> tuple[str, str]:
    if planned.broken is not None:
        return "fail", str(planned.broken)
    if planned.skipped is not None:
        return "skip", f"{planned.skipped.what}. {planned.skipped.next_step}"
    if force:
        return "run", FORCED
    decision = reuse.decide(planned)
    return ("run" if decision.earlier is None else "reuse"), decision.why
