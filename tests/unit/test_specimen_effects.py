"""The effects on the specimen: what a microscopist would measure in their pictures."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import ndimage

from dislo_gen import SLIP_TRACE, Defect, Fixed, OpenCurve, Scene, Size, Uniform, pixel_centres
from dislo_gen_plugins.effects.bend_contours import BendContours
from dislo_gen_plugins.effects.coarse import half, half_centres, refine
from dislo_gen_plugins.effects.grains import Grains
from dislo_gen_plugins.effects.mottling import Mottling
from dislo_gen_plugins.effects.row_blocks import row_blocks
from dislo_gen_plugins.effects.slip_bands import SlipBands
from dislo_gen_plugins.effects.spots import Spots
from dislo_gen_plugins.effects.thickness_wedge import ThicknessWedge

GREY = 0.5
WEDGE = {"strength": 1.0, "start": 0.0, "direction": 0.0, "deviation": 0.0, "absorption": 0.0, "undulation": 0.0}
CONTOUR = {
    "strength": 1.0,
    "contours": 1,
    "width": 60,
    "pairs": 0.0,
    "direction": 90.0,
    "spread": 0.0,
    "waviness": 0.0,
    "wavelength": 100.0,
    "thickness": 1.5,
    "absorption": 0.0,
    "fringes": 1.0,
}
BANDS = {
    "strength": 0.1,
    "edges": 0.0,
    "texture": 0.0,
    "bands": 6,
    "systems": 1,
    "follow": 1.0,
    "direction": 70.0,
    "edge_share": 0.5,
    "spacing": 8.0,
}
FLAT_GRAINS = {
    "strength": 1.0,
    "boundaries": 1,
    "twins": 0.0,
    "waviness": 0.0,
    "wavelength": 100.0,
    "inclined": 0.0,
    "fringe_contrast": 0.5,
    "line_contrast": 0,
}
TEXTURE = {"strength": 0.1, "grain": 3.0, "blotches": 0.0, "blotch_size": 20.0, "stretch": 1.0, "direction": 0.0}
ROUND = {
    "strength": 1.0,
    "count": 12,
    "radius": 5,
    "contrast": 0.8,
    "softness": 0.3,
    "elongation": 1,
    "irregularity": 0.0,
    "bright": 0.0,
    "rings": 0.0,
    "clustering": 0.0,
}


# Parameters that are drawn many times per picture: distributions, even of a single number.
DRAWN = {
    "width",
    "separation",
    "edge_width",
    "brightness",
    "lamella",
    "band_width",
    "fringe_spacing",
    "line_contrast",
}
DRAWN |= {"line_width", "radius", "contrast", "softness", "elongation"}


def made(cls, values, **changes):
    """An effect with these numbers."""
    every = values | changes
    return cls(**{k: Fixed(v) if k in DRAWN and isinstance(v, (int, float)) else v for k, v in every.items()})


def seen(effect, seed=0, size=(256, 256), scene=None, image=None):
    """What is left of an even grey, as factors."""
    image = np.full(size, GREY, dtype=np.float32) if image is None else image
    return effect.apply(image, scene or Scene(), np.random.default_rng(seed)) / image


def minima(profile):
    inner = profile[1:-1]
    return int(((inner < profile[:-2]) & (inner <= profile[2:])).sum())


def across(picture):
    """The direction (degrees, modulo 180) in which stripes change, and how parallel they are, up to 1."""
    gy, gx = np.gradient(ndimage.gaussian_filter(picture.astype(float), 1.5))
    xx, yy, xy = (gx * gx).sum(), (gy * gy).sum(), (gx * gy).sum()
    return math.degrees(math.atan2(2 * xy, xx - yy) / 2) % 180, math.hypot(xx - yy, 2 * xy) / (xx + yy)


def profile_along(picture, degrees):
    """Mean over the pixels in each pixel-wide strip at a right angle to a direction."""
    x, y = pixel_centres(Size(picture.shape[1], picture.shape[0]))
    t = x * math.cos(math.radians(degrees)) + y * math.sin(math.radians(degrees))
    strip = np.floor(t - t.min()).astype(int)
    count = np.bincount(strip.ravel())
    return (np.bincount(strip.ravel(), picture.ravel().astype(float)) / np.maximum(count, 1))[count > 20]


@pytest.mark.parametrize(
    "effect",
    [
        ThicknessWedge(strength=0.0, fringes=8.0, undulation=0.5),
        BendContours(strength=0.0, contours=3),
        BendContours(strength=1.0, contours=0),
        SlipBands(strength=0.0, edges=0.0, texture=0.0, bands=9, systems=2),
        Grains(strength=0.0, boundaries=4, fringe_contrast=1.0),
        Grains(strength=1.0, boundaries=0),
        Mottling(strength=0.0),
        Spots(strength=0.0, count=40),
        Spots(strength=1.0, count=0),
    ],
    ids=lambda effect: type(effect).__name__,
)
def test_without_strength_the_picture_stays_as_it_is(effect):
    image = np.random.default_rng(5).random((40, 60), dtype=np.float32)
    result = effect.apply(image, Scene(), np.random.default_rng(0))
    assert np.array_equal(result, image)
    assert not np.shares_memory(result, image)


def test_smooth_pictures_are_made_at_half_the_resolution_without_a_shift():
    size = Size(37, 84)
    x, y = half_centres(size)
    fine = refine((2 * x + 3 * y).astype(np.float32), size)
    full_x, full_y = pixel_centres(size)
    assert fine.shape == size.shape
    assert fine[1:-1, 1:-1] == pytest.approx((2 * full_x + 3 * full_y)[1:-1, 1:-1], abs=1e-3)


def test_a_picture_in_blocks_of_rows_is_the_picture_at_once():
    size = Size(701, 183)
    coarse = np.random.default_rng(0).random(half(size).shape, dtype=np.float32)
    blocks = list(row_blocks(size))
    assert len(blocks) > 2
    assert np.array_equal(np.concatenate([refine(coarse, size, rows) for rows in blocks]), refine(coarse, size))


@pytest.mark.parametrize("fringes", [1, 5, 12])
@pytest.mark.parametrize("direction", [0, 90, 180, 270])
def test_a_wedge_shows_as_many_thickness_fringes_as_asked(fringes, direction):
    picture = seen(made(ThicknessWedge, WEDGE | {"fringes": fringes, "direction": direction}))
    assert minima(picture[100] if direction % 180 == 0 else picture[:, 100]) == fringes


def test_a_wedge_without_absorption_shows_the_textbook_intensity():
    w = 0.7
    row = seen(made(ThicknessWedge, WEDGE | {"fringes": 4.0, "deviation": w}))[30]
    thickness = 4 * (np.arange(256) + 0.5) / 256
    assert row == pytest.approx(1 - np.sin(np.pi * thickness) ** 2 / (1 + w * w), abs=2e-3)


def test_a_wedge_in_the_bragg_condition_is_absorbed_as_published():
    # Hirsch et al., ch. 9, at w = 0: exp(-X) (cosh(X) + cos(2 pi t / xi)) / 2, if xi_0' is xi_g'.
    row = seen(made(ThicknessWedge, WEDGE | {"fringes": 6.0, "absorption": 0.1}))[30]
    thickness = 6 * (np.arange(256) + 0.5) / 256
    x = 2 * np.pi * 0.1 * thickness
    published = np.exp(-x) * (np.cosh(x) + np.cos(2 * np.pi * thickness)) / 2
    assert row == pytest.approx(published / published.max(), abs=2e-3)


def test_a_thicker_foil_is_darker():
    row = seen(made(ThicknessWedge, WEDGE | {"fringes": 8.0, "absorption": 0.1}))[30]
    per_fringe = row.reshape(8, 32).mean(axis=1)
    assert (np.diff(per_fringe) < 0).all()
    assert per_fringe[-1] < 0.7 * per_fringe[0]


def contour(**changes):
    """The profile across a straight contour, over three times its width to either side of its darkest place."""
    row = seen(made(BendContours, CONTOUR | changes), seed=4, size=(16, 1200))[8]
    middle = int(row.argmin())
    assert 200 < middle < 1000
    return row[middle - 180 : middle + 181]


def test_a_bend_contour_is_the_rocking_curve():
    profile = contour()
    w = np.arange(-180, 181) / 30
    textbook = 1 - np.sin(np.pi * 1.5 * np.sqrt(1 + w * w)) ** 2 / (1 + w * w)
    off = min(np.abs(profile - np.interp(w + d / 30, w, textbook)).max() for d in np.linspace(-1, 1, 41))
    assert off < 0.02


def test_the_subsidiary_fringes_of_a_bend_contour_can_be_left_out():
    assert minima(contour(fringes=1.0, thickness=3.5)) >= 9
    assert minima(contour(fringes=0.0, thickness=3.5)) == 1


@pytest.mark.parametrize("width", [30, 90])
def test_a_bend_contour_is_as_wide_as_asked(width):
    profile = contour(fringes=0.0, width=width)
    half_depth = (1 + profile.min()) / 2
    assert (profile < half_depth).sum() == pytest.approx(width, abs=3)


def test_absorption_makes_one_side_of_a_bend_contour_brighter_than_the_other():
    left, right = (side.mean() for side in np.split(contour(absorption=0.06, fringes=0.0)[:-1], 2))
    assert abs(left - right) > 0.05


def test_a_pair_of_bend_contours_is_as_far_apart_as_asked():
    effect = made(BendContours, CONTOUR | {"pairs": 1.0, "separation": 4, "fringes": 0.0})
    row = seen(effect, seed=4, size=(16, 1200))[8]
    first, second = np.sort(np.flatnonzero((row[1:-1] < row[:-2]) & (row[1:-1] < row[2:])))
    assert second - first == pytest.approx(4 * 60, abs=4)


def test_wavy_bend_contours_leave_their_line_by_what_was_asked():
    effect = made(BendContours, CONTOUR | {"fringes": 0.0, "waviness": 20.0})
    spread = []
    for seed in range(12):
        place = seen(effect, seed, size=(600, 1200)).argmin(axis=1)
        if place.min() > 1 and place.max() < 1198:
            spread.append(place.std())
    assert len(spread) >= 6
    assert np.mean(spread) == pytest.approx(20, rel=0.3)


@pytest.mark.parametrize("degrees", [15, 60, 110, 165])
@pytest.mark.parametrize(
    "look", [{"strength": 0.1}, {"strength": 0.0, "texture": 0.1}, {"strength": 0.0, "edges": 0.2}]
)
def test_slip_bands_run_along_the_traces_of_the_scene(degrees, look):
    step = 300 * np.array((math.cos(math.radians(degrees)), math.sin(math.radians(degrees))))
    trace = OpenCurve(np.array((128 - step, 128 + step)))
    scene = Scene([Defect(SLIP_TRACE, trace, labelled=False)])
    found, parallel = across(
        seen(made(SlipBands, BANDS | look | {"direction": degrees + 90.0 - 180 * (degrees > 90)}), 3, scene=scene)
    )
    assert (found - 90 - degrees + 90) % 180 - 90 == pytest.approx(0, abs=2)
    assert parallel > 0.9


def test_slip_bands_run_in_their_own_direction_where_no_trace_is_or_none_is_followed():
    scene = Scene([Defect(SLIP_TRACE, OpenCurve(np.array(((0.0, 0.0), (200.0, 0.0)))), labelled=False)])
    for follow, given in ((1.0, Scene()), (0.0, scene)):
        found, parallel = across(seen(made(SlipBands, BANDS | {"follow": follow}), 3, scene=given))
        assert found == pytest.approx(160, abs=2)
        assert parallel > 0.9


def test_every_slipped_band_has_its_own_step():
    row = seen(made(SlipBands, BANDS | {"direction": 90.0, "bands": 5, "width": 40}), 1, size=(8, 3000))[4]
    assert np.ptp(seen(made(SlipBands, BANDS | {"direction": 90.0}), 1)[:, 100]) == 0
    # Each changes the brightness at both borders, and the second change undoes the first.
    steps = np.diff(row)
    borders = ndimage.label(np.abs(steps) > 1e-4)[0]
    assert borders.max() == 10
    assert steps.sum() == pytest.approx(0, abs=1e-5)
    assert row.max() > 1 > row.min()


def test_fine_slip_lines_are_as_far_apart_as_asked():
    effect = made(
        SlipBands, BANDS | {"strength": 0.0, "bands": 0, "direction": 90.0, "texture": 0.1, "spacing": 10.0}
    )
    row = seen(effect, 2, size=(8, 3000))[4].astype(float)
    lines = np.flatnonzero((row[1:-1] < row[:-2]) & (row[1:-1] <= row[2:]))
    assert len(lines) > 30
    assert np.median(np.diff(lines)) == pytest.approx(10, abs=1)


@pytest.mark.parametrize("boundaries", [1, 2, 3, 6])
def test_every_boundary_makes_one_more_grain_with_a_brightness_of_its_own(boundaries):
    effect = made(Grains, FLAT_GRAINS | {"boundaries": boundaries, "brightness": Uniform(0.1, 0.9)})
    picture = seen(effect, seed=2, size=(512, 512))
    counts = np.unique(picture.round(3), return_counts=True)[1]
    assert (counts > 150).sum() == boundaries + 1
    assert counts[counts > 150].sum() > 0.97 * picture.size


def test_a_grain_is_as_dark_as_asked_and_the_first_stays():
    values, counts = np.unique(
        seen(made(Grains, FLAT_GRAINS | {"brightness": 0.3}), seed=1).round(3), return_counts=True
    )
    assert sorted(values[np.argsort(counts)[-2:]]) == pytest.approx([0.3, 1.0])


def test_twins_are_straight_parallel_lamellae_of_one_brightness():
    effect = made(Grains, FLAT_GRAINS | {"twins": 1.0, "waviness": 30.0, "lamella": 20, "brightness": 0.6})
    for seed in range(4):
        picture = seen(effect, seed)
        values, counts = np.unique(picture.round(3), return_counts=True)
        assert sorted(values[counts > 150]) == pytest.approx([0.6, 1.0])
        assert across(picture)[1] > 0.98


def test_an_inclined_boundary_shows_fringes_at_the_spacing_asked_for():
    look = {"inclined": 1.0, "band_width": 60, "fringe_spacing": 12, "brightness": 1}
    picture = seen(made(Grains, FLAT_GRAINS | look), seed=3)
    normal, parallel = across(picture)
    assert parallel > 0.98
    profile = profile_along(picture, normal)
    dark = np.flatnonzero((profile[1:-1] < profile[:-2]) & (profile[1:-1] <= profile[2:]) & (profile[1:-1] < 0.9))
    assert len(dark) == 5
    assert np.diff(dark).mean() == pytest.approx(12, abs=0.5)
    assert (profile < 0.99).sum() == pytest.approx(60, abs=8)


@pytest.mark.parametrize(("contrast", "darker"), [(0.4, True), (-0.4, False)])
def test_a_boundary_may_have_a_dark_or_a_bright_line_of_its_own(contrast, darker):
    picture = seen(
        made(Grains, FLAT_GRAINS | {"brightness": 1, "line_contrast": contrast, "line_width": 6}), seed=1
    )
    profile = profile_along(picture, across(picture)[0])
    assert (profile.min() < 0.7) == darker
    assert (profile.max() > 1.3) == (not darker)
    assert (np.abs(profile - 1) > 0.2).sum() == pytest.approx(6, abs=2)


@pytest.mark.parametrize("strength", [0.03, 0.12])
@pytest.mark.parametrize("look", [{}, {"grain": 1.5}, {"grain": 6.0, "stretch": 3.0}, {"blotches": 0.7}])
def test_mottling_has_the_relative_standard_deviation_asked_for_wherever_it_is(strength, look):
    image = np.full((512, 512), 0.7, dtype=np.float32)
    image[:, 256:] = 0.2
    factors = seen(made(Mottling, TEXTURE | look | {"strength": strength}), 1, image=image)
    assert factors.mean() == pytest.approx(1, abs=0.01)
    assert factors.std() == pytest.approx(strength, rel=0.05)
    assert factors[:, :256].std() == pytest.approx(factors[:, 256:].std(), rel=0.2)


def correlation_length(picture, axis):
    """How far one has to go for half of the correlation to be lost, in pixels."""
    field = np.moveaxis(picture.astype(float) - picture.mean(), axis, 0)
    correlation = [(field[lag:] * field[: len(field) - lag]).mean() / field.var() for lag in range(60)]
    far = int(np.argmax(np.array(correlation) < 0.5))
    return far - (0.5 - correlation[far]) / (correlation[far - 1] - correlation[far])


def test_mottling_is_coarser_with_a_larger_grain_and_longer_in_its_direction():
    lengths = [
        correlation_length(seen(made(Mottling, TEXTURE | {"grain": grain})), 0) for grain in (1.5, 3.0, 6.0, 12.0)
    ]
    assert all(1.4 < larger / smaller < 2.6 for smaller, larger in itertools.pairwise(lengths))
    for grain in (1.8, 5.0):
        stretched = seen(made(Mottling, TEXTURE | {"grain": grain, "stretch": 3.0}))
        assert 2 < correlation_length(stretched, 1) / correlation_length(stretched, 0) < 4.5


def test_as_many_spots_are_seen_as_asked():
    found = [ndimage.label(seen(made(Spots, ROUND), seed, size=(700, 700)) < 0.6)[1] for seed in range(10)]
    assert max(found) == 12
    assert np.mean(found) > 11


def test_a_spot_is_as_large_and_as_dark_as_asked():
    for radius, elongation in ((4, 1), (20, 1), (20, 2)):
        effect = made(Spots, ROUND | {"count": 1, "radius": radius, "elongation": elongation})
        picture = seen(effect, seed=2, size=(300, 300))
        assert picture.min() == pytest.approx(0.2, abs=0.01)
        assert (picture < 0.6).sum() == pytest.approx(math.pi * radius**2, rel=0.1)


def test_spots_may_be_bright_or_hollow():
    assert seen(made(Spots, ROUND | {"bright": 1.0})).min() == 1
    assert seen(made(Spots, ROUND | {"bright": 1.0})).max() > 1.5
    ring = seen(made(Spots, ROUND | {"rings": 1.0, "count": 1, "radius": 30}), seed=2, size=(300, 300))
    row, column = ndimage.center_of_mass(1 - ring)
    assert ring[round(row), round(column)] > 0.8
    assert ring.min() < 0.6


def test_spots_in_clusters_lie_closer_together():
    def nearest(clustering):
        distances = []
        for seed in range(8):
            spots, count = ndimage.label(
                seen(made(Spots, ROUND | {"clustering": clustering, "radius": 3}), seed, (700, 700)) < 0.6
            )
            at = np.array(ndimage.center_of_mass(spots > 0, spots, range(1, count + 1)))
            apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
            np.fill_diagonal(apart, np.inf)
            distances.append(np.median(apart.min(axis=1)))
        return np.mean(distances)

    assert nearest(1.0) < 0.4 * nearest(0.0)


def test_spots_are_blobs_and_not_lines():
    shapes = []
    for seed in range(6):
        spots, count = ndimage.label(
            seen(Spots(count=25, strength=1.0, clustering=0.0, irregularity=0.6), seed, (700, 700)) < 0.85
        )
        for number in range(1, count + 1):
            row, column = np.nonzero(spots == number)
            if len(row) > 40:
                long, wide = np.sqrt(np.linalg.eigvalsh(np.cov((row, column)))[::-1])
                shapes.append(long / wide)
    assert len(shapes) > 40
    assert np.quantile(shapes, 0.95) < 3
