"""Renderers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dislo_gen.interfaces import Image
from dislo_gen.rasterize import draw_mask
from dislo_gen.scene import DISLOCATION, Defect, Scene, Style
from dislo_gen.seeding import Purpose, generator
from dislo_gen.shapes import ClosedCurve, OpenCurve, Region, Shape, circle
from dislo_gen.size import Size
from dislo_gen.testing import situations
from dislo_gen.testing.check import NotConformingError, check
from dislo_gen.testing.demand import demand_contract
from dislo_gen.testing.exercise import Task, as_bytes, fixed
from dislo_gen.testing.subject import Subject

_SIZE = Size(96, 96)
_TRIES = 8
_NEAR = 24.0
# One grey level of an 8-bit picture: less can be seen by nobody.
_LEAST = 1 / 255
# Diffraction contrast may lie beside its line, by less than this many pixels.
_OFF = 6.0


@check("renderer")
def draws_a_picture(subject: Subject) -> None:
    """It returns a float32 array of the picture's size, finite, from 0 to 1."""
    for index in range(4):
        demand_contract(subject, Task(index=index))


@check("renderer")
def an_empty_scene_is_the_background(subject: Subject) -> None:
    """Given a scene without defects it returns the background as it is."""
    picture = situations.picture(_SIZE)
    for seed in range(_TRIES):
        if not np.array_equal(_draw(subject, picture, Scene(), seed), picture):
            raise NotConformingError("it changes the background where there is nothing to draw")


@check("renderer")
def nothing_is_left_out(subject: Subject) -> None:
    """Every shape of every kind, one never heard of included, shows where it lies, if not in every sample."""
    picture = np.full(_SIZE.shape, 0.5, dtype=np.float32)
    shapes = situations.zigzag(_SIZE), situations.ring(_SIZE), situations.patch(_SIZE)
    for kind in (DISLOCATION, "loop", "void", situations.UNHEARD_OF):
        for shape in shapes:
            if not any(_shows(subject, picture, kind, shape, seed) for seed in range(_TRIES)):
                raise NotConformingError(f"{_article(shape)} of the kind '{kind}' is not to be seen anywhere")


def _shows(subject: Subject, picture: Image, kind: str, shape: Shape, seed: int) -> bool:
    drawn = _draw(subject, picture, Scene([Defect(kind, shape)]), seed)
    return bool(np.abs(drawn - picture)[_near(shape)].max() >= _LEAST)


def _near(shape: Shape) -> NDArray[np.bool_]:
    """Return which pixels are near a curve, or in a region or near its outline."""
    outline, inside = np.zeros((2, *_SIZE.shape), dtype=np.bool_)
    draw_mask(outline, ClosedCurve(shape.points) if isinstance(shape, Region) else shape, _NEAR)
    if isinstance(shape, Region):
        draw_mask(inside, shape, _NEAR)
    near: NDArray[np.bool_] = outline | inside
    return near


@check("renderer")
def drawn_where_the_scene_has_it(subject: Subject) -> None:
    """What changes in the picture is where the shape is: x to the right, y down, from the top-left corner."""
    picture = np.full(_SIZE.shape, 0.5, dtype=np.float32)
    for shape in (OpenCurve([(12, 20), (40, 30)]), Region(circle((72, 62), 7).points)):
        for seed in range(_TRIES):
            change = np.abs(_draw(subject, picture, Scene([Defect(DISLOCATION, shape)]), seed) - picture)
            # A dark field, or another exposure, changes the picture everywhere by as much.
            change = np.abs(change - np.median(change))
            if change.max() < _LEAST:
                continue
            rows, columns = np.indices(change.shape) + 0.5
            seen = np.array((np.average(columns, weights=change), np.average(rows, weights=change)))
            wanted = shape.points.mean(axis=0)
            if np.hypot(*(seen - wanted)) > _OFF:
                raise NotConformingError(
                    f"{_article(shape)} around ({wanted[0]:.0f}, {wanted[1]:.0f}) px is drawn around "
                    f"({seen[0]:.0f}, {seen[1]:.0f})"
                )


@check("renderer")
def regions_are_filled_by_the_even_odd_rule(subject: Subject) -> None:
    """Where an outline crosses itself, what its mask leaves open stays open in the picture."""
    picture = np.full(_SIZE.shape, 0.5, dtype=np.float32)
    turns = np.radians(np.arange(5) * 144 - 90)
    star = Region(np.stack((48 + 42 * np.cos(turns), 48 + 42 * np.sin(turns)), axis=1))
    arms, middle = np.zeros((2, *_SIZE.shape), dtype=np.bool_)
    draw_mask(arms, star, 1.0)
    draw_mask(middle, Region(circle((48, 48), 8).points), 1.0)
    for seed in range(_TRIES):
        change = np.abs(_draw(subject, picture, Scene([Defect(DISLOCATION, star)]), seed) - picture)
        if change[middle].mean() > max(0.5 * change[arms].mean(), _LEAST):
            raise NotConformingError("it fills the middle of a five-pointed star, which its mask leaves open")


@check("renderer")
def styles_are_followed(subject: Subject) -> None:
    """A Style's contrast of 0 hides a defect, and its width_px says how wide a line is."""
    picture = np.full(_SIZE.shape, 0.5, dtype=np.float32)
    line = situations.zigzag(_SIZE)
    hidden, narrow, wide = (
        [_drawn_pixels(subject, picture, Defect(DISLOCATION, line, style=style), seed) for seed in range(_TRIES)]
        for style in (Style(contrast=0), Style(width_px=2), Style(width_px=16))
    )
    if any(hidden):
        raise NotConformingError("a line of Style(contrast=0) is to be seen; multiply your contrast by it")
    if not sum(wide) > 2 * sum(narrow):
        raise NotConformingError(
            f"a line of Style(width_px=16) covers {sum(wide) / _TRIES:g} px and one of width_px=2 covers "
            f"{sum(narrow) / _TRIES:g}; take your line's width from style.line_width(usual)"
        )


def _drawn_pixels(subject: Subject, picture: Image, defect: Defect, seed: int) -> int:
    return int((np.abs(_draw(subject, picture, Scene([defect]), seed) - picture) >= _LEAST).sum())


@check("renderer")
def the_truth_is_not_its_business(subject: Subject) -> None:
    """Scene and masks are the same whether it draws or not."""
    scene = situations.scene(_SIZE)
    truth = as_bytes((scene, situations.sample(_SIZE, scene).masks))
    _draw(subject, situations.picture(_SIZE), scene, 0)
    if as_bytes((scene, situations.sample(_SIZE, scene).masks)) != truth:
        raise NotConformingError("it changes the scene that it draws, and with it the masks")


def _article(shape: Shape) -> str:
    return f"{'an' if shape.name[0] in 'aeiou' else 'a'} {shape.name}"


def _draw(subject: Subject, picture: Image, scene: Scene, seed: int) -> Image:
    component = fixed(subject.instance, Task(_SIZE, seed))
    drawn: Image = component.draw(picture, scene, generator(seed, 0, Purpose.COMPONENT, "renderer"))
    return drawn
