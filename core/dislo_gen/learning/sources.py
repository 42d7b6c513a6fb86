"""Sources: where labelled pictures come from, as a user names them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from dislo_gen import paths
from dislo_gen.dataset import MANIFEST, MANIFEST_FORMAT, open_dataset
from dislo_gen.errors import DatasetError
from dislo_gen.labelme import (
    LabelledFrames,
    PolygonsAs,
    is_labelme,
    is_predictions,
    manifest_format,
    open_labelled,
    said_of_folders_inside,
)
from dislo_gen.pipeline import make_sample
from dislo_gen.recipe import Recipe
from dislo_gen.sample import Sample


@attrs.frozen(eq=False)
class Made(Sequence[Sample]):
    """The first samples of a recipe, made when they are asked for."""

    recipe: Recipe
    seed: int
    amount: int

    def __len__(self) -> int:
        return self.amount

    def __getitem__(self, position: int) -> Sample:  # type: ignore[override]
        if not 0 <= position < self.amount:
            raise IndexError(position)
        return make_sample(self.recipe, self.seed, position)


@attrs.frozen(eq=False)
class Source:
    """Where labelled pictures come from: a recipe, a dataset on disk, or frames labelled by hand.

    Attributes:
        name: what to call it in tables and plots.
        recipe: the recipe, if it is one.
        samples: the samples, if they are there already.
        labelled: whether a person labelled them.
    """

    name: str
    recipe: Recipe | None = None
    samples: Sequence[Sample] | None = None
    labelled: bool = False

    def take(self, count: int, seed: int) -> Sequence[Sample]:
        """Return samples: ``count`` of a recipe, with this seed, or all that are there."""
        if self.recipe is not None:
            return Made(self.recipe, seed, count)
        assert self.samples is not None
        return self.samples


def find_source(
    text: str,
    settings: Sequence[str] = (),
    size: object = None,
    polygons_as: PolygonsAs = "auto",
    labels: str | Sequence[str] = (),
) -> Source:
    """Find out what a user means: a dataset's folder, a folder of labelme files or one of them, or a recipe.

    A folder of predictions stands for the labelme files in it.

    Args:
        text: a path, or the name of a ready recipe.
        settings: ``PATH=VALUE`` texts for a recipe.
        size: of a recipe's pictures, if it is to be another.
        polygons_as: see `dislo_gen.read_labelled`.
        labels: of labelled frames, those that are to be found; whether there are such is not looked at here.

    Raises:
        DatasetError, RecipeError: it is none of these, or it is broken.
    """
    path = paths.expand(text)
    if paths.is_folder(path):
        return _in_folder(path, polygons_as, labels)
    if path.suffix.lower() == ".json" and paths.is_file(path) and is_labelme(path):
        return Source(_name(path), samples=open_labelled(path, polygons_as, labels=labels), labelled=True)
    recipe = Recipe.from_names(base=text, size=size, settings=settings)
    return Source(path.stem if paths.is_file(path) else text, recipe=recipe)


def labelled_frames(sources: Iterable[Source]) -> list[tuple[str, LabelledFrames]]:
    """Return the frames that a person labelled among sources, each with what to call them."""
    return [(source.name, source.samples) for source in sources if isinstance(source.samples, LabelledFrames)]


def _in_folder(path: Path, polygons_as: PolygonsAs, labels: str | Sequence[str]) -> Source:
    has_manifest = paths.is_file(path / MANIFEST)
    if has_manifest and manifest_format(path) == MANIFEST_FORMAT:
        return Source(_name(path), samples=open_dataset(path))
    frames = open_labelled(path, polygons_as, labels=labels)
    if frames:
        return Source(_name(path), samples=frames, labelled=True)
    if has_manifest and not is_predictions(path):
        return Source(_name(path), samples=open_dataset(path))  # which says what is wrong with it
    raise DatasetError(
        f"{path}: this folder is neither a dataset (it has no {MANIFEST}) nor one of labelled frames (it has "
        f"no .json file of labelme{said_of_folders_inside(path)})"
        if not has_manifest
        else f"{path}: there is no .json file of labelme in these predictions"
    )


def _name(path: Path) -> str:
    return paths.real(path).stem or str(path)
