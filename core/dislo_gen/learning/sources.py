"""Sources: where labelled pictures come from, as a user names them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from dislo_gen.dataset import MANIFEST, open_dataset
from dislo_gen.errors import DatasetError
from dislo_gen.labelme import PolygonsAs, is_labelme, read_labelled
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
) -> Source:
    """Find out what a user means: a dataset's folder, a folder of labelme files or one of them, or a recipe.

    Args:
        text: a path, or the name of a ready recipe.
        settings: ``PATH=VALUE`` texts for a recipe.
        size: of a recipe's pictures, if it is to be another.
        polygons_as: see `dislo_gen.read_labelled`.

    Raises:
        DatasetError, RecipeError: it is none of these, or it is broken.
    """
    path = Path(text).expanduser()
    if path.is_dir():
        if (path / MANIFEST).is_file():
            return Source(_name(path), samples=open_dataset(path))
        if any(is_labelme(file) for file in sorted(path.glob("*.json"))[:8]):
            return Source(_name(path), samples=read_labelled(path, polygons_as), labelled=True)
        raise DatasetError(
            f"{path}: this folder is neither a dataset (it has no {MANIFEST}) nor one of labelled frames (it has "
            f"no .json file of labelme)"
        )
    if path.suffix.lower() == ".json" and path.is_file() and is_labelme(path):
        return Source(_name(path), samples=read_labelled(path, polygons_as), labelled=True)
    recipe = Recipe.from_names(base=text, size=size, settings=settings)
    return Source(path.stem if path.is_file() else text, recipe=recipe)


def _name(path: Path) -> str:
    return path.resolve().stem or str(path)
