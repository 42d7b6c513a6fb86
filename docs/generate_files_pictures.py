"""Make the pictures of docs/files.md: what happens to grey values, from made frames.

``python docs/generate_files_pictures.py`` writes docs/pictures/files-*.jpg. Each shows a frame as programs show it
that stretch it from its least to its greatest value, and as it is looked at, with the box of what is looked at.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy.ndimage import affine_transform

from dislo_gen import Recipe, make_sample, read_micrograph

FOLDER = Path(__file__).parent / "pictures"
SIDE, GAP, LINE = (320, 240), 12, (255, 170, 0)
QUALITY = 88


def frame(index: int) -> NDArray[np.float64]:
    """Return the grey values of a generated image, (H, W), from 0 to 1."""
    recipe = Recipe.from_dict(
        {
            "size": list(SIDE),
            "background": "perlin",
            "geometry": [{"use": "pileup", "pileups": 2, "dislocations": 6}],
            "renderer": "cairo",
            "effect": [{"use": "shot-noise", "strength": 0.04}],
        }
    )
    return make_sample(recipe, seed=7, index=index).image.astype(np.float64)


def counts(image: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Return an image as a camera of 16 bits counts it, in a small part of its range."""
    return np.round(900 + 3200 * image).astype(np.uint16)


def bar(value: int, ink: int) -> NDArray[np.uint16]:
    """Return a title bar with text and a scale bar."""
    drawn = PillowImage.new("L", (SIDE[0], 30), 0)
    pen = ImageDraw.Draw(drawn)
    pen.text((8, 9), "200 kV   x 30 000", fill=255)
    pen.rectangle((220, 13, 300, 17), fill=255)
    return np.where(np.asarray(drawn) > 127, ink, value).astype(np.uint16)


def white_bar() -> NDArray[np.generic]:
    """A 16-bit frame with a white title bar."""
    return np.vstack([counts(frame(0)), bar(65535, 0)])


def hot_pixels() -> NDArray[np.generic]:
    """A 16-bit frame in which one pixel in 700 is hot."""
    hot = np.random.default_rng(0).random(SIDE[::-1]) < 0.0015
    return np.where(hot, np.uint16(65535), counts(frame(1)))


def turned() -> NDArray[np.generic]:
    """A frame of a film whose drift and turning were corrected: NaN where nothing was seen, and dead pixels."""
    angle = np.radians(5)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array(SIDE[::-1]) / 2
    offset = centre - matrix @ centre + (6, -14)
    image = affine_transform(frame(2), matrix, offset, order=1, cval=np.nan)
    image[np.random.default_rng(1).random(image.shape) < 0.001] = np.nan
    return image.astype(np.float32)


def large_offset() -> NDArray[np.generic]:
    """Counts of 32 bits with a large offset, in which a frame has few steps."""
    return (np.uint32(2**31) + np.round(frame(3) * 200).astype(np.uint32)).astype(np.uint32)


PICTURES = {"white-bar": white_bar, "hot-pixels": hot_pixels, "turned": turned, "large-offset": large_offset}


def naive(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Stretch values from the least to the greatest, in single precision; what is no number is black."""
    plain = values.astype(np.float32)
    low, high = np.nanmin(plain), np.nanmax(plain)
    return np.nan_to_num((plain - low) / max(high - low, np.float32(1e-12)) * 255).astype(np.uint8)


def beside(before: NDArray[np.uint8], path: Path) -> PillowImage.Image:
    """Return what other programs show and what is looked at, side by side, with its box."""
    seen = read_micrograph(path)
    height, width = before.shape
    sheet = PillowImage.new("RGB", (2 * width + GAP, height), "white")
    sheet.paste(PillowImage.fromarray(before).convert("RGB"), (0, 0))
    after = PillowImage.fromarray(np.round(seen.image * 255).astype(np.uint8)).convert("RGB")
    left, top, right, bottom = seen.box
    ImageDraw.Draw(after).rectangle((left, top, right - 1, bottom - 1), outline=LINE, width=2)
    sheet.paste(after, (width + GAP, 0))
    return sheet


def quiet_jpeg() -> PillowImage.Image:
    """A frame of a video whose quiet half JPEG made flat: all of it is looked at."""
    image = frame(4)
    ground = np.linspace(0.3, 0.55, SIDE[0])[None].repeat(SIDE[1], axis=0)
    calm = np.linspace(1, 0, SIDE[0])[None] ** 0.5
    grey = np.round(255 * (calm * ground + (1 - calm) * image)).astype(np.uint8)
    data = io.BytesIO()
    PillowImage.fromarray(grey).save(data, "JPEG", quality=35)
    path = FOLDER / "quiet.jpg"
    path.write_bytes(data.getvalue())
    try:
        return beside(np.asarray(PillowImage.open(path)), path)
    finally:
        path.unlink()


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in PICTURES.items():
        values = make()
        path = FOLDER / f"{name}.tif"
        tifffile.imwrite(path, values)
        try:
            beside(naive(values), path).save(FOLDER / f"files-{name}.jpg", quality=QUALITY)
        finally:
            path.unlink()
    quiet_jpeg().save(FOLDER / "files-quiet-jpeg.jpg", quality=QUALITY)


if __name__ == "__main__":
    main()
