"""What the tests of the page share: pictures, dropping them, and a network that finds what is dark at once."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

_DROP = """
async ([selector, files]) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
    }
    const zone = document.querySelector(selector);
    zone.dispatchEvent(new DragEvent("dragover", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    zone.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}
"""


def drop(page: Any, selector: str, *files: Path) -> None:
    """Drop files on a place of the page, as a file manager does."""
    data = [[file.name, base64.b64encode(file.read_bytes()).decode()] for file in files]
    page.evaluate(_DROP, [selector, data])


def frame(lines: Sequence[tuple[float, float, float]], size: tuple[int, int] = (96, 72)) -> NDArray[np.uint8]:
    """Return a picture with horizontal lines: row, first and last column of each; the third is faint."""
    width, height = size
    rng = np.random.default_rng(len(lines))
    image = rng.normal(200, 2, (height, width))
    for number, (row, left, right) in enumerate(lines):
        image[round(row) - 1 : round(row) + 2, round(left) : round(right)] = 156 if number == 2 else 20
    return image.clip(0, 255).astype(np.uint8)


def write_film(path: Path, count: int = 3) -> Path:
    """Write a TIFF stack: in frame k are k + 1 lines."""
    rows = [(14 + 16 * n, 20, 40) for n in range(4)]
    tifffile.imwrite(path, np.stack([frame(rows[: k + 1]) for k in range(count)]), photometric="minisblack")
    return path


def write_picture(path: Path, lines: int = 2) -> Path:
    """Write a single picture with lines."""
    Image.fromarray(frame([(14 + 16 * n, 20, 40) for n in range(lines)])).save(path)
    return path
