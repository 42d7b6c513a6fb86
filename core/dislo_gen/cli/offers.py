"""Commands that packages add: in which group of the help each stands, and its line there, without importing it."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import attrs

from dislo_gen import paths
from dislo_gen.errors import DisloGenError
from dislo_gen.plain import read_text
from dislo_gen.registry import Plugin, discover, group_of

SCREEN, FIND, MAKE, LEARN, KEEP, EXTEND, OTHER = (
    "Work at a screen",
    "Find lines in your pictures",
    "Make labelled images",
    "Train and judge networks",
    "Go on, and check files",
    "See what there is, add your own",
    "Added by other packages",
)
"""The groups of commands in the help, in this order."""

# A package chooses one by the name of the entry-point group that it puts its command into.
_PANELS = {
    "": OTHER,
    ".screen": SCREEN,
    ".find": FIND,
    ".make": MAKE,
    ".learn": LEARN,
    ".check": KEEP,
    ".extend": EXTEND,
}
_OURS = "dislo-gen"


def command_offers() -> Iterator[tuple[Plugin, str]]:
    """Yield each command that a package adds, with its group in the help. Nothing is imported."""
    for suffix, panel in _PANELS.items():
        for offer in discover(group_of("command") + suffix):
            yield attrs.evolve(offer, kind="command"), panel


def short_help(offer: Plugin) -> str:
    """Return what a command's app says of itself in its first line, and whose it is. Nothing is imported.

    That is ``help`` of the ``typer.Typer(help="…")`` that the entry point names, the docstring of its only
    command, or that of its module.
    """
    package = f"package {offer.package} {offer.version}".rstrip()
    module, _, name = offer.target.partition(":")
    line = next((text.strip().split("\n")[0] for text in _said(module, name) if text.strip()), "")
    if not line:
        return f"Added by {package}."
    return line if offer.package == _OURS else f"{line} ({package})"


def _said(module: str, name: str) -> Iterator[str]:
    try:
        tree = ast.parse(read_text(_file_of(module)))
    except (DisloGenError, ImportError, SyntaxError, ValueError, AttributeError):  # a stranger's package
        return
    for line in tree.body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(line.value, ast.Call):
            names = line.targets if isinstance(line, ast.Assign) else [line.target]
            if any(isinstance(one, ast.Name) and one.id == name for one in names):
                values = [word.value for word in line.value.keywords if word.arg == "help"]
                yield from (str(value.value) for value in values if isinstance(value, ast.Constant))
    functions = [part for part in tree.body if isinstance(part, ast.FunctionDef) and _is_of(part, name)]
    if len(functions) == 1:
        yield ast.get_docstring(functions[0]) or ""
    yield ast.get_docstring(tree) or ""


def _is_of(function: ast.FunctionDef, name: str) -> bool:
    """Say whether a function is a command of the app of this name, or its callback."""
    marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in function.decorator_list)
    return any(isinstance(one, ast.Attribute) and ast.unparse(one.value) == name for one in marks)


def _file_of(module: str) -> Path:
    """Return the file of a module, without importing the packages that it is in."""
    top, *rest = module.split(".")
    spec = importlib.util.find_spec(top)  # a name without a dot imports nothing
    if spec is None or spec.origin is None:
        raise ImportError(module)
    if not rest:
        return Path(spec.origin)
    path = Path(spec.origin).parent.joinpath(*rest)
    return path.with_suffix(".py") if paths.is_file(path.with_suffix(".py")) else path / "__init__.py"
