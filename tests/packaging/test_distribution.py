"""The wheel: everything that is needed, nothing else."""

from __future__ import annotations

import configparser
import email
import subprocess
import tomllib
import zipfile
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

Run = Callable[..., subprocess.CompletedProcess[str]]
PACKAGES = {
    "dislo_gen": "core",
    "dislo_gen_app": "plugins",
    "dislo_gen_plugins": "plugins",
    "dislo_gen_schemas": "schemas",
}
HEAVY = {"torch", "torchvision", "lightning", "segmentation-models-pytorch"}


def content(wheel: Path) -> set[str]:
    """Every file of the wheel except its metadata."""
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if ".dist-info/" not in name}


def metadata(wheel: Path, name: str) -> str:
    """One file of the wheel's metadata."""
    with zipfile.ZipFile(wheel) as opened:
        (path,) = (entry for entry in opened.namelist() if entry.endswith(f".dist-info/{name}"))
        return opened.read(path).decode()


@pytest.fixture(scope="module")
def header(wheel: Path) -> Message:
    """The wheel's METADATA."""
    return email.message_from_string(metadata(wheel, "METADATA"))


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, object]:
    """The project table of pyproject.toml."""
    table: dict[str, object] = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return table


def needs(header: Message, extra: str) -> set[str]:
    """Names of the packages that an extra (or none, "") installs."""
    wanted = [Requirement(line) for line in header.get_all("Requires-Dist", [])]
    return {r.name for r in wanted if r.marker is None or r.marker.evaluate({"extra": extra})}


def test_it_holds_the_files_of_its_packages_and_no_other(wheel: Path, tracked: Path) -> None:
    expected = {
        str(path.relative_to(tracked / folder))
        for package, folder in PACKAGES.items()
        for path in (tracked / folder / package).rglob("*")
        if path.is_file()
    }
    assert content(wheel) == expected


def test_it_holds_types_recipes_and_schemas(wheel: Path) -> None:
    names = content(wheel)
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert {f"dislo_gen_plugins/recipes/{recipe}.toml" for recipe in ("default", "m2", "narrow")} <= names
    schemas = {name for name in names if name.startswith("dislo_gen_schemas/") and name.endswith(".json")}
    for file in ("recipe", "record", "dataset"):
        assert any(Path(name).name.startswith(f"{file}.") for name in schemas), f"no schema of a {file}"


def test_it_holds_no_test_and_no_data(wheel: Path) -> None:
    names = content(wheel)
    ours = ("dislo_gen/testing/", "dislo_gen/scaffold/templates/", "dislo_gen/cli/")  # for the tests of plugins
    theirs = [name for name in names if not name.startswith(ours)]
    assert not [name for name in theirs if any(part.startswith("test") for part in Path(name.lower()).parts)]
    assert {Path(name).suffix for name in names} <= {
        ".css",
        ".js",
        ".py",
        ".typed",
        ".toml",
        ".json",
        ".jinja",
        ".safetensors",
        ".md",
    }
    with zipfile.ZipFile(wheel) as opened:
        sizes = {entry.filename: entry.file_size for entry in opened.infolist()}
    weights = {name: size for name, size in sizes.items() if name.endswith(".safetensors")}
    assert set(weights) == {"dislo_gen_plugins/weights/starter.safetensors"}
    assert max(weights.values()) < 10_000_000
    assert wheel.stat().st_size - sum(weights.values()) < 500_000


def test_torch_and_its_company_come_with_train_only(header: Message) -> None:
    assert not needs(header, "") & HEAVY
    assert needs(header, "train") >= HEAVY
    for extra in ("test", "lint", "benchmark"):
        assert not needs(header, extra) & HEAVY


def test_it_requires_what_the_generator_needs(header: Message) -> None:
    assert needs(header, "") >= {"attrs", "cattrs", "numpy", "pillow", "pluggy", "pycairo", "scipy", "typer"}
    assert header["Requires-Python"] == ">=3.11"
    assert header["License-Expression"] == "BSD-3-Clause"


def test_its_entry_points_are_those_of_the_project(wheel: Path, project: dict[str, object]) -> None:
    parser = configparser.ConfigParser(delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(metadata(wheel, "entry_points.txt"))
    found = {group: dict(parser[group]) for group in parser.sections()}
    assert found == {"console_scripts": project["scripts"], **project["entry-points"]}  # type: ignore[dict-item]


def test_every_entry_point_resolves(run_with_wheel: Run) -> None:
    done = run_with_wheel("""
import sys
from importlib.metadata import distribution
from pathlib import Path

entries = distribution("dislo-gen").entry_points
for entry in entries:
    entry.load()
    module = sys.modules[entry.module]
    assert Path(module.__file__).is_relative_to(sys.argv[1]), module.__file__
print(len(entries))
""")
    assert int(done.stdout) > 8


def test_it_makes_a_sample_from_another_folder_without_torch(run_with_wheel: Run, header: Message) -> None:
    done = run_with_wheel("""
import sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "torchvision", "lightning", "segmentation_models_pytorch"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, NoTorch())
from pathlib import Path
import dislo_gen

assert Path(dislo_gen.__file__).is_relative_to(sys.argv[1]), dislo_gen.__file__
recipe = dislo_gen.Recipe.from_names(base="m2", size="64x48")
sample = dislo_gen.make_sample(recipe, seed=1, index=2)
assert sample.image.shape == (48, 64)
origins = sample.record["components"].values()
print({origin["package"] for origin in origins}, {origin["version"] for origin in origins})
""")
    assert done.stdout.split() == ["{'dislo-gen'}", f"{{'{header['Version']}'}}"]


def test_its_program_starts(run_with_wheel: Run, header: Message) -> None:
    done = run_with_wheel("from dislo_gen.cli import main; main(['--version'])")
    assert done.stdout.split() == ["dislo-gen", header["Version"]]
