"""What is being made: a recipe that is changed step by step, and which of its samples is looked at."""

from __future__ import annotations

from typing import Any

from dislo_gen import DisloGenError, Recipe, RecipeError
from dislo_gen_app.making.parts import LABELS, Part

PREVIEW_SIDES = (128, 256, 512)
_USUAL = "default"
LARGEST_SEED = 2**53 - 1  # that a browser counts to


class Making:
    """A recipe being changed.

    Attributes:
        base: name or file of the recipe begun with; None for the usual one.
        recipe: the last one without a mistake.
        problem: what is wrong with the recipe as a whole, or "".
        size: [width, height] of its images, px.
        background, renderer, labels: its parts, likewise
        geometry, effect: lists of parts, in order.
        seed: of the samples.
        index: which of them is looked at.
        side: the preview's longer side, px, at most; None for the recipe's own size.

    Raises:
        DisloGenError: the recipe to begin with cannot be used.
    """

    def __init__(self, base: str | None = None) -> None:
        self.seed = self.index = 0
        self.side: int | None = 256
        self.begin_with(base)

    def begin_with(self, base: str | None) -> None:
        """Take another recipe; every change is gone.

        Raises:
            DisloGenError: it cannot be used; all stays as it was.
        """
        base = None if base == _USUAL else base
        recipe = Recipe.load(base or _USUAL)
        plain = recipe.to_dict()
        self.base = base
        self.recipe = recipe
        self.problem = ""
        self._rest = {key: plain[key] for key in ("description", "hooks")}
        self.size: list[int] = list(recipe.size.xy)
        self.background = Part.of("background", plain["background"])
        self.renderer = Part.of("renderer", plain["renderer"])
        self.geometry = [Part.of("geometry", table) for table in plain["geometry"]]
        self.effect = [Part.of("effect", table) for table in plain["effect"]]
        self.labels = Part.of(LABELS, plain["labels"])
        self._put_away = {(part.kind, part.name): part for part in (self.background, self.renderer)}

    def swap(self, kind: str, name: str) -> None:
        """Take another background or renderer; one that was there before comes back as it was left."""
        part = self._put_away.setdefault((kind, name), Part(kind, name, {}, {}))
        setattr(self, kind, part)

    def add(self, kind: str, name: str) -> Part:
        """Add a geometry or an effect behind the others, as it is by default."""
        part = Part(kind, name, {}, {})
        self.several(kind).append(part)
        return part

    def remove(self, part: Part) -> None:
        """Take a geometry or an effect out."""
        self.several(part.kind).remove(part)

    def move(self, part: Part, step: int) -> None:
        """Move a geometry or an effect within its list, as far as there is room."""
        parts = self.several(part.kind)
        old = parts.index(part)
        parts.insert(min(max(old + step, 0), len(parts) - 1), parts.pop(old))

    def several(self, kind: str) -> list[Part]:
        """Return the list of geometries or of effects."""
        return self.geometry if kind == "geometry" else self.effect

    def mistakes(self) -> list[str]:
        """Return a sentence on everything that is wrong."""
        found = [
            f"{slot}{f'.{name}' if name else ''}: {sentence}"
            for slot, part in self.slots().items()
            for name, sentence in part.problems.items()
        ]
        return [*found, self.problem] if self.problem else found

    def slots(self) -> dict[str, Part]:
        """Return every part that is on, by the path of its slot."""
        found = {"labels": self.labels, "background": self.background, "renderer": self.renderer}
        for kind in ("geometry", "effect"):
            on = [part for part in self.several(kind) if part.is_on]
            found |= {f"{kind}.{number}": part for number, part in enumerate(on)}
        return found

    def plain(self) -> dict[str, Any]:
        """Return the recipe as plain data, mistakes and all."""
        return {
            **self._rest,
            "size": self.size,
            "labels": self.labels.table(),
            "background": self.background.table(),
            "renderer": self.renderer.table(),
            **{
                kind: [part.table() for part in self.several(kind) if part.is_on]
                for kind in ("geometry", "effect")
            },
        }

    def check(self) -> bool:
        """Make the recipe of the parts; say whether there is no mistake in them.

        Each mistake goes to the part that it is in, and what is no part's to `problem`.
        """
        slots = self.slots()
        for part in (*slots.values(), *self.effect):
            part.problems.clear()
        self.problem = ""
        try:
            self.recipe = Recipe.from_dict(self.plain(), where="")
        except DisloGenError as error:
            for line in str(error).splitlines():
                self._blame(line, slots)
            return False
        return True

    def _blame(self, line: str, slots: dict[str, Part]) -> None:
        path, _, sentence = line.partition(": ")
        for slot, part in slots.items():
            if path == slot or path.startswith(f"{slot}."):
                name = path[len(slot) + 1 :].partition(".")[0]
                part.problems.setdefault(name, sentence)
                return
        self.problem = f"{self.problem}\n{line}".strip()

    def go_to(self, seed: int, index: int) -> None:
        """Look at another sample.

        Raises:
            RecipeError: there is none of that number.
        """
        for name, value in (("seed", seed), ("sample", index)):
            if not 0 <= value <= LARGEST_SEED:
                raise RecipeError(f"{name}: must be a whole number from 0 to {LARGEST_SEED}, not {value}")
        self.seed, self.index = seed, index

    def preview_recipe(self) -> Recipe:
        """Return the recipe at the preview's size: the same proportions, the longer side at most as chosen."""
        width, height = self.recipe.size.xy
        if self.side is None or self.side >= max(width, height):
            return self.recipe
        scale = self.side / max(width, height)
        return self.recipe.evolve(size=(max(1, round(width * scale)), max(1, round(height * scale))))
