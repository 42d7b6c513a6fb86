"""Say which plugin broke, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import numpy as np

from dislo_gen.component import Component
from dislo_gen.errors import DisloGenError, PluginError
from dislo_gen.interfaces import Image, kind_of
from dislo_gen.registry import origin


def describe(component: Component) -> str:
    """Return ``renderer 'cairo' (package dislo-gen 0.1.0)``."""
    try:
        plugin = origin(type(component))
    except PluginError:
        return f"{kind_of(type(component))} {type(component).__qualname__}"
    return f"{plugin.kind} '{plugin.name}' (package {plugin.package} {plugin.version})".replace(" )", ")")


@contextmanager
def blame(component: Component, slot: str) -> Iterator[None]:
    """Turn any exception out of a plugin's code into a PluginError that names the plugin and its package."""
    try:
        yield
    except DisloGenError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{slot}: {describe(component)} failed: {told(error)}") from error


def told(error: BaseException) -> str:
    """Return the kind of an exception of a stranger's code, and what it says, if it can say anything."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # one whose text is computed, and fails, too
        return type(error).__name__


def check_image(image: object, shape: tuple[int, int], component: Component, slot: str) -> Image:
    """Return the image a plugin made, if it keeps the contract.

    Raises:
        PluginError: it is no float32 array of that shape, or holds a NaN or a value outside [0, 1].
    """
    wrong = image_problem(image, shape)
    if wrong:
        raise PluginError(f"{slot}: {describe(component)} returned {wrong}")
    return cast("Image", image)


def masks_problem(masks: object, count: int, shape: tuple[int, int]) -> str | None:
    """Say what keeps something from being the masks of so many labelled defects; else None."""
    wanted = (count, *shape)
    if isinstance(masks, np.ndarray) and masks.dtype == np.bool_ and masks.shape == wanted:
        return None
    return f"masks that are not bool of shape {wanted}, one for each labelled defect"


def image_problem(image: object, shape: tuple[int, int]) -> str | None:
    """Say what keeps something from being an image of this shape, in words that follow "returned"; else None."""
    if not isinstance(image, np.ndarray):
        return f"a {type(image).__name__} instead of an array"
    if image.shape != shape:
        return f"an image of shape {image.shape} instead of {shape}"
    if image.dtype != np.float32:
        return f"an image of {image.dtype} instead of float32"
    low, high = float(image.min()), float(image.max())
    if low >= 0 and high <= 1:
        return None
    found = "NaN" if np.isnan(low + high) else f"values from {low:g} to {high:g}"
    return f"{found}; an image holds finite values from 0 to 1"
