"""A sheet that shows what a component's parameters do: one scene, drawn at the ends and the middle of each."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.component import Component
from dislo_gen.errors import DisloGenError, PluginError
from dislo_gen.interfaces import kind_of
from dislo_gen.numeric import number_text
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.sheet_page import Row, Tile, compose
from dislo_gen.sheet_scene import DRAWN_KINDS, Stage
from dislo_gen.spans import as_value, at_the_middle, ends_and_middle

_SAMPLES = 3


@attrs.frozen(eq=False)
class ComponentSheet:
    """What `component_sheet` returns.

    Attributes:
        picture: (H, W) uint8 grey, the sheet.
        shown: the parameters on it, in order.
        unseen: parameters that change nothing in this picture, or that are no numbers and no choices.
        problems: sentences about values with which the component failed.
    """

    picture: NDArray[np.uint8]
    shown: tuple[str, ...]
    unseen: tuple[str, ...]
    problems: tuple[str, ...]


def component_sheet(component: Component, tile: int = 160) -> ComponentSheet:
    """Draw the same scene at the ends and the middle of each of a component's parameters.

    The first row has three samples at the defaults. In each further row one parameter changes (`ends_and_middle`
    says between what) and all others are at the middle of their default. Rows in which nothing changes are left
    out.

    Args:
        component: a background, geometry, effect or renderer.
        tile: side of one picture on the sheet, in pixels.

    Raises:
        PluginError: it is of another kind, or fails at its defaults.
    """
    kind = kind_of(type(component))
    if kind not in DRAWN_KINDS:
        raise PluginError(f"a {kind} has no picture; there are sheets for: {', '.join(DRAWN_KINDS)}")
    stage = Stage()
    samples = [Tile(f"sample {number}", stage.sample(component, number)) for number in range(_SAMPLES)]
    rows = [Row("defaults", "three samples", samples)]
    middle = at_the_middle(component)
    shown, unseen, problems = [], [], []
    for parameter in parameters(type(component)):
        tiles = []
        for value in ends_and_middle(parameter):
            try:
                drawn = stage.draw(middle.evolve(**{parameter.name: as_value(value, parameter)}))
            except (DisloGenError, ValueError) as error:
                problems.append(f"{parameter.name} = {_caption(value)}: {error}")
                drawn = None
            tiles.append(Tile(_caption(value), drawn))
        pictures = [one.picture for one in tiles if one.picture is not None]
        if len(pictures) == len(tiles) and all(np.array_equal(picture, pictures[0]) for picture in pictures):
            unseen.append(parameter.name)
            continue
        shown.append(parameter.name)
        rows.append(Row(parameter.name, _about(parameter), tiles))
    return ComponentSheet(compose(rows, tile), tuple(shown), tuple(unseen), tuple(problems))


def _about(parameter: Parameter) -> str:
    return f"{parameter.help} ({parameter.unit})" if parameter.unit else parameter.help


def _caption(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(float(f"{value:.3g}")) if isinstance(value, float) else str(value)
