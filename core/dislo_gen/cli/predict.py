"""``dislo-gen predict``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dislo_gen.cli import console
from dislo_gen.cli.train import LineWidthOption

if TYPE_CHECKING:
    from dislo_gen.errors import DisloGenError
    from dislo_gen.predictions import PredictionRecord

_SHOWN = 40  # a film has thousands of frames
_NAMED = 40

MirroredOption = Annotated[
    bool,
    typer.Option(
        "--mirrored/--once",
        help="Whether networks that can look at mirror images, too: a little better, four times the work.",
    ),
]


def predict(
    images: Annotated[
        list[Path], typer.Argument(help="Pictures and films, or folders of them.", show_default=False)
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="WEIGHTS",
            help="Weights of a trained network: a file, or a name.  [default: starter]",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")] = Path("dislo-found"),
    scale: Annotated[
        float | None,
        typer.Option(
            min=1e-3,
            max=1e3,
            help="By which to scale a picture before the network looks at it; by default so that its longer side "
            "is that of the images the network learnt from. Try half and twice as much where lines are missed.",
            show_default=False,
        ),
    ] = None,
    line_width: LineWidthOption = None,
    mirrored: MirroredOption = True,
    frames: Annotated[
        str | None,
        typer.Option(
            metavar="FROM:TO:STEP",
            help="Which frames of each film, counted from 0: 100:2000:5, or 7 alone. In a folder of single "
            "pictures, which of these.  [default: all]",
            show_default=False,
        ),
    ] = None,
    cache: Annotated[
        bool,
        typer.Option(
            "--cache/--no-cache",
            help="Whether what the network gives for a picture is kept in your cache folder (2 GB at most), so "
            "that other settings of --set take one to three seconds a picture.",
        ),
    ] = True,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Find lines again in these pictures. With other settings, those of other pictures in the folder "
            "are removed. What you changed is kept, in the folder 'kept'.",
        ),
    ] = False,
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="How lines are put together: confidence=0.65 (the least shown), threshold=0.4 (from which "
            "a pixel belongs to a line), shortest=20 and gap=30 (px of a picture of 512: shorter lines are "
            "dropped, wider gaps not bridged), angle=50 (degrees that a bridge may turn), duplicate=0.5 (more "
            "makes one line of two that lie on each other).",
        ),
    ] = [],  # noqa: B006 - Typer reads the default and never changes it
) -> None:
    """Find every dislocation in pictures and films, each as a line of its own.

    Writes overlays to look at, of several pictures an overview and of a film a film, too; a mask and a curve for
    each line; and labels that open in labelme, where they can be corrected to train on. Title bars and scale bars
    are left out. Of films and stacks every frame is looked at:

        dislo-gen predict my-frame.png
        dislo-gen predict my-film.mp4 --frames 100:2000:5
        dislo-gen predict my-frames --model run/weights.safetensors -o found

    Running the same command again completes what is missing; with other settings lines are found anew. What
    cannot be read is named at the end, and the exit status is 1 then (2 if nothing could be read). Labels that you
    corrected are never lost.

    Without --model the network that comes with dislo-gen is used, which learnt from made images of many kinds.
    """
    from dislo_gen import paths
    from dislo_gen.defaults import default_weights_file
    from dislo_gen.micrographs import micrograph_files, parse_frames
    from dislo_gen.ready_weights import find_weights

    if frames is not None:
        parse_frames(frames)
    weights = default_weights_file() if model is None else find_weights(model)
    if not any(paths.exists(image) for image in images):
        micrograph_files(images[0])  # which says what is wrong with it
    from dislo_gen.learning import predict as predict_lines
    from dislo_gen.learning import read_card
    from dislo_gen.learning.finding_options import read_finding

    finding = read_finding(set_, read_card(weights))
    done: list[tuple[str, int]] = []
    scales: list[float] = []

    def tell(record: PredictionRecord) -> None:
        stem = record.source.rpartition(".")[0]
        named = record.name if record.name.removesuffix(f"-{record.frame:06d}") == stem else _with_source(record)
        scales.append(record.scale)
        done.append((named, len(record.confidence)))

    failed: list[str] = []

    def broken(name: str, error: DisloGenError) -> None:
        failed.append(str(error) if name in str(error) else f"{name}: {error}")

    planned = 0

    def kept() -> str:
        return (
            f"{len(done)} of {console.are(planned, 'picture')} complete in {out}."
            if planned
            else "Nothing was found yet."
        )

    with console.stoppable(kept), console.progress_bar("pictures", "pictures") as update:

        def progress(now: int, total: int) -> None:
            nonlocal planned
            planned = total
            update(now, total)

        predict_lines(
            images,
            weights,
            out,
            frames=frames,
            scale=scale,
            line_width=line_width,
            finding=finding,
            mirrored=mirrored,
            cache=cache,
            overwrite=overwrite,
            progress=progress,
            stage=lambda doing, part: update.within(part, doing),
            tell=tell,
            broken=broken,
            drawing=lambda now, total: update(now, total, "film of overlays"),
        )
    _report(done, failed, out, _scales(scales))
    if not done:
        return
    if any(count for _, count in done):
        _warn_of_widths(weights, out, cache)
    else:
        console.warn(_nothing_found(weights, scales, finding.confidence))


def _scales(scales: Sequence[float]) -> str:
    """Say by which factors pictures were scaled."""
    least, most = min(scales, default=1), max(scales, default=1)
    return f"{least:.3g}" if f"{least:.3g}" == f"{most:.3g}" else f"{least:.3g} to {most:.3g}"


def _nothing_found(weights: Path, scales: Sequence[float], confidence: float) -> str:
    """Say what the network expects, what it was shown, and what to try."""
    from dislo_gen.learning import known_widths, read_card
    from dislo_gen.learning.scale import nothing_found

    expected = nothing_found(known_widths(read_card(weights)), f"here it saw pictures scaled by {_scales(scales)}")
    less = f"--set confidence={max(0.05, confidence / 2):.2g}, which lets fainter lines pass"
    return f"no line was found in any picture: {expected}; or {less}"


def _warn_of_widths(weights: Path, out: Path, cache: bool) -> None:
    """Say so where the lines found are of another width than the network knows."""
    from dislo_gen.learning import read_card
    from dislo_gen.learning.found_widths import unusual_widths
    from dislo_gen.predictions import open_predictions

    if text := unusual_widths(open_predictions(out), read_card(weights), cache=cache):
        console.warn(text)


def _report(done: Sequence[tuple[str, int]], failed: Sequence[str], out: Path, scales: str) -> None:
    """Say what was found and what could not be read; exit status 1 if something could not, 2 if nothing could."""
    from dislo_gen.errors import DatasetError

    reasons = list(dict.fromkeys(failed))
    if not done and len(reasons) == 1:
        raise DatasetError(reasons[0])
    for name, count in done[:_SHOWN]:
        console.say(f"  {name}: {_lines(count)}")
    if len(done) > _SHOWN:
        rest = [count for _, count in done[_SHOWN:]]
        mean = sum(rest) / len(rest)
        console.say(f"  and {len(rest)} more: {min(rest)} to {max(rest)} lines, {mean:.1f} on average")
    if done:
        console.say(f"Each was scaled by {scales} for the network.")
        end(out)
    if reasons:
        named = "".join(f"\n  {reason}" for reason in reasons[:_NAMED])
        more = f"\n  and {len(reasons) - _NAMED} more" if len(reasons) > _NAMED else ""
        console.fail(
            f"{len(failed)} of {len(failed) + len(done)} could not be read; the same command goes on once they "
            f"are mended:{named}{more}"
        )
        raise typer.Exit(1 if done else 2)


def end(out: Path) -> None:
    """Say where to look in a folder of predictions, and what to do with them."""
    labelme = shlex.quote(str(out / "labelme"))
    console.end(("look at", _to_look_at(out)), ("to correct lines", f"labelme {labelme}"))


def _to_look_at(out: Path) -> str:
    """Return what to look at first: a film, else the overview; of one picture, its overlay."""
    from dislo_gen.predictions import open_predictions

    predictions = open_predictions(out)
    drawn = [each.path for each in predictions.manifest.drawn]
    films = [path for path in drawn if not path.endswith(".png")]
    names = predictions.manifest.names
    overlays = f"overlays/{names[0]}.png" if len(names) == 1 else "overlays"
    return str(out / (*films, *drawn, overlays)[0])


def _with_source(record: PredictionRecord) -> str:
    """Return a name that does not say by itself whose it is, with what does."""
    frame = f", frame {record.frame}" if record.frames > 1 else ""
    return f"{record.name} ({record.source}{frame})"


def _lines(count: int) -> str:
    return {0: "no line", 1: "1 line"}.get(count, f"{count} lines")
