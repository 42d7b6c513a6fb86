from __future__ import annotations

import attrs
import numpy as np
import pytest

from dislo_gen import (
    COMPANION_STYLES,
    SLIPPED_BAND,
    ClosedCurve,
    Defect,
    OpenCurve,
    Recipe,
    Region,
    Scene,
    Style,
    circle,
    make_sample,
)

PLAIN = {
    "use": "cairo",
    "blend": "multiply",
    "field": "bright",
    "contrast": 0.5,
    "contrast_variation": 0,
    "width": 20,
    "width_variation": 0,
    "softness": 0,
    "fading": 0,
    "trace_contrast": 0.5,
    "trace_width": 4,
    "band_step": 0.2,
    "spot_contrast": 0,
    "spot_size": 1,
    "dark_level": 0.5,
}
ACROSS = OpenCurve([[-50, 40], [150, 40]])
BLENDS = pytest.mark.parametrize("blend", ["multiply", "over"])


def flat(grey=0.8):
    return np.full((80, 100), grey, dtype=np.float32)


def grainy():
    noise = np.random.default_rng(0).normal(0.6, 0.05, (80, 100))
    return noise.clip(0, 1).astype(np.float32)


def draw(image, *defects, seed=0, **changed):
    plain = {"background": "perlin", "geometry": ["pileup"], "renderer": {**PLAIN, **changed}}
    return Recipe.from_dict(plain).renderer.draw(image, Scene(defects), np.random.default_rng(seed))


def line(shape=ACROSS, kind="dislocation", **more):
    return Defect(kind, shape, **more)


@pytest.mark.parametrize("changed", [{}, {"blend": "over"}, {"field": "dark"}])
def test_an_empty_scene_gives_an_equal_new_picture(changed):
    image = grainy()
    drawn = draw(image, **changed)
    assert np.array_equal(drawn, image)
    assert not np.shares_memory(drawn, image)


@BLENDS
@pytest.mark.parametrize("field", ["bright", "dark"])
def test_the_given_picture_stays_as_it_was(blend, field):
    image = grainy()
    copy = image.copy()
    drawn = draw(image, line(), blend=blend, field=field)
    assert np.array_equal(image, copy)
    assert drawn.dtype == np.float32
    assert drawn.shape == image.shape
    assert drawn.min() >= 0
    assert drawn.max() <= 1


@BLENDS
@pytest.mark.parametrize("contrast", [0.1, 0.5, 0.9])
def test_the_contrast_is_the_drawn_one(blend, contrast):
    drawn = draw(flat(), line(), blend=blend, contrast=contrast)
    assert drawn[40, 50] == pytest.approx(0.8 * (1 - contrast), abs=0.01)
    assert drawn[5, 50] == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize("contrast", [0.3, 0.7])
def test_multiply_keeps_the_grain_and_over_paints_it(contrast):
    image = grainy()
    inside = (slice(33, 47), slice(5, 95))
    multiplied, painted = (draw(image, line(), blend=blend, contrast=contrast) for blend in ("multiply", "over"))
    assert multiplied[inside].std() == pytest.approx((1 - contrast) * image[inside].std(), rel=0.05)
    assert np.corrcoef(multiplied[inside].ravel(), image[inside].ravel())[0, 1] > 0.99
    assert painted[inside].std() < 0.003
    assert painted[inside].mean() == pytest.approx(multiplied[inside].mean(), abs=0.01)


@BLENDS
def test_a_dark_field_shows_bright_lines_on_dark(blend):
    drawn = draw(flat(), line(), blend=blend, field="dark")
    assert drawn[5, 50] == pytest.approx(0.4, abs=1e-6)
    assert drawn[40, 50] == pytest.approx(0.4 + 0.5 * 0.6, abs=0.02)


@BLENDS
def test_a_negative_style_turns_dark_into_bright(blend):
    assert draw(flat(0.4), line(), blend=blend)[40, 50] < 0.3
    assert draw(flat(0.4), line(style=Style(contrast=-1)), blend=blend)[40, 50] > 0.5


def test_a_style_scales_contrast_and_width():
    drawn = draw(flat(), line(style=Style(contrast=0.5, width=0.5)))
    assert drawn[40, 50] == pytest.approx(0.8 * 0.75, abs=0.01)
    assert (drawn[:, 50] < 0.79).sum() == pytest.approx(10, abs=1)


def full_width(drawn, background):
    """Full width at half maximum of the profile across the line, with subpixel crossings."""
    profile = background - drawn[:, 50].astype(np.float64)
    half = profile.max() / 2
    above = np.flatnonzero(profile >= half)
    first, last = above[0], above[-1]
    left = first - (profile[first] - half) / (profile[first] - profile[first - 1])
    right = last + (profile[last] - half) / (profile[last] - profile[last + 1])
    return right - left


@pytest.mark.parametrize("width", [8, 16, 24])
@pytest.mark.parametrize("softness", [0.0, 0.5, 1.0])
def test_the_profiles_full_width_at_half_maximum_is_the_width(width, softness):
    drawn = draw(flat(), line(), width=width, softness=softness, contrast=0.6)
    assert full_width(drawn, 0.8) == pytest.approx(width, rel=0.15)


def test_a_soft_line_falls_off_and_a_hard_one_does_not():
    def levels(softness):
        return len(np.unique(draw(flat(), line(), softness=softness, width=24)[:, 50].round(2)))

    assert levels(1.0) > levels(0.0)


def test_fading_only_takes_contrast_away():
    kept = draw(flat(), line(), fading=0.8, seed=3)[40]
    assert kept.min() >= 0.8 * 0.5 - 0.01
    assert np.ptp(kept) > 0.05
    assert np.ptp(draw(flat(), line())[40]) < 0.01


@BLENDS
@pytest.mark.parametrize(
    ("kind", "shape", "on", "off"),
    [
        ("loop", circle((50, 40), 20), (40, 70), (40, 50)),
        ("void", Region(circle((50, 40), 20).points), (40, 50), (5, 5)),
        ("crack", OpenCurve([[10, 10], [90, 70]]), (40, 50), (70, 10)),
        ("patch", ClosedCurve([[20, 20], [80, 20], [80, 60], [20, 60]]), (20, 50), (40, 50)),
    ],
)
def test_a_kind_it_has_never_heard_of_is_drawn_by_its_shape(blend, kind, shape, on, off):
    drawn = draw(flat(), line(shape, kind), blend=blend, width=4)
    assert drawn[on] == pytest.approx(0.4, abs=0.02)
    assert drawn[off] == pytest.approx(0.8, abs=1e-6)


def test_a_spot_marks_where_a_line_meets_the_surface():
    inner = [[30, 40], [70, 40]]
    given = {"contrast": 0.3, "width": 4, "spot_contrast": 0.6, "spot_size": 2}
    through = draw(flat(), line(OpenCurve(inner, [0, 1])), **given)
    within = draw(flat(), line(OpenCurve(inner, [0.2, 0.8])), **given)
    assert through[40, 30] < within[40, 30] - 0.1
    assert through[40, 70] < within[40, 70] - 0.1
    assert through[40, 50] == pytest.approx(within[40, 50], abs=1e-6)


@BLENDS
@pytest.mark.parametrize(("step", "sign"), [(0.2, -1), (-0.2, 1)])
def test_a_slipped_band_is_a_step_in_brightness_that_keeps_the_grain(blend, step, sign):
    image = grainy()
    area = Region([[-5, 20], [105, 20], [105, 60], [-5, 60]])
    band = Defect(SLIPPED_BAND, area, labelled=False, style=COMPANION_STYLES[SLIPPED_BAND])
    drawn = draw(image, band, blend=blend, band_step=step)
    assert np.array_equal(drawn[:19], image[:19])
    change = drawn[22:58].astype(float) - image[22:58]
    assert np.sign(change.mean()) == sign
    assert np.corrcoef(drawn[22:58].ravel(), image[22:58].ravel())[0, 1] > 0.99


def test_lines_of_a_group_share_their_contrast():
    defects = [
        line(OpenCurve([[-9, y], [109, y]]), group=group) for y, group in ((10, 0), (30, 0), (50, 1), (70, 1))
    ]
    values = draw(flat(), *defects, width=6, contrast={"uniform": [0.1, 0.9]})[[10, 30, 50, 70], 50]
    assert values[0] == pytest.approx(values[1], abs=1e-6)
    assert values[2] == pytest.approx(values[3], abs=1e-6)
    assert abs(values[0] - values[2]) > 0.02


def test_slip_traces_change_the_picture_and_never_the_masks(small_recipe):
    weak, strong = (
        make_sample(small_recipe.with_settings([f"renderer.trace_contrast={c}", f"renderer.band_step={c / 4}"]))
        for c in (0.0, 0.9)
    )
    assert strong.scene.of_kind("slip trace")
    assert not np.array_equal(weak.image, strong.image)
    assert np.array_equal(weak.masks, strong.masks)
    without = small_recipe.with_settings(["geometry.traces=0"])
    assert not make_sample(without).scene.of_kind("slip trace")
    assert np.array_equal(make_sample(without).masks, strong.masks)


@BLENDS
def test_what_lies_outside_is_drawn_without_complaint(blend):
    outside = line(OpenCurve([[200, 200], [300, 300]]))
    assert np.allclose(draw(grainy(), outside, blend=blend), grainy(), atol=1e-6)


def test_one_pixel_is_enough(small_recipe):
    sample = make_sample(attrs.evolve(small_recipe, size=1))
    assert sample.image.shape == (1, 1)
    assert sample.masks.shape[1:] == (1, 1)


def crossing():
    """A line from one surface of the foil to the other across the middle of the picture."""
    x = np.linspace(5, 95, 31)
    return OpenCurve(np.stack((x, np.full(31, 40.0)), axis=1), np.linspace(0, 1, 31))


def test_beads_are_dots_along_a_line_that_crosses_the_foil():
    def dots(beads, shape):
        row = draw(flat(), line(shape), width=4, beading=0.9, beads=beads)[40, 10:90]
        inner = row[1:-1]
        return int(((inner < row[:-2]) & (inner <= row[2:])).sum())

    assert dots(4, crossing()) == pytest.approx(4, abs=1)
    assert dots(8, crossing()) == pytest.approx(8, abs=1)
    assert dots(8, OpenCurve(crossing().points)) == 0  # without a depth there is nothing to go by


@pytest.mark.parametrize("side", [1, -1])
def test_a_fringe_is_bright_on_the_side_of_its_sign(side):
    drawn = draw(flat(0.5), line(crossing()), width=6, softness=1, fringe=0.8 * side)
    profile = drawn[:, 50] - 0.5
    above, below = profile[28:40].max(), profile[40:52].max()
    assert profile.min() < -0.1
    assert (below, above)[side < 0] > 0.05 > (above, below)[side < 0]


def test_a_share_of_the_pileups_is_bright():
    grey = flat(0.5)
    dark, bright = (draw(grey, line(crossing()), bright_share=share) - grey for share in (0, 1))
    assert dark.min() < -0.1
    assert dark.max() < 0.001
    assert bright.max() > 0.1
    assert bright.min() > -0.001
    several = (draw(grey, line(crossing()), bright_share=0.5, seed=n) - grey for n in range(20))
    assert {float(np.sign(change.sum())) for change in several} == {-1.0, 1.0}
