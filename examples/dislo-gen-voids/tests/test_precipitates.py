"""Precipitates keeps dislo-gen's contract for a geometry, and what its parameters promise."""

from __future__ import annotations

import numpy as np
import pytest
from dislo_gen import Choice, Fixed, OpenCurve, Region, Scene, Size, Uniform
from dislo_gen.testing import ConformanceCheck, conformance_checks

from dislo_gen_voids import Precipitates

SIZE = Size(600, 500)


@pytest.mark.parametrize("check", conformance_checks(Precipitates), ids=str)
def test_conformance(check: ConformanceCheck) -> None:
    """Precipitates passes every check for a geometry."""
    check()


def place(**parameters: object) -> Scene:
    """Place precipitates with these parameters, and with fixed values for those that the defaults draw."""
    fixed = {
        "count": 20,
        "shape": "cube",
        "size": Fixed(10.0),
        "directions": 2,
        "misalignment": 0.0,
        "pattern": "plain",
        "moire_spacing": 2.0,
    }
    scene = Precipitates(**{**fixed, **parameters})  # type: ignore[arg-type]
    return scene.place(SIZE, np.random.default_rng(3))


def regions(scene: Scene, kind: str = "precipitate") -> list[Region]:
    """Regions of one kind."""
    return [defect.shape for defect in scene.of_kind(kind) if isinstance(defect.shape, Region)]


@pytest.mark.parametrize(
    ("shape", "corners", "area"), [("plate", 4, 20 * 4), ("cube", 4, 20 * 20), ("hexagon", 6, 400 * 0.8660)]
)
def test_each_shape_has_its_corners_and_its_area(shape: str, corners: int, area: float) -> None:
    """Sizes in nanometres, areas in pixels."""
    found = regions(place(shape=shape, aspect_ratio=Fixed(5.0), pixel_size=0.5))
    assert found
    assert {len(region.points) for region in found} == {corners}
    assert [region.area for region in found] == pytest.approx([area] * len(found), rel=0.01)


@pytest.mark.parametrize("directions", [1, 2, 3])
@pytest.mark.parametrize(("shape", "symmetry"), [("plate", 180), ("cube", 90), ("hexagon", 60)])
def test_an_image_has_as_many_directions_as_asked_for(shape: str, symmetry: float, directions: int) -> None:
    """Evenly spread over the angle after which a shape looks the same."""
    scene = place(shape=shape, directions=directions, count=60, size=Fixed(20.0))
    sides = np.array([region.points[1] - region.points[0] for region in regions(scene)])
    angles = np.degrees(np.arctan2(sides[:, 1], sides[:, 0]))
    turned = (angles - angles[0]) % symmetry
    steps = turned / (symmetry / directions)
    np.testing.assert_allclose(steps, steps.round(), atol=0.02)
    assert len(np.unique(steps.round().astype(int) % directions)) == directions


def test_each_direction_has_one_contrast() -> None:
    """Variants differ, particles of one variant do not."""
    scene = place(shape="plate", directions=2, contrast=Uniform(-1, 1))
    assert len({defect.style.contrast for defect in scene.of_kind("precipitate")}) == 2


@pytest.mark.parametrize("pattern", ["plain", "moire", "coffee-bean"])
def test_there_is_one_label_for_each_precipitate(pattern: str) -> None:
    """What is drawn on and around it has none, and is of its group."""
    scene = place(pattern=pattern)
    assert {defect.kind for defect in scene.labelled} == {"precipitate"}
    groups = [defect.group for defect in scene.labelled]
    assert len(groups) == len(set(groups))
    assert {defect.group for defect in scene} == set(groups)


def test_moire_fringes_lie_inside_at_their_spacing() -> None:
    """Half of the area is covered, by stripes 4 px apart (2 nm of 0.5 nm)."""
    scene = place(pattern="moire", count=1, moire_spacing=2.0, pixel_size=0.5)
    (body,) = regions(scene)
    stripes = regions(scene, "moiré fringe")
    assert sum(stripe.area for stripe in stripes) == pytest.approx(body.area / 2, rel=0.1)
    centres = np.array([stripe.points.mean(axis=0) for stripe in stripes if len(stripe.points) == 4])
    gaps = np.hypot(*np.diff(centres[1:-1], axis=0).T)
    np.testing.assert_allclose(gaps, 4, atol=0.01)


def test_moire_fringes_finer_than_the_pixels_are_not_drawn() -> None:
    """They could only be aliases."""
    assert not place(pattern="moire", moire_spacing=0.5, pixel_size=0.5).of_kind("moiré fringe")


def test_lines_of_no_contrast_are_parallel() -> None:
    """All are perpendicular to one diffraction vector, and between the lobes."""
    scene = place(pattern="coffee-bean")
    lines = [d.shape for d in scene.of_kind("line of no contrast") if isinstance(d.shape, OpenCurve)]
    assert len(lines) == len(scene.labelled)
    angles = [np.arctan2(*(line.points[1] - line.points[0])[::-1]) for line in lines]
    np.testing.assert_allclose(angles, angles[0], atol=1e-3)
    assert len(scene.of_kind("strain lobe")) == 4 * len(lines)


def test_precipitates_do_not_overlap_and_there_are_fewer_without_room() -> None:
    """Discs of their areas keep apart."""
    scene = place(count=200, size=Fixed(40.0))
    centres = np.array([region.points.mean(axis=0) for region in regions(scene)])
    assert 3 < len(centres) < 200
    distances = np.hypot(*(centres[:, None] - centres).T) + 1e9 * np.eye(len(centres))
    assert distances.min() >= 2 * 80 / np.sqrt(np.pi) - 0.01


def test_contrast_may_be_bright() -> None:
    """Of one sign all through a particle."""
    for defect in place(contrast=Choice((-0.8,)), pattern="moire"):
        assert defect.style.contrast < 0
