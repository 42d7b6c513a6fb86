"""Synthetic images beside real ones, on one sheet, to be looked at.

    python tests/looks/beside_real.py FOLDER SHEET.png [--count 32]

FOLDER holds micrographs, in folders of its own if it likes. The sheet has as many samples of each recipe below,
and crops of the micrographs in the last rows; `--blind KEY.txt` shuffles them all, and KEY tells which is which.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from dislo_gen import Recipe, make_sample

SIDE, TILE, COLUMNS = 512, 256, 12
WAYS = {
    "wild": {"base": "wild"},
    "m2 with cairo": {"base": "m2"},
    "m2 with two-beam": {"base": "m2", "renderer": "two-beam"},
}
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}


def synthetic(count: int, seed: int) -> list[tuple[str, PillowImage.Image]]:
    """Make the samples of every way."""
    made = []
    for name, way in WAYS.items():
        recipe = Recipe.from_names(**way, size=SIDE)
        for index in range(count):
            image = make_sample(recipe, seed, index).image
            made.append((name, PillowImage.fromarray((image * 255).astype(np.uint8))))
    return made


def real(folder: Path, count: int, rng: np.random.Generator) -> list[tuple[str, PillowImage.Image]]:
    """Cut squares out of micrographs, away from their edges, where screen grabs have frames."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise SystemExit(f"{folder} holds no micrographs ({', '.join(sorted(SUFFIXES))})")
    crops = []
    for number in range(count):
        path = paths[number * len(paths) // count] if count < len(paths) else paths[number % len(paths)]
        picture = PillowImage.open(path).convert("L")
        side = min(SIDE, round(0.7 * min(picture.size)))
        left, top = (
            int(rng.integers(0.1 * full, max(0.9 * full - side, 0.1 * full) + 1)) for full in picture.size
        )
        crops.append((f"{path.parent.name}/{path.name}", picture.crop((left, top, left + side, top + side))))
    return crops


def main() -> None:
    """Make the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sheet", type=Path)
    parser.add_argument("--count", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--blind", type=Path, metavar="KEY")
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    tiles = synthetic(asked.count, asked.seed) + real(asked.folder, asked.count, rng)
    if asked.blind:
        tiles = [tiles[place] for place in rng.permutation(len(tiles))]
        asked.blind.write_text(
            "".join(f"{n // COLUMNS} {n % COLUMNS} {name}\n" for n, (name, _) in enumerate(tiles))
        )
    rows = -(-len(tiles) // COLUMNS)
    sheet = PillowImage.new("L", (COLUMNS * TILE, rows * TILE), 255)
    for number, (_, picture) in enumerate(tiles):
        place = (number % COLUMNS * TILE, number // COLUMNS * TILE)
        sheet.paste(picture.resize((TILE - 4, TILE - 4), PillowImage.Resampling.LANCZOS), place)
    sheet.save(asked.sheet)


if __name__ == "__main__":
    main()
