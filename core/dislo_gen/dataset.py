"""Datasets on disk: the manifest, and reading samples back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from dislo_gen import paths
from dislo_gen.convert import converter, read_as
from dislo_gen.errors import DatasetError, shown
from dislo_gen.files import Folder, SampleFiles
from dislo_gen.hooks import describe_hook
from dislo_gen.interfaces import Writer
from dislo_gen.plain import dump_json, read_json
from dislo_gen.recipe import PlainRecipe, Recipe
from dislo_gen.record import (
    Origin,
    Record,
    check_format,
    component_origins,
    load_recipe,
    versions_behind,
)
from dislo_gen.registry import origin
from dislo_gen.sample import Sample

MANIFEST = "dataset.json"
MANIFEST_FORMAT = "dislo-gen dataset"
MANIFEST_VERSION = 1
RECORDS = "records"
PREVIEW = "preview.png"
_RECORD_NAME = re.compile(r"([0-9]{6}|[1-9][0-9]{6,11})\.json")  # a sample has one name: "1.json" is none


def record_path(index: int) -> str:
    """Return the relative path of a sample's record."""
    return f"{RECORDS}/{index:06d}.json"


def _at_least(smallest: int) -> Callable[[object, attrs.Attribute[int], int], None]:
    def check(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
        if value < smallest:
            raise ValueError(f"{attribute.name}: must be at least {smallest}, not {value}")

    return check


@attrs.frozen
class Manifest:
    """What ``dataset.json`` says: all it takes to make the dataset again, or to go on with it.

    Attributes:
        resume: the command that goes on with an interrupted dataset.
        seed, count: which samples.
        recipe: how they are made, as plain data; `load_recipe` makes a `Recipe` of it.
        writer: how they are written.
        components: origin of each slot's component and of the writer.
        hooks: the hooks that alter samples.
        inputs: for each slot, the files its component reads and their SHA-256.
        versions: libraries and their versions.
    """

    format: str
    format_version: int
    resume: str
    seed: int = attrs.field(validator=_at_least(0))
    count: int = attrs.field(validator=_at_least(1))
    recipe: PlainRecipe
    writer: Writer
    components: dict[str, Origin]
    hooks: tuple[Origin, ...]
    inputs: dict[str, dict[str, str]]
    versions: dict[str, str]

    def load_recipe(self, where: str = MANIFEST) -> Recipe:
        """Return the recipe; ``where`` is what to call the manifest in messages.

        Raises:
            RecipeError: it is wrong, or a plugin that it names is not installed here.
        """
        return load_recipe(self.recipe, self.components, where)

    @classmethod
    def from_dict(cls, plain: Any, where: str = MANIFEST) -> Manifest:
        """Read a manifest from plain data.

        Raises:
            DatasetError: it is no manifest, of a newer format, or wrong somewhere.
        """
        check_format(plain, MANIFEST_FORMAT, MANIFEST_VERSION, where)
        return read_as(plain, cls, where, DatasetError)


def describe_dataset(recipe: Recipe, seed: int, count: int, writer: Writer) -> dict[str, Any]:
    """Build the manifest's plain data for a dataset about to be made."""
    plugin = origin(type(writer))
    own = {"name": plugin.name, "package": plugin.package, "version": plugin.version}
    inputs = {slot: dict(part.inputs()) for slot, part in recipe.slots().items()}
    components, hooks = {**component_origins(recipe), "writer": own}, list(map(describe_hook, recipe.hooks))
    return {
        "format": MANIFEST_FORMAT,
        "format_version": MANIFEST_VERSION,
        "resume": "dislo-gen resume .",
        "seed": seed,
        "count": count,
        "recipe": recipe.to_dict(),
        "writer": converter.unstructure(writer),
        "components": components,
        "hooks": hooks,
        "inputs": {slot: files for slot, files in inputs.items() if files},
        "versions": versions_behind([*components.values(), *hooks]),
    }


class Dataset(Sequence[Sample]):
    """A dataset on disk; ``dataset[k]`` reads its k-th complete sample.

    Attributes:
        folder: where it is.
        manifest: what ``dataset.json`` says.
        indices: numbers of the complete samples, ascending.
    """

    def __init__(self, folder: Folder, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.indices = complete_indices(folder)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return [self.read(index) for index in self.indices[position]]
        return self.read(self.indices[position])

    def __iter__(self) -> Iterator[Sample]:
        return (self.read(index) for index in self.indices)

    def record(self, index: int) -> Record:
        """Read one sample's record.

        Raises:
            DatasetError: it is missing or wrong.
        """
        where = self.folder.path(record_path(index))
        return Record.from_dict(self._plain_record(index), str(where))

    def read(self, index: int) -> Sample:
        """Read one sample by its number. The image has the depth it was stored with, as float32 from 0 to 1.

        Raises:
            DatasetError: a file is missing or wrong.
        """
        plain = self._plain_record(index)
        record = Record.from_dict(plain, str(self.folder.path(record_path(index))))
        files = SampleFiles(self.folder, index, record.image.shape, record.masks.count)
        try:
            image, masks = self.manifest.writer.read(files)
        except (Exception, SystemExit) as error:  # of decoders, which raise what they like at what is broken
            reason = "there is not enough memory" if isinstance(error, MemoryError) else paths.why(error)
            raise DatasetError(
                f"{self.folder.root}: sample {index} cannot be read: {reason}; "
                f"'dislo-gen verify' names everything that is damaged"
            ) from error
        if len(masks) != record.masks.count:
            raise DatasetError(
                f"{self.folder.root}: sample {index} has {len(masks)} masks on disk and {record.masks.count} in "
                f"its record; 'dislo-gen verify' names everything that is damaged"
            )
        return Sample(image, masks, record.scene, record.seed, index, stored_record=plain)

    def _plain_record(self, index: int) -> dict[str, Any]:
        return plain_record(self.folder, index)


def write_sample(sample: Sample, folder: Folder, writer: Writer) -> None:
    """Write one sample with a writer; its record comes last, so a sample with a record is complete."""
    files = SampleFiles(folder, sample.index)
    writer.write(sample, files)
    folder.put(record_path(sample.index), dump_json({**sample.record, "files": files.checksums}))


def complete_indices(folder: Folder) -> tuple[int, ...]:
    """Return the numbers of the samples that have a record, ascending."""
    found = (path.name for path in paths.inside(folder.path(RECORDS)))
    return tuple(sorted(int(name.removesuffix(".json")) for name in found if _RECORD_NAME.fullmatch(name)))


def plain_record(folder: Folder, index: int) -> dict[str, Any]:
    """Return the plain data of a sample's record: a table, of which nothing else is known.

    Raises:
        DatasetError: it is missing, no regular file (a pipe would be waited for), or no table in JSON.
    """
    path = folder.regular(record_path(index))
    plain = read_json(path)
    if not isinstance(plain, dict):
        raise DatasetError(f"{path}: this is no record of a sample, but {shown(plain)}")
    return plain


def kind_of_folder(folder: Folder) -> object:
    """Return the ``format`` that a folder's ``dataset.json`` says it has; None if it has no such file.

    Raises:
        DatasetError: it cannot be read.
    """
    path = folder.path(MANIFEST)
    if not paths.is_file(path):
        return None
    plain = read_json(path)
    return plain.get("format") if isinstance(plain, dict) else None


def read_manifest(folder: Folder) -> dict[str, Any]:
    """Return the plain data of a folder's ``dataset.json``.

    Raises:
        DatasetError: there is none, or it is not one of ours.
    """
    path = folder.path(MANIFEST)
    if not paths.is_file(path):
        raise DatasetError(f"{folder.root}: there is no {MANIFEST}, so this is not a dataset of dislo-gen")
    plain = read_json(path)
    check_format(plain, MANIFEST_FORMAT, MANIFEST_VERSION, str(path))
    return dict(plain)


def open_dataset(path: str | Path) -> Dataset:
    """Open a dataset folder for reading.

    Raises:
        DatasetError: the folder holds no dataset, or its manifest is wrong.
    """
    folder = Folder(path)
    plain = read_manifest(folder)
    return Dataset(folder, Manifest.from_dict(plain, str(folder.path(MANIFEST))))


def save_manifest(folder: Folder, plain: dict[str, Any]) -> None:
    """Write ``dataset.json``."""
    folder.put(MANIFEST, dump_json(plain))
