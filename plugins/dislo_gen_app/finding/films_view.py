"""The list of films: what was given or dropped, which one is looked at, and what cannot be read."""

from __future__ import annotations

from nicegui import ui

from dislo_gen_app.dropping import drop_zone
from dislo_gen_app.finding.films import Row
from dislo_gen_app.finding.finder import Finder
from dislo_gen_app.notices import say_mistake


class FilmsView:
    """The place to drop files on, and the list."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self._listed: tuple[object, ...] = ()
        dropped = finder.session.dropped
        drop_zone(
            dropped,
            "Drop frames, a folder or a film, or click",
            lambda folder: finder.start(finder.add(folder, folder)),
            say_mistake,
        ).classes("find-drop").props('aria-label="Add pictures and films"')
        self._list = ui.element("div").classes("find-films").props('role="list" aria-label="Films"')

    def update(self) -> None:
        """Show what is on the list now."""
        finder = self.finder
        listed = (tuple(map(id, finder.rows)), id(finder.row))
        if listed == self._listed:
            return
        self._listed = listed
        self._list.clear()
        with self._list:
            for row in finder.rows:
                self._row(row)

    def _row(self, row: Row) -> None:
        finder = self.finder
        chosen = " find-film-chosen" if row is finder.row else ""
        with ui.element("div").classes(f"find-film{chosen}").props('role="listitem"'):
            if row.problem:
                with ui.element("div").classes("find-broken"):
                    ui.icon("error_outline")
                    ui.label(row.problem)
            else:
                count = len(row.frames)
                with (
                    ui.element("button")
                    .props("type=button")
                    .classes("find-film-name")
                    .on("click", lambda: finder.start(finder.choose(row)))
                ):
                    ui.label(row.name).classes("ellipsis")
                    ui.label("1 frame" if count == 1 else f"{count:,} frames").classes("find-small")
            ui.button(icon="close", on_click=lambda: finder.remove(row)).props(
                f'flat round dense size=xs aria-label="Take {row.name} off the list"'
            )
