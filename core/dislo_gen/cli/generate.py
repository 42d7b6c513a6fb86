"""``dislo-gen generate``, ``add`` and ``resume``."""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dislo_gen.cli import console

if TYPE_CHECKING:
    from dislo_gen.dataset import Dataset

JobsOption = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        min=0,
        help="How many processor cores work at it.  [default: as many as pay off]",
        show_default=False,
    ),
]
SetOption = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Change a number or word of the recipe, such as geometry.pileups=3, renderer.width=4, "
        "effect.1.strength=0.1 for the second effect, labels.line_width=2 (of the masks), or {uniform=[2, 5]} in "
        "place of a number. 'dislo-gen plugins show pileup' lists what can be set of it, and so on. Repeatable.",
    ),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Folder to write to.")]
WriterOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Format of the files; by default PNG images and TIFF masks.")
]

_SAMPLES_PER_JOB = 24  # a process takes about as long to start as it does to make so many


def generate(
    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="What the images shall look like: a ready recipe (wild, pileups, m2, …; 'dislo-gen recipes' "
            "lists them), a recipe of yours (.toml), or the record of an image (.json).",
        ),
    ] = None,
    background: Annotated[
        str | None, typer.Option(metavar="NAME", help="What lies under the lines: perlin, real-blend, …")
    ] = None,
    geometry: Annotated[
        list[str],
        typer.Option(
            metavar="NAME", help="Where lines lie: pileup, lines, … Repeatable; several are laid together."
        ),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
    renderer: Annotated[
        str | None, typer.Option(metavar="NAME", help="How lines look: cairo (drawn), two-beam (calculated), …")
    ] = None,
    effect: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="What specimen, microscope and camera add: blur, shot-noise, … Repeatable, in order; instead of "
            "the recipe's.",
        ),
    ] = [],  # noqa: B006
    hook: Annotated[
        list[str],
        typer.Option(
            metavar="NAME", help="A hook of an installed package that alters images. Repeatable, in order."
        ),
    ] = [],  # noqa: B006
    set_: SetOption = [],  # noqa: B006
    count: Annotated[int, typer.Option("--count", "-n", metavar="N", min=1, help="How many images.")] = 8,
    size: Annotated[
        str | None,
        typer.Option(metavar="PIXELS", help="Size of the images: 512, or 512x384 for width and height."),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Another number gives other images; the same one gives the same."),
    ] = 0,
    out: OutOption = Path("dislo-data"),
    jobs: JobsOption = 0,
    writer: WriterOption = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Replace the dataset that is in the folder. What you changed is kept, in 'kept'."
        ),
    ] = False,
) -> None:
    """Make images, with a mask and a curve for every dislocation.

    A mask is a picture in which the pixels of one line are white. Running the same command again completes what an
    interrupted run left.

        dislo-gen generate --recipe pileups -n 100 -o my-data
        dislo-gen generate --background real-blend --size 256

    'dislo-gen plugins' lists the names that can be used here, 'dislo-gen plugins show NAME' explains one with a
    picture of what each of its numbers does.
    """
    from dislo_gen.errors import RecipeError
    from dislo_gen.recipe import Recipe
    from dislo_gen.settings import split_settings
    from dislo_gen.size import Size
    from dislo_gen.writers import build_writer

    try:
        pixels = None if size is None else Size.parse(size).xy
    except ValueError as error:
        raise RecipeError(f"--size: {error}") from None
    settings, writer_settings = split_settings(set_)
    made = Recipe.from_names(
        background,
        geometry,
        renderer,
        effect,
        pixels,
        base=recipe,
        settings=settings,
        hooks=hook,
    )
    run(made, count, seed, out, jobs, build_writer(writer, writer_settings), overwrite)


def add(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="Folder of the dataset, such as dislo-data.")],
    more: Annotated[
        int | None, typer.Argument(metavar="N", min=1, help="How many images more.", show_default=False)
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", "-n", metavar="N", min=1, help="The same.", show_default=False)
    ] = None,
    jobs: JobsOption = 0,
) -> None:
    """Add images to a dataset: of the same recipe, none like those that are there.

    For a thousand more:

        dislo-gen add my-data 1000
    """
    from dislo_gen.dataset import open_dataset

    if (more is None) == (count is None):
        raise typer.BadParameter("say once how many images are to be added: dislo-gen add DATASET 1000")
    planned = open_dataset(dataset).manifest.count
    _complete(dataset, planned + (more or count or 0), jobs)


def resume(
    dataset: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of a dataset, or of a training.")],
    count: Annotated[
        int | None,
        typer.Option(
            "--count",
            "-n",
            metavar="N",
            min=1,
            help="How many images there shall be in the end; by default as planned.",
        ),
    ] = None,
    jobs: JobsOption = 0,
) -> None:
    """Go on with making images, or with a training, where it was stopped."""
    from dislo_gen.cli.train import resume_training
    from dislo_gen.dataset import kind_of_folder
    from dislo_gen.errors import DatasetError
    from dislo_gen.files import Folder
    from dislo_gen.learning.folder import is_run
    from dislo_gen.predictions import PREDICTIONS_FORMAT

    if is_run(dataset):
        resume_training(dataset)
        return
    if kind_of_folder(Folder(dataset)) == PREDICTIONS_FORMAT:
        raise DatasetError(f"{dataset}: predictions go on with the same 'dislo-gen predict' that began them")
    _complete(dataset, count, jobs)


def _complete(folder: Path, count: int | None, jobs: int) -> None:
    """Make a dataset as large as it shall be; None: as planned."""
    from dislo_gen.dataset import open_dataset

    manifest = open_dataset(folder).manifest
    run(
        manifest.load_recipe(),
        count or manifest.count,
        manifest.seed,
        folder,
        jobs,
        manifest.writer,
        overwrite=False,
    )


def run(recipe: object, count: int, seed: int, out: Path, jobs: int, writer: object, overwrite: bool) -> None:
    """Generate with a progress bar; Ctrl-C leaves whole files and says how to go on."""
    from dislo_gen.dataset import complete_indices
    from dislo_gen.files import Folder
    from dislo_gen.generate import generate as generate_dataset
    from dislo_gen.interfaces import Writer
    from dislo_gen.recipe import Recipe

    assert isinstance(recipe, Recipe)
    assert isinstance(writer, Writer)
    started, before, done = time.perf_counter(), -1, 0
    jobs = jobs or max(1, min(os.cpu_count() or 1, count // _SAMPLES_PER_JOB))

    def kept() -> str:
        return f"{len(complete_indices(Folder(out)))} of {console.are(count, 'image')} complete in {out}."

    with console.stoppable(kept, lambda: _resume(out)), console.progress_bar("images") as update:

        def progress(complete: int, total: int) -> None:
            nonlocal before, done
            before, done = complete if before < 0 else before, complete
            update(complete, total)

        dataset = generate_dataset(
            recipe, count, seed, out, jobs=jobs, writer=writer, overwrite=overwrite, progress=progress
        )
    report(dataset, done - before, count, time.perf_counter() - started)


def report(dataset: Dataset, made: int, count: int, seconds: float) -> None:
    """Say what a run made, what there is now, and what to try next.

    Args:
        dataset: as it is now.
        made: how many samples were made.
        count: how far the user asked to go; the dataset may be planned to go further.
        seconds: how long it took.
    """
    from dislo_gen.generate import PREVIEW_SAMPLES

    out, planned, complete = dataset.folder.root, dataset.manifest.count, len(dataset)
    whole = complete >= planned
    if made:
        there = console.are(complete, "image") if whole else f"{complete} of the {planned} planned are complete"
        console.say(f"{_images(made)} in {seconds:.1f} s ({made / seconds:.1f} images/s). {there} in {out}:")
    elif whole:
        console.say(f"Nothing to do: {out} is complete with {_images(complete)}.")
    else:
        first = "first image is" if count == 1 else f"first {count} images are"
        console.say(
            f"Nothing to do: the {first} there. {complete} of the {planned} planned are complete in {out}."
        )
    place = shlex.quote(str(out))
    shown = f"  (the first {PREVIEW_SAMPLES})" if complete > PREVIEW_SAMPLES else ""
    console.end(
        ("look at", f"{out / 'preview.png'}{shown}"),
        ("for more", f"dislo-gen add {place} {_more(complete)}") if whole else ("the rest", _resume(out)),
    )


def _more(complete: int) -> int:
    """Return a round number of images that makes a dataset much larger."""
    return 1000 if complete < 1000 else 10_000


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _resume(out: Path) -> str:
    return f"dislo-gen resume {shlex.quote(str(out))}"
