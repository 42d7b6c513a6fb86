"""The names that other packages import: all there, all listed, and no more than a plugin needs to know."""

from __future__ import annotations

import ast
import importlib
import inspect
import types
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import dislo_gen
import dislo_gen.learning
from dislo_gen.interfaces import INTERFACES

ROOT = Path(__file__).parents[2]
DOORS: dict[str | None, Any] = {"dislo_gen": dislo_gen, "dislo_gen.learning": dislo_gen.learning}


def modules(source_root: str) -> list[str]:
    """Every module of a source root, by its dotted name."""
    folder = ROOT / source_root
    paths = sorted(path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py"))
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


@pytest.mark.parametrize("name", [*modules("core"), *modules("plugins"), *modules("schemas")])
def test_every_module_can_be_imported_and_says_what_it_is(name: str) -> None:
    assert importlib.import_module(name).__doc__


def order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, each by the alphabet."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def test_all_is_sorted_and_names_nothing_twice() -> None:
    assert dislo_gen.__all__ == sorted(set(dislo_gen.__all__), key=order)


def test_all_is_complete() -> None:
    for name in modules("core"):
        importlib.import_module(name)
    public = {
        name
        for name, value in vars(dislo_gen).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public | {"__version__"} == set(dislo_gen.__all__)


@pytest.mark.parametrize("name", dislo_gen.__all__)
def test_a_public_name_is_no_module_and_has_a_docstring(name: str) -> None:
    value = getattr(dislo_gen, name)
    assert not isinstance(value, types.ModuleType)  # importing a module of the same name must not hide it
    if isinstance(value, type) or inspect.isroutine(value):
        assert value.__doc__


def mentioned(hint: Any) -> set[type]:
    """Every class in a type."""
    inner = [part for argument in get_args(hint) for part in mentioned(argument)]
    return {*inner, hint} if isinstance(hint, type) else set(inner)


@pytest.mark.parametrize("kind", sorted(INTERFACES))
def test_what_an_interface_speaks_of_is_public(kind: str) -> None:
    interface = INTERFACES[kind]
    for name, method in inspect.getmembers(interface, inspect.isfunction):
        if name.startswith("_"):
            continue
        hints = get_type_hints(method, localns=vars(dislo_gen))
        for cls in set().union(*(mentioned(hint) for hint in hints.values())):
            if cls.__module__.startswith("dislo_gen."):
                assert getattr(dislo_gen, cls.__name__, None) is cls, f"{interface.__name__}.{name}: {cls}"


@pytest.mark.parametrize("name", modules("plugins"))
def test_built_in_plugins_use_public_names_only(name: str) -> None:
    path = ROOT / "plugins" / Path(*name.split("."))
    source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "dislo_gen":
            assert node.module in DOORS, f"{name} imports from {node.module}, a door others do not have"
            assert {alias.name for alias in node.names} <= set(DOORS[node.module].__all__)
