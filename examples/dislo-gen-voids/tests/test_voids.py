"""Voids keeps dislo-gen's contract for a geometry, and what its parameters promise."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from dislo_gen import Fixed, OpenCurve, Region, Scene, Size, Uniform
from dislo_gen.testing import ConformanceCheck, conformance_checks

from dislo_gen_voids import Voids

SIZE = Size(400, 300)


@pytest.mark.parametrize("check", conformance_checks(Voids), ids=str)
def test_conformance(check: ConformanceCheck) -> None:
    """Voids passes every check for a geometry."""
    check()


def place(**parameters: object) -> Scene:
    """Place voids with these parameters, and with fixed values for those that the defaults draw."""
    fixed = {
        "count": 12,
        "zone_axis": "110",
        "faceting": 0.5,
        "defocus": -1000.0,
        "fringe_contrast": 0.5,
        "mass_contrast": 0.2,
        "denuded_zone": 0.0,
    }
    return Voids(**{**fixed, **parameters}).place(SIZE, np.random.default_rng(7))  # type: ignore[arg-type]


def areas(scene: Scene, kind: str) -> list[float]:
    """Areas of the regions of one kind, px2."""
    return [defect.shape.area for defect in scene.of_kind(kind) if isinstance(defect.shape, Region)]


@pytest.mark.parametrize("faceting", [0.0, 0.5, 1.0])
def test_every_void_has_the_area_of_a_circle_of_its_radius(faceting: float) -> None:
    """Radius in nanometres, area in pixels."""
    scene = place(radius=Fixed(6.0), pixel_size=0.5, faceting=faceting)
    assert areas(scene, "void") == pytest.approx([math.pi * 12**2] * 12, rel=1e-3)


def test_there_is_one_label_for_each_void_and_none_for_its_fringes() -> None:
    """Fringes are drawn, not labelled."""
    scene = place(radius=Uniform(1, 8))
    assert [defect.kind for defect in scene.labelled] == 12 * ["void"]
    assert all(not defect.labelled for defect in scene.of_kind("Fresnel fringe"))


def test_a_void_and_its_fringes_share_a_group() -> None:
    """Each group has one void and fringes around the same centre."""
    scene = place(radius=Uniform(3, 8))
    for void in scene.of_kind("void"):
        fringes = [d for d in scene.of_kind("Fresnel fringe") if d.group == void.group]
        assert len(fringes) >= 2
        for fringe in fringes:
            box, own = (np.stack((p.min(axis=0), p.max(axis=0))) for p in (fringe.shape.points, void.shape.points))
            np.testing.assert_allclose(box.mean(axis=0), own.mean(axis=0), atol=1)


def test_the_fringes_change_sign_with_the_defocus_and_the_voids_do_not() -> None:
    """Underfocus: bright within, dark around. Overfocus: the reverse, of the same shapes."""
    under, over = place(defocus=-800.0), place(defocus=800.0)
    for one, other in zip(under, over, strict=True):
        assert one.shape == other.shape
        sign = 1 if one.kind == "void" else -1
        assert one.style.contrast == pytest.approx(sign * other.style.contrast)
    first = [d.style.contrast for d in under.of_kind("Fresnel fringe") if d.group == under.labelled[0].group]
    assert first[0] < 0
    assert max(first) > 0


def test_the_first_fringe_is_as_wide_as_the_formula_says() -> None:
    """Around a round void: to 0.89 of the root of wavelength times defocus, in pixels."""
    scene = place(count=1, radius=Fixed(10.0), faceting=0.0, defocus=-1000.0, voltage=200.0, pixel_size=0.5)
    void = scene.of_kind("void")[0].shape.points
    rim = next(d.shape.points for d in scene.of_kind("Fresnel fringe") if d.style.contrast > 0)
    wider = (np.ptp(rim, axis=0) - np.ptp(void, axis=0)) / 2
    assert wider == pytest.approx(0.89 * math.sqrt(0.002508 * 1000) / 0.5, rel=0.02)


def test_in_focus_there_are_no_fringes() -> None:
    """Only what is missing shows."""
    scene = place(defocus=0.0)
    assert {defect.kind for defect in scene} == {"void"}
    assert all(defect.style.contrast < 0 for defect in scene)


def test_a_larger_void_lacks_more_material() -> None:
    """Its contrast grows with the radius."""
    contrasts = [place(radius=Fixed(nm)).of_kind("void")[0].style.contrast for nm in (5.0, 10.0)]
    assert contrasts == pytest.approx([-0.2, -0.4])


def test_sharp_voids_have_the_corners_of_their_zone_axis() -> None:
    """Six along <110>."""
    assert {len(d.shape.points) for d in place(faceting=1.0).of_kind("void")} == {6}


def test_no_void_lies_in_a_denuded_zone() -> None:
    """And in its middle there is a boundary, which is drawn but not labelled."""
    scene = place(count=300, denuded_zone=20.0, pixel_size=0.5)
    (boundary,) = scene.of_kind("grain boundary")
    assert isinstance(boundary.shape, OpenCurve)
    assert not boundary.labelled
    start, end = boundary.shape.points
    along = (end - start) / np.hypot(*(end - start))
    centres = np.array([d.shape.points.mean(axis=0) for d in scene.of_kind("void")]) - start
    assert 0 < len(centres) < 300
    assert np.abs(centres @ (-along[1], along[0])).min() > 40 - 1


def test_no_void_need_be_left() -> None:
    """A zone as wide as the image clears it."""
    assert [defect.kind for defect in place(denuded_zone=5000.0)] == ["grain boundary"]
    assert len(place(count=0)) == 0


def test_half_the_pixel_size_doubles_every_length() -> None:
    """Areas and fringes alike."""
    for kind in ("void", "Fresnel fringe"):
        small, large = (areas(place(pixel_size=nm, faceting=0.0, defocus=-300.0), kind)[:2] for nm in (0.5, 0.25))
        assert large == pytest.approx(np.multiply(4, small), rel=0.02)


def test_two_hundred_voids_take_milliseconds() -> None:
    """About ten on a machine of 2024; here is room for a busy one."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        place(count=200)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1
