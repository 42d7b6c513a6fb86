"""The pages that teach by doing: their blocks, in order, in a new virtual environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"(?:<!-- (file|append): (\S+) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)


def follow(page: Path, environment: Any, start: Path) -> tuple[Path, str]:
    """Do what a page says: write its files, run its commands; returns where that ends, and what was printed."""
    folder, printed = start, ""
    for action, path, language, text in BLOCK.findall(page.read_text()):
        if action:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            with (folder / path).open("w" if action == "file" else "a") as file:
                file.write(text)
        elif language == "bash":
            printed += environment.run(["bash", "-ec", f"{text}\npwd > {start / 'pwd'}"], folder)
            folder = Path((start / "pwd").read_text().strip())
    return folder, printed


@pytest.mark.long
def test_the_guide(fresh_environment: Any, tmp_path: Path) -> None:
    package, printed = follow(DOCS / "guide.md", fresh_environment(), tmp_path)
    assert package == tmp_path / "dislo-gen-ring-loops"
    assert "geometry 'ring-loops' passes all" in printed
    for dataset in ("first", "second", "third", "dark-field", "fourth", "fifth"):
        picture = np.asarray(Image.open(package / dataset / "preview.png").convert("L"))
        assert picture.std() > 10


@pytest.mark.long
def test_the_page_on_hooks_and_commands(fresh_environment: Any, tmp_path: Path) -> None:
    package, printed = follow(DOCS / "hooks.md", fresh_environment(), tmp_path)
    assert package == tmp_path / "dislo-gen-stamp"
    assert "2 samples" in printed
    for path in (package / "stamped" / "images").iterdir():
        assert len(set(np.asarray(Image.open(path))[:12, :12].ravel().tolist())) == 1


@pytest.mark.parametrize("page", ["guide.md", "hooks.md"])
def test_every_block_is_run_or_written(page: str) -> None:
    text = (DOCS / page).read_text()
    blocks = BLOCK.findall(text)
    assert len(blocks) == len(re.findall(r"^```\w", text, re.MULTILINE))
    assert all(action or language == "bash" for action, _, language, _ in blocks)
