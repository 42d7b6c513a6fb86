"""Records: what it takes to make one sample again, and to know that it is the same."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from packaging.requirements import Requirement

from dislo_gen import paths
from dislo_gen.convert import converter, read_as
from dislo_gen.errors import DatasetError, RecipeError, shown
from dislo_gen.hooks import describe_hook
from dislo_gen.interfaces import Image, Masks
from dislo_gen.plain import read_json
from dislo_gen.recipe import PlainRecipe, Recipe
from dislo_gen.registry import origin
from dislo_gen.scene import Scene

DISTRIBUTION = "dislo-gen"
RECORD_FORMAT = "dislo-gen record"
RECORD_VERSION = 1


def image_sha256(image: Image) -> str:
    """SHA-256 of an image's float32 values, little-endian, row by row."""
    return hashlib.sha256(np.ascontiguousarray(image, dtype="<f4").data).hexdigest()


def masks_sha256(masks: Masks) -> str:
    """SHA-256 of masks packed to bits, mask by mask, row by row (`numpy.packbits` over all of them)."""
    return hashlib.sha256(np.packbits(masks).data).hexdigest()


def versions_behind(origins: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Versions of Python and of every library that dislo-gen and the packages of these plugins need."""
    return dict(_library_versions(frozenset(plugin["package"] for plugin in origins)))


@functools.cache
def _library_versions(packages: frozenset[str]) -> tuple[tuple[str, str], ...]:
    versions = {"python": platform.python_version()}
    needed: list[str] = []
    for package in sorted({DISTRIBUTION, *packages}):
        with contextlib.suppress(PackageNotFoundError):  # registered for this session only
            needed += requires(package) or []
    for line in needed:
        requirement = Requirement(line)
        if requirement.name == DISTRIBUTION:
            continue  # its version stands beside its components
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            try:
                versions[requirement.name] = version(requirement.name)
            except PackageNotFoundError:
                continue
    return tuple(sorted(versions.items()))


def component_origins(recipe: Recipe) -> dict[str, dict[str, str]]:
    """Name, package and version of the component in each slot."""
    origins = {}
    for slot, part in recipe.slots().items():
        plugin = origin(type(part))
        origins[slot] = {"name": plugin.name, "package": plugin.package, "version": plugin.version}
    return origins


def build_record(
    recipe: Recipe, seed: int, index: int, scene: Scene, image: Image, masks: Masks
) -> dict[str, Any]:
    """Build a sample's record from the sample."""
    components, hooks = component_origins(recipe), [describe_hook(name) for name in recipe.hooks]
    return {
        "format": RECORD_FORMAT,
        "format_version": RECORD_VERSION,
        "seed": seed,
        "index": index,
        "recipe": recipe.to_dict(),
        "components": components,
        "hooks": hooks,
        "versions": versions_behind([*components.values(), *hooks]),
        "image": {"sha256": image_sha256(image), "shape": list(image.shape), "dtype": "float32"},
        "masks": {"sha256": masks_sha256(masks), "count": len(masks)},
        "scene": converter.unstructure(scene),
    }


@attrs.frozen
class Origin:
    """Where a component or a hook came from."""

    name: str
    package: str
    version: str


@attrs.frozen
class ImageInfo:
    """The image's checksum over its float32 values, its (height, width) and its dtype."""

    sha256: str
    shape: tuple[int, ...]
    dtype: str


@attrs.frozen
class MasksInfo:
    """The masks' checksum over their packed bits, and how many there are."""

    sha256: str
    count: int


def _not_negative(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 0:
        raise ValueError(f"{attribute.name}: must not be negative, and {value} is")


@attrs.frozen
class Record:
    """A record, read back and checked.

    Attributes:
        seed, index: which sample.
        recipe: the fixed recipe's plain data; `load_recipe` makes a `Recipe` of it.
        components: the origin of each slot's component.
        hooks: the hooks that altered the sample.
        versions: libraries and their versions.
        image, masks: checksums of what was made.
        scene: the defects.
        files: path inside the dataset to SHA-256, if a writer wrote it.
    """

    format: str
    format_version: int
    seed: int = attrs.field(validator=_not_negative)
    index: int = attrs.field(validator=_not_negative)
    recipe: PlainRecipe
    components: dict[str, Origin]
    hooks: tuple[Origin, ...]
    versions: dict[str, str]
    image: ImageInfo
    masks: MasksInfo
    scene: Scene
    files: dict[str, str] = attrs.Factory(dict)

    def load_recipe(self, where: str = "record") -> Recipe:
        """Return the fixed recipe; ``where`` is what to call the record in messages.

        Raises:
            RecipeError: it is wrong, or a plugin that made the sample is not installed here.
        """
        return load_recipe(self.recipe, self.components, where)

    @classmethod
    def from_dict(cls, plain: Any, where: str = "record") -> Record:
        """Read a record from plain data.

        Raises:
            DatasetError: it is no record, of a newer format, or wrong somewhere; one line for each mistake.
        """
        check_format(plain, RECORD_FORMAT, RECORD_VERSION, where)
        return read_as(plain, cls, where, DatasetError)

    @classmethod
    def load(cls, path: str | Path) -> Record:
        """Read a record's JSON file; errors as in `from_dict`, and for another file the record it belongs to."""
        path = Path(path)
        if paths.is_folder(path):
            raise DatasetError(
                f"{path}: this is a folder; what is wanted is a record, such as {_record_near(path)}"
            )
        try:
            plain = read_json(path)
        except DatasetError:
            if path.suffix.lower() == ".json" or not paths.is_file(path):
                raise
            raise DatasetError(
                f"{path}: this is no record; what is wanted is a .json file such as {_record_near(path)}"
            ) from None
        return cls.from_dict(plain, str(path))


def _record_near(path: Path) -> Path:
    """Return the record that somebody probably meant who named a dataset's folder or another of its files."""
    folders = (path, path.parent, path.parent.parent)
    of_that_name = [file for folder in folders if paths.is_file(file := folder / "records" / f"{path.stem}.json")]
    any_other = [file for folder in folders for file in _records_in(folder / "records")[:1]]
    return next(iter(of_that_name + any_other), path / "records/000000.json")


def _records_in(folder: Path) -> list[Path]:
    with contextlib.suppress(DatasetError):  # it only illustrates a message
        return [file for file in paths.inside(folder) if file.suffix == ".json" and file.stem.isdecimal()]
    return []


def load_recipe(plain: PlainRecipe, origins: Mapping[str, Origin], where: str) -> Recipe:
    """Read the recipe inside a record or a manifest; if that fails, name the packages that are not installed.

    Raises:
        RecipeError: it is wrong, or a plugin is not installed here.
    """
    try:
        return Recipe.from_dict(plain, where=where, root="recipe")
    except RecipeError as error:
        missing = {f"{o.package} {o.version}" for o in origins.values() if not _is_installed(o.package)}
        if not missing:
            raise
        raise RecipeError(
            f"{error}\n{where}: made with {', '.join(sorted(missing))}, not installed here"
        ) from None


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def check_format(plain: Any, name: str, newest: int, where: str) -> None:
    """Raise a DatasetError unless a table says that it is of this format and no newer than this program."""
    found = plain.get("format") if isinstance(plain, dict) else None
    if found != name:
        raise DatasetError(
            f"{where}: format: this is not a {name} (its format should be '{name}', not {shown(found)})"
        )
    number = plain.get("format_version")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= newest:
        raise DatasetError(
            f"{where}: format_version: this program reads versions up to {newest}, not {shown(number)}; "
            f"a newer dislo-gen may read it"
        )
