"""The two-beam intensities are those of the theory, which is written out here a second time and otherwise."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp, trapezoid

from dislo_gen_plugins.effects.dynamical_theory import bright_field
from dislo_gen_plugins.renderers.contrast_table import contrast_table, distances
from dislo_gen_plugins.renderers.displacement import StraightDislocation
from dislo_gen_plugins.renderers.howie_whelan import TwoBeam, column_intensities, depth_series_intensities

SCREW = StraightDislocation(g_dot_b=1, inclination=60)
WANTED = TwoBeam(thickness=5, deviation=0.4, absorption=0.1)

foils = st.builds(TwoBeam, thickness=st.floats(0.2, 8), deviation=st.floats(-2, 2), absorption=st.floats(0, 0.15))
dislocations = st.builds(
    StraightDislocation,
    g_dot_b=st.integers(-3, 3),
    g_dot_b_edge=st.floats(-3, 3),
    g_dot_b_cross_u=st.floats(-2, 2),
    inclination=st.floats(5, 90),
    slip_plane=st.floats(-90, 90),
    poisson=st.floats(0, 0.49),
)


@given(foils)
def test_a_perfect_crystal_shows_thickness_fringes(foil):
    direct, diffracted = foil.perfect()
    # The Bloch waves' wave vectors and excitations, Hirsch et al. 1977, equations (8.25) and (8.32), absorption
    # taken in by a complex extinction distance.
    coupling = 1 + 1j * foil.absorption
    split = np.sqrt(complex(foil.deviation**2 + coupling**2))
    waves = np.exp(1j * math.pi * foil.thickness * np.array((foil.deviation + split, foil.deviation - split)))
    waves = waves * math.exp(-math.pi * foil.thickness * foil.absorption)
    share = (1 - foil.deviation / split) / 2, (1 + foil.deviation / split) / 2
    assert direct == pytest.approx(abs(share[0] * waves[0] + share[1] * waves[1]) ** 2, abs=1e-9)
    assert diffracted == pytest.approx(abs(coupling / (2 * split) * (waves[0] - waves[1])) ** 2, abs=1e-9)


@pytest.mark.parametrize("deviation", [0, 0.4, -1.3])
def test_the_backgrounds_of_effects_follow_the_same_theory(deviation):
    # They take the absorption to first order and the thickness in effective extinction distances.
    for thickness in np.linspace(0.1, 5, 30):
        direct, _ = TwoBeam(thickness, deviation, 0.03).perfect()
        fringes = np.float32([[thickness * math.sqrt(1 + deviation**2)]])
        assert float(bright_field(fringes, deviation, 0.03)[0, 0]) == pytest.approx(direct, abs=0.02)


@pytest.mark.parametrize("deviation", [0, 0.4, -1.3])
def test_without_absorption_it_is_the_textbooks_sine(deviation):
    for thickness in np.linspace(0.1, 6, 40):
        root = math.sqrt(1 + deviation**2)
        expected = math.sin(math.pi * thickness * root) ** 2 / root**2
        assert TwoBeam(thickness, deviation, 0).perfect() == pytest.approx((1 - expected, expected))


@settings(max_examples=20)
@given(foils, dislocations)
def test_far_from_a_dislocation_the_crystal_is_perfect(foil, dislocation):
    both = column_intensities(foil, dislocation, np.array([-1e6, 1e6]), np.array([-0.5, 0, foil.thickness / 3]))
    for intensity, perfect in zip(both, foil.perfect(), strict=True):
        assert intensity == pytest.approx(perfect, abs=1e-4)


@settings(max_examples=20)
@given(foils, dislocations)
def test_without_absorption_no_electron_is_lost(foil, dislocation):
    lossless = TwoBeam(foil.thickness, foil.deviation, 0)
    _, direct, diffracted = depth_series_intensities(lossless, dislocation, distances(), 0.5)
    assert direct + diffracted == pytest.approx(1, abs=1e-9)


def test_what_does_not_displace_along_g_is_invisible():
    unseen = StraightDislocation(g_dot_b=0, g_dot_b_cross_u=0, inclination=40)
    assert unseen.invisible
    direct, _ = column_intensities(WANTED, unseen, distances(), np.linspace(0, 5, 9))
    assert direct == pytest.approx(WANTED.perfect()[0], abs=1e-12)
    residual = StraightDislocation(g_dot_b=0, g_dot_b_cross_u=0.7, inclination=40)
    assert not residual.invisible
    assert np.ptp(column_intensities(WANTED, residual, distances(), np.linspace(0, 5, 9))[0]) > 0.05


def test_the_bright_field_of_a_screw_is_symmetric_about_the_middle_of_the_foil():
    # Turning a column upside down transposes what it does to the waves, which leaves the direct beam as it is
    # (reciprocity), and the displacement gradient of a screw is even in depth.
    depth = np.linspace(-0.4, 5.4, 30)
    direct, diffracted = column_intensities(WANTED, SCREW, distances(), depth)
    assert direct == pytest.approx(direct[:, ::-1], abs=1e-9)
    assert np.abs(diffracted - diffracted[:, ::-1]).max() > 0.1  # absorption tells the surfaces apart


def test_turning_an_edge_dislocation_upside_down_changes_the_sign_of_what_is_odd():
    depth = np.linspace(0.2, 4.8, 24)
    up, down = (
        column_intensities(WANTED, StraightDislocation(0, 0, sign * 0.8, 70), distances(), depth)[0]
        for sign in (1, -1)
    )
    assert up == pytest.approx(down[:, ::-1], abs=1e-9)
    assert np.abs(up - down).max() > 0.05


def test_changing_the_sign_of_g_dot_b_mirrors_the_image():
    depth = np.linspace(0, 5, 11)
    one, other = (
        column_intensities(WANTED, StraightDislocation(sign * 2, inclination=60), distances(), depth)[0]
        for sign in (1, -1)
    )
    assert one == pytest.approx(other[::-1], abs=1e-9)


@pytest.mark.parametrize(
    "dislocation",
    [
        SCREW,
        StraightDislocation(2, 1.2, 0.6, 35, 40, 0.33),
        StraightDislocation(-1, -0.5, -1.1, 80, -65, 0.25),
        StraightDislocation(0, 0, 1.5, 90, 10, 0.3),
    ],
)
@pytest.mark.parametrize("foil", [WANTED, TwoBeam(2.3, -0.7, 0.06)])
def test_an_adaptive_integration_of_the_published_equations_agrees(dislocation, foil):
    # The equations with the phase left in the exponentials, and a displacement of three components around a line
    # that is given by vectors: nothing of this is how the program does it.
    tilt, nu = math.radians(dislocation.inclination), dislocation.poisson
    line = np.array([math.sin(tilt), 0, math.cos(tilt)])  # in the plane of the beam (z) and x
    side, below = np.array([0.0, 1, 0]), np.array([-math.cos(tilt), 0, math.sin(tilt)])
    turn = math.radians(dislocation.slip_plane)
    in_plane = math.cos(turn) * side + math.sin(turn) * below
    normal = np.cross(line, in_plane)

    def g_dot_r(y, z, passing):
        away = np.array([0, y, z - passing])
        along, up = away @ in_plane, away @ normal
        phi, r = math.atan2(up, along), math.hypot(along, up)
        edge = math.sin(2 * phi) / (4 * (1 - nu))
        cross = (1 - 2 * nu) / (2 * (1 - nu)) * math.log(r) + math.cos(2 * phi) / (4 * (1 - nu))
        return (
            dislocation.g_dot_b * phi + dislocation.g_dot_b_edge * edge + dislocation.g_dot_b_cross_u * cross
        ) / (2 * math.pi)

    def slopes(z, waves, y, passing):
        phase = np.exp(2j * math.pi * (foil.deviation * z + g_dot_r(y, z, passing)))
        coupling = 1j * math.pi * (1 + 1j * foil.absorption)
        lost = -math.pi * foil.absorption
        return [
            lost * waves[0] + coupling * waves[1] * phase,
            lost * waves[1] + coupling * waves[0] / phase,
        ]

    for y, passing in itertools.product((-0.6, -0.11, 0.07, 0.4), (-0.3, 0.6, 1.7)):
        solution = solve_ivp(
            slopes, (0, foil.thickness), [1 + 0j, 0j], args=(y, passing), rtol=1e-7, atol=1e-9, max_step=0.05
        )
        expected = np.abs(solution.y[:, -1]) ** 2
        ours = column_intensities(foil, dislocation, np.array([y]), np.array([passing]))
        assert [float(part[0, 0]) for part in ours] == pytest.approx(expected.tolist(), abs=0.01)


def test_it_converges_with_the_square_of_the_step():
    at, depth = distances()[np.abs(distances()) > 0.05], np.array([1.03, 2.41])
    finest = column_intensities(WANTED, SCREW, at, depth, step=0.0025)[0]
    errors = [
        np.abs(column_intensities(WANTED, SCREW, at, depth, step)[0] - finest).max() for step in (0.05, 0.025)
    ]
    assert errors[1] < 0.005
    assert errors[0] / errors[1] > 2.5


def test_a_depth_series_is_the_columns_one_by_one():
    at = distances()[np.abs(distances()) > 0.05]
    depths, direct, diffracted = depth_series_intensities(WANTED, SCREW, at, 0.6)
    assert depths[0] <= -0.6 < 0 < 5 < 5.6 <= depths[-1] + 1e-9
    for series, single in zip((direct, diffracted), column_intensities(WANTED, SCREW, at, depths), strict=True):
        assert series == pytest.approx(single, abs=1e-9)


def test_the_image_is_about_a_third_of_the_extinction_distance_wide():
    # Hirsch et al. 1977, section 10.3: between the places where a fifth of the greatest contrast is left.
    at = np.linspace(-3, 3, 1201)
    foil = TwoBeam(8, 0, 0.1)
    for depth in (2.0, 4.0, 5.25):
        direct, _ = column_intensities(foil, StraightDislocation(1), at, np.array([depth]))
        contrast = np.abs(direct[:, 0] - foil.perfect()[0])
        wide = at[contrast > contrast.max() / 5]
        assert 0.25 < wide.max() - wide.min() < 0.5


def test_a_second_order_image_is_double():
    at = np.linspace(-1, 1, 401)
    thick = TwoBeam(8, 0, 0.1)

    def mean_contrast(order, deviation):
        foil = TwoBeam(thick.thickness, deviation, thick.absorption)
        depth = np.linspace(2, 6, 81)
        direct, _ = column_intensities(foil, StraightDislocation(order), at, depth)
        return direct.mean(axis=1) - foil.perfect()[0]

    def dips(contrast):
        inner = contrast[1:-1]
        lowest = (inner < contrast[:-2]) & (inner < contrast[2:]) & (inner < 0.5 * contrast.min())
        return at[1:-1][lowest]

    assert len(dips(mean_contrast(1, 0))) == 1
    left, right = dips(mean_contrast(2, 0))
    assert left < -0.03 < 0.03 < right


@pytest.mark.parametrize("order", [1, -1, 2])
@pytest.mark.parametrize("deviation", [5, -5])
def test_far_from_the_bragg_angle_the_dark_field_is_one_sided_as_kinematical_theory_has_it(order, deviation):
    # Hirsch et al. 1977, chapter 7: the diffracted wave is the sum over the column of exp(2πi(sz + g·R)).
    foil, at = TwoBeam(4, deviation, 0.0), np.linspace(-0.15, 0.15, 121)
    depths = np.linspace(1.5, 2.5, 41)
    _, diffracted = column_intensities(foil, StraightDislocation(order), at, depths, step=0.005)
    z = np.linspace(0, foil.thickness, 4001)
    below = z[None, :] - depths[::8, None]
    phases = (2 * math.pi * deviation * z + order * np.arctan2(below, x) for x in at)
    kinematical = [np.mean(np.abs(trapezoid(np.exp(1j * phase), z)) ** 2) for phase in phases]
    ours, theirs = at[diffracted.mean(axis=1).argmax()], at[np.argmax(kinematical)]
    assert ours == pytest.approx(theirs, abs=0.006)
    assert ours * order * deviation < 0
    assert abs(ours) > 0.005


def test_a_table_holds_the_relative_change_of_intensity():
    table = contrast_table(WANTED, SCREW, "bright", 0.05)
    depth = table.first_depth + table.depth_step * np.arange(table.values.shape[1])
    direct, _ = column_intensities(WANTED, SCREW, distances(), depth)
    expected = (direct + 0.05) / (WANTED.perfect()[0] + 0.05) - 1
    assert table.values == pytest.approx(expected, abs=0.02)
    near = (np.abs(distances()) > 0.03) & (np.abs(distances()) < 0.4 * table.reach)
    looked_up = table.look_up(
        np.repeat(distances()[near], 5).astype(np.float32),
        np.tile(np.linspace(0.33, 4.1, 5), near.sum()).astype(np.float32),
    )
    exact = column_intensities(WANTED, SCREW, distances()[near], np.linspace(0.33, 4.1, 5))[0]
    assert looked_up.reshape(-1, 5) == pytest.approx((exact + 0.05) / (WANTED.perfect()[0] + 0.05) - 1, abs=0.04)
    assert table.look_up(np.float32([table.reach]), np.float32([2.0])) == pytest.approx(0, abs=1e-6)
    assert contrast_table(WANTED, SCREW, "bright", 0.05) is table
