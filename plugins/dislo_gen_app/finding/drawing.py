"""The picture with its lines, and the list of them, as elements of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import events
from nicegui.element import Element

from dislo_gen import ClosedCurve, PixelSize
from dislo_gen_app.finding.choices import ShownLine
from dislo_gen_app.finding.finder import Looked

COLOURS = (
    "#ff5a4d",
    "#3fa7ff",
    "#ffc400",
    "#2ecc71",
    "#d67bff",
    "#ff8f1f",
    "#19d3d3",
    "#ff78b4",
    "#a6d82b",
    "#9aa5ff",
)
"""Of lines on grey, light or dark; neighbours in the list differ."""
_OFF = "#9e9e9e"
_NONE = -1


def describe(shown: Sequence[ShownLine], pixel: PixelSize | None) -> list[dict[str, Any]]:
    """Return lines as the page's scripts take them: number, path, colour, state, and what the list says.

    Numbers are those of overlays and of labelme files, from 0.
    """
    return [_describe(number, each, pixel) for number, each in enumerate(shown)]


def _describe(number: int, each: ShownLine, pixel: PixelSize | None) -> dict[str, Any]:
    line = each.line
    points = line.places[:-1] if isinstance(line.curve, ClosedCurve) else line.places
    x, y = (round(float(value), 1) for value in points[len(points) // 2])
    path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points.tolist())
    return {
        "n": number,
        "d": path + ("Z" if isinstance(line.curve, ClosedCurve) else ""),
        "x": x,
        "y": y,
        "s": each.state,
        "c": _OFF if each.state == "off" else COLOURS[number % len(COLOURS)],
        "length": length_text(line.length, line.length_nm(pixel)),
        "confidence": f"{line.confidence:.2f}",
    }


def length_text(pixels: float, nanometres: float | None) -> str:
    """Return a length as people read it."""
    if nanometres is None:
        return f"{pixels:,.0f} px"
    return f"{pixels:,.0f} px · {_nm(nanometres)}"


def _nm(value: float) -> str:
    return f"{value / 1000:,.2f} µm" if value >= 1000 else f"{value:,.0f} nm"


class LinePicture(Element, component="picture.js"):
    """A picture with lines over it; the wheel zooms, dragging moves, a click selects.

    Args:
        pick: called with a line's number, or -1 for none.
    """

    def __init__(self, pick: Callable[[int], Any]) -> None:
        super().__init__()
        self.on("pick", lambda event: pick(_number(event)))
        self._set(lines=[], selected=_NONE, said="", beside=False, bare=False, numbers=True, filter="none")

    def _set(self, **props: Any) -> None:
        changed = {name: value for name, value in props.items() if self._props.get(name) != value}
        if changed:
            self._props.update(changed)
            self.update()

    def show(self, looked: Looked | None, lines: list[dict[str, Any]], selected: int | None, said: str) -> None:
        """Show a frame and its lines.

        Args:
            looked: the frame.
            lines: see `describe`.
            selected: number of a line, from 0.
            said: what to say over the picture.
        """
        width, height = looked.size if looked else (1, 1)
        self._set(
            src=looked.address if looked else "",
            width=width,
            height=height,
            lines=lines if looked else [],
            selected=_NONE if selected is None else selected,
            said=said,
        )

    def look(self, **how: Any) -> None:
        """Change how it looks: beside, bare, numbers, filter."""
        self._set(**how)

    def zoom(self, factor: float) -> None:
        """Zoom about the middle; 0 shows all."""
        self.run_method("scale", factor) if factor else self.run_method("all")


class LineList(Element, component="list.js"):
    """The lines in a list.

    Args:
        pick, keep, off: called with a line's number.
    """

    def __init__(self, pick: Callable[[int], Any], keep: Callable[[int], Any], off: Callable[[int], Any]) -> None:
        super().__init__()
        self._props["lines"] = []
        for name, act in (("pick", pick), ("keep", keep), ("off", off)):
            self.on(name, lambda event, act=act: act(_number(event)))

    def show(self, lines: list[dict[str, Any]], selected: int | None) -> None:
        """Show lines; see `LinePicture.show`."""
        number = _NONE if selected is None else selected
        listed = [{key: value for key, value in line.items() if key not in "dxy"} for line in lines]
        if (listed, number) != (self._props["lines"], self._props.get("selected")):
            self._props["lines"], self._props["selected"] = listed, number
            self.update()


def _number(event: events.GenericEventArguments) -> int:
    return int(event.args) if isinstance(event.args, (int, float)) else _NONE


__all__ = ["COLOURS", "LineList", "LinePicture", "describe", "length_text"]
