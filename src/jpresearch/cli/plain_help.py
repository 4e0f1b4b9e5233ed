"""Help that names an argument by what to write there, without the type behind it."""

from __future__ import annotations

from typing import Any

from typer.core import TyperArgument, TyperCommand


class Command(TyperCommand):
    """A command with such help."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters; arguments keep their types to themselves."""
        params: list[Any] = list(super().get_params(ctx))
        for param in params:
            if isinstance(param, TyperArgument):
                setattr(param, "display_type_rich", _nothing)  # noqa: B010
        return params


def _nothing(ctx: Any) -> None:
    """No type is shown."""
