"""Pictures on the page: in rows at one scale, as large as there is room, or two over each other with a wipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from nicegui.element import Element

from dislo_gen_app.making import views
from dislo_gen_app.making.histogram import Histogram
from dislo_gen_app.making.views import Figure
from dislo_gen_app.pictures import Pictures


class Display(Element, component="display.js"):
    """The place of the pictures, what is said of them, and their histograms.

    It is told by messages: a changed property would have the browser go through every control of the page.
    """

    def show(
        self, view: str, figures: Sequence[dict[str, Any]], about: str, histograms: Sequence[Histogram]
    ) -> None:
        """Show figures.

        Args:
            view: one of `views.VIEWS`.
            figures: from `served`; one named "real" stands beside all others.
            about: a line on them.
            histograms: of the made picture and of a real one, if there is one.
        """
        made = sum(figure["name"] != views.REAL for figure in figures)
        self.run_method(
            "show",
            {
                "figures": list(figures),
                "columns": views.columns(view, made),
                "wipe": view == views.WIPE,
                "about": about,
                "histograms": [attrs.asdict(one) for one in histograms],
            },
        )

    def refuse(self, problem: str) -> None:
        """Say why what is wanted cannot be drawn; what was there stays, and looks like it."""
        self.run_method("refuse", problem)

    def wait(self) -> None:
        """Say that the next picture is being drawn."""
        self.run_method("wait")


def served(figures: Sequence[Figure], pictures: Pictures) -> list[dict[str, Any]]:
    """Give each figure an address, and return what the browser is told of it."""
    return [
        {
            "name": one.name,
            "caption": one.caption,
            "problem": one.problem,
            "width": 1 if one.pixels is None else one.pixels.shape[1],
            "height": 1 if one.pixels is None else one.pixels.shape[0],
            "src": "" if one.pixels is None else pictures.put(one.name, one.pixels, grainy=True),
        }
        for one in figures
    ]
