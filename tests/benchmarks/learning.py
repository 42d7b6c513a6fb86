"""How much of a training step the loss takes, measured in one run.

    python tests/benchmarks/learning.py                  U-Net++ ResNet-50, 20 channels, 512 x 512: a minute
    python tests/benchmarks/learning.py --size 64 --encoder resnet18 --steps 2

Prints the median seconds of each part of a step, and the loss's share of the whole.
"""

from __future__ import annotations

import argparse
import statistics
import time

import torch

from dislo_gen import Recipe, component_class
from dislo_gen.learning import InstanceLoss, OnTheFly, build_network, collate, standardise


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--encoder", default="resnet50")
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--float32", action="store_true", help="without bfloat16")
    options = parser.parse_args()

    dataset = OnTheFly([Recipe.from_names(base="m2", size=options.size)])
    batch = collate([dataset[index] for index in range(options.batch)])
    model = component_class("model", "unetpp")(encoder=options.encoder, channels=options.channels)
    network = build_network(model)
    optimizer = torch.optim.AdamW(network.parameters())
    loss = InstanceLoss()
    parts: dict[str, list[float]] = {
        name: [] for name in ("network", "loss", "gradients of the network, and step")
    }
    for step in range(options.steps + 1):
        times = [time.perf_counter()]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=not options.float32):
            logits = network(standardise(batch.images))
        times.append(time.perf_counter())
        # The loss and its own gradient, apart from those of the network.
        leaf = logits.detach().requires_grad_()
        loss(leaf, batch.masks, batch.counts).mean().backward()
        times.append(time.perf_counter())
        logits.backward(leaf.grad)
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.perf_counter())
        if step:  # the first one warms up
            for name, began, ended in zip(parts, times, times[1:], strict=False):
                parts[name].append(ended - began)
    medians = {name: statistics.median(seconds) for name, seconds in parts.items()}
    for name, seconds in medians.items():
        print(f"{name:36} {seconds:8.4f} s")
    print(f"{'share of the loss':36} {medians['loss'] / sum(medians.values()):8.2%}")
    print(f"masks {tuple(batch.masks.shape)}, of which real {batch.counts.tolist()}")


if __name__ == "__main__":
    main()
