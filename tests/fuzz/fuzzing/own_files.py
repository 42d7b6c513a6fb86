"""Valid files of the program's own: recipes, datasets, labels, weights, trainings, evaluations, predictions."""

from __future__ import annotations

import base64
import functools
import io
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fuzzing.mutate_trees import toml_text, toml_value
from fuzzing.pictures import HEIGHT, WIDTH, colours, gif, grain, tiff
from fuzzing.seed import Seed

SIDE = 32
RECIPES = ("clean", "default", "faint", "m1", "m2", "narrow", "pileups", "pileups-two-beam", "wild")
_LINES = ({"use": "lines"}, {"use": "pileup", "pileups": 1, "dislocations": {"uniform": [2, 4]}})


def _json(tree: Any) -> bytes:
    return json.dumps(tree, indent=1).encode()


def tree_of(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def each(files: Mapping[str, bytes], changed: Iterable[str]) -> list[Seed]:
    """Return a seed for each file that is to be changed, of the kind that its suffix says."""
    kinds = {".json": "json", ".toml": "toml", ".safetensors": "safetensors"}
    return [
        Seed(path.replace("/", "_").rpartition(".")[0], files, path, kinds.get(Path(path).suffix, "bytes"))
        for path in changed
    ]


def recipes() -> list[Seed]:
    """Every ready recipe, as TOML and as JSON, each parameter written out."""
    from dislo_gen import Recipe

    found, rng = [], np.random.default_rng(0)
    for name in RECIPES:
        plain = Recipe.load(name).to_dict()
        found.append(Seed(f"{name}-json", {"recipe.json": _json(plain)}, "recipe.json", "json"))
        found.append(Seed(f"{name}-toml", {"recipe.toml": toml_text(plain, rng)}, "recipe.toml", "toml"))
    return found


def settings() -> list[Seed]:
    """Settings of every parameter in two recipes, and of a few other paths."""
    from dislo_gen import Recipe
    from dislo_gen.plain import flatten

    rng = np.random.default_rng(0)
    texts = ["geometry=lines", 'geometry=["lines", "pileup"]', "effect=blur", "renderer.use=two-beam", "hooks=[]"]
    for name in ("wild", "pileups-two-beam"):
        texts += [f"{path}={toml_value(value, rng)}" for path, value in flatten(Recipe.load(name).to_dict())]
    return [Seed(f"{number:03d}", {"setting.txt": text.encode()}, "setting.txt", "setting") for number, text in
            enumerate(dict.fromkeys(texts))]  # fmt: skip


@functools.cache
def dataset_files() -> Mapping[str, bytes]:
    """Return a dataset of two small samples."""
    from dislo_gen import Recipe, generate

    plain = {**Recipe.load("default").to_dict(), "size": [SIDE, SIDE], "geometry": list(_LINES)}
    with tempfile.TemporaryDirectory() as folder:
        generate(Recipe.from_dict(plain), 2, 5, Path(folder, "data"))
        return tree_of(Path(folder))


def records() -> list[Seed]:
    """Records of samples."""
    return each(dataset_files(), ["data/records/000000.json", "data/records/000001.json"])


def manifests() -> list[Seed]:
    """A dataset's manifest."""
    return each(dataset_files(), ["data/dataset.json"])


def datasets() -> list[Seed]:
    """A dataset's other files."""
    return each(dataset_files(), [name for name in dataset_files() if "/000000." in name])


def labels() -> list[Seed]:
    """Files of labelme, with pictures beside them and in them."""
    line = [[3.5, 4.0], [10.0, 12.5], [25.0, 20.0]]
    mask = np.zeros((6, 9), bool)
    mask[1:4, 2:8] = True
    buffer, picture = io.BytesIO(), io.BytesIO()
    Image.fromarray(mask).save(buffer, "PNG")
    Image.fromarray(grain()).save(picture, "PNG")

    def shape(kind: str, label: str, points: Any, **more: Any) -> dict[str, Any]:
        return {"label": label, "points": points, "group_id": None, "description": "", "shape_type": kind,
                "flags": {}, "mask": None, **more}  # fmt: skip

    shapes = [
        shape("linestrip", "dislocation", line), shape("line", "dislocation", line[:2], group_id=3),
        shape("polygon", "dislocation", line), shape("rectangle", "void", line[:2]),
        shape("circle", "loop", line[:2]), shape("point", "dust", line[:1]),
        shape("linestrip", "__ignore__", line),
        shape("mask", "void", [[2, 3], [10, 8]], mask=base64.b64encode(buffer.getvalue()).decode()),
    ]  # fmt: skip
    plain = {"version": "5.5.0", "flags": {}, "shapes": shapes, "imagePath": "film.png", "imageData": None,
             "imageHeight": HEIGHT, "imageWidth": WIDTH}  # fmt: skip
    inside = {**plain, "imagePath": "no.png", "imageData": base64.b64encode(picture.getvalue()).decode()}
    film = gif()[1].files["film.gif"]
    beside = {"film.png": picture.getvalue(), "film.gif": film, "film.json": _json(plain)}
    return [
        Seed("beside", beside, "film.json", "json"),
        Seed("inside", {"film.json": _json(inside)}, "film.json", "json"),
        Seed("lines", {**beside, "film.json": _json({**plain, "shapes": shapes[:3]})}, "film.json", "json"),
        Seed("of-a-film", {**beside, "film.json": _json({**plain, "imagePath": "film.gif"})}, "film.json", "json"),
        Seed("picture", beside, "film.png"),
    ]


def masks() -> list[Seed]:
    """Mask files, and other TIFF files in their place."""
    from dislo_gen import encode_masks

    several = np.random.default_rng(0).random((5, HEIGHT, WIDTH)) > 0.5
    own = [Seed("several", {"masks.tif": encode_masks(several)}, "masks.tif"),
           Seed("one", {"masks.tif": encode_masks(several[:1])}, "masks.tif")]  # fmt: skip
    return [*own, *(Seed(seed.name, {"masks.tif": seed.files["film.tif"]}, "masks.tif") for seed in tiff()[::5])]


@functools.cache
def weights_file() -> bytes:
    """Return the weights of a network of two convolutions that finds what is dark."""
    import torch

    from dislo_gen import component_class
    from dislo_gen.learning.network import build_network
    from dislo_gen.learning.weights import encode_weights, model_entries
    from fuzzing.tiny import register_tiny

    register_tiny()
    model: Any = component_class("model", "tiny")(channels=2)
    network: Any = build_network(model)
    with torch.no_grad():
        for weight in network.parameters():
            weight.zero_()
        network[0].weight[0, 0, 1, 1] = -1
        network[2].weight[0, 0], network[2].bias[0] = 8, -12
    card = {
        **model_entries(model), "size": [SIDE, SIDE], "line_width": 3.0, "recipes": [{"description": "Small."}],
        "data": ["frames"], "epochs": 2, "images": 20, "scores": {"length": 0.5}, "training": {"seed": 3},
        "versions": {"torch": "2"}, "finding": {"shortest": 3.0},
    }  # fmt: skip
    return encode_weights(network, card)


def weights() -> list[Seed]:
    """Weights."""
    tree = Seed("card", {"tiny.safetensors": weights_file()}, "tiny.safetensors", "safetensors")
    return [tree, Seed("bytes", tree.files, tree.changed)]


def evaluations() -> list[Seed]:
    """The results of an evaluation."""
    numbers = {"length": 0.5, "dice": 0.25}

    def result(model: str) -> dict[str, Any]:
        return {"model": model, "data": "m2", "key": "0" * 64, "images": 3, "too_many": 1, "scores": numbers,
                "lines": [1, 2, 3], "by_image": {name: [value] * 3 for name, value in numbers.items()},
                "names": ["0", "1", "2"]}  # fmt: skip

    plain = {"format": "dislo-gen evaluation", "format_version": 1, "models": ["a", "b"], "data": ["m2"],
             "metrics": ["length"], "results": [result("a"), result("b")]}  # fmt: skip
    return each({"evaluation/evaluation.json": _json(plain)}, ["evaluation/evaluation.json"])


@functools.cache
def prediction_files() -> Mapping[str, bytes]:
    """Return what was found in a picture and in a film, with the pictures and the weights."""
    from dislo_gen.learning import predict

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tiny.safetensors").write_bytes(weights_file())
        (folder / "film.gif").write_bytes(gif()[1].files["film.gif"])
        Image.fromarray(colours()).save(folder / "picture.png")
        pictures = [folder / "picture.png", folder / "film.gif"]
        predict(pictures, folder / "tiny.safetensors", folder / "found", frames=slice(0, 2))
        return tree_of(folder)


def predictions() -> list[Seed]:
    """A folder of predictions: its manifest, and each kind of file of one picture."""
    files = prediction_files()
    return each(files, [name for name in files if name.startswith("found/") and ("picture" in name or
                                                                               "dataset" in name)])  # fmt: skip
