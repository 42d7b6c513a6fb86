"""What the network sees: its output for a frame is kept, and lines are found in it with any settings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import attrs
import numpy as np

from dislo_gen import Finding, find_lines
from dislo_gen_app.finding.choices import Settings
from dislo_gen_app.finding.films import Frame, Reader
from dislo_gen_app.finding.lines import Line

if TYPE_CHECKING:
    from dislo_gen.learning import Seeker, Seen

_HELD_BYTES = 300 * 1024**2
"""So much of the network's output stays in memory; the rest is kept on the disk."""
_FOUND = 64
FACTORS = (0.35, 0.5, 0.7, 1.0, 1.4, 2.0)
"""By how much pictures can be made larger or smaller than usual before the network looks at them."""


class GivenUpError(Exception):
    """Somebody wants something else by now."""


class Eye:
    """Looks at frames with one network, and remembers.

    Args:
        weights: of the network, a file or a name.
        reader: of the frames.
    """

    def __init__(self, weights: str | Path, reader: Reader) -> None:
        self.weights = weights
        self.reader = reader
        self._seeker: Seeker | None = None
        self._seen: OrderedDict[tuple[Frame, float | None], Seen] = OrderedDict()
        self._found: OrderedDict[tuple[Frame, float | None, Finding], tuple[Line, ...]] = OrderedDict()
        self._usual: dict[Path, float] = {}
        self._opening, self._looking, self._keeping = Lock(), Lock(), Lock()

    def open(self) -> Seeker:
        """Return what looks and finds.

        Raises:
            DisloGenError: the weights cannot be used, or the extra ``train`` is not installed.
        """
        with self._opening:
            if self._seeker is None:
                from dislo_gen.learning import Seeker

                self._seeker = Seeker(self.weights)
            return self._seeker

    def scale(self, frame: Frame, factor: float) -> float | None:
        """Return the scale for a frame, by which it is looked at; None is the usual one.

        All frames of a file have one scale, so that saving with this scale gives the same lines.
        """
        if factor == 1:
            return None
        return round(self.usual_scale(frame) * factor, 6)

    def usual_scale(self, frame: Frame) -> float:
        """Return the scale at which the network is usually shown the first frame of a file."""
        if frame.file not in self._usual:
            try:
                picture = self.reader.read(attrs.evolve(frame, number=0))
            except Exception:  # a broken first frame: any other does
                picture = self.reader.read(frame)
            left, top, right, bottom = picture.box
            seeker = self.open()
            fitting = max(seeker.size.xy) / max(right - left, bottom - top)
            self._usual[frame.file] = seeker.card.scale or fitting
        return self._usual[frame.file]

    def has_looked(self, frame: Frame, factor: float) -> bool:
        """Say whether the network's output for a frame is in memory."""
        if factor != 1 and frame.file not in self._usual:
            return False  # nor is it known what the factor means
        return (frame, self.scale(frame, factor)) in self._seen

    def look(self, frame: Frame, factor: float, step: Callable[[float], object] | None = None) -> Seen:
        """Return the network's output for a frame.

        Args:
            frame: to look at.
            factor: see `Settings`.
            step: called with the part that is done, 0 to 1; may raise GivenUpError.

        Raises:
            DisloGenError: the frame is broken, too large, or the network cannot be used.
        """
        seeker = self.open()
        scale = self.scale(frame, factor)
        picture = self.reader.read(frame)
        while not self._looking.acquire(timeout=0.1):  # the network looks at one frame at a time
            if step:
                step(0)
        try:
            if (frame, scale) not in self._seen:
                self._keep(frame, scale, seeker.look(picture, scale=scale, step=step))
            return self._seen[frame, scale]
        finally:
            self._looking.release()

    def find(self, frame: Frame, settings: Settings) -> tuple[Line, ...]:
        """Return the lines of a frame, the most confident first; it must have been looked at."""
        scale = self.scale(frame, settings.factor)
        key = (frame, scale, settings.finding)
        if key not in self._found:
            lines = find_curves(self.open(), self._seen[frame, scale], settings.finding)
            with self._keeping:
                self._found[key] = lines
                while len(self._found) > _FOUND:
                    self._found.popitem(last=False)
        return self._found[key]

    def _keep(self, frame: Frame, scale: float | None, seen: Seen) -> None:
        with self._keeping:
            self._seen[frame, scale] = seen
            while len(self._seen) > 1 and sum(each.channels.nbytes for each in self._seen.values()) > _HELD_BYTES:
                self._seen.popitem(last=False)


def find_curves(seeker: Seeker, seen: Seen, finding: Finding) -> tuple[Line, ...]:
    """Return the lines in a network's output, in px of the picture.

    They are those of `Seeker.find`; masks as large as the picture, which take their time, are not made.
    """
    model = seeker.model
    probabilities = seen.channels.astype(np.float32) / np.float32(255)
    found = find_lines(probabilities, finding) if model.instance_channels else model.lines(probabilities, finding)
    height, width = (side // model.oversampling for side in probabilities.shape[1:])
    left, top, right, bottom = seen.box
    factors = np.asarray(((right - left) / width, (bottom - top) / height))
    return tuple(
        Line(attrs.evolve(line.curve, points=line.curve.points * factors + (left, top)), float(line.confidence))
        for line in found
    )
