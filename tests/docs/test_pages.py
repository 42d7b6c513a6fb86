"""The documentation is true: its pages name what there is, its links lead there, the reference is the code's."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path

import pytest

import dislo_gen
from dislo_gen import hooks

DOCS = Path(__file__).parents[2] / "docs"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(#[^)]*)?\)")


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("generate_reference", DOCS / "generate_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_up_to_date(reference):
    written = {path.name: path.read_text() for path in reference.FOLDER.glob("*.md")}
    fresh = reference.pages()
    stale = [name for name in {*written, *fresh} if written.get(name) != fresh.get(name)]
    assert not stale, "run: python docs/generate_reference.py"


@pytest.mark.parametrize("page", ["hooks.md", "reference/hook.md"])
def test_the_pages_on_hooks_name_every_hook_with_its_arguments(page):
    text = (DOCS / page).read_text()
    for name in hooks.hook_names():
        (line,) = (line for line in text.splitlines() if line.startswith((f"| `{name}`", f"## `{name}(")))
        for argument in inspect.signature(getattr(hooks.Specifications, name)).parameters:
            assert argument == "self" or argument in line


def test_the_page_on_hooks_names_no_hook_that_there_is_not():
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "hooks.md").read_text(), re.MULTILINE)
    assert rows == list(hooks.hook_names())


@pytest.mark.parametrize("page", [*DOCS.rglob("*.md"), DOCS.parent / "README.md"], ids=lambda path: path.name)
def test_links_lead_somewhere(page):
    for target, _ in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


def test_every_public_name_is_in_the_reference():
    text = "".join(path.read_text() for path in (DOCS / "reference").glob("*.md"))
    missing = [name for name in dislo_gen.__all__ if f"`{name}" not in text and f"# {name}\n" not in text]
    assert missing == ["__version__"]


@pytest.mark.parametrize("page", [*DOCS.rglob("*.md"), DOCS.parent / "README.md"], ids=lambda path: path.name)
def test_fences_are_balanced(page):
    fences = re.findall(r"^```(\w*)$", page.read_text(), re.MULTILINE)
    assert all(bool(language) == (number % 2 == 0) for number, language in enumerate(fences))
    assert len(fences) % 2 == 0
