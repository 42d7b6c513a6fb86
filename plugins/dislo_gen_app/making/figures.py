"""Pictures on the page: in rows at one scale, as large as there is room, or two over each other with a wipe."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from dislo_gen_app.making.views import Figure
from dislo_gen_app.pictures import Pictures

_WIPE = "(event) => event.target.parentElement.style.setProperty('--wipe', event.target.value + '%')"


class Figures:
    """The place of the pictures, built where it is made.

    Args:
        pictures: which serve them.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._place = ui.element("div").classes("make-figures")
        self._layout: tuple[object, ...] = ()
        self._images: list[ui.element] = []
        self._captions: list[ui.label] = []

    def show(self, figures: Sequence[tuple[Figure, str]], columns: int, wipe: bool) -> None:
        """Show figures, each with its address.

        Args:
            figures: what to show; with a wipe the first two are laid over each other.
            columns: how many of them stand in a row; a further figure stands beside all of them.
            wipe: whether the second is over the first, up to a line that can be moved.
        """
        layout = (columns, wipe, *((one.name, bool(one.caption), _size(one)) for one, _ in figures))
        if layout != self._layout:
            self._layout = layout
            self._build([one for one, _ in figures], columns, wipe)
        for image, caption, (figure, address) in zip(self._images, self._captions, figures, strict=True):
            caption.set_text(figure.problem or figure.caption)
            if address:
                image.props["src"] = address
                image.props["alt"] = figure.caption or "the made picture"

    def _build(self, figures: Sequence[Figure], columns: int, wipe: bool) -> None:
        self._place.clear()
        self._images, self._captions = [], []
        over = list(figures[:2]) if wipe else []
        rest = list(figures[2:]) if wipe else list(figures)
        real = [one for one in rest if one.name == "real"]
        made = [one for one in rest if one.name != "real"]
        rows = -(-max(len(made), 1) // columns)
        known = [_size(one) for one in figures if one.pixels is not None] or [(1, 1)]
        width = known[0][0] * columns + sum(_size(one)[0] for one in real)
        height = max(known[0][1] * rows, *(_size(one)[1] for one in real), 1)
        self._place.style(f"--ratio: {width / height:.5f}")
        shape = f"flex: {known[0][0] * columns} 1 0; grid-template-columns: repeat({columns}, minmax(0, 1fr))"
        with self._place:
            if wipe:
                self._wiped(over)
            else:
                with ui.element("div").classes("make-grid").style(shape):
                    for one in made:
                        self._figure(one)
            for one in real:
                with ui.element("div").style(f"flex: {_size(one)[0]} 1 0; min-width: 0"):
                    self._figure(one)

    def _figure(self, figure: Figure) -> None:
        with ui.element("figure").classes("make-figure"):
            self._image(figure)
            self._caption()

    def _wiped(self, figures: Sequence[Figure]) -> None:
        with ui.element("figure").classes("make-figure").style(f"flex: {_size(figures[0])[0]} 1 0"):
            with ui.element("div").classes("make-wipe"):
                for one in figures:
                    self._image(one)
                ui.element("div").classes("make-divider")
                slider = ui.element("input").props('type=range min=0 max=100 value=50 aria-label="Wipe"')
                slider.on("input", js_handler=_WIPE)
            for _ in figures:
                self._caption()

    def _image(self, figure: Figure) -> None:
        width, height = _size(figure)
        image = ui.element("img").style(f"aspect-ratio: {width} / {height}").mark(figure.name)
        image.props["data-name"] = figure.name
        self._images.append(image)

    def _caption(self) -> None:
        self._captions.append(ui.label().classes("make-caption"))


def _size(figure: Figure) -> tuple[int, int]:
    if figure.pixels is None:
        return 1, 1
    height, width = figure.pixels.shape[:2]
    return width, height
