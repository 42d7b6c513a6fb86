"""Commands as people type them, with one word or one file changed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fuzzing.own_files import dataset_files, labels, prediction_files
from fuzzing.seed import Seed
from fuzzing.trainings import run_files

_TINY = ("--model", "tiny.safetensors")
_BRIEF = ("--size", "32", "--epochs", "1", "--images", "1", "--batch", "1", "--set", "held_out.images=1")
_TRAIN = ("train", "clean", *_BRIEF, "--workers", "0")
# A word that begins with a question mark may be changed.
_LINES: Mapping[str, tuple[str, ...]] = {
    "generate": ("generate", "-n", "1", "-j", "1", "--size", "32", "--set", "?renderer.blend=over", "-o", "out"),
    "generate-names": ("generate", "-n", "1", "--size", "32", "--geometry", "?lines", "--effect", "?blur"),
    "generate-recipe": ("generate", "--recipe", "?clean", "-n", "1", "--size", "32", "--seed", "?3", "-o", "out"),
    "replay": ("replay", "data/records/000000.json", "--set", "?renderer=cairo", "-o", "?out"),
    "replay-what": ("replay", "?data/records/000000.json"),
    "verify": ("verify", "?data"),
    "verify-predictions": ("verify", "?found"),
    "predict": ("predict", "film.gif", *_TINY, "--frames", "?0:2", "--scale", "?1.5", "-o", "out"),
    "predict-what": ("predict", "?film.gif", "?picture.png", *_TINY, "-o", "?out"),
    "predict-how": ("predict", "picture.png", *_TINY, "--set", "?threshold=0.4", "--set", "?shortest=3"),
    "predict-with": ("predict", "picture.png", "--model", "?tiny.safetensors", "-o", "out"),
    "models": ("models", "?tiny.safetensors"),
    "plugins": ("plugins", "show", "?blur", "--kind", "?effect", "--no-sheet"),
    "schema": ("schema", "?record"),
    "evaluate": ("evaluate", "tiny.safetensors", "--on", "?data", "--metric", "?length", "-n", "1", "-o", "out"),
    "resume": ("resume", "?run"),
    "train": (*_TRAIN, "--model", "tiny", "--accelerator", "?cpu", "--devices", "?1", "--strategy", "?auto"),
    "train-what": (*_TRAIN, "--model", "?tiny", "--precision", "?32-true", "--seed", "?0", "--metric", "?length"),
    "train-from": (*_TRAIN, "--from", "?tiny.safetensors", "--set", "?loss.empty=0.1", "--accelerator", "cpu"),
    "train-labelled": (*_TRAIN, "--model", "tiny", "--labelled", "?film.json", "--labels", "?dislocation"),
    "help": ("?predict", "?--help"),
}  # fmt: skip
_OVER_FILES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "verify-manifest": (("verify", "data"), "data/dataset.json"),
    "verify-record": (("verify", "data", "--replay"), "data/records/000000.json"),
    "verify-repair": (("verify", "data", "--repair"), "data/masks/000000.tif"),
    "resume-plan": (("resume", "run"), "run/run.json"),
    "resume-numbers": (("resume", "run"), "run/metrics.csv"),
    "resume-record": (("resume", "data"), "data/records/000001.json"),
    "replay-record": (("replay", "data/records/000000.json"), "data/records/000000.json"),
    "verify-found": (("verify", "found"), "found/dataset.json"),
    "predict-again": (("predict", "picture.png", *_TINY, "-o", "found"), "found/dataset.json"),
    "predict-record": (("predict", "picture.png", *_TINY, "-o", "found"), "found/records/picture.json"),
    "predict-picture": (("predict", "picture.png", "film.gif", *_TINY, "-o", "out"), "picture.png"),
    "predict-weights": (("predict", "picture.png", *_TINY, "-o", "out"), "tiny.safetensors"),
    "models-weights": (("models", "tiny.safetensors"), "tiny.safetensors"),
}
WORDS = "words.json"


def commands() -> list[Seed]:
    """Every command, over a folder with a dataset, predictions, labels, pictures and weights."""
    files = {**dataset_files(), **prediction_files(), **labels()[0].files, **run_files()}
    found = [
        Seed(name, {**files, WORDS: json.dumps(words).encode()}, WORDS, "words") for name, words in _LINES.items()
    ]
    for name, (words, changed) in _OVER_FILES.items():
        kind = {"json": "json", "safetensors": "safetensors"}.get(changed.rpartition(".")[2], "bytes")
        plain = {**files, WORDS: json.dumps(words).encode()}
        if changed in plain:
            found.append(Seed(name, plain, changed, kind))
    return found
