"""Fresnel fringes: widths, signs and strengths."""

from __future__ import annotations

import numpy as np
import pytest

from dislo_gen_voids.fringes import edge_profile, fringe_bands, fringe_width, wavelength


@pytest.mark.parametrize(("voltage", "picometres"), [(100, 3.701), (200, 2.508), (300, 1.969)])
def test_wavelengths_are_those_of_the_textbooks(voltage: float, picometres: float) -> None:
    """Relativistic wavelengths, as in Williams and Carter, table 1.2."""
    assert 1000 * wavelength(voltage) == pytest.approx(picometres, abs=0.002)


def test_a_fringe_is_as_wide_as_the_root_of_wavelength_times_defocus() -> None:
    """At 200 kV and 1 micrometre: the root of 2.508 nm2; four times the defocus makes twice the width."""
    assert fringe_width(200, -1000) == pytest.approx(1.584, abs=0.001)
    assert fringe_width(200, 4000) == pytest.approx(2 * fringe_width(200, -1000))
    assert fringe_width(200, 0) == 0


def test_the_profile_of_an_edge_is_odd_with_its_first_fringe_at_half_the_width() -> None:
    """One where it is strongest, zero at the edge, of the other sign in the weaker second fringe."""
    x = np.linspace(0, 3, 3001)
    profile = edge_profile(x)
    np.testing.assert_allclose(edge_profile(-x), -profile, atol=1e-12)
    assert profile[0] == 0
    assert profile.max() == pytest.approx(1, abs=1e-3)
    assert x[profile.argmax()] == pytest.approx(0.5, abs=0.1)
    assert x[np.argmax(profile[1:] < 0)] == pytest.approx(0.89, abs=0.01)
    assert -0.4 < profile.min() < -0.05


@pytest.mark.parametrize("width", [2.0, 8.0])
@pytest.mark.parametrize("radius", [1.0, 7.0, 40.0])
def test_underfocus_is_bright_inside_and_dark_outside(radius: float, width: float) -> None:
    """And overfocus is its negative; the bands follow each other without a gap."""
    edges, under = fringe_bands(np.array([radius]), width, -500)
    inside, outside = under[0][edges[0][1:] <= 0], under[0][(edges[0][:-1] >= 0) & (edges[0][1:] < width)]
    assert inside.size
    assert (inside < 0).all()
    if radius > width:  # a smaller cavity looks larger than it is: its bright spot reaches out
        assert outside.size
        assert (outside > 0).all()
    assert edges[0][0] >= -radius
    assert (np.diff(edges[0]) >= 0).all()
    np.testing.assert_array_equal(fringe_bands(np.array([radius]), width, 500)[1], -under)


def test_in_focus_there_are_no_fringes() -> None:
    """Without defocus there is no band."""
    assert fringe_bands(np.array([5.0, 6.0]), 0.0, 0.0)[1].shape == (2, 0)
