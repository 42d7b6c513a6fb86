"""What an interface promises of its result, as a question: what is wrong with this one?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from dislo_gen.blame import image_problem, masks_problem
from dislo_gen.scene import Defect, Scene
from dislo_gen.shapes import ClosedCurve, OpenCurve, Region
from dislo_gen.size import MAX_SIDE, Size

FARTHEST = 64 * MAX_SIDE
"""Coordinates beyond this many pixels are an error in a computation; Cairo's numbers end not far from there."""


def problem(kind: str, output: Any, size: Size) -> str | None:
    """Say what is wrong with what a plugin's work gave, in words that follow "it"; None if nothing is."""
    if kind in ("background", "renderer"):
        found = image_problem(output, size.shape)
        return f"returns {found}" if found else None
    if kind == "effect":
        image, scene = output
        found = image_problem(image, size.shape)
        return f"returns {found}" if found else scene_problem(scene)
    if kind == "geometry":
        return scene_problem(output)
    if kind == "writer":
        return None if output else "writes no file"
    if kind == "metric":
        return scores_problem(output)
    if kind == "hook":
        image, masks, scene = output
        return _sample_problem(image, masks, scene, size)
    return None


def scene_problem(scene: Any) -> str | None:
    """Say what is wrong with a scene."""
    if not isinstance(scene, Scene):
        return f"returns a {type(scene).__name__} instead of a Scene"
    for number, defect in enumerate(scene):
        if not isinstance(defect, Defect):
            return f"places a {type(defect).__name__} instead of a Defect"
        where = f"places as number {number} a defect whose"
        if not isinstance(defect.kind, str) or not defect.kind.strip():
            return f"{where} kind is {defect.kind!r} instead of a word"
        if not isinstance(defect.group, int) or isinstance(defect.group, bool) or defect.group < 0:
            return f"{where} group is {defect.group!r} instead of a whole number from 0"
        if not isinstance(defect.shape, (OpenCurve, ClosedCurve, Region)):
            return f"{where} shape is a {type(defect.shape).__name__} instead of a curve or a region"
        if not all(type(part) in (int, float) for part in (defect.style.contrast, defect.style.width)):
            return f"{where} style holds something else than Python's numbers, which no record can hold"
        farthest = float(np.abs(defect.shape.points).max())
        if farthest > FARTHEST:
            return f"{where} shape reaches {farthest:g} px, farther than anything can be drawn"
    return None


def scores_problem(scores: Any) -> str | None:
    """Say what is wrong with a metric's numbers."""
    if not isinstance(scores, Mapping) or not scores:
        return f"returns {scores!r} instead of named numbers"
    for name, value in scores.items():
        if not isinstance(name, str):
            return f"names a number {name!r}, which is no word"
        if not isinstance(value, Real) or not math.isfinite(value):
            return f"gives {value!r} as {name}, which is not a finite number"
    return None


def _sample_problem(image: Any, masks: Any, scene: Any, size: Size) -> str | None:
    found = image_problem(image, size.shape) or masks_problem(masks, len(scene.labelled), size.shape)
    return f"returns {found}" if found else scene_problem(scene)
