"""What makes a network learn faster: python examples/ablation/run.py [NAME …] [--seeds 3].

Trains the same small U-Net++ on the same 25,000 images, the general microstructure of the reproduction at 128 px,
with one thing changed at a time, and judges each on 500 unseen images. Each training has one core to itself, and
the minutes in the table are those of one core. Without names, everything; what is there already is not done again,
and what was interrupted goes on.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import numpy as np

from dislo_gen.learning import read_evaluation, read_history

HERE = Path(__file__).resolve().parent
RECIPE = HERE.parent / "reproduction" / "m2.toml"
METRICS = ("length", "dice", "instances")
PLAIN = {
    "loss.matching": "in-order",
    "loss.empty": "0",
    "schedule.averaging": "0",
    "schedule.learning_rate": "0.001",
}
"""The paper's recipe as nearly as its text tells: nothing empties channels, weights are as they are."""


@attrs.frozen
class Variant:
    """One way of learning.

    Attributes:
        changes: settings that differ from `PLAIN`.
        model: the network.
        first: settings of a first fifth of the training, or none.
    """

    changes: dict[str, str] = attrs.field(factory=dict)
    model: str = "unetpp"
    first: dict[str, str] | None = None


VARIANTS = {
    "plain": Variant(),
    "averaging": Variant({"schedule.averaging": "0.998"}),
    "empty-0.1": Variant({"loss.empty": "0.1"}),
    "cross-entropy": Variant({"loss.cross_entropy": "4"}),
    "optimal": Variant({"loss.matching": "optimal"}),
    "coordinates": Variant({"model.coordinates": "true"}),
    "faster": Variant({"schedule.learning_rate": "0.003"}),
    "small-batches": Variant({"schedule.batch": "4"}),
    "few-lines-first": Variant(first={"geometry.max_dislocations": "2"}),
    "resnet34": Variant({"model.encoder": "resnet34"}),
    "directions": Variant({"schedule.averaging": "0.998"}, model="oriented-unet"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, judge, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(VARIANTS))
    parser.add_argument("--out", type=Path, default=Path("ablation"))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trainings side by side")
    parser.add_argument("--epochs", type=int, default=25, help="of 1000 images")
    parser.add_argument("--table", action="store_true", help="only print the table of what is in --out")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(VARIANTS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(VARIANTS)}")
    wanted = [] if options.table else itertools.product(range(options.seeds), options.names or VARIANTS)
    with ThreadPoolExecutor(options.jobs) as pool:
        done = [pool.submit(one, name, seed, options.out, options.epochs) for seed, name in wanted]
        for job in done:
            job.result()
    print("\n".join(table(options.out)))


def one(name: str, seed: int, out: Path, epochs: int) -> None:
    """Train and judge one variant from one seed."""
    judge(learn(VARIANTS[name], out / f"{name}-{seed}", seed, epochs))


def learn(variant: Variant, folder: Path, seed: int, epochs: int) -> Path:
    """Train one variant; returns its folder."""
    settings = PLAIN | variant.changes
    start: list[object] = ["--model", variant.model]
    if variant.model == "unetpp":
        settings = {"model.encoder": "resnet18", "model.depth": "4", "model.channels": "8"} | settings
    if variant.first is not None:
        first, count = folder.with_name(f"{folder.name}-first"), epochs // 5
        train(first, start, settings | variant.first, seed + 100, count)
        start, epochs = ["--from", first / "last.safetensors"], epochs - count
    train(folder, start, settings, seed, epochs)
    return folder


def train(folder: Path, start: list[object], settings: dict[str, str], seed: int, epochs: int) -> None:
    """Run one training."""
    words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    long = ("--epochs", epochs, "--images", 1000, "--seed", seed, "--workers", 0)
    run("train", RECIPE, *start, *words, *long, "-o", folder)


def judge(folder: Path) -> None:
    """Judge the last weights, so that no held-out images choose any."""
    metrics = [word for metric in METRICS for word in ("--metric", metric)]
    weights = folder / "last.safetensors"
    run("evaluate", weights, "--on", RECIPE, *metrics, "-n", 500, "--seed", 1000, "-o", folder / "evaluation")


def run(*words: object) -> None:
    """Show a command and run it on one core."""
    plain = [str(word) for word in words]
    print("$ dislo-gen", " ".join(plain), flush=True)
    command = [sys.executable, "-m", "dislo_gen", *plain]
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})  # noqa: S603 - our own words


def table(out: Path) -> list[str]:
    """Return the table of everything that is there, in Markdown: means over seeds, and how far these lie apart."""
    rows = [
        "",
        "| variant | seeds | length | dice | instances F1 | minutes of one core |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in VARIANTS:
        folders = [folder for folder in sorted(out.glob(f"{name}-[0-9]")) if (folder / "evaluation").is_dir()]
        if not folders:
            continue
        results = [read_evaluation(folder / "evaluation").results[0].scores for folder in folders]
        numbers = [[scores[key] for scores in results] for key in ("length", "dice", "instances_f1")]
        minutes = [learning_time(folder) / 60 for folder in folders]
        shown = [f"{np.mean(n):.3f}" + (f" ± {np.std(n, ddof=1):.3f}" if len(n) > 1 else "") for n in numbers]
        rows.append(f"| {name} | {len(folders)} | {' | '.join(shown)} | {np.mean(minutes):.0f} |")
    return rows


def learning_time(folder: Path) -> float:
    """Return how many seconds a training took, its first part included."""
    parts = (folder, folder.with_name(f"{folder.name}-first"))
    return sum(row["seconds"] for part in parts if part.is_dir() for row in read_history(part))


if __name__ == "__main__":
    main()
