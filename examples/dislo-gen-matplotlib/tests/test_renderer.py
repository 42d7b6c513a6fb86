"""Matplotlib keeps dislo-gen's contract for a renderer, and what its parameters promise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from dislo_gen import (
    SLIP_TRACE,
    SLIPPED_BAND,
    ClosedCurve,
    Defect,
    Fixed,
    Image,
    OpenCurve,
    Recipe,
    Region,
    Scene,
    Size,
    Style,
    circle,
    make_sample,
)
from dislo_gen.testing import ConformanceCheck, conformance_checks, resolve
from dislo_gen.testing import strategies as ds
from hypothesis import given, settings
from hypothesis import strategies as st

from dislo_gen_matplotlib import Matplotlib

GREY = np.full((40, 60), 0.5, dtype=np.float32)
ACROSS = OpenCurve([(-10, 20), (70, 20)])
LEVEL = 1 / 255


def draw(renderer: Matplotlib, *defects: Defect, image: Image = GREY, seed: int = 0) -> Image:
    """Draw defects on even grey."""
    return resolve(renderer).draw(image, Scene(defects), np.random.default_rng(seed))


def fixed(contrast: float = 0.6, width: float = 6.0, opacity: float = 1.0) -> Matplotlib:
    """Return a renderer without chance."""
    return Matplotlib(contrast=Fixed(contrast), width=Fixed(width), opacity=opacity)


@pytest.mark.parametrize("check", conformance_checks(Matplotlib), ids=str)
def test_conformance(check: ConformanceCheck) -> None:
    """Matplotlib passes every check for a renderer."""
    check()


def test_contrast_and_opacity_are_what_is_asked_for() -> None:
    """Grey is the background's, less the contrast, as opaque as asked for."""
    assert draw(fixed(contrast=0.6), Defect("line", ACROSS))[20, 30] == pytest.approx(0.2, abs=LEVEL)
    assert draw(fixed(contrast=0.6, opacity=0.5), Defect("line", ACROSS))[20, 30] == pytest.approx(0.35, abs=LEVEL)
    bright = Defect("line", ACROSS, style=Style(contrast=-1))
    assert draw(fixed(contrast=0.6), bright)[20, 30] == pytest.approx(0.8, abs=LEVEL)
    hidden = Defect("line", ACROSS, style=Style(contrast=0))
    assert np.array_equal(draw(fixed(), hidden), GREY)


@pytest.mark.parametrize("width", [0.3, 1.0, 2.5, 6.0, 17.0])
def test_a_line_is_as_wide_as_asked_for(width: float) -> None:
    """Points become pixels exactly: what a line covers, over its length, is its width."""
    drawn = draw(fixed(contrast=1.0, width=width), Defect("line", ACROSS))
    assert (0.5 - drawn[:, 30]).sum() / 0.5 == pytest.approx(width, abs=3 * LEVEL)


def test_a_style_changes_the_width() -> None:
    """By a factor, or to a width in pixels."""
    for style, width in ((Style(width=0.5), 3.0), (Style(width_px=9.0), 9.0), (Style(width=0), 0.0)):
        drawn = draw(fixed(contrast=1.0, width=6.0), Defect("line", ACROSS, style=style))
        assert (0.5 - drawn[:, 30]).sum() / 0.5 == pytest.approx(width, abs=3 * LEVEL)


@pytest.mark.parametrize("x", [10.0, 10.25, 10.5, 31.9])
@pytest.mark.parametrize("y", [8.0, 15.3, 30.75])
def test_nothing_is_shifted(x: float, y: float) -> None:
    """The centroid of what is drawn is the shape's, to a twentieth of a pixel: no snapping, no half pixels."""
    rows, columns = np.indices(GREY.shape) + 0.5
    for shape in (
        OpenCurve([(x, y), (x + 20, y + 5)]),
        ClosedCurve([(x, y), (x + 20, y), (x + 20, y + 5), (x, y + 5)]),
        Region([(x, y), (x + 20, y), (x + 20, y + 5), (x, y + 5)]),
    ):
        dark = 0.5 - draw(fixed(width=3.0), Defect("line", shape))
        centroid = (columns * dark).sum() / dark.sum(), (rows * dark).sum() / dark.sum()
        assert centroid == pytest.approx((x + 10, y + 2.5), abs=0.05)


def test_with_round_ends_it_draws_the_masks_own_pixels() -> None:
    """Drawn at the masks' width, more than half covered and inside the mask are the same, but for ties."""
    recipe = Recipe.from_names(size=256, settings=["geometry.pileups=3"])
    sample = make_sample(recipe, seed=1)
    white = np.ones(recipe.size.shape, dtype=np.float32)
    renderer = Matplotlib(contrast=Fixed(1.0), width=Fixed(sample.recipe.labels.line_width), ends="round")
    assert len(sample.masks) > 2
    for mask, defect in zip(sample.masks, sample.scene.labelled, strict=True):
        drawn = draw(renderer, defect, image=white) < 0.5
        assert (drawn != mask).sum() <= 0.02 * mask.sum() + 1


def test_ends() -> None:
    """Projecting and round ends reach half a width beyond the last point, butt ends do not."""
    line = Defect("line", OpenCurve([(20, 20), (40, 20)]))
    areas = {}
    for ends in ("projecting", "round", "butt"):
        drawn = draw(Matplotlib(contrast=Fixed(1.0), width=Fixed(8.0), ends=ends), line)
        areas[ends] = float((0.5 - drawn).sum() / 0.5)
    assert areas == pytest.approx({"projecting": 28 * 8, "round": 160 + 16 * np.pi, "butt": 160}, abs=2)


def test_a_regions_inside_is_filled_and_its_outline_is_not_widened() -> None:
    """A disc covers a disc's area."""
    disc = Region(circle((30, 20), 10).points)
    drawn = draw(fixed(contrast=0.6), Defect("void", disc))
    assert (0.5 - drawn).sum() / 0.3 == pytest.approx(disc.area, rel=0.01)


def test_a_region_that_overlaps_itself_is_filled_by_the_even_odd_rule() -> None:
    """The middle of a pentagram stays open, as in its mask."""
    angles = np.arange(5) * 4 * np.pi / 5
    star = Region(np.stack((30 + 19 * np.sin(angles), 20 - 19 * np.cos(angles)), axis=1))
    drawn = draw(fixed(contrast=1.0), Defect("void", star))
    assert drawn[20, 30] == 0.5
    assert drawn[4, 30] == 0.0
    assert (0.5 - drawn[20, :30]).sum() / 0.5 == pytest.approx((0.5 - drawn[20, 30:]).sum() / 0.5, abs=0.05)


def test_slip_traces_are_thinner_and_fainter_than_dislocations() -> None:
    """As a pileup's geometry asks for."""
    sample = make_sample(Recipe.from_names(size=128, settings=["geometry.traces=1.0"]), seed=2)
    traces = sample.scene.of_kind(SLIP_TRACE)
    assert traces
    renderer = fixed(contrast=0.5, width=4.0)
    image = np.full((128, 128), 0.5, dtype=np.float32)
    line = 0.5 - draw(renderer, Defect("line", traces[0].shape), image=image)
    trace = 0.5 - draw(renderer, traces[0], image=image)
    assert 0 < trace.max() < 0.5 * line.max()
    assert (trace / trace.max()).sum() < 0.75 * (line / line.max()).sum()


def test_the_grain_shows_through_a_slipped_band() -> None:
    """A veil, not a smooth strip."""
    grain = np.random.default_rng(0).uniform(0.4, 0.6, GREY.shape).astype(np.float32)
    band = Defect(SLIPPED_BAND, Region([(0, 0), (60, 0), (60, 40), (0, 40)]), labelled=False, style=Style(0.1))
    drawn = draw(fixed(contrast=0.5), band, image=grain)
    assert drawn == pytest.approx(0.95 * grain, abs=LEVEL)


def test_a_slip_trace_never_turns_bright_over_something_dark() -> None:
    """Where the background gets darker along it, an even grey would show as a bright line."""
    image = np.repeat(np.linspace(0.2, 0.8, 60, dtype=np.float32)[None], 40, axis=0)
    drawn = draw(fixed(contrast=0.5), Defect(SLIP_TRACE, ACROSS, style=Style(0.2, 0.6)), image=image)
    assert drawn[20] == pytest.approx(0.9 * image[20], abs=LEVEL)


def test_what_comes_first_lies_lowest() -> None:
    """The second of two lines lies over the first where they cross."""
    pale, dark = (Defect("line", ACROSS, style=Style(contrast=c)) for c in (0.5, 1.0))
    assert draw(fixed(contrast=0.8), pale, dark)[20, 30] == pytest.approx(0.1, abs=LEVEL)
    assert draw(fixed(contrast=0.8), dark, pale)[20, 30] == pytest.approx(0.3, abs=LEVEL)


def test_each_line_is_darker_than_the_background_in_a_grey_of_its_own() -> None:
    """As the paper has it: greys and widths differ from line to line."""
    columns = [Defect("line", OpenCurve([(x, -9), (x, 50)])) for x in (10, 30, 50)]
    drawn = draw(Matplotlib(), *columns)
    darkest = [float(drawn[20, x - 5 : x + 5].min()) for x in (10, 30, 50)]
    assert len(set(darkest)) == 3
    assert max(darkest) < 0.45


def test_far_outside_is_not_seen() -> None:
    """Neither lines nor areas that lie outside, nor millions of pixels away."""
    away = (
        Defect("line", OpenCurve([(1e6, 1e6), (2e6, 3e6)])),
        Defect("void", Region(circle((-50, -50), 20).points)),
    )
    assert np.array_equal(draw(fixed(), *away), GREY)
    through = draw(fixed(contrast=1.0, width=6.0), Defect("line", OpenCurve([(-1e6, 20), (1e6, 20)])))
    assert (0.5 - through[:, 30]).sum() / 0.5 == pytest.approx(6.0, abs=3 * LEVEL)


def test_threads_do_not_disturb_each_other() -> None:
    """Eight at once paint what one alone paints."""
    defects = [Defect("line", OpenCurve([(5 * n, 0), (60 - 5 * n, 40)])) for n in range(12)]

    def work(seed: int) -> bytes:
        return draw(Matplotlib(), *defects, seed=seed).tobytes()

    alone = [work(seed) for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(16))) == alone


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_scene_is_drawn(data: st.DataObject) -> None:
    """Of any size, with whatever shapes there are."""
    size: Size = data.draw(ds.sizes(40))
    scene = data.draw(ds.scenes(size))
    image = np.full(size.shape, 0.5, dtype=np.float32)
    drawn = resolve(Matplotlib()).draw(image, scene, np.random.default_rng(0))
    assert drawn.shape == size.shape
    assert drawn.dtype == np.float32
    assert np.isfinite(drawn).all()
    assert drawn.min() >= 0
    assert drawn.max() <= 1
