"""The yardstick's scores: lines that `predict` finds in real frames against those that a person traced.

A tolerance of 4 px is for a picture whose longer side is 512, as everywhere. A traced line is found if a line of
its own has 70 % of either within the tolerance of the other. What lies where the person could not tell ("unclear")
counts neither for nor against.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import numpy as np
from matplotlib.path import Path as Outline
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from dislo_gen import Predictions, Region, arc_length, read_labelme
from dislo_gen.micrographs import micrograph_files
from dislo_gen.shapes import OpenCurve

LABELS = Path(__file__).parent / "labels"
TOLERANCE, SHARE = 4.0, 0.7
Points = NDArray[np.float64]


@attrs.frozen
class Score:
    """Sums that scores are made of; those of several frames add up."""

    matched: int = 0
    found: int = 0
    traced: int = 0
    right: int = 0
    drawn: int = 0
    covered: int = 0
    length: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(attrs.astuple(self), attrs.astuple(other), strict=True)))

    @property
    def instances(self) -> float:
        """F1 of whole lines."""
        return 2 * self.matched / max(1, self.found + self.traced)

    @property
    def centreline(self) -> float:
        """F1 of places."""
        precision, recall = self.right / max(1, self.drawn), self.covered / max(1, self.length)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def __str__(self) -> str:
        return (
            f"centreline F1 {self.centreline:.3f} (precision {self.right / max(1, self.drawn):.2f}, recall "
            f"{self.covered / max(1, self.length):.2f}), instances F1 {self.instances:.3f} "
            f"({self.matched} of {self.traced} traced, {self.found} found)"
        )


def score_frame(found: Sequence[Points], labels: Path, box: tuple[int, int, int, int]) -> Score:
    """Score one frame.

    Args:
        found: the curves, (N, 2) each, in px of the picture.
        labels: the labelme file of what a person traced.
        box: left, top, right, bottom of the micrograph in the picture.
    """
    tolerance = TOLERANCE * max(box[2] - box[0], box[3] - box[1]) / 512
    scene = read_labelme(labels, labels=("dislocation", "unclear")).scene
    traced = [_every_pixel(d.shape.points) for d in scene.of_kind("dislocation")]
    unclear = scene.of_kind("unclear")
    outlines = [Outline(d.shape.points) for d in unclear if isinstance(d.shape, Region)]
    doubtful = [_every_pixel(d.shape.points) for d in unclear if isinstance(d.shape, OpenCurve)]
    of_traced = cKDTree(np.concatenate(traced))
    of_doubtful = cKDTree(np.concatenate(doubtful)) if doubtful else None

    def counts(points: Points) -> NDArray[np.bool_]:
        outside = ~np.any([outline.contains_points(points) for outline in outlines], axis=0)
        if of_doubtful is not None:
            outside &= of_doubtful.query(points)[0] > 1.5 * tolerance
        return outside | (of_traced.query(points)[0] <= tolerance)

    lines = [points for points in map(_every_pixel, found) if counts(points).mean() >= 0.5]
    near = np.array([[_alike(line, one, tolerance) for one in traced] for line in lines]).reshape(-1, len(traced))
    alike = near >= SHARE
    matched = int(alike[linear_sum_assignment(alike, maximize=True)].sum())
    drawn = np.concatenate([p[counts(p)] for p in lines]) if lines else np.zeros((0, 2))
    right = int((of_traced.query(drawn)[0] <= tolerance).sum()) if len(drawn) else 0
    covered = int((cKDTree(drawn).query(of_traced.data)[0] <= tolerance).sum()) if len(drawn) else 0
    return Score(matched, len(lines), len(traced), right, len(drawn), covered, of_traced.n)


def labelled_frames(folder: Path, labels: Path = LABELS) -> dict[str, list[Path]]:
    """Return the frames that there are labels for, by the name of the folder they are in."""
    frames: dict[str, list[Path]] = {}
    for path in micrograph_files(folder.resolve()):
        if (labels / f"{path.stem}.json").is_file():
            frames.setdefault(path.parent.name, []).append(path)
    return frames


def score_predictions(found: Predictions, labels: Path = LABELS) -> dict[str, Score]:
    """Score pictures of `labelled_frames`."""
    scores = {}
    for name in found.names:
        record = found.record(name)
        curves = [defect.shape.points for defect in record.scene]
        scores[name] = score_frame(curves, labels / f"{name}.json", record.box)
    return scores


def _every_pixel(points: Points) -> Points:
    along = arc_length(points)
    steps = np.arange(0, along[-1] + 0.5)
    return np.stack([np.interp(steps, along, points[:, axis]) for axis in (0, 1)], axis=1)


def _alike(one: Points, other: Points, tolerance: float) -> float:
    """The smaller of the shares of either that is near the other."""
    shares = (np.mean(cKDTree(b).query(a)[0] <= tolerance) for a, b in ((one, other), (other, one)))
    return float(min(shares))
