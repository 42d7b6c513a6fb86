"""Scale: the factor by which a picture is scaled before a network sees it, one notion of it for every command.

It is given, or follows from the width of lines (given, or measured in labelled pictures) and the width of those
that the network learnt from. Else each picture is scaled so that its longer side is the network's.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import attrs

from dislo_gen.errors import DisloGenError, LearningError
from dislo_gen.learning.cards import WeightsCard
from dislo_gen.learning.line_widths import LineWidths, measure_lines, measure_sample, summary
from dislo_gen.learning.windows import looked_at, scale_of
from dislo_gen.pipeline import make_sample
from dislo_gen.recipe import Recipe
from dislo_gen.sample import Sample
from dislo_gen.size import Size

_SEED = 5_000_000_000  # of the pictures that are measured: none that anybody learns from, or judges by
_PICTURES = 24
_SIDE = 256  # px; widths do not depend on it, and small pictures are made sooner
_FRAMES = 40


@attrs.frozen
class Scale:
    """A scale, and what it means for the lines.

    Attributes:
        factor: by which every picture is scaled; None: each so that its longer side is the network's.
        why: a few words on where it comes from.
        lines: how wide they are in the pictures, px, where there are labels by which to measure them.
        seen: the same as the network sees them.
        known: how wide those were that the network learnt from, where that is known.
    """

    factor: float | None
    why: str = ""
    lines: LineWidths | None = None
    seen: LineWidths | None = None
    known: LineWidths | None = None

    def __str__(self) -> str:
        how = "each picture is scaled to the network's size" if self.factor is None else f"scale {self.factor:.3g}"
        text = f"{how}, {self.why}" if self.why else how
        if self.lines is None or self.seen is None:
            return text
        knows = f"; it learnt from lines of {self.known}" if self.known else ""
        return (
            f"{text}: lines are {self.lines.median:.3g} px wide in the pictures, {self.seen.median:.3g} px as the "
            f"network sees them{knows}"
        )

    def nothing_found(self) -> str:
        """Say what the network expects and what there is, where nothing that is labelled was found."""
        there = f"those labelled here are {self.seen.median:.3g} px wide for it" if self.seen else f"here {self}"
        return nothing_found(self.known, there)


def nothing_found(known: LineWidths | None, there: str) -> str:
    """Return what to say where a network finds nothing at all: what it expects, what there is, what to try.

    Args:
        known: widths of the lines that it learnt from.
        there: what there is.
    """
    knows = f"the network knows lines of {known} as it sees them" if known else "no line looks like what it learnt"
    return (
        f"{knows}, and {there}. Measure how wide a line is in the picture, across it at half of its depth, and "
        f"try --line-width with that many px, or --scale with half and twice as much"
    )


def given_scale(card: WeightsCard, scale: float | None = None, line_width: float | None = None) -> float | None:
    """Return the scale that a user asks for, else the one that the weights were tuned at, else None.

    Args:
        card: of the weights.
        scale: the factor.
        line_width: of lines in the pictures, px: full width at half maximum.

    Raises:
        LearningError: both are given, one is not a number more than 0, or nobody knows what lines the network
            learnt from.
    """
    return asked_for(scale, line_width, functools.partial(known_widths, card)) or card.scale


def asked_for(scale: float | None, line_width: float | None, known: Any) -> float | None:
    """Return the scale that ``--scale`` or ``--line-width`` asks for, or None.

    Args:
        scale: the factor, if it is given.
        line_width: of lines in the pictures, px, if that is.
        known: called for the widths of the lines that the network learnt from, or will.

    Raises:
        LearningError: see `given_scale`.
    """
    if scale is not None and line_width is not None:
        raise LearningError("--scale and --line-width: give one of them, since either decides the other")
    if scale is not None and not 1e-3 <= scale <= 1e3:
        raise LearningError(f"--scale {scale:g}: must be between 0.001 and 1000")
    if line_width is None:
        return scale
    if not 0.5 <= line_width <= 1000:
        raise LearningError(
            f"--line-width {line_width:g}: must be between 0.5 and 1000 px, the width of a line in the picture"
        )
    widths = known()
    if widths is None:
        raise LearningError(
            f"--line-width {line_width:g}: how wide the lines were that this network learnt from is not known; "
            f"use --scale instead"
        )
    return rounded(widths.median / line_width)


def rounded(factor: float) -> float:
    """Return a scale of three digits: more would say more than was measured."""
    return float(f"{factor:.3g}")


def scale_for(
    samples: Iterable[Sample],
    size: Size,
    known: LineWidths | None,
    given: float | None = None,
    usual: float | None = None,
) -> Scale:
    """Choose the scale for labelled pictures.

    What is given counts. Else the usual scale is kept if the lines have a width then that the network knows, or if
    they cannot be measured; else they are brought to the width that it knows best.

    Args:
        samples: the pictures with their labels; see `some_frames`.
        size: that the network learnt at, or will.
        known: widths of the lines that it learnt from.
        given: the scale that the user asks for.
        usual: the scale it was tuned at; without one each picture is scaled to the network's size.
    """
    lines, seen = _measured(samples, size, given or usual)
    about = {"lines": lines, "seen": seen, "known": known}
    if given:
        return Scale(given, "as asked for", **about)
    kept = Scale(usual, "at which the network was tuned" if usual else "", **about)
    if lines is None or seen is None:
        return attrs.evolve(kept, why=f"{kept.why}; lines are too few or too faint to be measured".lstrip("; "))
    if known is None or known.knows(seen.median):
        return kept
    factor = rounded(known.median / lines.median)
    return Scale(factor, "chosen by the labels", lines, lines.scaled(factor), known)


def some_frames(groups: Sequence[Sequence[Sample]]) -> Iterator[Sample]:
    """Return frames of several groups, evenly taken where there are very many."""
    step = max(1, sum(map(len, groups)) // _FRAMES)
    return (group[number] for group in groups for number in range(0, len(group), step))


def _measured(
    samples: Iterable[Sample], size: Size, scale: float | None
) -> tuple[LineWidths | None, LineWidths | None]:
    lines: list[float | None] = []
    seen: list[float | None] = []
    for sample in samples:
        found = Size(*looked_at(sample)[0].shape[::-1])
        factor = scale_of(found, size, scale)
        widths = measure_sample(sample)
        lines += widths
        seen += [None if width is None else width * factor for width in widths]
    return summary(lines), summary(seen)


def known_widths(card: WeightsCard) -> LineWidths | None:
    """Return how wide the lines were that a network learnt from, as its card says or its recipes show.

    Returns None where neither tells.
    """
    return card.line_widths or widths_of_recipes(card.recipes)


def widths_of_recipes(recipes: Iterable[Mapping[str, Any]]) -> LineWidths | None:
    """Return how wide lines are in pictures of recipes, given as plain data; None without recipes or lines.

    Some pictures are made and measured, the same ones each time.
    """
    return _of_recipes(tuple(json.dumps({**recipe}, sort_keys=True) for recipe in recipes))


@functools.lru_cache(maxsize=16)
def _of_recipes(texts: tuple[str, ...]) -> LineWidths | None:
    distinct = list(dict.fromkeys(texts))
    found: list[float | None] = []
    try:
        for text in distinct:
            recipe = Recipe.from_dict(json.loads(text), where="recipe of the weights")
            recipe = recipe.evolve(size=Size(*(min(side, _SIDE) for side in recipe.size.xy)))
            for index in range(max(1, _PICTURES // len(distinct))):
                found += measure_sample(make_sample(recipe, _SEED, index))
    except DisloGenError:  # a plugin that is not installed here, say
        return None
    return summary(found)


def widths_of_samples(samples: Iterable[Sample]) -> LineWidths | None:
    """Return how wide lines are in the first pictures of a dataset."""
    return measure_lines(islice(iter(samples), _PICTURES))
