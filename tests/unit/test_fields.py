"""Smooth random fields: what their docstring promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dislo_gen import Size, pixel_centres, smooth_field, white_noise


def many(size, wavelength, count=200):
    rng = np.random.default_rng(0)
    return np.stack([smooth_field(size, wavelength, rng) for _ in range(count)])


@pytest.mark.parametrize("wavelength", [1, 3.7, 20, 500, (5, 60)])
def test_mean_and_standard_deviation_over_many_fields(wavelength):
    fields = many(Size(40, 30), wavelength)
    assert fields.dtype == np.float32
    assert fields.shape == (200, 30, 40)
    assert fields.mean() == pytest.approx(0, abs=0.15)
    assert np.sqrt((fields**2).mean()) == pytest.approx(1, abs=0.1)


def test_neighbours_within_a_wavelength_are_alike_and_beyond_it_are_not():
    fields = many(Size(64, 64), (8, 24))

    def correlation(dx, dy):
        return float((fields[:, : 64 - dy, : 64 - dx] * fields[:, dy:, dx:]).mean() / (fields**2).mean())

    assert correlation(2, 0) > 0.75
    assert abs(correlation(24, 0)) < 0.1
    assert correlation(0, 6) > 0.75
    assert abs(correlation(0, 60)) < 0.15


@given(st.integers(1, 90), st.integers(1, 90), st.floats(1, 1e4))
def test_every_size_and_wavelength(width, height, wavelength):
    field = smooth_field(Size(width, height), wavelength, np.random.default_rng(1))
    assert field.shape == (height, width)
    assert np.isfinite(field).all()
    assert field.flags.writeable


def test_too_short_a_wavelength_is_refused():
    with pytest.raises(ValueError, match=r"a wavelength is at least 1 px, and not 0\.5"):
        smooth_field(Size(8, 8), 0.5, np.random.default_rng(0))


def test_pixel_centres_broadcast_to_the_picture():
    x, y = pixel_centres(Size(5, 3))
    assert (x + 0 * y).shape == (3, 5)
    assert (x + 0 * y)[1].tolist() == [0.5, 1.5, 2.5, 3.5, 4.5]
    assert (y + 0 * x)[:, 2].tolist() == [0.5, 1.5, 2.5]


def test_white_noise_is_normal_and_without_memory():
    noise = white_noise(Size(300, 200), np.random.default_rng(0))
    assert (noise.shape, noise.dtype) == ((200, 300), np.float32)
    assert noise.mean() == pytest.approx(0, abs=0.02)
    assert noise.std() == pytest.approx(1, abs=0.02)
    assert (noise > 1.96).mean() == pytest.approx(0.025, abs=0.005)
    for axis in (0, 1):
        assert (noise * np.roll(noise, 1, axis)).mean() == pytest.approx(0, abs=0.02)
