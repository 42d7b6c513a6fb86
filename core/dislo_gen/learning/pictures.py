"""Pictures of a training: its curves, and predictions beside the truth."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dislo_gen.contact_sheet import colour_masks, shrink
from dislo_gen.extras import require
from dislo_gen.instances import Finding, line_masks, lines_of
from dislo_gen.interfaces import Model
from dislo_gen.png import encode_png
from dislo_gen.sample import Sample

if TYPE_CHECKING:
    from torch import nn

_TILE = 256
_GAP = 6


def new_figure(width: float, height: float) -> Any:
    """Return a Matplotlib figure of this size in inches, drawn without a screen.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    figure = require("matplotlib.figure", "Drawing plots")
    return figure.Figure(figsize=(width, height), dpi=120, layout="constrained")


def encode_figure(figure: Any) -> bytes:
    """Return a figure as a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def draw_curves(
    rows: Sequence[Mapping[str, float]],
    judged_by: str | None,
    best: Mapping[str, float] | None,
    judged_on: str = "held-out images",
    before: float | None = None,
) -> bytes:
    """Draw losses and metrics over the epochs, a PNG file that says in words which epoch is the best and why.

    Args:
        rows: one for each epoch, as `metrics.csv` has them.
        judged_by: the number that the best weights are chosen by, if they are; the best epoch is marked.
        best: the row of that epoch.
        judged_on: in a few words, on what they are chosen.
        before: the same number before anything was learnt, where it is known.
    """
    figure = new_figure(9, 3.6)
    left, right = figure.subplots(1, 2)
    epochs = [row["epoch"] for row in rows]
    aside = ("epoch", "step", "learning rate", "seconds")
    for name in (name for name in rows[-1] if name not in aside):
        values = [row.get(name, np.nan) for row in rows]
        axes = left if name.endswith("loss") else right
        axes.plot(epochs, values, marker=".", label=name, linewidth=2 if name in ("loss", judged_by) else 1)
    if judged_by is not None and best is not None:
        right.axvline(best["epoch"], color="grey", linestyle=":", label="best")
        if before is not None:
            right.axhline(before, color="black", linestyle="--", linewidth=1, label=f"{judged_by} before")
    figure.suptitle(_in_words(judged_by, best, judged_on, before), fontsize=9)
    for axes, title in ((left, "loss: less is better"), (right, "scores on what is held out")):
        axes.set_xlabel("epoch")
        axes.set_title(title)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7)
    left.set_ylim(bottom=0)
    right.set_ylim(0, 1)
    return encode_figure(figure)


def _in_words(
    judged_by: str | None, best: Mapping[str, float] | None, judged_on: str, before: float | None
) -> str:
    if judged_by is None:
        return "kept: the last epoch; every labelled frame is learnt from, so that none is left to choose by"
    if best is None:
        return f"chosen by {judged_by} on {judged_on}: no epoch so far"
    by = judged_by.rpartition(" ")[2]
    text = f"best: epoch {best['epoch']:.0f}, by {by} {best[judged_by]:.2f} on {judged_on}"
    return textwrap.fill(text if before is None else f"{text}; before: {before:.2f}", 110)


def draw_predictions(
    model: Model, network: nn.Module, samples: Sequence[Sample], finding: Finding | None = None
) -> bytes:
    """Draw a sheet, a PNG file: a row for each sample with the image, its truth, and what the network finds."""
    from dislo_gen.learning.network import predict_channels  # which takes torch; overlays do not

    was_training = network.training
    network.eval()
    try:
        found = [(sample, predict_channels(network, sample.image)) for sample in samples]
        return draw_found(model, found, finding)
    finally:
        network.train(was_training)


def draw_found(
    model: Model, predictions: Sequence[tuple[Sample, Any]], finding: Finding | None = None, tile: int = _TILE
) -> bytes:
    """Draw samples beside their truth and what was found in them, a PNG file.

    Args:
        model: what the network was built from.
        predictions: samples, each with its channels' probabilities, (N, H, W) float32.
        finding: how lines are put together; by default as usual.
        tile: longer side of each picture, px.
    """
    rows = [_row(model, sample, channels, finding, tile) for sample, channels in predictions]
    width = max((row.shape[1] for row in rows), default=tile)
    sheet = [np.full((_GAP, width, 3), 255, dtype=np.uint8)]
    sheet += [np.pad(row, ((0, _GAP), (0, width - row.shape[1]), (0, 0)), constant_values=255) for row in rows]
    return encode_png(np.concatenate(sheet))


def _row(model: Model, sample: Sample, channels: Any, finding: Finding | None, tile: int) -> Any:
    masks = line_masks(lines_of(model, channels, finding), sample.image.shape)
    grey = np.repeat(sample.image[..., None], 3, axis=2)
    parts = [grey, colour_masks(sample.image, sample.masks), colour_masks(sample.image, masks)]
    shown = [shrink(np.clip(part, 0, 1), tile) for part in parts]
    gap = np.full((shown[0].shape[0], _GAP, 3), 255, dtype=np.uint8)
    return np.concatenate([shown[0], gap, shown[1], gap, shown[2]], axis=1)
