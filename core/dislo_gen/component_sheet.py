"""A sheet that shows what a component's parameters do: one scene, drawn at the ends and the middle of each."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen.component import Component
from dislo_gen.distributions import Distribution
from dislo_gen.errors import DisloGenError, PluginError
from dislo_gen.interfaces import Image, kind_of
from dislo_gen.numeric import number_text
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.registry import name_of
from dislo_gen.sheet_page import Row, Tile, compose
from dislo_gen.sheet_scene import DRAWN_KINDS, Stage
from dislo_gen.spans import calm, changed, ends_and_middle

_SAMPLES = 3
_INVISIBLE = 2 / 255  # a difference that nobody sees
_EXPLANATION = (
    "Each row changes one parameter; everything else stays at a usual value that lets the change be seen."
)


@attrs.frozen(eq=False)
class ComponentSheet:
    """What `component_sheet` returns.

    Attributes:
        picture: (H, W) uint8 grey, the sheet.
        shown: the parameters on it, in order.
        unseen: parameters that by themselves change nothing to be seen in this picture.
        unshowable: parameters that are no numbers and no choices, or whose default tells of no values to show.
        problems: a sentence for each way in which the component failed.
    """

    picture: NDArray[np.uint8]
    shown: tuple[str, ...]
    unseen: tuple[str, ...]
    unshowable: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def left_out(self) -> str:
        """A sentence on the parameters that are not on the sheet, or ""."""
        return _left_out(self.unseen, self.unshowable)


def component_sheet(component: Component, tile: int = 176) -> ComponentSheet:
    """Draw the same scene at the ends and the middle of each of a component's parameters.

    The first row has three samples at the defaults. In each further row one parameter changes (`ends_and_middle`
    says between what) and all others are at the middle of their default, or where `OnSheet` puts
    them. Rows in which nothing is seen to change are left out.

    Args:
        component: a background, geometry, effect or renderer.
        tile: side of one picture on the sheet, in pixels; with 176 no sheet is wider than 1200.

    Raises:
        PluginError: it is of another kind.
    """
    cls = type(component)
    kind = kind_of(cls)
    if kind not in DRAWN_KINDS:
        raise PluginError(f"a {kind} has no picture; there are sheets for: {', '.join(DRAWN_KINDS)}")
    stage = Stage()
    middle = calm(component)
    shown, unseen, unshowable = [], [], []
    problems: dict[str, str] = {}  # what failed first in each way

    def tile_of(caption: str, when: str, draw: Callable[[], Image]) -> Tile:
        try:
            return Tile(caption, draw())
        except (DisloGenError, ValueError, TypeError) as error:
            problems.setdefault(str(error), when)
            return Tile(caption, None)

    samples = [
        tile_of(f"sample {number}", "by default", functools.partial(stage.sample, component, number))
        for number in range(_SAMPLES)
    ]
    alike = _all_alike(samples)
    rows = [
        Row(
            "defaults",
            "",
            "the same in every sample" if alike else "drawn anew for every sample",
            samples[:1] if alike else samples,
        )
    ]
    for parameter in parameters(cls):
        values = ends_and_middle(parameter)
        tiles = [
            tile_of(
                f"{_caption(value)} {parameter.unit}".rstrip(),
                f"{parameter.name} = {_caption(value)}",
                functools.partial(_draw, stage, middle, parameter, value),
            )
            for value in values
        ]
        if len(values) < 2:
            unshowable.append(parameter.name)
        elif _all_alike(tiles):
            unseen.append(parameter.name)
        else:
            shown.append(parameter.name)
            rows.append(Row(parameter.name, parameter.unit, parameter.help, tiles, _beside(parameter)))
    about = (cls.__doc__ or "").strip().split("\n")[0]
    page = compose(
        f"{_name(cls)}: {kind}",
        [about, _EXPLANATION] if len(rows) > 1 else [about],
        rows,
        _left_out(unseen, unshowable),
        tile,
    )
    sentences = tuple(f"{when}: {text}" for text, when in problems.items())
    return ComponentSheet(page, tuple(shown), tuple(unseen), tuple(unshowable), sentences)


def _draw(stage: Stage, middle: Component, parameter: Parameter, value: Any) -> Image:
    return stage.draw(changed(middle, parameter, value))


def _beside(parameter: Parameter) -> str:
    """What has to be set for a parameter to do anything, or ""."""
    beside = parameter.on_sheet.beside.items()
    settings = [
        f"{name} as drawn" if isinstance(value, Distribution) else f"{name} = {_caption(value)}"
        for name, value in beside
    ]
    return f"with {', '.join(settings)}" if settings else ""


def _all_alike(tiles: Sequence[Tile]) -> bool:
    """Say whether nobody would see a difference; a picture that failed is one."""
    pictures = [one.picture for one in tiles if one.picture is not None]
    return len(pictures) == len(tiles) and float(np.ptp(np.stack(pictures), axis=0).max()) <= _INVISIBLE


def _left_out(unseen: Sequence[str], unshowable: Sequence[str]) -> str:
    parts = [f"{', '.join(unseen)} (by itself, no difference to be seen in this scene)"] if unseen else []
    parts += [f"{', '.join(unshowable)} (neither a number nor a choice)"] if unshowable else []
    return f"Not on the sheet: {'; '.join(parts)}." if parts else ""


def _name(cls: type[Component]) -> str:
    try:
        return name_of(cls)
    except PluginError:
        return cls.__name__


def _caption(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(float(f"{value:.3g}")) if isinstance(value, float) else str(value)
