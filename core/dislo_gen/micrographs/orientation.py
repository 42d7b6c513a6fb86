"""Which way up a picture is shown.

One rule for every picture file, labelme's: a file that says how it is to be turned (EXIF in JPEG and PNG, the
Orientation tag in TIFF) is turned before anything looks at it, so that labels drawn in labelme lie on what they
label, and the picture is the one that every viewer shows. A picture inside a labelme file (its ``imageData``) is
taken as it is stored, as labelme does: it was turned when it was put there.
"""

from __future__ import annotations

import numpy as np

from dislo_gen.micrographs.facts import PixelSize, Values

UPRIGHT = 1


def turned(values: Values, orientation: object) -> Values:
    """Return a stored picture, (H, W) or (H, W, colours), as it is shown.

    Args:
        values: as they are stored.
        orientation: 1 to 8, as EXIF and TIFF count them; anything else leaves the picture as it is.
    """
    if not isinstance(orientation, int) or not 2 <= orientation <= 8:
        return values
    if orientation >= 5:
        values = np.swapaxes(values, 0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)


def turned_size(size: PixelSize | None, orientation: object) -> PixelSize | None:
    """Return the size of a stored picture's pixel as it is shown: a quarter turn swaps width and height."""
    if size is None or not isinstance(orientation, int) or not 5 <= orientation <= 8:
        return size
    return PixelSize(size.y, size.x, size.unit)
