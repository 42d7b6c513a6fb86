"""Swapping it in changes the picture and nothing else; the picture depends on the recipe and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dislo_gen import Recipe, generate, make_sample, replay, verify

SETTINGS = ["geometry.pileups=2", "geometry.traces=1.0"]
NAMES = {"own": None, "ours": "matplotlib"}

# Everything that could change a line, an area or a figure, and is not text.
STRANGE = """
agg.path.chunksize: 101
axes.grid: True
figure.autolayout: True
figure.dpi: 33
figure.edgecolor: red
figure.facecolor: red
figure.figsize: 3, 17
figure.frameon: True
figure.subplot.left: 0.4
lines.antialiased: False
lines.color: red
lines.dash_capstyle: round
lines.linestyle: --
lines.linewidth: 9
lines.solid_capstyle: round
lines.solid_joinstyle: bevel
patch.antialiased: False
patch.edgecolor: red
patch.facecolor: red
patch.force_edgecolor: True
patch.linewidth: 9
path.simplify: True
path.simplify_threshold: 1.0
path.sketch: 3, 10, 2
path.snap: True
savefig.dpi: 33
savefig.facecolor: red
"""


def run(*arguments: str, **environment: str) -> str:
    """Run Python with these arguments; return what it says."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def same_truth(own: Path, ours: Path, count: int) -> None:
    """Compare two datasets on disk: masks to the byte, scenes in the records, and images, which differ."""
    masks = {path.name: path.read_bytes() for path in (own / "masks").iterdir()}
    assert len(masks) == count
    assert {path.name: path.read_bytes() for path in (ours / "masks").iterdir()} == masks
    for index in range(count):
        first, second = (json.loads((p / f"records/{index:06d}.json").read_text()) for p in (own, ours))
        assert first["scene"] == second["scene"]
        assert first["scene"]["defects"]
        assert first["masks"] == second["masks"]
        assert first["image"]["sha256"] != second["image"]["sha256"]
        assert second["components"]["renderer"]["package"] == "dislo-gen-matplotlib"


@pytest.mark.parametrize("seed", range(3))
def test_masks_and_scene_of_a_sample_are_bit_identical(seed: int) -> None:
    """In memory."""
    own, ours = (
        make_sample(Recipe.from_names(size=128, renderer=name, settings=SETTINGS), seed) for name in NAMES.values()
    )
    assert len(own.masks)
    assert ours.scene == own.scene
    assert ours.masks.tobytes() == own.masks.tobytes()
    assert ours.image.tobytes() != own.image.tobytes()


def test_masks_and_scenes_of_a_dataset_are_bit_identical(tmp_path: Path) -> None:
    """Written by `generate`, by one process and by two."""
    for name, renderer in NAMES.items():
        recipe = Recipe.from_names(size="96x64", renderer=renderer, settings=SETTINGS)
        generate(recipe, count=4, seed=5, out=tmp_path / name, jobs=1 if renderer is None else 2)
    same_truth(tmp_path / "own", tmp_path / "ours", 4)
    images = [path.read_bytes() for path in sorted((tmp_path / "ours" / "images").iterdir())]
    generate(recipe, count=4, seed=5, out=tmp_path / "alone")
    assert [path.read_bytes() for path in sorted((tmp_path / "alone" / "images").iterdir())] == images


def test_the_command_line_agrees(tmp_path: Path) -> None:
    """`dislo-gen --renderer matplotlib` against the default, and `dislo-gen replay --set renderer=matplotlib`."""
    common = ["-m", "dislo_gen", "-n", "2", "--size", "96", "--seed", "7", "--set", "geometry.traces=1.0"]
    run(*common, "-o", str(tmp_path / "own"))
    run(*common, "--renderer", "matplotlib", "-o", str(tmp_path / "ours"))
    same_truth(tmp_path / "own", tmp_path / "ours", 2)
    for number in ("000000", "000001"):
        record, out = tmp_path / f"own/records/{number}.json", tmp_path / number
        said = run("-m", "dislo_gen", "replay", str(record), "--set", "renderer=matplotlib", "-o", str(out))
        assert "the scene and the masks are the record's" in " ".join(said.split())
        for file in (f"masks/{number}.tif", f"images/{number}.png"):
            assert (out / file).read_bytes() == (tmp_path / "ours" / file).read_bytes()


def test_its_records_replay(tmp_path: Path) -> None:
    """To the same bytes, as any renderer's."""
    recipe = Recipe.from_names(size=64, renderer="matplotlib")
    made = generate(recipe, count=2, out=tmp_path / "data")
    for sample in made:
        again = replay(made.record(sample.index))
        assert again.record["image"]["sha256"] == made.record(sample.index).image.sha256
    assert verify(made, replayed=True) == []


SHA = f"""
from dislo_gen import Recipe, make_sample
recipe = Recipe.from_names(size=96, renderer="matplotlib", settings={SETTINGS})
print([make_sample(recipe, index=n).record["image"]["sha256"] for n in range(3)])
"""


def test_a_users_matplotlibrc_changes_no_byte(tmp_path: Path) -> None:
    """However strange it is."""
    file = tmp_path / "matplotlibrc"
    file.write_text(STRANGE)
    read = "import matplotlib; assert matplotlib.rcParams['figure.dpi'] == 33"
    run("-c", read, MATPLOTLIBRC=str(file))  # the file is found
    assert run("-c", SHA, MATPLOTLIBRC=str(file)) == run("-c", SHA)


def test_global_settings_are_left_alone_and_pyplot_is_not_imported() -> None:
    """Other figures of the same process stay as they are, and nothing piles up."""
    # "backend" is left out: reading that one makes Matplotlib choose a window system and import pyplot
    now = "{k: mpl.rcParams[k] for k in mpl.rcParams if k != 'backend'}"
    before = f"import sys, matplotlib as mpl\nmpl.rcParams['path.snap'] = False\nbefore = {now}\n"
    after = f"assert {now} == before and 'matplotlib.pyplot' not in sys.modules"
    assert run("-c", before + SHA + after) == run("-c", SHA)


def test_generating_with_another_renderer_imports_no_matplotlib() -> None:
    """It is installed and costs nobody anything."""
    code = "from dislo_gen import *; import sys; make_sample(Recipe.from_names(size=32)); "
    run("-c", code + "assert 'matplotlib' not in sys.modules")
