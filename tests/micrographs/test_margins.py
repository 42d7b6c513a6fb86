"""What is cut off as a margin, and what is not: bars are constant, micrographs are not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy.ndimage import gaussian_filter

from dislo_gen import content_box, read_grey
from dislo_gen.micrographs.looking.seeing import see

DATA = Path(__file__).parents[2].parent / "shared" / "data"
H, W = 150, 200


def grain(height=90, width=120, seed=0, mean=120):
    ground = np.linspace(-30, 30, width)[None] + np.linspace(-20, 20, height)[:, None]
    noise = np.random.default_rng(seed).normal(0, 12, (height, width))
    return (mean + ground + noise).clip(1, 254).astype(np.uint8)


def micrograph(kind, contrast, noise, seed):
    """Lines on an uneven ground, around 128; (H, W) float64."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:H, :W]
    tilt = rng.uniform(-30, 30, 2)
    ground = tilt[0] * (x / W - 0.5) + tilt[1] * (y / H - 0.5) + 500 * gaussian_filter(rng.normal(size=(H, W)), 20)
    for place, slope in ((0.3, 0.4), (0.6, -0.7)):
        ground -= 45 * np.exp(-(((x - W * place + slope * (y - H / 2)) / 2) ** 2))
    grey = 128 + contrast * ground
    if kind == "overexposed":  # from half of the width on
        grey += np.clip((x - W * 0.35) / (W * 0.15), 0, 1) * 300
    if kind == "hole":
        grey = np.where(x > W * 0.55 + 12 * np.sin(y / 17) + 6 * np.sin(y / 5), 225, grey)
    strength = np.where(x < W / 2, 0.1, 1) * noise if kind == "quiet" else noise
    return np.clip(grey + strength * rng.normal(size=(H, W)), 1, 255 if kind == "overexposed" else None)


def decorated(grey, bar, low, high):
    """Return a micrograph with what people and programs put around it, and the box that it lies in."""
    match bar:
        case "none":
            return grey, (0, 0, W, H)
        case "white" | "black" | "grey":
            value = {"white": high, "black": low, "grey": (low + 2 * high) / 3}[bar]
            return np.vstack([grey, np.full((22, W), value)]), (0, 0, W, H)
        case "text":
            drawn = PillowImage.new("L", (W, 24), 0)
            ImageDraw.Draw(drawn).text((4, 6), "200 kV x30k", fill=255)
            ImageDraw.Draw(drawn).rectangle((120, 8, 180, 12), fill=255)
            return np.vstack([grey, np.where(np.asarray(drawn) > 127, high, low)]), (0, 0, W, H)
        case "frame":
            return np.pad(grey, ((6, 9), (12, 9)), constant_values=low), (12, 6, 12 + W, 6 + H)
        case _:
            return np.pad(grey, ((0, 30), (20, 0)), constant_values=low), (20, 0, 20 + W, H)


def saved(grey, bar, form, seed):
    """Return a picture as it comes out of a file of some form, and its micrograph's box."""
    if form in ("uint8", "jpeg-30", "jpeg-75"):
        picture, box = decorated(np.clip(np.round(grey), 0, 255), bar, 0, 255)
        if form == "uint8":
            return picture.astype(np.uint8), box
        data = io.BytesIO()
        PillowImage.fromarray(picture.astype(np.uint8)).save(data, "JPEG", quality=int(form[-2:]))
        return np.asarray(PillowImage.open(data)), box
    if form == "float":
        picture, box = decorated(grey * 3e-3 - 0.2, bar, 0.0, 1.0)
        return picture.astype(np.float32), box
    picture, box = decorated(np.round(grey * 12 + 400), bar, 0, 65535)
    if form == "hot":
        hot = np.random.default_rng(seed).random(picture.shape) < (0.0005, 0.0015, 0.01)[seed % 3]
        picture = np.where(hot & (np.arange(len(picture)) < box[3])[:, None] & (picture > 0), 65535, picture)
    return picture.astype(np.uint16), box


@pytest.mark.parametrize("form", ["uint8", "jpeg-30", "jpeg-75", "uint16", "hot", "float"])
@pytest.mark.parametrize("kind", ["even", "quiet", "overexposed", "hole"])
def test_bars_are_cut_and_micrographs_are_not(kind, form):
    seed = 0
    for contrast, noise in ((1.0, 3), (0.15, 0.7)):
        for bar in ("none", "white", "black", "grey", "text", "frame", "drift"):
            seed += 1
            picture, box = saved(micrograph(kind, contrast, noise, seed), bar, form, seed)
            grey, found = see(picture)
            case = f"{bar}, contrast {contrast}, noise {noise}: {found} and not {box}"
            inside = [max(0, min(found[side + 2], box[side + 2]) - max(found[side], box[side])) for side in (0, 1)]
            assert inside[0] * inside[1] >= 0.95 * W * H, case
            assert np.all(np.multiply(np.subtract(found, box), (1, 1, -1, -1)) >= 0), case
            left, top, right, bottom = found
            mean = grey[top:bottom, left:right].mean() / np.iinfo(grey.dtype).max
            assert 0.2 < mean < 0.85, case


def framed(black=(0, 0, 0, 0), title=0, text=False):
    """Grain inside black margins (left, top, right, bottom), with a title bar below the grain."""
    left, top, right, bottom = black
    picture = np.full((top + 200 + title + bottom, left + 260 + right), 0, dtype=np.uint8)
    picture[top : top + 200, left : left + 260] = grain(200, 260)
    if title:
        bar = picture[top + 200 : top + 200 + title]
        bar[:] = 20
        if text:
            bar[title // 3 : title // 2, 10:90:5] = 250
    return picture, (left, top, left + 260, top + 200)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"black": (12, 12, 12, 12)},
        {"black": (0, 30, 0, 0)},
        {"black": (25, 0, 40, 0)},
        {"title": 30},
        {"title": 36, "text": True},
        {"title": 36, "text": True, "black": (8, 16, 8, 8)},
    ],
)
def test_frames_and_title_bars_are_trimmed(frame, dtype):
    picture, box = framed(**frame)
    found = content_box(picture.astype(dtype) * dtype(257 if dtype is np.uint16 else 1))
    assert np.abs(np.subtract(found, box)).max() <= 2


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_a_picture_that_is_flat_by_nature_is_kept_whole(grey):
    assert content_box(np.full((40, 60), grey, dtype=np.uint8)) == (0, 0, 60, 40)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (3, 5)])
def test_tiny_pictures_are_kept_whole(shape):
    assert content_box(grain(*shape)) == (0, 0, shape[1], shape[0])


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the repository")
@pytest.mark.parametrize("name", ["img+17.3.bmp", "img+38.3.bmp", "img-18.9.bmp"])
def test_real_screen_grabs_are_trimmed_to_their_micrograph(name):
    found = content_box(read_grey(DATA / "cemes-tilt" / name))
    assert np.abs(np.subtract(found, (0, 16, 688, 532))).max() <= 4  # as the data's README says


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the repository")
@pytest.mark.parametrize("name", ["steel-316l/1.png", "steel-316l/9.png", "titanium-sequence/frame-1770.png"])
def test_real_micrographs_are_read_and_keep_most_of_their_area(name):
    grey = read_grey(DATA / name)
    left, top, right, bottom = content_box(grey)
    assert (right - left) * (bottom - top) > 0.7 * grey.size


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.uint64, np.float32, np.float64])
def test_a_box_is_found_in_numbers_of_any_type(dtype):
    picture, box = framed(black=(12, 0, 0, 9), title=30, text=True)
    assert content_box(picture.astype(dtype)) == box


@pytest.mark.parametrize("quality", [30, 50, 75, 95])
def test_terraces_that_jpeg_makes_of_a_quiet_ground_are_no_margin(quality):
    y, x = np.mgrid[:240, :320]
    ground = 70 + 0.4 * x + 3 * np.sin(y / 40) * (x > 160)
    picture = ground - 60 * np.exp(-(((x - 60 - 0.2 * y) / 2) ** 2))
    picture += np.random.default_rng(0).normal(size=picture.shape) * np.where(x < 160, 0.1, 6)
    data = io.BytesIO()
    PillowImage.fromarray(picture.clip(0, 255).astype(np.uint8)).save(data, "JPEG", quality=quality)
    assert content_box(np.asarray(PillowImage.open(data))) == (0, 0, 320, 240)


@pytest.mark.parametrize("side", range(4))
def test_most_of_a_picture_is_cut_only_if_it_is_constant_throughout(side):
    picture = np.full((200, 200), 40, dtype=np.uint8)
    picture[:100] = grain(100, 200)
    turned = np.rot90(picture, side)
    box = [(0, 0, 200, 100), (0, 0, 100, 200), (0, 100, 200, 200), (100, 0, 200, 200)][side]
    assert content_box(turned) == box
    written = picture.copy()
    written[110:190:4] = 200  # lines of text all over
    assert content_box(np.rot90(written, side)) == (0, 0, 200, 200)


def test_counts_of_few_electrons_are_no_margin():
    for mean in (0.01, 0.05, 0.5, 3):
        counts = np.random.default_rng(0).poisson(mean, (100, 140)).astype(np.uint16)
        grey, box = see(counts)
        assert box == (0, 0, 140, 100)
        assert len(np.unique(grey)) == len(np.unique(counts[counts <= np.percentile(counts, 99.9)]))
        assert np.corrcoef(grey.ravel(), counts.ravel())[0, 1] > 0.95


@pytest.mark.parametrize("scale", [257, 256, 1 / 255, 16])
@pytest.mark.parametrize("bar", [False, True])
def test_a_quiet_jpeg_that_was_saved_deeper_is_still_one(scale, bar):
    """Eight bits multiplied are eight bits: their terraces are no margins, and a bar in them is one."""
    y, x = np.mgrid[:240, :320]
    rng = np.random.default_rng(3)
    quiet = 128 + 5 * np.sin(x / 60) + rng.normal(0, 1, (240, 320))
    quiet -= 60 * np.exp(-(((y - 72 - 0.3 * x) / 2.5) ** 2))
    grey = quiet.clip(0, 255).astype(np.uint8)
    if bar:
        grey = np.vstack([grey, np.full((28, 320), 255, np.uint8)])
    stored = io.BytesIO()
    PillowImage.fromarray(grey).save(stored, "JPEG", quality=40)
    decoded = np.asarray(PillowImage.open(stored))
    deeper = decoded * np.float32(scale) if scale < 1 else decoded.astype(np.uint16) * np.uint16(scale)
    assert content_box(deeper) == content_box(decoded) == (0, 0, 320, 240)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("turn", range(4))
def test_a_scale_of_grey_values_beside_the_micrograph_is_trimmed(dtype, turn):
    bright = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 65535
    scale = np.repeat(np.linspace(bright * 0.2, bright, 320)[None], 20, axis=0)
    grey = np.rot90(np.vstack([grain(240, 320), scale.astype(dtype)]), turn)
    left, top, right, bottom = content_box(np.ascontiguousarray(grey))
    assert (right - left) * (bottom - top) == 240 * 320
    part = see(np.ascontiguousarray(grey))[0][top:bottom, left:right]
    assert 0.2 < part.mean() / np.iinfo(part.dtype).max < 0.8


def test_rows_that_are_alike_by_nature_are_no_scale_of_grey_values():
    enlarged = np.kron(grain(30, 40), np.ones((8, 8), np.uint8))
    fringes = np.repeat(grain(1, 320), 240, axis=0)
    for grey in (enlarged, fringes):
        assert content_box(grey) == (0, 0, 320, 240)
