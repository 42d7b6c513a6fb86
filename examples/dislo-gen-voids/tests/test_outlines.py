"""Outlines of voids and particles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dislo_gen_voids.outlines import silhouette, void_outline
from dislo_gen_voids.particles import Particle, with_room
from dislo_gen_voids.polygons import polygon_area, ring, strip

SQUARE = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)])


@pytest.mark.parametrize(("zone_axis", "corners"), [("100", 8), ("110", 6), ("111", 12)])
def test_a_faceted_outline_has_the_corners_of_its_zone_axis(zone_axis: str, corners: int) -> None:
    """A truncated octahedron seen along <100>, <110> or <111>."""
    assert len(silhouette(zone_axis)) == corners
    assert len(void_outline(zone_axis, 1.0, 0.3, 53).corners) == corners


def test_along_110_the_facets_are_at_the_angles_of_100_and_111() -> None:
    """The sides of the hexagon have the normals of one {100} and two {111} facets: 54.7 degrees apart."""
    sides = np.diff(silhouette("110"), axis=0, append=silhouette("110")[:1])
    angles = np.degrees(np.arctan2(sides[:, 1], sides[:, 0]))
    turns = np.sort((np.roll(angles, -1) - angles) % 360)
    np.testing.assert_allclose(turns, [54.74] * 4 + [70.53] * 2, atol=0.01)


@pytest.mark.parametrize("faceting", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("zone_axis", ["100", "110", "111"])
def test_every_outline_has_the_area_of_its_circle(zone_axis: str, faceting: float) -> None:
    """Whatever its shape; and it is convex."""
    points = void_outline(zone_axis, faceting, 1.1, 40).corners
    assert polygon_area(points) == pytest.approx(math.pi)
    sides = np.diff(points, axis=0, append=points[:1])
    following = np.roll(sides, -1, axis=0)
    assert (sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0] > -1e-9).all()


def test_without_faceting_the_outline_is_round() -> None:
    """All points at one distance from the centre."""
    distance = np.hypot(*void_outline("100", 0.0, 0.0, 60).points.T)
    assert distance.min() == pytest.approx(distance.max())


def test_an_outline_moved_outwards_lies_at_one_distance() -> None:
    """Area of a parallel curve (Steiner): A + perimeter d + pi d2."""
    outline = void_outline("110", 0.7, 0.2, 720)
    inner, outer = (outline.around(np.zeros(2), 10.0, offset) for offset in (0.0, 3.0))
    perimeter = np.hypot(*np.diff(inner, axis=0, append=inner[:1]).T).sum()
    assert polygon_area(outer) == pytest.approx(polygon_area(inner) + 3 * perimeter + 9 * math.pi, rel=1e-3)


def test_a_ring_is_the_area_between_two_outlines() -> None:
    """The larger area less the smaller one."""
    assert polygon_area(ring(SQUARE, 1 + SQUARE / 2)) == pytest.approx(16 - 4)


def test_a_strip_is_what_lies_between_two_lines() -> None:
    """Also where nothing does."""
    x = np.array((1.0, 0.0))
    assert polygon_area(strip(SQUARE, x, 1, 3.5)) == pytest.approx(10)
    assert polygon_area(strip(SQUARE, x, -5, 5)) == pytest.approx(16)
    assert len(strip(SQUARE, x, 5, 6)) == 0


@pytest.mark.parametrize(
    ("shape", "corners", "area"), [("plate", 4, 60), ("cube", 4, 400), ("hexagon", 6, 400 * math.sqrt(3) / 2)]
)
def test_a_particle_has_the_corners_and_area_of_its_shape(shape: str, corners: int, area: float) -> None:
    """And keeps its distance from the outline everywhere when it is inset."""
    particle = Particle(shape, np.array((50.0, 40.0)), 20.0, 3.0 if shape == "plate" else 20.0, 0.4)
    outline = particle.outline()
    assert len(outline) == corners
    assert polygon_area(outline) == pytest.approx(area)
    np.testing.assert_allclose(outline.mean(axis=0), (50, 40))
    sides = np.diff(outline, axis=0, append=outline[:1])
    normals = np.stack((-sides[:, 1], sides[:, 0]), axis=1) / np.hypot(*sides.T)[:, None]
    np.testing.assert_allclose(((particle.outline(1.0) - outline) * normals).sum(axis=1), 1, atol=1e-9)


def test_of_particles_in_each_others_way_the_first_stays() -> None:
    """The others are left out."""
    centres = np.array([(0.0, 0.0), (5.0, 0.0), (11.0, 0.0)])
    assert with_room(centres, np.array([5.0, 2.0, 5.0])) == [0, 2]
