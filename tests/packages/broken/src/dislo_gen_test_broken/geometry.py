"""Broken geometries."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from dislo_gen_test_good.geometry import Scratches
from numpy.random import Generator

from dislo_gen import ClosedCurve, Defect, OpenCurve, Scene, Size, Style, component
from dislo_gen_test_broken import declarations
from dislo_gen_test_broken.misbehaviour import Misbehaves


def _forced(instance: Any, **values: Any) -> Any:
    """Set what a frozen class would convert or refuse."""
    for name, value in values.items():
        object.__setattr__(instance, name, value)
    return instance


@component
class Misbehaving(Misbehaves, Scratches):
    """Misbehaves as it is told to."""

    def place(self, size: Size, rng: Generator) -> Scene:
        scene, by = super().place(size, rng), 1 - 0.1 * self.disturbance(size.xy)
        return Scene(attrs.evolve(defect, shape=OpenCurve(by * defect.shape.points)) for defect in scene)


@component
class Unpublished(Scratches):
    """No entry point leads to it."""


@component
class Undocumented(Scratches):
    pass


@component
class Unexplained(declarations.Unexplained, Scratches):
    """Has a parameter without Help."""


@component
class Unbounded(declarations.Unbounded, Scratches):
    """Has a number without Range."""


@component
class Converted(declarations.Converted, Scratches):
    """Is not read back as it was written."""


@component
class Validated(declarations.Validated, Scratches):
    """Demands what no schema knows."""


class _Spoilt(Scratches):
    """Spoils every defect."""

    def place(self, size: Size, rng: Generator) -> Any:
        return Scene(self.spoil(defect, number) for number, defect in enumerate(super().place(size, rng)))

    def spoil(self, defect: Defect, number: int) -> Any:
        raise NotImplementedError


@component
class Listed(Scratches):
    """Returns a list."""

    def place(self, size: Size, rng: Generator) -> Any:
        return list(super().place(size, rng))


@component
class Bare(_Spoilt):
    """Places curves that are no defects."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return defect.shape


@component
class Nameless(_Spoilt):
    """Places defects without a kind."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return _forced(defect, kind="")


@component
class Grouped(_Spoilt):
    """Numbers groups from -1."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return _forced(defect, group=number - 1)


@component
class Shapeless(_Spoilt):
    """Places points instead of shapes."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return _forced(defect, shape=defect.shape.points)


@component
class Styled(_Spoilt):
    """Has NumPy's numbers in its style."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return attrs.evolve(defect, style=_forced(Style(), width=np.float32(2)))


@component
class Far(_Spoilt):
    """Divides by almost nothing."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return attrs.evolve(defect, shape=OpenCurve(defect.shape.points * 1e9))


@component
class Twins(_Spoilt):
    """Gives two defects one id."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return attrs.evolve(defect, id=number // 2)


@component
class Claims(_Spoilt):
    """Claims that half of everything is visible."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return attrs.evolve(defect, visible=0.5)


@component
class Unlabelled(_Spoilt):
    """Labels nothing."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return attrs.evolve(defect, labelled=False)


@component
class Outside(_Spoilt):
    """Places everything outside the picture."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return attrs.evolve(defect, shape=OpenCurve(defect.shape.points + 2000))


@component
class Numbered(_Spoilt):
    """Numbers its defects with NumPy's integers."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return _forced(defect, id=np.int64(number))


@attrs.frozen(eq=True)
class Arc(ClosedCurve):
    """A closed curve that knows its radius, which no record holds."""

    radius: float = 1.0


@component
class Arcs(_Spoilt):
    """Places shapes of its own making."""

    def spoil(self, defect: Defect, number: int) -> Any:
        return attrs.evolve(defect, shape=Arc(np.concatenate((defect.shape.points, [(0, 0)])), radius=5.0))
