"""Make the starter model: python examples/starter/make.py [--out FOLDER].

Trains on made images only, pictures of 256 px that are like parts of frames of 512 px, three times, each with a
learning rate that ends at zero. The training goes on where it was interrupted when the command is given again. The
mean of the last two trainings' weights is then stored in half precision where the package keeps it, unless --to
says otherwise, together with the size of whole frames and how lines are best put together.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import attrs

HERE = Path(__file__).resolve().parent
STARTER = HERE.parents[1] / "plugins" / "dislo_gen_plugins" / "weights" / "starter.safetensors"


@attrs.frozen
class Stage:
    """One training.

    Attributes:
        size: of the pictures, px.
        batch: pictures in a batch.
        images: pictures in an epoch.
        epochs: how many.
        learning_rate: the largest.
    """

    size: int
    batch: int
    images: int
    epochs: int
    learning_rate: float


RECIPES = ("wild", "pileups", "faint", "pileups-two-beam", "pileups", "faint")
STAGES = (Stage(256, 4, 4000, 11, 0.0015), Stage(256, 4, 4000, 4, 0.0006), Stage(256, 4, 4000, 5, 0.0008))
FRAME = (512, 512)
FINDING = {"threshold": 0.4, "confidence": 0.65, "shortest": 20.0}
"""Chosen on made images and on the yardstick, whose frames are therefore no test of these three numbers."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("starter-run"), help="folder of the trainings")
    parser.add_argument("--to", type=Path, default=STARTER, help="where the weights are stored")
    options = parser.parse_args(arguments)
    learnt: list[Path] = []
    for number, stage in enumerate(STAGES, start=1):
        folder = options.out / f"stage-{number}"
        run(command(stage, folder, learnt[-1] if learnt else None))
        learnt.append(folder / "last.safetensors")
    store(learnt[-2:], options.to)


def command(stage: Stage, folder: Path, start: Path | None) -> list[str]:
    """Return the command line of a stage."""
    # In whole frames lines lie far enough apart for one place in a pixel.
    new = ["--model", "oriented-unet", "--set", "model.oversampling=1"]
    begin = new if start is None else ["--from", str(start)]
    return [
        *("dislo-gen", "train", *RECIPES, *begin, "--size", str(stage.size), "-o", str(folder)),
        *("--batch", str(stage.batch), "--images", str(stage.images), "--epochs", str(stage.epochs)),
        *("--learning-rate", str(stage.learning_rate), "--metric", "instances"),
        *("--set", "held_out.images=60", "--set", "augmentation.noise=0", "--set", "augmentation.invert=0"),
    ]


def run(words: Sequence[str]) -> None:
    """Show a command and run it."""
    print("$", " ".join(words), flush=True)
    done = subprocess.run([sys.executable, "-m", "dislo_gen", *words[1:]], check=False)  # noqa: S603 - our own words
    if done.returncode:
        sys.exit(done.returncode)


def store(weights: Sequence[Path], to: Path) -> None:
    """Store the mean of the weights in half precision, for whole frames.

    Between a network and one tuned from it lie networks that do about as well on what either learnt from, and
    often better on what neither has seen.

    Source: Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022.
    """
    import torch

    from dislo_gen.convert import converter
    from dislo_gen.learning import load_weights, save_weights

    learnt = [load_weights(file) for file in weights]
    network, card = learnt[-1]
    states = [each.state_dict() for each, _ in learnt]
    means = {
        name: torch.stack([state[name] for state in states]).mean(dim=0)
        for name, last in states[-1].items()
        if last.is_floating_point()  # the others count batches
    }
    network.load_state_dict(states[-1] | means)
    whole = attrs.evolve(card, size=FRAME, finding=FINDING)
    save_weights(to, network, converter.unstructure(whole), half=True)
    print(f"{to}: {to.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
