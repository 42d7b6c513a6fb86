"""Everything that looks at a path asks `dislo_gen.paths`: pathlib raises where nobody expects it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dislo_gen
import dislo_gen_plugins

QUESTIONS = ("is_file", "is_dir", "exists", "iterdir", "glob", "rglob", "resolve", "expanduser", "cwd", "home")
EXCEPTIONS = {
    "dislo_gen/paths.py": "the door itself",
    "dislo_gen/scaffold/new_plugin.py": "the package's own templates",
    "dislo_gen/testing/exercise.py": "a temporary folder of its own",
    "dislo_gen_plugins/geometries/labelled_curves.py": "asks within a try that catches what pathlib raises",
}
ROOTS = [Path(module.__file__).parent for module in (dislo_gen, dislo_gen_plugins) if module.__file__]
MODULES = {path.relative_to(root.parent).as_posix(): path for root in ROOTS for path in sorted(root.rglob("*.py"))}


def questions(text: str) -> list[str]:
    """Return the calls that look at a path by pathlib's own methods, such as ``12: path.exists()``."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in QUESTIONS:
            at_the_door = isinstance(node.func.value, ast.Name) and node.func.value.id == "paths"
            # What takes arguments is another method of that name, except where a pattern is one.
            of_pathlib = len(node.args) == (1 if "glob" in node.func.attr else 0)
            if of_pathlib and not at_the_door:
                found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_paths_are_looked_at_through_the_door(module):
    found = questions(MODULES[module].read_text(encoding="utf-8"))
    assert bool(found) == (module in EXCEPTIONS), found


def test_a_question_is_found():
    assert questions("if path.exists() and paths.exists(path):\n    path.parent.rglob('*')") == [
        "1: path.exists()",
        "2: path.parent.rglob('*')",
    ]
