"""Where papermill finds the engine ``jpresearch``.

papermill asks for all engines while it is itself imported, so the engine proper, which is built on papermill, can only
be imported when it is used.
"""

from __future__ import annotations

from typing import Any

from papermill.engines import Engine as PapermillEngine


class Engine(PapermillEngine):  # type: ignore[misc]
    """Hands over to ``jpresearch.batch.kernels.papermill_engine``."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Execute ``nb``, an nbformat node, and return it; ``options`` are papermill's."""
        from jpresearch.batch.kernels.papermill_engine import Engine as Own

        return Own.execute_notebook(nb, kernel_name, **options)
