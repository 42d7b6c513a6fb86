"""Seeking lines in two steps: what a network gives for a picture, which is kept, and the lines that are in it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray

from dislo_gen._version import __version__
from dislo_gen.errors import LearningError
from dislo_gen.extras import require
from dislo_gen.files import file_sha256
from dislo_gen.instances import Finding, FoundLine, find_lines, lines_of
from dislo_gen.interfaces import Image, Model
from dislo_gen.learning.cards import read_card
from dislo_gen.learning.outputs import Outputs, output_key, probabilities_of, quantise
from dislo_gen.learning.windows import resize, resize_mask, scale_of, scaled_size
from dislo_gen.micrographs import Micrograph
from dislo_gen.ready_weights import find_weights
from dislo_gen.registry import origin
from dislo_gen.scene import DISLOCATION, Defect, Scene
from dislo_gen.size import Size

if TYPE_CHECKING:
    from torch import nn

Box = tuple[int, int, int, int]


@attrs.frozen(eq=False)
class Found:
    """What a network finds in one picture.

    Attributes:
        lines: in px of the picture, the most confident first.
        box: left, top, right, bottom of the part that was looked at, px.
        scale: by which that part was scaled.
    """

    lines: tuple[FoundLine, ...]
    box: Box
    scale: float

    @property
    def scene(self) -> Scene:
        """The lines as defects."""
        return Scene(Defect(DISLOCATION, line.curve, group=n, id=n) for n, line in enumerate(self.lines))


@attrs.frozen
class Part:
    """What a network is shown of a picture.

    Attributes:
        shape: height and width of the whole picture, px.
        box: left, top, right, bottom of the part that is looked at, px.
        scale: by which that part is scaled.
    """

    shape: tuple[int, int]
    box: Box
    scale: float

    @classmethod
    def of(cls, shape: tuple[int, ...], size: Size, box: Box | None, scale: float | None) -> Part:
        """Return what a network that learnt at a size is shown of a picture of a shape.

        Raises:
            LearningError: scaled, it would be too large.
        """
        height, width = shape
        box = box or (0, 0, width, height)
        found = Size(box[2] - box[0], box[3] - box[1])
        return cls((height, width), box, scale_of(found, size, scale))

    @property
    def seen(self) -> Size:
        """The size at which the network sees it."""
        left, top, right, bottom = self.box
        return scaled_size(Size(right - left, bottom - top), self.scale)

    def cut(self, image: Image) -> Image:
        """Return the part of the picture, as large as it is there."""
        left, top, right, bottom = self.box
        return image[top:bottom, left:right]

    def place(self, line: FoundLine) -> FoundLine:
        """Return a line of what the network saw in the pixels of the whole picture."""
        left, top, right, bottom = self.box
        part = Size(right - left, bottom - top)
        factors = np.asarray(part.xy) / np.asarray(self.seen.xy)
        mask = np.zeros(self.shape, dtype=np.bool_)
        mask[top:bottom, left:right] = resize_mask(line.mask, part)
        curve = attrs.evolve(line.curve, points=line.curve.points * factors + (left, top))
        return attrs.evolve(line, curve=curve, mask=mask)


@attrs.frozen(eq=False)
class Seen:
    """What a network gives for one picture; `Seeker.find` finds the lines in it.

    Attributes:
        channels: (N, h, w) uint8, probabilities in steps of 1/255, at the size at which the network saw the
            picture; (N, K h, K w) with the model's oversampling of K.
        box: left, top, right, bottom of the part that was looked at, px.
        scale: by which that part was scaled.
        shape: height and width of the picture, px.
        cached: whether it was kept from before, and the network did not run.
    """

    channels: NDArray[np.uint8]
    box: Box
    scale: float
    shape: tuple[int, int]
    cached: bool


class Seeker:
    """Finds lines in pictures with one network, and keeps what the network gives.

    Looking at a picture takes the network a second or more, finding lines in what it gives a fraction of that.
    What it gives is kept, compressed, in the user's cache folder (`dislo_gen.learning.outputs`), so that lines
    are found with other settings at once, tomorrow, too. The network is loaded, and torch imported, only when a
    picture is looked at whose output is not kept. Lines never depend on whether it was. Threads may share one.

    Args:
        weights: file of a trained network, or the name of ready ones, such as "starter".
        mirrored: see `predict_channels`.
        cache: whether outputs are kept, and those that were kept taken.

    Attributes:
        file: of the weights.
        sha256: of that file.
        card: what the weights say of themselves.
        finding: how lines are put together best from this network's channels.
        size: the size that the network learnt at.
        model: what the network is built from.
        mirrored: see `predict_channels`.

    Raises:
        LearningError: the weights cannot be used.
        DatasetError: they cannot be read.
    """

    def __init__(self, weights: str | Path, *, mirrored: bool = True, cache: bool = True) -> None:
        self.file = find_weights(weights)
        self.card = read_card(self.file)
        self.sha256 = file_sha256(self.file)
        self.finding = self.card.load_finding(str(self.file))
        self.size = Size(*self.card.size)
        self.model: Model = self.card.load_model(str(self.file))
        self.mirrored = mirrored
        self._outputs = Outputs() if cache else None
        self._network: nn.Module | None = None
        self._loading = threading.Lock()

    def look(
        self,
        picture: Micrograph | Image,
        *,
        scale: float | None = None,
        box: Box | None = None,
        step: Callable[[float], object] | None = None,
    ) -> Seen:
        """Return what the network gives for a picture: what was kept, or else it runs.

        Args:
            picture: a micrograph, or (H, W) float32 from 0 to 1.
            scale: by which to scale it; by default as the network was tuned at, or so that the longer side is the
                network's. See `given_scale`.
            box: left, top, right, bottom of the part to look at, px; by default the part of a micrograph without
                title bars, and all of an array.
            step: called with the part of the work that is done, 0 to 1, where the network runs.

        Raises:
            LearningError: scaled, the picture would be too large; there is not enough memory for it; or the
                weights do not fit their network.
            MissingExtraError: torch is needed and not installed.
        """
        image = picture.image if isinstance(picture, Micrograph) else picture
        if isinstance(picture, Micrograph):
            box = box or picture.box
        part = Part.of(image.shape, self.size, box, scale or self.card.scale)
        key = self._key(image, part)
        kept = self._outputs.get(key, self._shape(part)) if self._outputs else None
        if kept is not None:
            return Seen(kept, part.box, part.scale, part.shape, cached=True)
        network = self.load()
        with enough_memory(picture.name if isinstance(picture, Micrograph) else "the picture"):
            channels = give_channels(network, image, part, self.model, mirrored=self.mirrored, step=step)
        if self._outputs and channels.shape == self._shape(part):
            self._outputs.put(key, channels)
        return Seen(channels, part.box, part.scale, part.shape, cached=False)

    def keeps(self, picture: Micrograph, *, scale: float | None = None) -> bool:
        """Say whether what the network gives for a picture is kept, so that it need not run."""
        if self._outputs is None:
            return False
        part = Part.of(picture.image.shape, self.size, picture.box, scale or self.card.scale)
        return self._outputs.get(self._key(picture.image, part), self._shape(part)) is not None

    def find(self, seen: Seen, finding: Finding | None = None) -> Found:
        """Find the lines in what the network gave.

        Args:
            seen: by `look`.
            finding: how lines are put together; by default as suits the network best.
        """
        part = Part(seen.shape, seen.box, seen.scale)
        return find_in_channels(seen.channels, part, self.model, finding or self.finding)

    def load(self) -> nn.Module:
        """Load the network, if it is not loaded yet, and return it where it runs fastest.

        Raises:
            LearningError: the weights do not fit their network, or are not numbers.
            MissingExtraError: torch is not installed.
        """
        with self._loading:
            if self._network is None:
                require("torch", "Predicting")
                from dislo_gen.learning.network import best_device
                from dislo_gen.learning.weights import load_weights

                self._network = load_weights(self.file)[0].to(best_device())
            return self._network

    @property
    def is_loaded(self) -> bool:
        """Whether the network is loaded."""
        return self._network is not None

    def _shape(self, part: Part) -> tuple[int, ...]:
        factor = self.model.oversampling
        return (self.model.channels, part.seen.height * factor, part.seen.width * factor)

    def _key(self, image: Image, part: Part) -> str:
        plugin = origin(type(self.model))
        code = (__version__, plugin.package, plugin.version)
        return output_key(part.cut(image), part.seen.xy, self.sha256, self.mirrored, code)


def give_channels(
    network: nn.Module,
    image: Image,
    part: Part,
    model: Model | None,
    *,
    mirrored: bool,
    step: Callable[[float], object] | None = None,
) -> NDArray[np.uint8]:
    """Run a network on its part of a picture; returns its channels in steps of 1/255."""
    from dislo_gen.learning.network import predict_channels

    shown = resize(part.cut(image), part.seen)
    return quantise(predict_channels(network, shown, model, mirrored=mirrored, step=step))


def find_in_channels(
    channels: NDArray[np.uint8], part: Part, model: Model | None, finding: Finding | None
) -> Found:
    """Find the lines in channels, and place them in the picture."""
    probabilities = probabilities_of(channels)
    lines = find_lines(probabilities, finding) if model is None else lines_of(model, probabilities, finding)
    return Found(tuple(map(part.place, lines)), part.box, part.scale)


@contextlib.contextmanager
def enough_memory(name: str) -> Iterator[None]:
    """Turn too little memory for a picture into a sentence.

    Raises:
        LearningError: there was too little.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, MemoryError) or "memory" in str(error):
            raise LearningError(
                f"{name}: there is not enough memory for this picture at this scale; try a smaller --scale"
            ) from error
        raise
