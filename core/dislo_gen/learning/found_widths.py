"""Whether the lines that a network found are as wide as those that it learnt from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from dislo_gen import paths
from dislo_gen._version import __version__
from dislo_gen.convert import EXPECTED, converter
from dislo_gen.errors import DisloGenError
from dislo_gen.files import Folder
from dislo_gen.learning.cards import WeightsCard
from dislo_gen.learning.line_widths import LineWidths, measure_sample, summary
from dislo_gen.learning.outputs import allowed_bytes
from dislo_gen.learning.scale import known_widths, rounded
from dislo_gen.plain import parse_json
from dislo_gen.predictions import Predictions
from dislo_gen.users_cache import cache_folder

_PICTURES = 5  # of a film that are measured
_LINES = 15  # of each, the surest: a median needs no more, and a frame of 2048 px may have a hundred
_BYTES = 10_000


def unusual_widths(predictions: Predictions, card: WeightsCard, *, cache: bool = True) -> str:
    """Say so where lines are wider or narrower than a network knows, and what to try; "" where they are not.

    A few pictures are measured at the lines that were found in them: of lines that a network does not know it
    finds a part, mostly, and not none.

    Args:
        predictions: made with the network.
        card: of its weights.
        cache: whether what it knows, which takes a second to find out, is kept in the user's cache folder.
    """
    step = max(1, -(-len(predictions) // _PICTURES))
    widths: list[float | None] = []
    seen: list[float | None] = []
    for position in range(0, len(predictions), step):
        measured = measure_sample(predictions[position], _LINES)
        scale = predictions.record(predictions.names[position]).scale
        widths += measured
        seen += [None if width is None else width * scale for width in measured]
    there, for_it = summary(widths), summary(seen)
    known = None if for_it is None else _known(card, cache)
    if there is None or for_it is None or known is None or known.knows(for_it.median):
        return ""
    than = "wider" if for_it.median > known.high else "narrower"
    return (
        f"the lines found are about {there.median:.2g} px wide in the pictures and {for_it.median:.2g} px as the "
        f"network sees them, {than} than most that it learnt from ({known}), so that it may miss many. Look what "
        f"--line-width {rounded(there.median):.2g} finds"
    )


def _known(card: WeightsCard, cache: bool) -> LineWidths | None:
    """Return what a network knows, for a hint only: no number of anybody's depends on what was kept."""
    if card.line_widths is not None or not cache or not allowed_bytes():
        return known_widths(card)
    recipes = json.dumps([__version__, *({**recipe} for recipe in card.recipes)], sort_keys=True)
    folder = Folder(cache_folder("line-widths"))
    name = f"{hashlib.sha256(recipes.encode()).hexdigest()}.json"
    try:
        text = paths.read_bytes(folder.path(name), _BYTES).decode("utf-8", errors="replace")
        kept: Any = parse_json(text, name)
        return converter.structure(kept, LineWidths)
    except (DisloGenError, *EXPECTED):
        found = known_widths(card)
    if found is not None and np.isfinite(found.high):
        _keep(folder, name, found)
    return found


def _keep(folder: Folder, name: str, widths: LineWidths) -> None:
    try:
        folder.put(name, json.dumps(converter.unstructure(widths)).encode())
    except DisloGenError:  # no room, no permission: it is found out again the next time
        return
