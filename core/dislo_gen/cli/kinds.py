"""The kinds of things that packages offer by a name: what people call them, and how each is used."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """One kind.

    Attributes:
        kind: as the registry has it.
        title: a heading.
        about: what these are for, in a few words.
        use: how a NAME is used: an option of ``generate``, or what else is said.
    """

    kind: str
    title: str
    about: str
    use: str


KINDS = (
    Kind("background", "Backgrounds", "what lies under the lines", "--background NAME"),
    Kind("geometry", "Geometries", "where lines lie", "--geometry NAME"),
    Kind("renderer", "Renderers", "how lines look", "--renderer NAME"),
    Kind("effect", "Effects", "of specimen, microscope and camera", "--effect NAME"),
    Kind("recipe", "Recipes", "what goes well together", "--recipe NAME"),
    Kind("writer", "Writers", "formats of datasets", "--writer NAME"),
    Kind("hook", "Hooks", "what watches or alters images", "--hook NAME"),
    Kind("weights", "Weights", "trained networks", "predict --model NAME"),
    Kind("model", "Networks", "what can be trained", "train --model NAME"),
    Kind("metric", "Metrics", "how well lines are found", "evaluate --metric NAME"),
    Kind("command", "Commands", "added by packages", "dislo-gen NAME"),
)
BY_WORD = {word: kind for kind in KINDS for word in (kind.kind, kind.title.lower())} | {
    f"{kind.kind}s": kind for kind in KINDS if kind.kind in ("model", "effect")
}
"""Every word that is understood for a kind: one or many of them."""
