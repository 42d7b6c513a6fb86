"""Matplotlib keeps dislo-gen's contract for a renderer, and swapping it in changes nothing but the picture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from dislo_gen import (
    Defect,
    Fixed,
    OpenCurve,
    Recipe,
    Region,
    Scene,
    Style,
    circle,
    generate,
    make_sample,
    open_dataset,
    replay,
)
from dislo_gen.testing import ConformanceCheck, conformance_checks

from dislo_gen_matplotlib import Matplotlib

GREY = np.full((40, 60), 0.5, dtype=np.float32)
WILD = """
lines.antialiased: False
patch.antialiased: False
path.simplify: True
path.simplify_threshold: 1.0
path.snap: True
path.sketch: 3, 10, 2
figure.dpi: 33
agg.path.chunksize: 5
"""
RNG = np.random.default_rng(0)
SETTINGS = ["geometry.pileups=2", "geometry.traces=1.0"]


@pytest.mark.parametrize("check", conformance_checks(Matplotlib), ids=str)
def test_conformance(check: ConformanceCheck) -> None:
    """Matplotlib passes every check for a renderer."""
    check()


@pytest.mark.parametrize("seed", range(3))
def test_swapping_it_in_leaves_masks_and_scene_bit_identical(seed: int) -> None:
    """Only the picture is another."""
    own = make_sample(Recipe.from_names(size=128, settings=SETTINGS), seed)
    ours = make_sample(Recipe.from_names(size=128, settings=SETTINGS, renderer="matplotlib"), seed)
    assert len(own.masks)
    assert ours.scene == own.scene
    assert ours.masks.tobytes() == own.masks.tobytes()
    assert ours.image.tobytes() != own.image.tobytes()


def test_on_disk_the_masks_are_the_same_bytes(tmp_path: Path) -> None:
    """A whole dataset, and a replay of another renderer's record."""
    for name, renderer in (("own", None), ("ours", "matplotlib")):
        recipe = Recipe.from_names(size=96, settings=SETTINGS, renderer=renderer)
        generate(recipe, count=3, out=tmp_path / name)
    masks = sorted(path.name for path in (tmp_path / "own" / "masks").iterdir())
    assert masks
    for name in masks:
        assert (tmp_path / "own" / "masks" / name).read_bytes() == (
            tmp_path / "ours" / "masks" / name
        ).read_bytes()
    for sample in open_dataset(tmp_path / "own"):
        path = f"records/{sample.index:06d}.json"
        own, ours = (json.loads((tmp_path / name / path).read_text()) for name in ("own", "ours"))
        assert ours["scene"] == own["scene"]
        assert ours["masks"] == own["masks"]
        again = replay(tmp_path / "own" / path, ["renderer=matplotlib"])
        assert again.record["image"] == ours["image"]


def test_width_and_darkness_are_what_is_asked_for() -> None:
    """A line 6 px wide covers 6 px, in the grey asked for."""
    renderer = Matplotlib(darker=Fixed(0.3), width=Fixed(6.0))
    drawn = renderer.draw(GREY, Scene([Defect("line", OpenCurve([(0, 20), (60, 20)]))]), RNG)
    assert drawn[20, 30] == pytest.approx(0.2, abs=1 / 255)
    assert (drawn[:, 30] < 0.5).sum() == 6


def test_half_the_opacity_is_half_the_step() -> None:
    """The background shows through."""
    renderer = Matplotlib(darker=Fixed(0.4), width=Fixed(6.0), opacity=0.5)
    drawn = renderer.draw(GREY, Scene([Defect("line", OpenCurve([(0, 20), (60, 20)]))]), RNG)
    assert drawn[20, 30] == pytest.approx(0.3, abs=2 / 255)


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5])
def test_a_line_lies_where_the_scene_has_it(shift: float) -> None:
    """To a twentieth of a pixel, between pixels, too: x to the right, y down, from the corner of the picture."""
    line = OpenCurve([(10 + shift, 8.0), (30 + shift, 31.0)])
    drawn = Matplotlib(width=Fixed(3.0)).draw(GREY, Scene([Defect("line", line)]), RNG)
    weight = 0.5 - drawn
    y, x = np.indices(GREY.shape) + 0.5
    centroid = (x * weight).sum() / weight.sum(), (y * weight).sum() / weight.sum()
    assert centroid == pytest.approx((20 + shift, 19.5), abs=0.05)


def test_areas_are_dimmed_and_negative_contrast_is_bright() -> None:
    """A bright disc, 30 % of the way to white."""
    disc = Region(circle((30, 20), 10).points)
    drawn = Matplotlib(darker=Fixed(0.3)).draw(GREY, Scene([Defect("void", disc, style=Style(contrast=-1))]), RNG)
    assert (drawn > 0.6).sum() == pytest.approx(np.pi * 100, rel=0.05)
    assert drawn.min() == 0.5


def test_a_users_settings_of_matplotlib_change_nothing(tmp_path: Path) -> None:
    """The picture depends on the recipe, not on a matplotlibrc."""
    (tmp_path / "matplotlibrc").write_text(WILD)
    code = (
        "from dislo_gen import *; "
        f"r = Recipe.from_names(size=96, renderer='matplotlib', settings={SETTINGS}); "
        "print(make_sample(r).record['image']['sha256'])"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **extra},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for extra in ({}, {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc")})
    }
    assert len(found) == 1
