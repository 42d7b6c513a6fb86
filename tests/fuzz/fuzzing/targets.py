"""What is fed: each target has valid files and reads them, changed, as the commands do."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from fuzzing import commands, microscope_files, own_files, pictures, trainings
from fuzzing.seed import Seed

SMALL = 256  # px; what would rightly take long is not what is looked for
_BYTES = 16  # a pixel, while a picture is read: its values, single and double precision, and 16 bits
_LEARNING = ("torch", "lightning", "safetensors", "matplotlib")

Feed = Callable[[Path, str], int]
"""Reads what is in a folder, of which the file of that name was changed; returns an honest number of bytes."""


@attrs.frozen
class Target:
    """One kind of input.

    Attributes:
        name: of the kind.
        make_seeds: returns its valid files.
        feed: reads them.
        share: how often it is fed, relative to the others.
        needs: libraries without which it is left out.
    """

    name: str
    make_seeds: Callable[[], list[Seed]]
    feed: Feed
    share: int = 4
    needs: tuple[str, ...] = ()

    @functools.cached_property
    def seeds(self) -> dict[str, Seed]:
        """The valid files, by name."""
        return {seed.name: seed for seed in self.make_seeds()}


def _picture(folder: Path, changed: str) -> int:
    from dislo_gen import micrograph_files, open_film, read_grey

    path = folder / changed
    micrograph_files(folder)
    most = 0
    with open_film(path) as film:
        for index in dict.fromkeys([*range(min(film.count, 6)), film.count - 1]):
            most = max(most, film.frame(index).image.size)
            film.time(index)
    read_grey(path)
    return most * _BYTES


def _recipe(folder: Path, changed: str) -> int:
    from dislo_gen import Recipe, Size, make_sample

    recipe = Recipe.load(folder / changed)
    make_sample(recipe.evolve(size=Size(own_files.SIDE, own_files.SIDE)), 3)
    return 0


def _setting(folder: Path, changed: str) -> int:
    from dislo_gen import Recipe, Size, make_sample

    text = (folder / changed).read_bytes().decode("utf-8", "surrogateescape")
    slots = text.partition("=")[0]
    base = "pileups-two-beam" if "renderer" in slots else "wild"
    recipe = Recipe.from_names(base=base, settings=[text])
    make_sample(recipe.evolve(size=Size(own_files.SIDE, own_files.SIDE)), 3)
    return 0


def _record(folder: Path, changed: str) -> int:
    from dislo_gen import Record, replay
    from dislo_gen.replay import compare, version_changes

    record = Record.load(folder / changed)
    recipe = record.load_recipe()
    version_changes(record)
    if max(recipe.size.xy) <= SMALL:
        compare(replay(record), record)
    return 0


def _dataset(folder: Path, changed: str) -> int:
    from dislo_gen import open_dataset, verify
    from dislo_gen.dataset import describe_dataset, read_manifest
    from dislo_gen.errors import DisloGenError
    from dislo_gen.existing import forget_damaged, refuse_changes

    dataset = open_dataset(folder / "data")
    verify(dataset)
    recipe = dataset.manifest.load_recipe()
    problem = None
    for position in range(len(dataset)):
        try:
            dataset[position]
        except DisloGenError as error:
            problem = error
    forget_damaged(dataset.folder)
    manifest = dataset.manifest
    again = describe_dataset(recipe, manifest.seed, manifest.count, manifest.writer)
    refuse_changes(read_manifest(dataset.folder), again, f"{folder}: this is another dataset.")
    if problem:
        raise problem
    return 0


def _labels(folder: Path, changed: str) -> int:
    from dislo_gen import read_labelled

    read_labelled(folder, labels="dislocation", polygons_as="regions")
    frames = read_labelled(folder)
    frames.summary()
    most = max(sample.image.size * (_BYTES + len(sample.masks)) for sample in frames)
    assert frames.fingerprint
    return most


def _masks(folder: Path, changed: str) -> int:
    from dislo_gen import decode_masks

    return int(decode_masks((folder / changed).read_bytes(), (pictures.HEIGHT, pictures.WIDTH), changed).nbytes)


def _weights(folder: Path, changed: str) -> int:
    from dislo_gen import Size
    from dislo_gen.learning import find_in, load_weights, read_card

    path = folder / changed
    card = read_card(path)
    finding = card.load_finding(str(path))
    network, _ = load_weights(path)
    if max(card.size) <= SMALL:
        picture = pictures.grain().astype("float32") / 255
        find_in(network, picture, Size(*card.size), model=card.load_model(str(path)), finding=finding)
    return 0


def _run(folder: Path, changed: str) -> int:
    from dislo_gen.convert import converter
    from dislo_gen.files import Folder
    from dislo_gen.learning import read_history
    from dislo_gen.learning.folder import is_finished, read_plan, start_of, take_folder
    from dislo_gen.learning.material import gather
    from dislo_gen.learning.state import WholeCheckpoints

    run = folder / "run"
    plan = read_plan(run)
    read_history(run)
    WholeCheckpoints(converter.unstructure(plan)).load_checkpoint(run / "state.ckpt")
    is_finished(Folder(run))
    start_of(run)
    gather(plan)
    take_folder(Folder(run), plan)
    return 0


def _training(folder: Path, changed: str) -> int:
    from dislo_gen.learning import train
    from dislo_gen.learning.folder import read_plan, start_of

    run = folder / "run"
    train(read_plan(run), run, start=start_of(run), machine=trainings.machine())
    return 0


def _evaluation(folder: Path, changed: str) -> int:
    from dislo_gen.learning import read_evaluation
    from dislo_gen.learning.evaluation_plots import draw_by_lines, draw_matrix

    evaluation = read_evaluation(folder / "evaluation")
    for metric in evaluation.metrics[:1]:
        draw_matrix(evaluation, metric)
        draw_by_lines(evaluation, metric)
    return 0


def _predictions(folder: Path, changed: str) -> int:
    from dislo_gen import open_predictions, read_labelled, verify_predictions
    from dislo_gen.errors import DisloGenError

    found = open_predictions(folder / "found")
    verify_predictions(found)
    problem = None
    for read in (*(functools.partial(found.__getitem__, k) for k in range(len(found))),
                 lambda: list(read_labelled(folder / "found"))):  # fmt: skip
        try:
            read()
        except DisloGenError as error:
            problem = error
    if problem:
        raise problem
    return 0


def _command(folder: Path, changed: str) -> int:
    from dislo_gen.cli import main
    from dislo_gen.errors import DisloGenError
    from dislo_gen.learning import Machine

    # A process that has fed hundreds of inputs has threads of many libraries, and one that it forks may wait for
    # them for ever; whoever goes on with a training at a prompt begins anew.
    Machine.count_workers = lambda _: 0  # type: ignore[method-assign]
    words: Any = json.loads((folder / commands.WORDS).read_bytes())
    try:
        main(words)
    except SystemExit as stop:
        if stop.code == 2:  # what is wrong with the words has been printed
            raise DisloGenError("the exit status is 2") from None
        if stop.code not in (0, 1, None):
            raise RuntimeError(f"the exit status is {stop.code}") from stop
    return 0


_PICTURES: dict[str, tuple[Callable[[], list[Seed]], int]] = {
    "png": (pictures.png, 6), "jpeg": (pictures.jpeg, 3), "bmp": (pictures.bmp, 3), "gif": (pictures.gif, 4),
    "tiff": (pictures.tiff, 14), "video": (pictures.video, 5), "mrc": (microscope_files.mrc, 6),
    "ser": (microscope_files.ser, 5), "dm": (microscope_files.dm, 7), "emd": (microscope_files.emd, 7),
    "tvips": (microscope_files.tvips, 4),
}  # fmt: skip
TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *(Target(name, seeds, _picture, share) for name, (seeds, share) in _PICTURES.items()),
        Target("recipe", own_files.recipes, _recipe, 6),
        Target("setting", own_files.settings, _setting, 5),
        Target("record", own_files.records, _record, 5),
        Target("manifest", own_files.manifests, _dataset),
        Target("dataset", own_files.datasets, _dataset, 5),
        Target("labelme", own_files.labels, _labels, 8),
        Target("masks", own_files.masks, _masks, 5),
        Target("weights", own_files.weights, _weights, 6, _LEARNING),
        Target("run", trainings.runs, _run, 4, _LEARNING),
        Target("training", trainings.trainings, _training, 3, _LEARNING),
        Target("evaluation", own_files.evaluations, _evaluation, 3, _LEARNING),
        Target("predictions", own_files.predictions, _predictions, 7, _LEARNING),
        Target("command", commands.commands, _command, 6, _LEARNING),
    )
}
"""Every kind of input, by name."""


def available() -> list[Target]:
    """Return the targets whose libraries are installed here."""
    from importlib.util import find_spec

    return [
        target
        for target in TARGETS.values()
        if all(find_spec(name) or name in sys.modules for name in target.needs)
    ]
