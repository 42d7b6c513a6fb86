"""Hooks that observe; the module itself is the plugin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dislo_gen import Sample, hookimpl, open_dataset

ENTRIES: list[str] = []


@hookimpl
def sample_made(sample: Sample) -> None:
    """Note how many labels a sample has."""
    ENTRIES.append(f"sample {sample.index}: {len(sample.masks)} labels")


@hookimpl
def dataset_finished(folder: Path, count: int) -> None:
    """Note that the dataset has as many samples as it should."""
    assert len(open_dataset(folder)) == count
    ENTRIES.append(f"dataset: {count} samples")


@hookimpl
def training_started(folder: Path, epochs: int) -> None:
    """Note the plan."""
    assert folder.is_dir()
    ENTRIES.append(f"training: {epochs} epochs")


@hookimpl
def epoch_ended(epoch: int, scores: Mapping[str, float]) -> None:
    """Note what came of it."""
    ENTRIES.append(f"epoch {epoch}: {', '.join(scores)}")
