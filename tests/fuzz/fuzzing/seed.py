"""Where inputs come from: valid files, one of which is changed."""

from __future__ import annotations

import io
import json
import struct
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.random import Generator

from fuzzing.mutate_bytes import mutate_bytes
from fuzzing.mutate_trees import any_value, json_text, mutate_tree, toml_text, toml_value

_BYTES_AMONG_TREES = 0.25  # share of inputs whose text is spoilt, not the tree in it


@attrs.frozen
class Seed:
    """A folder of valid files.

    Attributes:
        name: of the seed, one of its target.
        files: path inside the folder to content.
        changed: which of them is changed.
        kind: what that one is: "bytes", "json", "toml", "words", "setting", "safetensors", "state".
    """

    name: str
    files: Mapping[str, bytes]
    changed: str
    kind: str = "bytes"

    def mutated(self, number: int, others: Sequence[Seed] = ()) -> bytes:
        """Return the file that is changed, in the way that a number stands for."""
        rng = np.random.default_rng(number)
        data = self.files[self.changed]
        if self.kind != "bytes" and (self.kind in ("words", "setting") or rng.random() > _BYTES_AMONG_TREES):
            return _TREES[self.kind](data, rng)
        return mutate_bytes(data, rng, [other.files[other.changed] for other in others])


def _json(data: bytes, rng: Generator) -> bytes:
    return json_text(mutate_tree(json.loads(data), rng), rng)


def _toml(data: bytes, rng: Generator) -> bytes:
    return toml_text(mutate_tree(tomllib.loads(data.decode()), rng), rng)


def _words(data: bytes, rng: Generator) -> bytes:
    """Change one of the words that are marked with a question mark, which does not stay."""
    words: list[str] = json.loads(data)
    places = [number for number, word in enumerate(words) if word.startswith("?")]
    chosen = places[rng.integers(len(places))]
    words = [word.removeprefix("?") for word in words]
    path, equals, value = words[chosen].rpartition("=")
    changed = str(mutate_tree(value, rng)) if rng.random() < 0.5 else str(any_value(rng))
    words[chosen] = f"{path}{equals}{changed}"[:5000].replace("\0", "")
    return json.dumps(words).encode()


def _setting(data: bytes, rng: Generator) -> bytes:
    """Change a setting's path or its value."""
    path, _, value = data.decode().partition("=")
    if rng.random() < 0.3:
        keys: Any = mutate_tree(path.split("."), rng)
        path = ".".join(map(str, keys)) if isinstance(keys, list) else str(keys)
    if rng.random() < 0.8:
        value = toml_value(any_value(rng) if rng.random() < 0.6 else mutate_tree(_parsed(value), rng), rng)
    return f"{path}={value}".encode("utf-8", "surrogatepass")[:300_000]


def _parsed(value: str) -> Any:
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except ValueError:
        return value


def _safetensors(data: bytes, rng: Generator) -> bytes:
    """Change the header: names, places and shapes of the tensors, or the card in it."""
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    about = header["__metadata__"]
    if rng.random() < 0.7:
        card = mutate_tree(json.loads(about["dislo-gen"]), rng)
        about["dislo-gen"] = json_text(card, rng).decode("utf-8", "replace")
    else:
        header = mutate_tree(header, rng)
    text = json_text(header, rng)
    return struct.pack("<Q", len(text)) + text + data[8 + size :]


def _state(data: bytes, rng: Generator) -> bytes:
    """Change the tables, numbers and names in the state of a training."""
    import torch

    out = io.BytesIO()
    torch.save(mutate_tree(torch.load(io.BytesIO(data), weights_only=True), rng), out)
    return out.getvalue()


_TREES = {
    "state": _state,
    "json": _json,
    "toml": _toml,
    "words": _words,
    "setting": _setting,
    "safetensors": _safetensors,
}
