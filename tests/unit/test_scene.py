from __future__ import annotations

import json
import math

import attrs
import numpy as np
import pytest

from dislo_gen import (
    COMPANION_STYLES,
    SLIP_TRACE,
    ClosedCurve,
    Defect,
    Geometry,
    OpenCurve,
    Record,
    Region,
    Scene,
    Size,
    Style,
    circle,
    component,
    ellipse,
    make_sample,
    register,
    visible_fraction,
)
from dislo_gen.convert import converter
from dislo_gen.rasterize import rasterize
from dislo_gen.scene import merge
from dislo_gen.visibility import measure_visibility

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4]]


def line(*points, **more):
    return Defect("line", OpenCurve(points), **more)


def test_lengths_and_areas():
    assert OpenCurve([[0, 0], [3, 4], [3, 10]]).length == 11
    assert ClosedCurve(SQUARE).length == 16
    assert Region(SQUARE).area == 16
    assert Region(SQUARE[::-1]).area == 16
    assert circle((5, 5), 10, 400).length == pytest.approx(20 * math.pi, rel=1e-3)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: OpenCurve([[0, 0]]), "at least 2"),
        (lambda: ClosedCurve([[0, 0], [1, 1]]), "at least 3"),
        (lambda: Region([[0, 0], [1, 1]]), "at least 3"),
        (lambda: OpenCurve([[0, 0, 0], [1, 1, 1]]), "shape"),
        (lambda: OpenCurve([0, 1]), "shape"),
        (lambda: OpenCurve([[0, 0], [math.nan, 1]]), "finite"),
        (lambda: OpenCurve([[0, 0], [math.inf, 1]]), "finite"),
        (lambda: OpenCurve([[0, 0], [1, 1]], [0.5]), "one value per point"),
        (lambda: OpenCurve([[0, 0], [1, 1]], [0.5, math.nan]), "finite"),
    ],
)
def test_malformed_shapes_are_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_shapes_are_frozen_and_do_not_follow_the_array_they_came_from():
    points = np.array([[0.0, 0.0], [1.0, 1.0]])
    curve = OpenCurve(points, [0, 1])
    points[0] = 9
    assert curve.points[0].tolist() == [0, 0]
    for array in (curve.points, curve.depth):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5
    assert curve == OpenCurve([[0, 0], [1, 1]], [0, 1])
    assert curve != OpenCurve([[0, 0], [1, 1]], [0, 0.5])
    assert curve != OpenCurve([[0, 0], [1, 1]])


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), np.int64(2), 2, np.array(0.5)])
def test_a_styles_numbers_become_pythons(number):
    style = Style(contrast=number, width=number)
    assert (type(style.contrast), type(style.width)) == (float, float)
    assert style.contrast == style.width == float(number)
    json.dumps(attrs.asdict(style))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, np.float32("nan"), "1", None, True, [1.0], 10**400])
@pytest.mark.parametrize("name", ["contrast", "width"])
def test_a_styles_numbers_are_finite_numbers(name, wrong):
    with pytest.raises(ValueError, match=f"^{name} must be a finite number, not "):
        Style(**{name: wrong})


def test_a_width_is_not_negative_but_a_contrast_may_be():
    assert Style(contrast=-1, width=0) == Style(-1.0, 0.0)
    with pytest.raises(ValueError, match=r"^width must not be negative, and -0\.5 is$"):
        Style(width=-0.5)


@pytest.mark.parametrize("wrong", ["", " ", None, 3, b"loop"])
def test_a_kind_is_a_text(wrong):
    with pytest.raises(ValueError, match=r"^kind must be a text that is not empty, not "):
        Defect(wrong, circle((5, 5), 2))


@pytest.mark.parametrize("wrong", [1.5, 1.0, "1", None, True, np.float64(1)])
def test_a_group_is_a_whole_number(wrong):
    with pytest.raises(ValueError, match=r"^group must be a whole number, not "):
        Defect("loop", circle((5, 5), 2), group=wrong)


def test_a_defects_numpy_scalars_become_pythons():
    defect = Defect("loop", circle((5, 5), 2), group=np.int64(3), labelled=np.bool_(False))
    assert (type(defect.group), defect.group, defect.labelled) == (int, 3, False)
    assert json.dumps(converter.unstructure(defect))
    with pytest.raises(ValueError, match=r"^labelled must be true or false, not 1$"):
        Defect("loop", circle((5, 5), 2), labelled=1)


def test_a_record_holds_what_a_plugin_computed_with_numpy(sandbox, small_recipe):
    @component
    class Computed(Geometry):
        """Loops whose numbers come from NumPy."""

        def place(self, size, rng):
            style = Style(np.float32(rng.random()), rng.uniform(size=2).astype(np.float32)[0])
            return Scene([Defect("loop", circle((20, 20), 9), np.arange(3)[1], np.bool_(True), style)])

    register("geometry", "computed")(Computed)
    sample = make_sample(small_recipe.with_settings(["geometry=computed"]))
    record = json.loads(json.dumps(sample.record))
    assert Record.from_dict(record).scene == sample.scene


def test_representations_are_short(small_recipe):
    curve = OpenCurve(np.zeros((50, 2)), np.zeros(50))
    assert [repr(shape) for shape in (curve, circle((5, 5), 2), Region(SQUARE))] == [
        "OpenCurve(50 points)",
        "ClosedCurve(64 points)",
        "Region(4 points)",
    ]
    loop = Defect("loop", circle((5, 5), 2))
    assert repr(Scene([loop, line([0, 0], [1, 1]), loop])) == "Scene(2 loop, 1 line)"
    assert repr(Scene()) == "Scene(empty)"
    sample = make_sample(small_recipe, seed=3, index=4)
    assert repr(sample) == f"Sample(image (56, 72), {len(sample.masks)} masks, seed 3, index 4)"


def test_merge_renumbers_groups_and_ids():
    one = Scene(
        [line([0, 0], [1, 1], group=5, id=9), line([0, 0], [2, 2], group=2), line([0, 0], [3, 3], group=5)]
    )
    two = Scene([line([0, 0], [4, 4], group=5), line([0, 0], [5, 5], group=0)])
    merged = merge([one, Scene(), two])
    assert [d.id for d in merged] == [0, 1, 2, 3, 4]
    groups = [d.group for d in merged]
    assert groups[0] == groups[2]
    assert len({groups[0], groups[1], groups[3], groups[4]}) == 4
    assert sorted(set(groups)) == [0, 1, 2, 3]
    assert [d.shape for d in merged] == [d.shape for d in (*one, *two)]
    assert merge([]) == Scene()


def test_of_kind_and_labelled_keep_the_order():
    scene = Scene([line([0, 0], [1, 1], labelled=False), Defect("loop", circle((5, 5), 2)), line([0, 0], [2, 2])])
    assert scene.of_kind("line") == (scene.defects[0], scene.defects[2])
    assert scene.labelled == scene.defects[1:]


@pytest.mark.parametrize(
    ("shape", "fraction"),
    [
        (OpenCurve([[0, 0], [10, 10]]), 1),
        (OpenCurve([[-10, 5], [10, 5]]), 0.5),
        (OpenCurve([[-10, 5], [30, 5]]), 0.25),
        (OpenCurve([[-5, -5], [15, 15]]), 0.5),
        (OpenCurve([[-10, 11], [30, 11]]), 0),
        (OpenCurve([[-5, 4], [4, -5]]), 0),
        (OpenCurve([[0, -10], [0, 10]]), 0.5),
        (OpenCurve([[-1, -1], [-1, -1]]), 0),
        (ClosedCurve([[-5, -5], [15, -5], [15, 15], [-5, 15]]), 0),
        (ClosedCurve([[5, 5], [15, 5], [15, 8], [5, 8]]), 13 / 26),
        (Region([[-5, -5], [15, -5], [15, 15], [-5, 15]]), 0.25),
        (Region([[5, 5], [15, 5], [15, 9], [5, 9]]), 0.5),
        (Region([[20, 20], [30, 20], [30, 30]]), 0),
        (
            Region([[-4, 2], [8, 2], [8, 8], [-4, 8], [-4, 6], [4, 6], [4, 4], [-4, 4]]),
            (8 * 6 - 4 * 2) / (72 - 16),
        ),
    ],
)
def test_visible_fraction_by_hand(shape, fraction):
    assert visible_fraction(shape, Size(10, 10)) == pytest.approx(fraction, abs=1e-9)


def test_what_lies_outside_loses_its_label_and_its_mask():
    scene = measure_visibility(
        Scene([line([-9, -9], [-1, -5]), line([-5, 5], [5, 5]), line([2, 2], [8, 8]), line([3, 3], [3.1, 3])]),
        Size(10, 10),
    )
    assert [d.labelled for d in scene] == [False, True, True, True]
    assert [d.visible for d in scene] == [0, 0.5, 1, 1]
    assert [d.clipped for d in scene] == [True, True, False, False]
    masks = rasterize(scene, Size(10, 10), 3)
    assert masks.shape == (3, 10, 10)
    assert masks.any(axis=(1, 2)).all()


def test_a_label_is_never_given_only_taken():
    scene = measure_visibility(Scene([line([2, 2], [8, 8], labelled=False)]), Size(10, 10))
    assert not scene.defects[0].labelled


def test_a_region_whose_outline_crosses_itself_keeps_its_label():
    bow_tie = Region([[2, 2], [18, 18], [18, 2], [2, 18]])  # two triangles by the even-odd rule
    scene = measure_visibility(Scene([Defect("void", bow_tie)]), Size(20, 20))
    assert scene.defects[0].labelled
    assert rasterize(scene, Size(20, 20), 3).sum() == pytest.approx(128, abs=20)


@pytest.mark.parametrize(
    ("value", "xy"), [(64, (64, 64)), ("64", (64, 64)), ("64x48", (64, 48)), ([64, 48], (64, 48))]
)
def test_sizes_are_written_width_first(value, xy):
    size = Size.parse(value)
    assert size.xy == xy
    assert size.shape == xy[::-1]


@pytest.mark.parametrize(
    "value", [0, -1, 8193, "0", "64x", "x64", "axb", [64], [64, 48, 3], 64.0, True, None, [6.0, 4]]
)
def test_no_other_size_is_taken(value):
    with pytest.raises(ValueError, match=r"size|whole number"):
        Size.parse(value)


def test_a_shape_is_a_curve_or_a_region():
    with pytest.raises(ValueError, match="shape must be an OpenCurve, a ClosedCurve or a Region, not a list"):
        Defect("line", [(0, 0), (1, 1)])


def test_an_ellipse_has_its_axes_and_its_direction():
    points = ellipse((50, 40), (20, 10), 30).points - (50, 40)
    along = points @ (np.cos(np.radians(30)), np.sin(np.radians(30)))
    across = points @ (-np.sin(np.radians(30)), np.cos(np.radians(30)))
    assert (along / 20) ** 2 + (across / 10) ** 2 == pytest.approx(1, abs=1e-3)
    assert np.ptp(along) == pytest.approx(40, abs=0.01)


def test_a_line_width_is_the_renderers_or_its_own():
    assert Style(width=2).line_width(3) == 6
    assert Style(width=2, width_px=5).line_width(3) == 5


def test_the_style_of_a_kind_is_relative_to_what_is_usual_for_it():
    usual = COMPANION_STYLES[SLIP_TRACE]
    trace = Defect(SLIP_TRACE, OpenCurve([(0, 0), (1, 1)]), style=usual)
    assert trace.style_of_kind == Style()
    assert Defect("loop", circle((0, 0), 1), style=Style(contrast=0.5)).style_of_kind.contrast == 0.5


def test_points_of_every_shape_are_mapped():
    scene = Scene([Defect("a", OpenCurve([(0, 0), (1, 1)], depth=[0, 1])), Defect("b", circle((5, 5), 2))])
    by = np.array((2, -1))
    moved = scene.map_points(lambda points: points + by)
    for before, after in zip(scene, moved, strict=True):
        np.testing.assert_allclose(after.shape.points, before.shape.points + by)
    assert moved.defects[0].shape.depth.tolist() == [0, 1]
