"""The renderer two-beam draws what its equations say, where the scene has it, and without seams."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from dislo_gen import DISLOCATION, Defect, Fixed, OpenCurve, Recipe, Region, Scene, Style, circle, make_sample
from dislo_gen_plugins.renderers.displacement import StraightDislocation
from dislo_gen_plugins.renderers.howie_whelan import TwoBeam as Foil
from dislo_gen_plugins.renderers.howie_whelan import column_intensities
from dislo_gen_plugins.renderers.two_beam import TwoBeam

FOIL = Foil(5.0, 0.4, 0.1)
XI = 18.0
EXAMPLES = Path(__file__).parents[2] / "examples"
GREY = np.full((260, 300), 0.3, dtype=np.float32)


def renderer(**changes):
    parameters = {
        "extinction_distance": XI,
        "thickness": 5.0,
        "deviation": 0.4,
        "absorption": 0.1,
        "diffuse": 0.0,
        "poisson": 0.3,
        "reach": 3.2,
        "dark_level": 0.4,
        "g_dot_b": Fixed(1),
        "character": Fixed(0.0),
        "g_dot_b_cross_u": Fixed(0.0),
        "region_step": Fixed(0.2),
        "line_contrast": Fixed(0.4),
    }
    return TwoBeam(**parameters | changes)


def draw(scene, picture=GREY, **changes):
    return renderer(**changes).draw(picture, scene, np.random.default_rng(0))


def through_the_foil(start, direction, tilt=60.0, count=60, group=0):
    """A straight line from the entrance to the exit surface, ``tilt`` degrees from the beam."""
    length = FOIL.thickness * XI * math.tan(math.radians(tilt))
    t = np.linspace(0, 1, count)
    return Defect(DISLOCATION, OpenCurve(start + np.outer(t * length, direction), t), group)


@pytest.mark.parametrize("angle", [0, 37, 90, 200])
def test_a_straight_line_is_the_image_of_the_equations(angle):
    direction = np.array((math.cos(math.radians(angle)), math.sin(math.radians(angle))))
    start = np.array((150, 130)) - direction * FOIL.thickness * XI * math.tan(math.radians(60)) / 2
    drawn = draw(Scene([through_the_foil(start, direction)])) / GREY
    rows, columns = np.mgrid[40:220:3, 60:240:3]
    away = np.stack((columns + 0.5, rows + 0.5), axis=-1) - start
    depth = away @ direction / XI / math.tan(math.radians(60))
    aside = away @ np.array((-direction[1], direction[0])) / XI
    # Far out the drawn image fades, at the very core it is averaged over a pixel.
    for row, column, x, z in zip(rows.flat, columns.flat, aside.flat, depth.flat, strict=True):
        if 0.12 < abs(x) < 1.5 and 0.2 < z < 4.8:
            exact = column_intensities(FOIL, StraightDislocation(1, inclination=60), np.array([x]), np.array([z]))[
                0
            ]
            assert drawn[row, column] == pytest.approx(exact[0, 0] / FOIL.perfect()[0], abs=0.06)


def test_the_image_runs_on_past_the_ends_and_fades():
    line = through_the_foil(np.array((72.0, 130.0)), np.array((1.0, 0.0)))
    change = np.abs(draw(Scene([line])) / GREY - 1).max(axis=0)
    end = round(72 + FOIL.thickness * XI * math.tan(math.radians(60)))
    assert change[end + 6] > 0.05
    assert change[end + round(2 * XI)] < 0.02


def test_nothing_is_seen_where_nothing_is_displaced_along_g():
    line = through_the_foil(np.array((72.0, 130.0)), np.array((1.0, 0.0)))
    assert np.abs(draw(Scene([line]), g_dot_b=Fixed(0)) - GREY).max() < 1e-6


def test_lines_that_cross_multiply_and_leave_no_seam():
    one = through_the_foil(np.array((72.0, 130.0)), np.array((1.0, 0.0)))
    other = through_the_foil(np.array((150.0, 50.0)), np.array((0.0, 1.0)), group=1)
    both = draw(Scene([one, other])) / GREY
    apart = draw(Scene([one])) / GREY * (draw(Scene([other])) / GREY)
    assert both == pytest.approx(apart, abs=1e-4)


def test_a_curve_that_is_cut_into_pieces_has_no_seams():
    # A circle's image looks the same all around when the line lies at one depth; the loop is drawn in pieces.
    loop = Defect("loop", circle((150, 130), 60, 200))
    drawn = draw(Scene([loop]))
    angles = np.radians(np.arange(0, 360, 5))
    for radius in (48, 54, 66, 72):
        columns = 150 + radius * np.cos(angles) - 0.5
        rows = 130 + radius * np.sin(angles) - 0.5
        ring = np.array([drawn[round(r), round(c)] for r, c in zip(rows, columns, strict=True)])
        assert ring.std() / 0.3 < 0.04


def test_a_long_wavy_line_has_no_steps_where_it_is_cut():
    t = np.linspace(0, 1, 200)
    line = OpenCurve(np.stack((10 + 280 * t, 130 + 30 * np.sin(7 * t)), axis=1))
    drawn = draw(Scene([Defect(DISLOCATION, line)]), deviation=0.0)
    bottom = np.array([drawn[:, column].min() for column in range(40, 260)])
    assert bottom.max() - bottom.min() < 0.06
    assert np.abs(np.diff(bottom)).max() < 0.03


def test_the_sign_of_a_style_inverts_and_zero_hides():
    line = through_the_foil(np.array((72.0, 130.0)), np.array((1.0, 0.0)))
    usual, inverse, hidden = (
        draw(Scene([Defect(DISLOCATION, line.shape, style=Style(contrast=c))])) for c in (1.0, -1.0, 0.0)
    )
    assert np.array_equal(hidden, GREY)
    assert usual + inverse == pytest.approx(2 * GREY, abs=1e-4)


def test_dark_field_is_the_other_beam():
    line = through_the_foil(np.array((72.0, 130.0)), np.array((1.0, 0.0)))
    bright = draw(Scene([line]), absorption=0.0) / GREY * Foil(5.0, 0.4, 0).perfect()[0]
    dark = draw(Scene([line]), absorption=0.0, field="dark") / GREY / 0.4 * Foil(5.0, 0.4, 0).perfect()[1]
    # Without absorption the two add up to the incident beam, but for what a pixel averages and where it is white.
    unclipped = draw(Scene([line]), absorption=0.0, field="dark") < 1
    missing = np.abs(bright + dark - 1)[unclipped]
    assert np.quantile(missing, 0.99) < 0.02
    assert missing.max() < 0.15
    assert np.abs(bright - dark).max() > 0.5


def test_a_void_shows_as_thinner_foil():
    void = Defect("void", Region(circle((150, 130), 20).points))
    drawn = draw(Scene([void]))
    expected = Foil(4.8, 0.4, 0.1).perfect()[0] / FOIL.perfect()[0]
    assert drawn[130, 150] / 0.3 == pytest.approx(expected, abs=0.01)
    assert drawn[20, 20] == GREY[20, 20]


def test_the_inclination_follows_from_the_scene():
    # A steep line between the same surfaces is shorter, and its dots lie as much closer.
    def dots(tilt):
        line = through_the_foil(np.array((40.0, 130.0)), np.array((1.0, 0.0)), tilt)
        drawn = draw(Scene([line]), deviation=1.0)[130, 40 : round(40 + line.shape.length)]
        inner = drawn[1:-1]
        return int(((inner < drawn[:-2]) & (inner <= drawn[2:]) & (inner < 0.28)).sum())

    assert dots(60) == pytest.approx(dots(68), abs=1)
    assert dots(60) >= 5


def test_the_example_that_is_compared_with_simulators():
    recipe = Recipe.load(EXAMPLES / "recipes" / "screw-at-60-degrees.toml")
    for index in range(4):  # up or down, and which way round, is drawn
        sample = make_sample(recipe, 0, index)
        (line,) = (defect.shape for defect in sample.scene.labelled)
        foil = Foil(5, 0.4, 0.1)
        assert math.degrees(math.atan2(line.length, 5 * 20)) == pytest.approx(60, abs=0.1)
        along = (line.points[-1] - line.points[0]) / line.length
        aside = np.array((-along[1], along[0]))
        exact, drawn = [], []
        for t in np.linspace(0.05, 0.95, 19):
            for x in (-14.0, -6.0, -3.0, 3.0, 6.0, 14.0):
                column, row = np.floor(line.points[0] + t * line.length * along + x * aside).astype(int)
                centre = np.array((column + 0.5, row + 0.5)) - line.points[0]
                depth = (centre @ along) / line.length
                depth = 5 * (depth if line.depth[0] == 0 else 1 - depth)
                d = np.array([centre @ aside / 20])
                exact.append(
                    column_intensities(foil, StraightDislocation(1, inclination=60), d, np.array([depth]))[0]
                )
                drawn.append(sample.image[row, column] / 0.3)
        expected = np.ravel(exact) / foil.perfect()[0]
        assert np.corrcoef(expected, drawn)[0, 1] > 0.99
        assert np.abs(expected - drawn).max() < 0.08
