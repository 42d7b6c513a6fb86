"""From nothing to lines in pictures: train, be killed, go on, tune on two labelled frames, evaluate, predict.

    python examples/learning/walk_through.py --out walk-through --images my-frames

takes about eight minutes on two cores; ``--small`` takes one and a half, and is what the tests run.
Every step is a command of ``dislo-gen`` that is printed before it runs. It fails where a promise is not kept:

- killed in the middle and started again, the training ends with the numbers of one that was left alone (not with
  ``--small``, which leaves out the second training);
- on held-out images the trained network's length metric is above LEAST_LENGTH, an untrained one's far below;
- on frames of another kind, tuning on two labelled ones raises the length metric.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import runpy
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dislo_gen import Recipe, Size, encode_png, make_sample, write_labelme
from dislo_gen.learning import build_network, read_card, read_evaluation, save_weights
from dislo_gen.learning.weights import model_entries

HERE = Path(__file__).parent
LEAST_LENGTH = {"small": 0.6, "full": 0.8}
SMALL = {"epochs": 2, "images": 160, "size": 64, "count": 16, "frames": 8, "tuning": 3}
FULL = {"epochs": 6, "images": 1000, "size": 96, "count": 100, "frames": 30, "tuning": 4}


def main() -> None:
    """Walk through it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("walk-through"), help="folder for everything")
    parser.add_argument(
        "--images", type=Path, nargs="*", default=[], help="pictures to predict on, files or folders"
    )
    parser.add_argument("--small", action="store_true", help="a minute and a half instead of eight")
    options = parser.parse_args()
    scale = "small" if options.small else "full"
    walk(options.out, options.images, SMALL if options.small else FULL, LEAST_LENGTH[scale], not options.small)


def walk(out: Path, images: Sequence[Path], plan: dict[str, int], least: float, compare: bool) -> None:
    """Train, go on, tune, evaluate, predict; fail where a promise is not kept."""
    out.mkdir(parents=True, exist_ok=True)
    recipe, size = HERE / "few-lines.toml", plan["size"]
    learn = (recipe, "--size", size, "--epochs", plan["epochs"], "--images", plan["images"],
             "--learning-rate", "0.002", "--set", "held_out.images=40", "--set",
             "augmentation.invert=0")  # fmt: skip

    kill_after_first_epoch("train", *learn, "-o", out / "trained")
    dislo_gen("resume", out / "trained")
    if compare:
        dislo_gen("train", *learn, "-o", out / "uninterrupted")
        demand(history(out / "trained") == history(out / "uninterrupted"), "a killed training goes on exactly")
    trained = out / "trained" / "weights.safetensors"

    seen = frames(out / "labelled", recipe, size, range(2))
    unseen = frames(out / "labelled-unseen", recipe, size, range(2, 2 + plan["frames"]))
    tuned = out / "tuned"
    dislo_gen("train", "--from", trained, "--labelled", seen, "--epochs", plan["tuning"], "--images", 160,
              "--learning-rate", "0.003", "--batch", 4, "--set", "frames.share=0.8", "--set", "held_out.images=40",
              "-o", tuned)  # fmt: skip

    untrained = save_untrained(out / "untrained.safetensors", trained)
    data = out / "on-disk"
    dislo_gen("generate", "--recipe", recipe, "--set", "renderer=two-beam", "--size", size, "-n", plan["count"],
              "--seed", "77", "-o", data)  # fmt: skip
    dislo_gen("evaluate", untrained, trained, tuned / "weights.safetensors", "--on", recipe, "--on", data, "--on",
              unseen, "-n", plan["count"], "-o", out / "evaluation")  # fmt: skip
    evaluation = read_evaluation(out / "evaluation")
    lengths = dict(zip(evaluation.models, evaluation.matrix("length"), strict=True))
    demand(lengths["untrained"][0] < least / 2, f"an untrained network scores {lengths['untrained'][0]:.3f}")
    demand(lengths["trained"][0] > least, f"a trained one scores {lengths['trained'][0]:.3f}, at least {least}")
    demand(lengths["tuned"][2] > lengths["trained"][2], "tuning on two labelled frames helps on others like them")

    made = out / "pictures"
    pictures(made, recipe, size, range(500, 504))
    dislo_gen("predict", made, *images, "--model", trained, "-o", out / "found")
    print(f"\nLook at {out}/*/curves.png, {out}/evaluation/*.png and {out}/found/overlays.")


def dislo_gen(*words: object) -> None:
    """Run a command of the program and show it; it runs in this process, where torch is imported already."""
    command = [str(word) for word in words]
    print(f"\n$ dislo-gen {shlex.join(command)}", flush=True)
    sys.argv = ["dislo-gen", *command]
    try:
        runpy.run_module("dislo_gen", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise


def kill_after_first_epoch(*words: object) -> None:
    """Run a training and kill it, as a power cut would, once its first epoch is over."""
    command = [str(word) for word in words]
    print(f"\n$ dislo-gen {shlex.join(command)}   # killed after its first epoch", flush=True)
    with subprocess.Popen(
        [sys.executable, "-m", "dislo_gen", *command], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="")
            if line.startswith("epoch 1 "):
                time.sleep(2)  # somewhere in the second one
                process.kill()


def history(folder: Path) -> list[dict[str, str]]:
    """Return a training's numbers, but for how long it took."""
    with (folder / "metrics.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]


def frames(folder: Path, recipe: Path, size: int, numbers: range) -> Path:
    """Write frames of another kind as labelme keeps them: bright lines on dark, which are new to the network.

    They stand for frames of an experiment that somebody labelled.
    """
    folder.mkdir(exist_ok=True)
    other = Recipe.from_names(
        base=recipe, effect=["shot-noise", "blur", "inversion"], settings=["effect.2.amount=1"], size=size
    )
    samples = (sample for index in itertools.count() if len((sample := make_sample(other, 31, index)).masks))
    for number, sample in zip(range(numbers.stop), samples, strict=False):
        if number in numbers:
            name = f"frame-{number:03d}"
            (folder / f"{name}.png").write_bytes(encode_png(np.round(sample.image * 255).astype(np.uint8)))
            write_labelme(folder / f"{name}.json", sample, f"{name}.png", Size(size, size))
    return folder


def pictures(folder: Path, recipe: Path, size: int, numbers: range) -> None:
    """Write pictures without labels."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        image = make_sample(Recipe.from_names(base=recipe, size=size), 5, number).image
        (folder / f"{number}.png").write_bytes(encode_png(np.round(image * 255).astype(np.uint8)))


def save_untrained(path: Path, like: Path) -> Path:
    """Write weights of the same network that has learnt nothing, to compare with."""
    card = read_card(like)
    model = card.load_model(str(like))
    plain = {
        **model_entries(model), "size": list(card.size), "line_width": card.line_width, "recipes": [], "data": [],
        "epochs": 0, "images": 0, "scores": {}, "training": {}, "versions": {},
    }  # fmt: skip
    save_weights(path, build_network(model), plain)
    return path


def demand(kept: bool, promise: str) -> None:
    """Stop with an error unless a promise is kept."""
    print(f"{'kept' if kept else 'BROKEN'}: {promise}", flush=True)
    if not kept:
        sys.exit(1)


if __name__ == "__main__":
    main()
