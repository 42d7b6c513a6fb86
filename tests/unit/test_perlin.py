from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from dislo_gen import Size
from dislo_gen_plugins.backgrounds.perlin import Perlin

FIXED = {
    "wavelength_1": 30.0,
    "wavelength_2": 12.0,
    "perlin_weight": 0.3,
    "white_weight": 0.6,
    "smoothing_1": 1.0,
    "noise_ratio": 0.3,
    "smoothing_2": 0.7,
}


def equations(p1, p2, x1, x2, *, w_perlin, w_white, s1, r_noise, s2):
    """Equations (1) to (6) of Govind et al. 2023, in double precision and the paper's order."""
    p3 = p1 + w_perlin * p2  # (1)
    p3_star = (p3 - p3.min()) / (p3.max() - p3.min())  # (2)
    p4 = p3_star + w_white * x1  # (3)
    p5 = gaussian_filter(p4, s1) if s1 else p4  # (4)
    p6 = p5 + r_noise * np.sqrt(np.mean((p4 - p4.mean()) ** 2)) * x2  # (5), w_w2 = r_noise sigma(P4)
    p7 = gaussian_filter(p6, s2) if s2 else p6  # (6)
    return np.where(p7 < 0, 0, np.where(p7 > 1, 1, p7))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"noise_ratio": 1.0},  # equation (5) as printed
        {"noise_ratio": 0.0},
        {"perlin_weight": 2.0, "white_weight": 0.1},
        {"white_weight": 0.0},
        {"smoothing_1": 3.0, "smoothing_2": 2.0},
        {"smoothing_1": 0.0, "smoothing_2": 0.0},
        {"white_weight": 3.0, "noise_ratio": 2.0},  # mostly clipped
    ],
)
def test_the_picture_is_the_papers_equations(changed):
    given = {**FIXED, **changed}
    background, size = Perlin(**given), Size(61, 40)
    fields = [field.astype(np.float64) for field in background.fields(size, np.random.default_rng(5))]
    expected = equations(
        *fields,
        w_perlin=given["perlin_weight"],
        w_white=given["white_weight"],
        s1=given["smoothing_1"],
        r_noise=given["noise_ratio"],
        s2=given["smoothing_2"],
    )
    painted = background.paint(size, np.random.default_rng(5))
    assert painted.dtype == np.float32
    np.testing.assert_allclose(painted, expected, atol=2e-3)
    assert expected.std() > 0.05


def test_combining_leaves_the_fields_as_they_are():
    background = Perlin(**FIXED)
    fields = background.fields(Size(20, 20), np.random.default_rng(1))
    copies = [field.copy() for field in fields]
    background.combine(*fields)
    assert all(np.array_equal(field, copy) for field, copy in zip(fields, copies, strict=True))


def test_white_noise_is_uniform_between_minus_one_and_one():
    _, _, x1, x2 = Perlin(**FIXED).fields(Size(200, 200), np.random.default_rng(0))
    for noise in (x1, x2):
        assert noise.min() == pytest.approx(-1, abs=1e-3)
        assert noise.max() == pytest.approx(1, abs=1e-3)
        assert noise.std() == pytest.approx(1 / np.sqrt(3), rel=0.02)
    assert abs(np.corrcoef(x1.ravel(), x2.ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("size", [Size(1, 1), Size(3, 7), Size(17, 64), Size(64, 17), Size(1, 50)])
def test_any_size_is_painted(size):
    picture = Perlin(**FIXED).paint(size, np.random.default_rng(0))
    assert picture.shape == size.shape
    assert picture.dtype == np.float32
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert picture.max() <= 1


def test_the_given_ranges_shape_the_picture():
    rng = np.random.default_rng
    smooth = Perlin(**{**FIXED, "white_weight": 0.0, "noise_ratio": 0.0}).paint(Size(64, 64), rng(0))
    rough = Perlin(**{**FIXED, "white_weight": 0.0, "noise_ratio": 2.0, "smoothing_2": 0.0}).paint(
        Size(64, 64), rng(0)
    )
    assert np.abs(np.diff(rough)).mean() > 5 * np.abs(np.diff(smooth)).mean()


def mean_frequency(field):
    """Centroid of the power spectrum, in cycles per pixel."""
    window = np.hanning(field.shape[0])
    power = np.abs(np.fft.rfft2((field - field.mean()) * np.outer(window, window))) ** 2
    fy, fx = np.fft.fftfreq(field.shape[0])[:, None], np.fft.rfftfreq(field.shape[1])[None]
    return float((power * np.hypot(fx, fy)).sum() / power.sum())


@pytest.mark.parametrize("wavelength", [40.0, 20.0, 13.3])
def test_a_wavelength_puts_the_power_around_its_frequency(wavelength):
    background = Perlin(**{**FIXED, "wavelength_1": wavelength, "wavelength_2": 80.0})
    p1, p2, _, _ = background.fields(Size(400, 400), np.random.default_rng(3))
    assert 0.5 < mean_frequency(p1) * wavelength < 1.2
    assert 0.4 < mean_frequency(p2) * 80 < 1.2  # few waves fit: their number varies


def test_the_two_scales_are_independent():
    p1, p2, _, _ = Perlin(**{**FIXED, "wavelength_2": FIXED["wavelength_1"]}).fields(
        Size(300, 300), np.random.default_rng(0)
    )
    assert abs(np.corrcoef(p1.ravel(), p2.ravel())[0, 1]) < 0.3
