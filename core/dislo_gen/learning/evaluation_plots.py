"""Plots of an evaluation: the matrix of networks and pictures, and the score by the number of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dislo_gen.learning.pictures import encode_figure, new_figure

if TYPE_CHECKING:
    from dislo_gen.learning.results import Evaluation


_LETTERS = 40


def _label(name: str) -> str:
    """Return a name as a plot can show it: not too long, and no dollar sign stands for mathematics."""
    short = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 10]}…{name[-9:]}"
    return "".join(c if c.isprintable() else "?" for c in short).replace("$", r"\$")


def draw_matrix(evaluation: Evaluation, number: str) -> bytes:
    """Draw a number's mean for every network on every set, like Fig. 9a of Govind et al. 2023; a PNG file."""
    values = evaluation.matrix(number)
    rows, columns = values.shape
    figure = new_figure(2.5 + 1.3 * columns, 1.8 + 0.7 * rows)
    axes = figure.subplots()
    largest = max(1.0, float(np.nanmax(values))) if np.isfinite(values).any() else 1.0
    shown = axes.imshow(values, vmin=0, vmax=largest, cmap="viridis", aspect="auto")
    axes.set_xticks(range(columns), map(_label, evaluation.data), rotation=20, ha="right")
    axes.set_yticks(range(rows), map(_label, evaluation.models))
    axes.set_xlabel("evaluated on")
    axes.set_ylabel("trained network")
    for row in range(rows):
        for column in range(columns):
            dark = values[row, column] < 0.6 * largest
            axes.text(
                column,
                row,
                f"{values[row, column]:.3f}",
                ha="center",
                va="center",
                color="white" if dark else "black",
            )
    figure.colorbar(shown, label=number)
    return encode_figure(figure)


def draw_by_lines(evaluation: Evaluation, number: str) -> bytes:
    """Draw a number's spread for each number of lines in a picture, like Fig. 9b there; a PNG file."""
    rows, columns = len(evaluation.models), len(evaluation.data)
    figure = new_figure(1 + 4 * columns, 0.6 + 2.6 * rows)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for row, model in enumerate(evaluation.models):
        for column, data in enumerate(evaluation.data):
            axes, result = panels[row, column], evaluation.result(model, data)
            axes.set_title(f"{_label(model)} on {_label(data)}", fontsize=9)
            axes.grid(axis="y", alpha=0.3)
            if result is None:
                continue
            lines, scores = np.array(result.lines), np.array(result.by_image[number])
            counts = np.unique(lines)
            axes.boxplot(
                [scores[lines == count] for count in counts], positions=counts, widths=0.6, manage_ticks=False
            )
            axes.plot(lines, scores, ".", alpha=0.25, markersize=4)
            axes.set_xlabel("lines in the image")
            axes.xaxis.get_major_locator().set_params(integer=True)
        panels[row, 0].set_ylabel(number)
    return encode_figure(figure)
