"""The page with pictures: it is up to date, names every plugin that can be seen, and its commands run."""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dislo_gen.registry import discover

DOCS = Path(__file__).parents[2] / "docs"

# All commands in one process: starting Python fifty times would take a minute.
PROGRAM = """
import json, sys
from dislo_gen.cli.app import main
for words in json.load(sys.stdin):
    try:
        main(words)
    except SystemExit as stop:
        if stop.code:
            raise SystemExit(f"{words}: exit status {stop.code}")
"""


@pytest.fixture(scope="module")
def generator():
    spec = importlib.util.spec_from_file_location("generate_pictures", DOCS / "generate_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(generator):
    assert generator.PAGE.read_text() == generator.page(), "run: python docs/generate_pictures.py"


def test_there_is_a_picture_for_every_command(generator):
    wanted = {f"{stem}.jpg" for _, _, stem in generator.commands()}
    wanted |= {path.name for path in generator.FOLDER.glob("files-*.jpg")}  # of generate_files_pictures.py
    wanted |= {"app-make.jpg", "app-find.jpg"}  # of generate_app_pictures.py
    assert {path.name for path in generator.FOLDER.iterdir()} == wanted
    for name in wanted:
        with Image.open(generator.FOLDER / name) as picture:
            assert np.asarray(picture.convert("L")).std() > 2
    assert sum(path.stat().st_size for path in generator.FOLDER.iterdir()) < 4_000_000


@pytest.mark.parametrize("kind", ["renderer", "effect", "background", "recipe"])
def test_every_built_in_plugin_has_its_picture(kind, generator):
    built_in = {offer.name for offer in discover(f"dislo_gen.{kind}") if offer.package == "dislo-gen"}
    assert {entry.name for entry in generator.SECTIONS[kind]} == built_in - {"default"}


def test_its_commands_run_and_make_what_it_shows(generator, tmp_path):
    import json

    commands = []
    for line, _, _ in generator.commands():
        words = shlex.split(line.replace("--size 384", "--size 64"))
        assert words[0] == "dislo-gen"
        if "--recipe" in words and "--size" not in words:
            words += ["--size", "64"]
        commands.append(words[1:])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(commands),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for _, made, _ in generator.commands():
        assert (tmp_path / made).is_file()
