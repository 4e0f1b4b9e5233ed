"""A notebook's interface: its annotated ``parameters`` cell, read from the syntax tree.

    as_of: "Optional[str]" = None  # read the data as it stood at the end of this day, YYYY-MM-DD

The annotation is the type, the value the default, the comment the help; a text whose comment says ``YYYY-MM-DD`` is a
date. Written in quotes, ``Optional[...]`` needs no import and is read by papermill too; ``str | None`` is not.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any, Final, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from jpresearch.errors import BadParameter, NotebookInvalid, UnknownParameter

SCALARS: Final[dict[str, type]] = {"str": str, "int": int, "float": float, "bool": bool}
DATE_MARK: Final = "YYYY-MM-DD"
WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]+")
# The interpreter itself reads no longer ones, and no parameter is one.
LONGEST_NUMBER: Final = 1000
LONGEST_SHOWN: Final = 120
STRICT: Final = ConfigDict(strict=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Parameter:
    """One declared parameter of a notebook."""

    name: str
    annotation: Any
    default: Any
    comment: str

    @property
    def type_name(self) -> str:
        """The type in words, such as ``int`` or ``date or None``."""
        return _type_name(self.annotation, is_date=self.is_date)

    @property
    def is_date(self) -> bool:
        """Whether the text is a date."""
        return DATE_MARK in self.comment and str in (self.annotation, *get_args(self.annotation))

    @property
    def optional(self) -> bool:
        """Whether the value may be ``None``."""
        return NoneType in get_args(self.annotation)

    def parse(self, text: str) -> Any:
        """The value that ``text`` stands for, in the declared type.

        ``None`` is the missing value where the type allows it; a list is JSON or its items between commas; a text is
        taken as typed.

        Raises
        ------
        BadParameter : the text is not of the declared type.
        """
        if self.optional and text == "None":
            return None
        try:
            return self.check(_from_text(text, self.kind))
        except (ValueError, RecursionError) as error:
            raise self._bad(text) from error

    def check(self, value: Any) -> Any:
        """``value`` if it has the declared type (a whole number is a float too). Raises ``BadParameter``."""
        try:
            checked = _adapter(self.annotation).validate_python(value)
            for day in checked if isinstance(checked, list) else [checked]:
                if self.is_date and day is not None:
                    datetime.fromisoformat(_dashed(day))
        except (ValidationError, ValueError) as error:
            raise self._bad(value) from error
        return checked

    @property
    def kind(self) -> Any:
        """The type without its ``None``."""
        kinds = [kind for kind in get_args(self.annotation) if kind is not NoneType]
        return kinds[0] if self.optional else self.annotation

    @property
    def hint(self) -> str:
        """The declaration in words."""
        return f"Declared as: {self.name}: {self.type_name}" + (f"  # {self.comment}" if self.comment else "")

    def _bad(self, value: Any) -> BadParameter:
        return BadParameter(f"{shown(value)} is not a {self.type_name}", f"parameter {self.name!r}", self.hint)


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation, config=STRICT)


def declared(source: str, where: str) -> dict[str, Parameter]:
    """The parameters that the source of a ``parameters`` cell declares, in order.

    Raises
    ------
    NotebookInvalid : the cell is not Python, or holds anything but assignments of literals with a known type.
    """
    try:
        tree = ast.parse(source)
        comments = _comments(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
        raise NotebookInvalid(f"the parameters cell is not Python: {error}", where) from error
    found = (_parameter(statement, comments, where) for statement in tree.body if not _is_docstring(statement))
    return {parameter.name: parameter for parameter in found}


def resolve(
    parameters: Mapping[str, Parameter], given: Mapping[str, str], where: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is given and what results: ``(overrides, all parameters with defaults)``.

    Raises
    ------
    UnknownParameter : a name that is not declared; the message lists those that are.
    BadParameter : a value of the wrong type.
    """
    for name in given:
        if name not in parameters:
            names = [f"{known.name} ({known.type_name})" for known in parameters.values()]
            raise UnknownParameter.of("parameter", name, names, where)
    overrides = {name: parameters[name].parse(text) for name, text in given.items()}
    return overrides, {name: overrides.get(name, known.default) for name, known in parameters.items()}


def require_declared(given: Iterable[str], notebooks: Mapping[str, Mapping[str, Parameter]]) -> None:
    """Raise ``UnknownParameter`` unless each name is declared by at least one of ``notebooks``, parameters by name."""
    known = {name: parameter for parameters in notebooks.values() for name, parameter in parameters.items()}
    for name in given:
        if name not in known:
            allowed = [f"{parameter.name} ({parameter.type_name})" for parameter in known.values()]
            raise UnknownParameter.of("parameter", name, allowed, ", ".join(notebooks))


def shown(value: Any) -> str:
    """``value`` as Python writes it, its end left out where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}... ({len(text):,} characters)"


def _parameter(statement: ast.stmt, comments: Mapping[int, str], where: str) -> Parameter:
    target, annotation, value = _assignment(statement, where)
    try:
        default = ast.literal_eval(value)
    except ValueError as error:
        raise NotebookInvalid(f"the default of parameter {target!r} is not a literal", where) from error
    kind = _type(annotation, where) if annotation is not None else _type_of(default)
    parameter = Parameter(target, kind, default, comments.get(statement.end_lineno or statement.lineno, ""))
    try:
        parameter.check(default)
    except BadParameter as error:
        raise NotebookInvalid(f"its default does not fit: {error.what}", f"{where}, parameter {target!r}") from error
    return parameter


def _assignment(statement: ast.stmt, where: str) -> tuple[str, ast.expr | None, ast.expr]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value is not None:
        return statement.target.id, statement.annotation, statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, None, statement.value
    raise NotebookInvalid(
        f"the parameters cell holds something else than a parameter, line {statement.lineno}",
        where,
        "Write one parameter a line: `name: type = value  # what it is`.",
    )


def _type(annotation: ast.expr, where: str) -> Any:
    """The type that an annotation names; only types whose values can be written as literals."""
    if isinstance(annotation, ast.Name) and annotation.id in SCALARS:
        return SCALARS[annotation.id]
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return NoneType
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return _type(_quoted(annotation.value, where), where)
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return _type(annotation.left, where) | _type(annotation.right, where)
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
        inner = _type(annotation.slice, where) if annotation.value.id in ("list", "Optional") else None
        if inner is not None:
            return list[inner] if annotation.value.id == "list" else inner | None  # type: ignore[valid-type]
    allowed = "str, int, float, bool, list[...] and Optional[...] (in quotes) or `| None`"
    raise NotebookInvalid(f"unknown parameter type `{ast.unparse(annotation)}`", where, f"Allowed: {allowed}.")


def _quoted(text: str, where: str) -> ast.expr:
    """The annotation that stands in quotes."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotebookInvalid(f"unknown parameter type `{shown(text)}`", where) from error


def _type_of(default: Any) -> Any:
    """The type of a parameter without annotation: that of its default."""
    if isinstance(default, list):
        return list[type(default[0]) if default else str]  # type: ignore[misc]
    return (str | None) if default is None else type(default)


def _from_text(text: str, kind: Any) -> Any:
    """``text`` as a value of ``kind``. Raises ``ValueError``."""
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        return [_from_text(part, item) if isinstance(part, str) else part for part in _items(text)]
    if kind is bool:
        return {"true": True, "false": False}[text.lower()] if text.lower() in ("true", "false") else _refuse(text)
    if kind is int:
        return int(text) if WHOLE_NUMBER.fullmatch(text) and len(text) <= LONGEST_NUMBER else _refuse(text)
    return float(text.replace("_", "x")) if kind is float else text


def _items(text: str) -> list[Any]:
    if not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",")] if text else []
    items = json.loads(text)
    return items if isinstance(items, list) else _refuse(text)


def _refuse(text: str) -> Any:
    raise ValueError(text)


def _dashed(text: str) -> str:
    """A date as ``YYYY-MM-DD``; the compact forms of ISO 8601 are refused, they look like numbers."""
    return text if re.match(r"\d{4}-\d{2}-\d{2}", text) else _refuse(text)


def _type_name(annotation: Any, *, is_date: bool) -> str:
    if annotation is NoneType:
        return "None"
    if get_origin(annotation) is list:
        return f"list of {_type_name(get_args(annotation)[0], is_date=is_date)}"
    if get_args(annotation):
        return " or ".join(_type_name(kind, is_date=is_date) for kind in get_args(annotation))
    if annotation is str:
        return "date" if is_date else "text"
    return {int: "whole number", float: "number", bool: "true/false"}[annotation]


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
