"""Grey values: what sets their range, what has none, and numbers of every type."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import tifffile
from scipy.ndimage import affine_transform

from dislo_gen import DatasetError, frames, read_micrograph
from dislo_gen.micrographs.looking import seeing
from dislo_gen.micrographs.looking.seeing import see


def ground(height=90, width=120, seed=0):
    """From 0 to 1, (H, W) float64."""
    y, x = np.mgrid[:height, :width]
    grey = 0.5 + 0.2 * np.sin(x / 19) * np.cos(y / 23) - 0.3 * np.exp(-(((x - 50 - 0.3 * y) / 2) ** 2))
    return (grey + np.random.default_rng(seed).normal(0, 0.03, (height, width))).clip(0, 1)


def alike(grey, truth):
    return np.corrcoef(grey.ravel().astype(float), truth.ravel())[0, 1]


@pytest.mark.parametrize(
    ("dtype", "scale", "offset"),
    [
        ("uint16", 4000, 300),
        (">u2", 4000, 300),
        ("int8", 200, -100),
        ("int16", 9000, -5000),
        ("uint32", 113, 2**31),
        ("int32", 500, -(2**31)),
        (">i4", 500, -40),
        ("uint64", 200, 2**64 - 4096),
        ("int64", 200, -(2**63)),
        ("int64", 2**62, -(2**61)),
        ("float16", 1, 0),
        ("float32", 1e-30, 0),
        ("float32", 1e38, -5e37),
        (">f4", 300, -50),
        ("float64", 1e-9, 1.0),
        ("float64", 1e308, -5e307),
    ],
)
def test_numbers_of_every_type_give_the_same_picture(dtype, scale, offset):
    truth = ground()
    if np.dtype(dtype).kind in "ui":
        steps = np.round(truth * scale).astype(np.int64).astype(object) + offset
        values = np.array(steps.tolist(), dtype=dtype)
    else:
        values = (truth * scale + offset).astype(dtype)
    grey, box = see(values)
    assert grey.dtype == np.uint16
    assert box == (0, 0, 120, 90)
    assert alike(grey, truth) > 0.995
    assert grey.min() == 0
    assert grey.max() == 65535


def test_eight_bits_and_one_bit_stay_as_they_are():
    picture = np.round(ground() * 90 + 40).astype(np.uint8)
    grey, _ = see(picture)
    assert np.array_equal(grey, picture)
    assert set(np.unique(see(ground() > 0.5)[0])) == {0, 255}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_colours_become_luminance(dtype):
    colours = np.stack([ground(seed=seed) for seed in range(3)], axis=2)
    values = (colours * (255 if dtype == np.uint8 else 4000)).astype(dtype)
    truth = colours @ (0.2126, 0.7152, 0.0722)
    assert alike(see(values)[0], truth) > 0.995
    opaque = np.full((90, 120, 1), 200, dtype=dtype)
    assert np.array_equal(see(np.concatenate([values, opaque], axis=2))[0], see(values)[0])


@pytest.mark.parametrize("share", [0.0001, 0.0015, 0.01])
@pytest.mark.parametrize("value", [0, 65535])
def test_hot_and_dead_pixels_do_not_set_the_range(share, value):
    truth = ground(200, 300)
    values = np.round(truth * 2000 + 3000).astype(np.uint16)
    clean, _ = see(values)
    hot = np.random.default_rng(1).random(values.shape) < share
    grey, box = see(np.where(hot, np.uint16(value), values))
    assert box == (0, 0, 300, 200)
    assert np.abs(grey[~hot].astype(int) - clean[~hot]).max() < 0.05 * 65535
    assert set(np.unique(grey[hot])) == {0 if value == 0 else 65535}


@pytest.mark.parametrize("value", [0, 65535])
def test_a_bar_does_not_set_the_range(value):
    values = np.round(ground(200, 300) * 2000 + 3000).astype(np.uint16)
    bar = np.full((30, 300), value, dtype=np.uint16)
    bar[10:20, 20:80:6] = 65535 - value
    grey, box = see(np.vstack([values, bar]))
    assert box == (0, 0, 300, 200)
    assert np.array_equal(grey[:200], see(values)[0])
    assert set(np.unique(grey[200:])) <= {0, 65535}


def test_a_thick_dark_line_is_no_outlier():
    values = np.full((200, 300), 5000.0) + np.random.default_rng(0).normal(0, 20, (200, 300))
    values[:, 150:154] -= 1500
    grey, _ = see(values.round().astype(np.uint16))
    assert grey[:, 151:153].mean() < 0.05 * 65535
    assert grey[:, :140].mean() > 0.85 * 65535


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("value", [0, 7])
def test_constant_pictures_have_a_grey_value(dtype, value):
    grey, box = see(np.full((30, 40), value, dtype=dtype))
    assert len(np.unique(grey)) == 1
    assert box == (0, 0, 40, 30)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_tiny_pictures(shape, dtype):
    grey, box = see((ground(*shape) * 200).astype(dtype))
    assert grey.shape == shape
    assert box == (0, 0, shape[1], shape[0])


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_margins_without_values_are_left_out(nothing, dtype):
    values = ground().astype(dtype)
    values[:, :7], values[80:] = nothing, nothing
    before = values.copy()
    grey, box = see(values)
    assert box == (7, 0, 120, 80)
    assert np.array_equal(grey[:80, 7:], see(values[:80, 7:])[0])
    assert not grey[80:].any()
    np.testing.assert_array_equal(values, before)  # what was given is not changed


def test_dead_pixels_without_values_get_that_of_their_surroundings():
    truth = ground()
    values = truth.astype(np.float32)
    dead = np.random.default_rng(3).random(values.shape) < 0.01
    dead[40:46, 60:66] = True
    values[dead] = np.nan
    grey, box = see(values)
    assert box == (0, 0, 120, 90)
    whole = see(truth.astype(np.float32))[0].astype(int)
    assert np.abs(grey[dead].astype(int) - whole[dead]).mean() < 0.1 * 65535


@pytest.mark.parametrize("fill", [np.nan, 0.0])
@pytest.mark.parametrize("angle", [-8, 3, 12])
def test_the_corners_of_a_turned_frame_are_mostly_left_out(fill, angle):
    turn = np.radians(angle)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    offset = np.array([100, 140]) - matrix @ (100, 140)
    values = affine_transform(ground(200, 280) + 2, matrix, offset, order=1, cval=-9)
    empty = values < 1.5
    values[empty] = fill
    _, (left, top, right, bottom) = see(values)
    assert empty.mean() > 0.02
    assert empty[top:bottom, left:right].mean() < 0.35 * empty.mean()
    assert (right - left) * (bottom - top) > 0.7 * values.size


def test_masked_and_transparent_pixels_are_margin():
    values = np.round(ground() * 4000).astype(np.uint16)
    mask = np.zeros(values.shape, dtype=bool)
    mask[:, 110:] = True
    values[mask] = 65535
    grey, box = see(np.ma.MaskedArray(values, mask))
    assert box == (0, 0, 110, 90)
    assert np.array_equal(grey[:, :110], see(values[:, :110])[0])
    colours = np.repeat((ground() * 250).astype(np.uint8)[..., None], 4, axis=2)
    colours[..., 3] = np.where(mask, 0, 255)
    assert see(colours)[1] == (0, 0, 110, 90)


@pytest.mark.parametrize("nothing", [np.nan, np.inf])
def test_a_picture_without_any_value_is_one_sentence(tmp_path, nothing):
    tifffile.imwrite(tmp_path / "empty.tif", np.full((20, 30), nothing, dtype=np.float32))
    with pytest.raises(DatasetError) as caught:
        read_micrograph(tmp_path / "empty.tif")
    assert str(caught.value) == f"{tmp_path / 'empty.tif'}: there is no finite value in this picture"


def test_it_is_said_once_for_a_film_what_is_cut_off(tmp_path, caplog, monkeypatch):
    values = np.round(ground(200, 300) * 2000 + 3000).astype(np.uint16)
    frame = np.vstack([values, np.zeros((40, 300), dtype=np.uint16)])
    tifffile.imwrite(tmp_path / "film.tif", np.stack([frame] * 3), photometric="minisblack")
    monkeypatch.setattr(seeing, "_said", set())
    with caplog.at_level(logging.WARNING, "dislo_gen"):
        assert [frame.box for frame in frames(tmp_path / "film.tif")] == [(0, 0, 300, 200)] * 3
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        f"{tmp_path / 'film.tif'}: 17 % of the picture are margin and are not looked at: 40 px below; "
        f"300 x 200 of 300 x 240 px are left"
    ]


def test_of_many_pictures_a_few_are_named(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(seeing, "_said", set())
    for number in range(12):
        values = np.round(ground(100 + number, 100) * 200 + 20).astype(np.uint8)
        tifffile.imwrite(tmp_path / f"{number}.tif", np.vstack([values, np.zeros((30, 100), dtype=np.uint8)]))
    with caplog.at_level(logging.WARNING, "dislo_gen"):
        assert all(frame.box[2:] == (100, frame.image.shape[0] - 30) for frame in frames(tmp_path))
    assert len(caplog.records) == 6
    assert caplog.records[-1].getMessage().endswith("no more are named here")


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.float32])
@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("share", ["scale bar", "beam stop", "left half", "specks"])
def test_what_is_drawn_inside_a_micrograph_does_not_set_its_range(dtype, upper, share):
    """A white scale bar, a masked beam stop, an overexposed hole: the rest is no black picture."""
    rng = np.random.default_rng(0)
    grey = rng.normal(2000, 200, (240, 320)).astype(dtype)
    whole = np.iinfo(dtype) if np.issubdtype(dtype, np.integer) else np.iinfo(np.int32)
    drawn = np.zeros(grey.shape, dtype=bool)
    if share == "scale bar":
        drawn[200:208, 220:300] = True
    elif share == "beam stop":
        drawn[110:126, :180] = True
    elif share == "left half":
        drawn[:, :150] = True
    else:
        drawn = rng.random(grey.shape) < 0.05
    grey[drawn] = whole.max if upper else min(whole.min, 0)
    seen, (left, top, right, bottom) = see(grey)
    inside = np.zeros(grey.shape, dtype=bool)
    inside[top:bottom, left:right] = True
    rest = seen[inside & ~drawn] / 65535
    assert rest.size > 0.95 * np.count_nonzero(~drawn)
    if upper or whole.min < 0 or dtype == np.float32:
        assert 0.3 < rest.mean() < 0.7
        assert rest.std() > 0.1


@pytest.mark.parametrize("fill", [1e30, -1e30, 3.4028235e38, -3.4028235e38])
def test_enormous_numbers_are_no_values(fill):
    grey = np.random.default_rng(0).normal(2000, 200, (120, 160)).astype(np.float32)
    grey[:, :30] = fill
    grey[70, 90] = fill
    seen, box = see(grey)
    assert box == (30, 0, 160, 120)
    assert abs(int(seen[70, 90]) - 32767) < 20000
    assert 0.3 < seen[:, 30:].mean() / 65535 < 0.7


@pytest.mark.parametrize("scale", [1e-20, 1e32])
def test_a_picture_of_enormous_or_tiny_numbers_is_one(scale):
    grey = np.random.default_rng(0).normal(2000, 200, (60, 80))
    grey[3, 4] = 0
    seen, box = see(grey * scale)
    assert box == (0, 0, 80, 60)
    assert np.corrcoef(seen.ravel(), grey.ravel())[0, 1] > 0.98


def test_counts_of_few_levels_have_no_margins():
    y, x = np.mgrid[:240, :320]
    counts = 4 + 1.5 * np.sin(x / 40) - 2.5 * np.exp(-(((y - 30 - 0.3 * x) / 2.5) ** 2))
    noisy = counts + np.random.default_rng(1).normal(0, 0.2, x.shape)
    for dtype in (np.uint16, np.uint32, np.float32):
        assert see(noisy.astype(np.uint8).astype(dtype))[1] == (0, 0, 320, 240)
