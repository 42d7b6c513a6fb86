"""``dislo-gen generate`` and ``dislo-gen resume``."""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dislo_gen._interrupts import interrupt_status
from dislo_gen.cli import console

if TYPE_CHECKING:
    from dislo_gen.dataset import Dataset

JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", min=0, help="Processes that work at it; 0: as many as pay off.")
]
SetOption = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Set a value of the recipe, such as background.wavelength_1=40, geometry.pileups=3, "
        "renderer.blend=over, 'renderer.width={uniform=[2, 5]}', labels.line_width=2, writer.bits=16. Repeatable.",
    ),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")]
WriterOption = Annotated[str | None, typer.Option(help="Format of the dataset; by default the folder format.")]

_SAMPLES_PER_JOB = 24  # a process takes about as long to start as it does to make so many


def generate(
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Recipe to start from: a .toml or .json file, a record, or a ready one by name (wild, clean, m2)."
        ),
    ] = None,
    background: Annotated[str | None, typer.Option(help="Background: perlin, real-blend, …")] = None,
    geometry: Annotated[
        list[str], typer.Option(help="Geometry: pileup, … Repeatable; several are laid over each other.")
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
    renderer: Annotated[str | None, typer.Option(help="Renderer: cairo, two-beam, …")] = None,
    effect: Annotated[
        list[str], typer.Option(help="Effect. Repeatable; applied in order, in place of the recipe's.")
    ] = [],  # noqa: B006
    hook: Annotated[
        list[str], typer.Option(help="Hook that may alter the samples. Repeatable; applied in order.")
    ] = [],  # noqa: B006
    set_: SetOption = [],  # noqa: B006
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many images.")] = 8,
    size: Annotated[
        str | None, typer.Option(metavar="WIDTH[xHEIGHT]", help="Size in pixels: 512 or 512x384.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same bytes.")] = 0,
    out: OutOption = Path("dislo-data"),
    jobs: JobsOption = 0,
    writer: WriterOption = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a dataset that is there already.")
    ] = False,
) -> None:
    """Write a dataset of images with a mask and a curve for every dislocation.

    Running the same command again completes what an interrupted run left. 'dislo-gen plugins' lists the names
    that can be used here, 'dislo-gen plugins show NAME' their parameters.
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


def resume(
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset, or of the training.")],
    count: Annotated[
        int | None,
        typer.Option("--count", "-n", min=1, help="How many images in the end; by default as planned."),
    ] = None,
    jobs: JobsOption = 0,
) -> None:
    """Go on with an interrupted dataset or training, or add images to a complete dataset."""
    from dislo_gen.cli.train import resume_training
    from dislo_gen.dataset import kind_of_folder, open_dataset
    from dislo_gen.errors import DatasetError
    from dislo_gen.files import Folder
    from dislo_gen.learning.folder import is_run
    from dislo_gen.predictions import PREDICTIONS_FORMAT

    if is_run(dataset):
        resume_training(dataset)
        return
    if kind_of_folder(Folder(dataset)) == PREDICTIONS_FORMAT:
        raise DatasetError(f"{dataset}: predictions go on with the same 'dislo-gen predict' that began them")
    manifest = open_dataset(dataset).manifest
    run(
        manifest.load_recipe(),
        count or manifest.count,
        manifest.seed,
        dataset,
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
    try:
        with console.progress_bar("images") as update:

            def progress(complete: int, total: int) -> None:
                nonlocal before, done
                before, done = complete if before < 0 else before, complete
                update(complete, total)

            dataset = generate_dataset(
                recipe, count, seed, out, jobs=jobs, writer=writer, overwrite=overwrite, progress=progress
            )
    except KeyboardInterrupt:
        complete = len(complete_indices(Folder(out)))
        console.err.print(f"Stopped. {complete} of {_are(count)} complete in {out}.", markup=False)
        console.err.print(f"To go on: {_resume(out)}", markup=False)
        raise typer.Exit(interrupt_status()) from None
    report(dataset, done - before, count, time.perf_counter() - started)


def report(dataset: Dataset, made: int, count: int, seconds: float) -> None:
    """Say what a run made, what there is now, and what to try next.

    Args:
        dataset: as it is now.
        made: how many samples were made.
        count: how far the user asked to go; the dataset may be planned to go further.
        seconds: how long it took.
    """
    out, planned, complete = dataset.folder.root, dataset.manifest.count, len(dataset)
    whole = complete >= planned
    if made:
        there = _are(complete) if whole else f"{complete} of the {planned} planned are complete"
        console.say(f"{_images(made)} in {seconds:.1f} s ({made / seconds:.1f} images/s). {there} in {out}:")
    elif whole:
        console.say(f"Nothing to do: {out} is complete with {_images(complete)}.")
    else:
        first = "first image is" if count == 1 else f"first {count} images are"
        console.say(
            f"Nothing to do: the {first} there. {complete} of the {planned} planned are complete in {out}."
        )
    console.say(f"  look at  {out / 'preview.png'}")
    console.say(f"  load     dislo_gen.open_dataset({str(out)!r})")
    console.say(f"  more     {_resume(out)} -n {10 * complete}" if whole else f"  the rest {_resume(out)}")
    record = out / "records" / f"{dataset.indices[0]:06d}.json"
    console.say(f"  again    dislo-gen replay {shlex.quote(str(record))}")


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _are(count: int) -> str:
    return f"{_images(count)} {'is' if count == 1 else 'are'}"


def _resume(out: Path) -> str:
    return f"dislo-gen resume {shlex.quote(str(out))}"
