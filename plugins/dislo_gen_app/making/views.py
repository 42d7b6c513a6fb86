"""Pictures of what is being made, in each of the ways in which they can be looked at."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen import DisloGenError, Recipe, Sample, colour_masks, component_class, make_sample
from dislo_gen_app.making.parts import offers
from dislo_gen_app.pictures import grey

PICTURE, MASKS, BOTH, WIPE, RENDERERS, SEEDS = "picture", "masks", "both", "wipe", "renderers", "seeds"
VIEWS = {
    PICTURE: "Picture",
    MASKS: "Masks",
    BOTH: "Both",
    WIPE: "Wipe",
    RENDERERS: "Renderers",
    SEEDS: "Four seeds",
}
REAL = "real"
"""Name of the figure that is no made one."""
_SEEDS = 4


@attrs.frozen(eq=False)
class Figure:
    """A picture on the page.

    Attributes:
        name: for its address.
        caption: below it.
        pixels: (H, W) grey or (H, W, 3) colour, uint8; None where it could not be made.
        problem: why not, or "".
    """

    name: str
    caption: str
    pixels: NDArray[np.uint8] | None
    problem: str = ""


@attrs.frozen(eq=False)
class Shown:
    """What is looked at: the sample itself, and figures of it."""

    sample: Sample
    figures: tuple[Figure, ...]


def show(view: str, recipe: Recipe, seed: int, index: int) -> Shown:
    """Make what a view shows.

    Args:
        view: one of `VIEWS`.
        recipe: at the size to be looked at.
        seed: of the sample, and
        index: its number.

    Raises:
        DisloGenError: the sample cannot be made.
    """
    sample = make_sample(recipe, seed, index)
    made = Figure("made", "", grey(sample.image))
    if view == MASKS:
        return Shown(sample, (_masks(sample),))
    if view in (BOTH, WIPE):
        return Shown(sample, (attrs.evolve(made, caption="picture"), _masks(sample)))
    if view == RENDERERS:
        return Shown(sample, _under_renderers(recipe, sample))
    if view == SEEDS:
        others = [
            _tried(f"seed-{number}", f"seed {seed + number}", recipe, seed + number, index)
            for number in range(1, _SEEDS)
        ]
        return Shown(sample, (attrs.evolve(made, name="seed-0", caption=f"seed {seed}"), *others))
    return Shown(sample, (made,))


def _masks(sample: Sample) -> Figure:
    count = len(sample.masks)
    caption = "1 mask" if count == 1 else f"{count} masks"
    coloured = colour_masks(sample.image, sample.masks)
    return Figure("masks", caption, np.round(coloured * np.float32(255)).astype(np.uint8))


def _under_renderers(recipe: Recipe, sample: Sample) -> tuple[Figure, ...]:
    """Draw the same scene with each renderer: this recipe's with its parameters, the others as they are."""
    figures = []
    for number, offer in enumerate(offers("renderer")):
        name = f"renderer-{number}"
        if offer.reason:
            figures.append(Figure(name, offer.name, None, offer.reason))
            continue
        cls = component_class("renderer", offer.name)
        if type(recipe.renderer) is cls:
            figures.append(Figure(name, f"{offer.name} (chosen)", grey(sample.image)))
            continue
        try:
            other = recipe.evolve(renderer=cls())
        except (TypeError, ValueError) as error:
            figures.append(Figure(name, offer.name, None, str(error)))
            continue
        figures.append(_tried(name, offer.name, other, sample.seed, sample.index))
    return tuple(figures)


def _tried(name: str, caption: str, recipe: Recipe, seed: int, index: int) -> Figure:
    try:
        return Figure(name, caption, grey(make_sample(recipe, seed, index).image))
    except DisloGenError as error:
        return Figure(name, caption, None, str(error))


def columns(view: str, count: int) -> int:
    """Return how many figures stand in a row."""
    return 1 if view == WIPE else 2 if count == _SEEDS else count
