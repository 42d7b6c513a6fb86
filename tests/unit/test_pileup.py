from __future__ import annotations

import json
import math

import numpy as np
import pytest

from dislo_gen import DatasetError, Recipe, Scene, Size, visible_fraction
from dislo_gen.visibility import measure_visibility
from dislo_gen_plugins.geometries.pileup_spacing import equilibrium_positions

SIZE = Size(300, 300)
STRAIGHT = {
    "use": "pileup",
    "pileups": 1,
    "dislocations": 6,
    "directions": 1,
    "angle": 0,
    "slip_width": 60,
    "offset": 0,
    "start": 0.5,
    "arrangement": "free",
    "spacing": 20,
    "growth": 1,
    "shape": "straight",
    "bend": 0.2,
    "run": 0,
    "roughness": 0,
    "drift": 0,
    "support_points": 5,
    "traces": 1,
    "min_visible": 0,
    "scale": 1,
    "max_dislocations": 100,
}


def geometry(**changed):
    plain = {"background": "perlin", "geometry": [{**STRAIGHT, **changed}], "renderer": "cairo"}
    return Recipe.from_dict(plain).geometry[0]


def place(seed=0, size=SIZE, **changed) -> Scene:
    return geometry(**changed).place(size, np.random.default_rng(seed))


def lines(scene):
    return [d.shape.points for d in scene.of_kind("dislocation")]


def along(points, degrees):
    """Coordinates along and across a slip direction, from the image's centre."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (points - 150) @ np.array([[c, -s], [s, c]])


@pytest.mark.parametrize("count", [2, 3, 8, 20, 60])
def test_equilibrium_positions_balance_the_forces(count):
    """Each free dislocation feels the same stress: the sum of 1/(x_i - x_j) over all others is one constant."""
    x = equilibrium_positions(count, 10.0)
    forces = [sum(1 / (x[i] - x[j]) for j in range(count) if j != i) for i in range(1, count)]
    assert forces == pytest.approx([forces[0]] * (count - 1), rel=1e-6)
    assert forces[0] > 0
    assert x[0] == 0
    assert x[-1] == pytest.approx(10 * (count - 1))
    assert (np.diff(x, 2) > 0).all()  # spacings grow from the head to the tail


def test_equilibrium_of_none_or_one():
    assert equilibrium_positions(1, 10.0).tolist() == [0]


@pytest.mark.parametrize("angle", [0, 30, 90, 135, -77])
@pytest.mark.parametrize("seed", [0, 1])
def test_straight_lines_stand_across_the_slip_direction_at_the_drawn_distance(angle, seed):
    found = [along(points, angle) for points in lines(place(seed, angle=angle))]
    assert len(found) == 6
    for line in found:
        assert np.ptp(line[:, 0]) < 0.01
        assert sorted([line[0, 1], line[-1, 1]]) == pytest.approx([-30, 30], abs=0.01)
    assert np.abs(np.diff([line[0, 0] for line in found])) == pytest.approx([20] * 5, abs=0.01)


def test_both_senses_of_motion_occur():
    steps = {np.sign(lines(place(seed))[1][0, 0] - lines(place(seed))[0][0, 0]) for seed in range(20)}
    assert steps == {-1.0, 1.0}


@pytest.mark.parametrize("shape", ["straight", "bow", "s", "hook"])
def test_lines_run_from_one_trace_to_the_other_through_the_foil(shape):
    scene = place(3, shape=shape, roughness=2, drift=4, run=0.5, angle=40)
    traces = [along(d.shape.points, 40)[:, 1] for d in scene.of_kind("slip trace")]
    assert sorted(np.mean(traces, axis=1)) == pytest.approx([-30, 30], abs=0.01)
    for defect in scene.of_kind("dislocation"):
        t = along(defect.shape.points, 40)[:, 1]
        assert sorted(t[[0, -1]]) == pytest.approx([-30, 30], abs=0.01)
        depth = defect.shape.depth
        assert set(depth[[0, -1]]) == {0.0, 1.0}
        assert depth.min() == 0
        assert depth.max() == 1
        flipped = depth if t[0] * (depth[0] - 0.5) < 0 else 1 - depth
        assert flipped == pytest.approx(np.clip((t + 30) / 60, 0, 1), abs=0.002) or flipped == pytest.approx(
            np.clip((30 - t) / 60, 0, 1), abs=0.002
        )
    assert len({d.shape.depth[0] for d in scene.of_kind("dislocation")}) == 1


def test_a_bow_is_as_high_as_it_is_asked_to_be():
    for points in lines(place(shape="bow", bend=0.25)):
        line = along(points, 0)
        assert np.abs(line[:, 0] - line[0, 0]).max() == pytest.approx(0.25 * 60, rel=0.05)


def test_an_s_bends_both_ways():
    for points in lines(place(shape="s", bend=0.25, support_points=9)):
        u = along(points, 0)[:, 0] - along(points, 0)[0, 0]
        assert u.max() > 5
        assert u.min() < -5


def test_a_run_slants_the_line():
    for points in lines(place(run=0.5)):
        assert abs(points[-1, 0] - points[0, 0]) == pytest.approx(30, abs=0.01)


def test_lines_share_their_shape_unless_it_drifts():
    same = [points - points[0] for points in lines(place(shape="bow"))]
    assert all(np.allclose(line, same[0], atol=0.01) for line in same)
    drifting = [points - points[0] for points in lines(place(shape="bow", drift=5))]
    assert not np.allclose(drifting[0], drifting[-1], atol=1)


def test_growth_is_the_last_gap_over_the_first():
    gaps = np.abs(np.diff([points[0, 0] for points in lines(place(growth=4, spacing=15))]))
    assert gaps[-1] / gaps[0] == pytest.approx(4, rel=0.01)
    assert (np.diff(gaps) > 0).all()


def test_the_equilibrium_arrangement_stands_at_the_equilibrium_positions():
    x = np.array([points[0, 0] for points in lines(place(arrangement="equilibrium", dislocations=8))])
    assert np.abs(x - x[0]) == pytest.approx(equilibrium_positions(8, 20.0), abs=0.01)


def test_pairs_alternate_between_near_and_far():
    gaps = np.abs(np.diff([points[0, 0] for points in lines(place(arrangement="paired", dislocations=8))]))
    assert gaps[::2].max() < 0.5 * gaps[1::2].min()


def test_the_scale_scales_every_length():
    x = [points[0, 0] for points in lines(place(scale=0.5))]
    assert np.abs(np.diff(x)) == pytest.approx([10] * 5, abs=0.01)
    assert np.ptp(lines(place(scale=0.5))[0][:, 1]) == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize(("pileups", "dislocations"), [(1, 1), (3, 4), (5, 1)])
def test_so_many_dislocations_as_asked_for_in_groups(pileups, dislocations):
    scene = place(pileups=pileups, dislocations=dislocations, spacing=5, slip_width=40)
    groups = [d.group for d in scene.of_kind("dislocation")]
    assert sorted(groups) == sorted(list(range(pileups)) * dislocations)
    assert all(d.labelled for d in scene.of_kind("dislocation"))
    assert len(scene.of_kind("slip trace")) == 2 * pileups
    assert not any(d.labelled for d in (*scene.of_kind("slip trace"), *scene.of_kind("slipped band")))


@pytest.mark.parametrize("most", [0, 1, 7, 100])
def test_never_more_than_max_dislocations(most):
    scene = place(pileups=4, dislocations=5, spacing=5, slip_width=30, max_dislocations=most)
    assert len(lines(scene)) == min(most, 20)


def test_no_pileup_is_an_empty_scene():
    assert len(place(pileups=0)) == 0


def test_traces_are_as_likely_as_asked_for():
    assert not place(traces=0).of_kind("slip trace")
    with_traces = sum(bool(place(seed, traces=0.5, dislocations=1).of_kind("slip trace")) for seed in range(100))
    assert 30 < with_traces < 70


def test_slip_traces_cross_the_whole_image():
    for angle in (0, 20, 45, 90, 200):
        for defect in place(angle=angle).of_kind("slip trace"):
            for end in defect.shape.points[[0, -1]]:
                assert not ((end >= 0) & (end <= 300)).all()


def test_lines_lie_over_traces():
    kinds = [d.kind for d in place(pileups=3)]
    assert kinds[-1] == "dislocation"
    assert kinds == sorted(kinds, key=lambda kind: kind == "dislocation")


@pytest.mark.parametrize("least", [0.2, 0.8, 1.0])
def test_lines_of_which_too_little_is_visible_are_left_out(least):
    size = Size(100, 100)
    kept, dropped = 0, 0
    for seed in range(30):
        given = {"size": size, "slip_width": 90, "offset": {"uniform": [-1, 1]}, "spacing": 30}
        everything, some = place(seed, **given), place(seed, **given, min_visible=least)
        wanted = [
            p
            for d, p in zip(everything.of_kind("dislocation"), lines(everything), strict=True)
            if visible_fraction(d.shape, size) >= least
        ]
        assert all(np.array_equal(one, other) for one, other in zip(wanted, lines(some), strict=True))
        kept += len(wanted)
        dropped += len(lines(everything)) - len(wanted)
    assert kept
    assert dropped


def test_the_scene_says_which_lines_are_clipped():
    size = Size(100, 40)
    scene = measure_visibility(place(size=size, slip_width=80, dislocations=1), size)
    [defect] = scene.of_kind("dislocation")
    assert defect.clipped
    assert defect.visible == pytest.approx(0.5, abs=0.01)
    [defect] = measure_visibility(place(dislocations=1), SIZE).of_kind("dislocation")
    assert not defect.clipped


def labelme(path, *curves, shape_type="linestrip"):
    shapes = [{"label": "d", "shape_type": shape_type, "points": np.asarray(c).tolist()} for c in curves]
    path.write_text(json.dumps({"shapes": shapes, "imagePath": "x.png"}))
    return str(path)


def lopsided(t, height=0.3):
    """A hump at a third of the chord, over a chord of length 1."""
    return height * np.where(t < 1 / 3, 3 * t, 1.5 * (1 - t))


def test_labelled_curves_lend_their_shape(tmp_path):
    t = np.linspace(0, 1, 31)
    turned = np.stack((t, lopsided(t)), axis=1) @ np.array([[0.6, 0.8], [-0.8, 0.6]]) * 250 + 40
    path = labelme(tmp_path / "frame.json", turned)
    mirrored = set()
    for seed in range(8):
        for points in lines(place(seed, curves=path, support_points=31)):
            line = along(points, 0) / 60
            u, v = line[:, 0] - line[0, 0], np.abs(line[:, 1] - line[0, 1])
            side = np.sign(u[np.argmax(np.abs(u))])
            mirrored.add(float(side))
            assert np.abs(side * u - lopsided(v)).max() < 0.03
    assert mirrored == {-1.0, 1.0}


def test_a_folder_of_labels_offers_all_its_curves(tmp_path):
    t = np.linspace(0, 1, 11)
    for name, height in (("a.json", 0.1), ("b.json", 0.4)):
        labelme(tmp_path / name, np.stack((t * 100, 100 * lopsided(t, height)), axis=1), shape_type="polygon")
    heights = {
        round(float(np.abs(points[:, 0] - points[0, 0]).max() / 60), 1)
        for seed in range(12)
        for points in lines(place(seed, curves=str(tmp_path), support_points=11))
    }
    assert heights == {0.1, 0.4}


def test_the_checksums_of_labelled_curves_are_inputs_and_a_changed_file_is_read_anew(tmp_path):
    t = np.linspace(0, 1, 11)
    path = labelme(tmp_path / "frame.json", np.stack((t * 100, 100 * lopsided(t, 0.1)), axis=1))
    pileup = geometry(curves=path)
    before, drawn = pileup.inputs(), pileup.place(SIZE, np.random.default_rng(0))
    labelme(tmp_path / "frame.json", np.stack((t * 100, 100 * lopsided(t, 0.5)), axis=1))
    assert pileup.inputs() != before
    assert pileup.place(SIZE, np.random.default_rng(0)) != drawn


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "neither a labelme file"),
        ('{"shapes": []}', "no labelled curve"),
        ('{"shapes": [{"shape_type": "linestrip", "points": [[0, 0], [1, 1]]}]}', "no labelled curve"),
        ('{"shapes": [{"shape_type": "linestrip", "points": [[0, 0], [1], [2, 2]]}]}', "pairs"),
        ('{"shapes": [{"shape_type": "linestrip", "points": [[5, 5], [1, 9], [5, 5]]}]}', "begins"),
    ],
)
def test_a_wrong_file_of_curves_is_named(tmp_path, text, says):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(DatasetError, match=says) as caught:
        place(curves=str(path))
    assert "bad.json" in str(caught.value)


def test_a_missing_file_of_curves_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"nowhere\.json"):
        place(curves=str(tmp_path / "nowhere.json"))
    with pytest.raises(DatasetError, match=r"no \.json"):
        place(curves=str(tmp_path))
