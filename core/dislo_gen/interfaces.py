"""The interfaces a plugin implements. Each is a base class; its docstring is the contract."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dislo_gen.component import Component
from dislo_gen.scene import Scene
from dislo_gen.size import Size

if TYPE_CHECKING:
    from dislo_gen.files import SampleFiles
    from dislo_gen.instances import Finding, FoundLine
    from dislo_gen.sample import Sample

Image = NDArray[np.float32]
"""(H, W) float32, grey values from 0 (black) to 1 (white)."""

Masks = NDArray[np.bool_]
"""(M, H, W) bool, one mask per labelled defect."""


class Background(Component, ABC):
    """What a picture shows without any defect. Entry-point group ``dislo_gen.background``."""

    @abstractmethod
    def paint(self, size: Size, rng: Generator) -> Image:
        """Return a picture of ``size.shape``: float32, finite, from 0 to 1."""


class Geometry(Component, ABC):
    """Where defects are and what shape they have. Entry-point group ``dislo_gen.geometry``."""

    @abstractmethod
    def place(self, size: Size, rng: Generator) -> Scene:
        """Return the defects of one image of this size, in pixel coordinates. They may reach outside it."""


class Renderer(Component, ABC):
    """How defects look. Entry-point group ``dislo_gen.renderer``."""

    @abstractmethod
    def draw(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return ``image`` with every defect of ``scene`` drawn into it.

        A renderer draws what it knows in its own way and any other kind by its shape: curves as lines, regions
        filled by the even-odd rule, with the contrast and width that their `Style` makes of its own. It returns a
        new array (float32, the same shape, finite, from 0 to 1), leaves ``image`` as it was, and returns an equal
        picture for an empty scene. It has no say in the masks.
        """


class Effect(Component, ABC):
    """What a microscope does to a picture besides the defects. Entry-point group ``dislo_gen.effect``.

    Attributes:
        acts_on: "specimen" comes under the defects (bend contours, dust), "image" over them (noise, blur).
    """

    acts_on: ClassVar[Literal["specimen", "image"]] = "image"

    @abstractmethod
    def apply(self, image: Image, scene: Scene, rng: Generator) -> Image:
        """Return the changed picture: a new float32 array of the same shape, finite, from 0 to 1."""

    def move(self, scene: Scene, size: Size) -> Scene:
        """Return the scene as `apply` moves it; an effect that shifts pixels must shift the truth as exactly.

        It has no generator: it may depend on the effect's (by then fixed) parameters and on the picture's size
        only. A drift of ``self.x`` and ``self.y`` pixels, for one::

            drift = np.array((self.x, self.y))
            return scene.map_points(lambda points: points + drift)
        """
        del size
        return scene


class Writer(Component, ABC):
    """A dataset format. Entry-point group ``dislo_gen.writer``.

    Core writes ``dataset.json`` and one record per sample, makes every file appear whole or not at all, takes
    the checksums, and resumes; a writer says only what an image and its masks become.
    """

    @abstractmethod
    def write(self, sample: Sample, files: SampleFiles) -> None:
        """Put one sample's files in place, ``files.put(f"images/{files.stem}.png", data)``."""

    @abstractmethod
    def read(self, files: SampleFiles) -> tuple[Image, Masks]:
        """Return one sample's image and masks from its files, ``files.get(f"images/{files.stem}.png")``."""


class Model(Component, ABC):
    """A network that finds defects. Entry-point group ``dislo_gen.model``.

    By default each channel is taught one instance, whichever it likes, and the lines are what the channels hold.
    A network with channels of another meaning (directions, distances, …) sets ``instance_channels`` to False, and
    says with `targets` what they are taught and with `lines` how lines are read from them.

    Attributes:
        channels: how many channels the network has: instances that it can tell apart in one image, by default.
        instance_channels: whether each channel is one instance.
        oversampling: how many places along a pixel's side have a probability of their own; more than 1 is for
            channels that are no instances, which lines nearer than pixels can tell apart are to be read from.
    """

    channels: int
    instance_channels: ClassVar[bool] = True
    oversampling: int = 1

    @abstractmethod
    def build(self) -> Any:
        """Return a new ``torch.nn.Module`` that maps (B, 1, H, W) float32 to (B, channels, H, W) logits.

        With an oversampling of K these are (B, channels, K H, K W). Pictures come standardised: each has mean 0
        and standard deviation 1. Initial weights are drawn from torch's generator, which training seeds. Torch is
        imported here, never at the top of the module.
        """

    def load_pretrained(self, network: Any) -> None:
        """Give a new network weights from elsewhere; by default none.

        Called once, before a training that begins from nothing; never where trained weights are loaded, so that
        evaluating and predicting download nothing.
        """
        del network

    def targets(self, masks: Masks) -> NDArray[np.uint8]:
        """Return what the channels are taught of a picture; called if they are not instances.

        Args:
            masks: (M, H, W) bool, the true masks.

        Returns:
            (channels, H, W) uint8, 0 or 1; (channels, K H, K W) with an oversampling of K.
        """
        raise NotImplementedError(f"{type(self).__name__}: instance_channels is False, and targets is missing")

    def mirrored(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the channels of a mirror image, turned back, as those of the picture; if they are not instances.

        A picture is looked at from its mirror images' side, too, and the mean is taken. Left and right change
        places, or up and down: a direction k turns into its opposite. By default the channels stay as they are.

        Args:
            probabilities: (channels, H, W) float32; (channels, K H, K W) with an oversampling of K.
        """
        return probabilities

    def lines(self, probabilities: NDArray[np.float32], finding: Finding) -> Sequence[FoundLine]:
        """Return the lines of a picture, the most confident first; called if the channels are not instances.

        Args:
            probabilities: (channels, H, W) float32 from 0 to 1; (channels, K H, K W) with an oversampling of K.
            finding: how lines are put together; each of its options should mean here what it says.
        """
        raise NotImplementedError(f"{type(self).__name__}: instance_channels is False, and lines is missing")


class Metric(Component, ABC):
    """A number that says how good predicted masks are. Entry-point group ``dislo_gen.metric``.

    Attributes:
        higher_is_better: whether a larger number is better.
        judges: what evaluation hands to it: the network's "channels" as they are, or the "lines" that prediction
            makes of them (duplicates merged, pieces joined, empty channels dropped), one mask of 0 and 1 for each.
    """

    higher_is_better: ClassVar[bool] = True
    judges: ClassVar[Literal["channels", "lines"]] = "channels"

    @abstractmethod
    def score(self, predicted: NDArray[np.float32], truth: Sample) -> Mapping[str, float]:
        """Score one image.

        Args:
            predicted: (N, H, W) float32, each channel the probability of one instance.
            truth: the sample; its masks and its curves are the truth.

        Returns:
            Named numbers; the first is the metric itself, the others its parts.
        """


INTERFACES: dict[str, type[Component]] = {
    "background": Background,
    "geometry": Geometry,
    "effect": Effect,
    "renderer": Renderer,
    "writer": Writer,
    "model": Model,
    "metric": Metric,
}
"""Each kind of component and its interface; the entry-point group is ``dislo_gen.`` and the kind."""


def kind_of(cls: type) -> str:
    """Return the kind of a component class.

    Raises:
        TypeError: it implements none of the interfaces.
    """
    for kind, interface in INTERFACES.items():
        if issubclass(cls, interface):
            return kind
    raise TypeError(f"{cls.__name__} implements none of: {', '.join(c.__name__ for c in INTERFACES.values())}")
