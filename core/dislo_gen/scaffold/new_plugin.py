"""Writing the package of a new plugin, which works as it comes."""

from __future__ import annotations

import datetime
import getpass
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import jinja2

from dislo_gen import paths
from dislo_gen.errors import PluginError, did_you_mean
from dislo_gen.registry import group_of
from dislo_gen.scaffold.kinds import KINDS
from dislo_gen.scaffold.naming import names

_TEMPLATES = Path(__file__).parent / "templates"
LICENCES = tuple(sorted(path.stem for path in (_TEMPLATES / "licences").iterdir()))
"""SPDX identifiers of the licences whose text can be written."""


def new_plugin(
    name: str,
    kind: str,
    folder: str | Path = ".",
    license: str = "BSD-3-Clause",
    author: str | None = None,
) -> Path:
    """Write a package with one plugin in it: installable, tested, documented, and doing something visible.

    Args:
        name: what people will type, such as ``edge-loops``.
        kind: "geometry", "background", "renderer", "effect", "writer", "model", "metric" or "hook".
        folder: where the package's own folder is made, ``dislo-gen-NAME``.
        license: SPDX identifier of its licence, one of `LICENCES`.
        author: whose it is; by default whom git knows as its user, or the user's account.

    Returns:
        The package's folder.

    Raises:
        PluginError: the name, kind or licence is wrong, or the folder exists or cannot be written.
    """
    if kind not in KINDS:
        raise PluginError(f"there is no kind '{kind}'{did_you_mean(kind, KINDS)} ({', '.join(KINDS)})")
    if license not in LICENCES:
        raise PluginError(
            f"there is no text of the licence '{license}' here{did_you_mean(license, LICENCES)} "
            f"({', '.join(LICENCES)}); choose one, and replace it in LICENSE and pyproject.toml"
        )
    chosen = names(name, kind)
    target = Path(folder) / chosen.package
    if paths.exists(target):
        raise PluginError(f"{target}: is there already; choose another name, or another folder with --dir")
    what = KINDS[kind]
    context = {
        "name": chosen.name,
        "package": chosen.package,
        "module": chosen.module,
        "stem": chosen.stem,
        "class_name": chosen.class_name,
        "words": chosen.words,
        "kind": kind,
        "article": "an" if kind[0] in "aeiou" else "a",
        "noun": what.noun,
        "summary": what.summary.format(words=chosen.words),
        "group": group_of(kind),
        "requirements": what.requirements,
        "license": license,
        "author": " ".join((author or _user()).split()),
        "year": datetime.date.today().year,
    }
    files = {
        "pyproject.toml": "package/pyproject.toml.jinja",
        "README.md": "package/README.md.jinja",
        ".gitignore": "package/gitignore.jinja",
        "LICENSE": f"licences/{license}.jinja",
        f"src/{chosen.module}/__init__.py": "package/__init__.py.jinja",
        f"src/{chosen.module}/{chosen.stem}.py": f"kinds/{kind}.py.jinja",
        f"src/{chosen.module}/py.typed": None,
        f"tests/test_{chosen.stem}.py": f"kinds/{kind}.test.jinja",
    }
    _write(target, {path: _render(template, context) for path, template in files.items()})
    return target


def _render(template: str | None, context: dict[str, Any]) -> str:
    if template is None:
        return ""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - what is written is Python, TOML and Markdown, not HTML
    )
    environment.filters["toml_text"] = lambda text: json.dumps(text, ensure_ascii=False)
    return environment.get_template(template).render(context)


def _write(target: Path, files: dict[str, str]) -> None:
    """Write a folder's files whole or not at all."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".dislo-gen-") as scratch:
            new = Path(scratch) / target.name
            for path, text in files.items():
                (new / path).parent.mkdir(parents=True, exist_ok=True)
                (new / path).write_text(text, encoding="utf-8")
            shutil.move(new, target)
    except OSError as error:
        raise PluginError(f"{target}: cannot be written: {error.strerror or error}") from error


def _user() -> str:
    """Return whom git knows as its user, else the name of the account."""
    try:
        asked = subprocess.run(
            ["git", "config", "user.name"],  # noqa: S607 - whichever git the user has
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        return asked.stdout.strip() or getpass.getuser()
    except (OSError, subprocess.SubprocessError, KeyError):
        return "its author"
