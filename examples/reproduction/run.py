"""The paper's four datasets at a quarter of its size: python examples/reproduction/run.py [--patches FOLDER].

Four trainings, two microstructures on two kinds of background, and each network on each dataset. Each network has
one core to itself. Everything goes on where it was interrupted when the command is given again; names of datasets
train on these alone. The last lines are the tables of the README, of all that has been judged.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from dislo_gen import Recipe, read_json
from dislo_gen.learning import Evaluation, read_evaluation

HERE = Path(__file__).resolve().parent
DATASETS = ("narrow-perlin", "narrow-real", "m2-perlin", "m2-real")
NETWORK = ("--model", "unetpp", "--channels", "8", "--set", "model.encoder=resnet18", "--set", "model.depth=4",
           "--matching", "in-order", "--empty-weight", "0", "--set", "schedule.averaging=0",
           "--learning-rate", "0.001")  # fmt: skip
"""The paper's recipe as nearly as its text tells: nothing empties channels, weights are as they are. One halving
fewer than usual still sees the whole of 128 px, and takes 0.6 of the time."""
LONG = ("--epochs", "25", "--images", "1000", "--workers", "0")
METRICS = ("length", "dice")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write recipes, train, evaluate, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(DATASETS)}; by default all")
    parser.add_argument("--out", type=Path, default=Path("reproduction"), help="folder of everything")
    parser.add_argument("--patches", type=Path, help="micrographs for real-blend; without, its stand-ins")
    parser.add_argument("--count", type=int, default=500, help="images of each dataset to judge by")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trainings side by side")
    parser.add_argument("--table", action="store_true", help="only print the tables of what is in --out")
    parser.add_argument("--set", action="append", default=[], help="anything else of the trainings; repeatable")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(DATASETS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(DATASETS)}")
    if not options.table:
        learn_and_judge(options)
    judged = [judged_folder(options.out, name) for name in DATASETS]
    print("\n".join(report([read_evaluation(folder) for folder in judged if folder.is_dir()])))


def learn_and_judge(options: argparse.Namespace) -> None:
    """Train and judge a network for each dataset that is wanted."""
    options.out.mkdir(parents=True, exist_ok=True)
    recipes = {name: write_recipe(name, options.out, options.patches) for name in DATASETS}
    more = [word for setting in options.set for word in ("--set", setting)]
    with ThreadPoolExecutor(options.jobs) as pool:
        trained = options.names or DATASETS
        rows = [pool.submit(row, name, recipes, options.out, options.count, more) for name in trained]
        for each in rows:
            each.result()


def row(name: str, recipes: dict[str, Path], out: Path, count: int, more: Sequence[str]) -> None:
    """Train a network on one dataset and judge it on each."""
    folder, found = out / name, judged_folder(out, name)
    run("train", recipes[name], *NETWORK, *LONG, *more, "-o", folder)
    sets = [word for recipe in recipes.values() for word in ("--on", recipe)]
    judged = [word for metric in METRICS for word in ("--metric", metric)]
    weights = folder / "weights.safetensors"
    run("evaluate", weights, *sets, *judged, "-n", count, "--seed", "2", "-o", found)


def judged_folder(out: Path, name: str) -> Path:
    """Return where a network's scores are."""
    return out / f"{name}-judged"


def write_recipe(name: str, folder: Path, patches: Path | None) -> Path:
    """Write one dataset's recipe and return its file."""
    microstructure, _, background = name.partition("-")
    recipe = Recipe.load(HERE / f"{microstructure}.toml")
    if background == "real":
        plain = recipe.to_dict()
        plain["background"] = {"use": "real-blend"} | ({"patches": str(patches.resolve())} if patches else {})
        recipe = Recipe.from_dict(plain)
    path = folder / f"{name}.json"
    text = json.dumps(recipe.to_dict(), indent=1)
    if not path.exists() or read_json(path) != json.loads(text):
        path.write_text(text, encoding="utf-8")
    return path


def run(*words: object) -> None:
    """Show a command and run it on one core."""
    plain = [str(word) for word in words]
    print("$ dislo-gen", " ".join(plain), flush=True)
    command = [sys.executable, "-m", "dislo_gen", *plain]
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})  # noqa: S603 - our own words


def report(rows: Sequence[Evaluation]) -> Iterator[str]:
    """Return tables in Markdown: a matrix for each metric, and the score by the number of lines."""
    results = {(r.model, r.data): r for row in rows for r in row.results}
    for metric in METRICS:
        yield f"\n| {metric}: learnt from | {' | '.join(DATASETS)} |"
        yield "| --- |" + " --- |" * len(DATASETS)
        for model in (name for name in DATASETS if (name, name) in results):
            yield f"| {model} | {' | '.join(f'{results[model, on].scores[metric]:.3f}' for on in DATASETS)} |"
    for own in (name for name in DATASETS[2:] if (name, name) in results):
        yield f"\n| lines | images | length, {own} on itself | dice |"
        yield "| --- | --- | --- | --- |"
        lines = np.array(results[own, own].lines)
        for count in sorted(set(lines.tolist()) - {0}):
            images = [np.array(results[own, own].by_image[metric])[lines == count] for metric in METRICS]
            yield f"| {count} | {images[0].size} | {images[0].mean():.3f} | {images[1].mean():.3f} |"


if __name__ == "__main__":
    main()
