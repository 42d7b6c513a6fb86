"""What is said of the parameter that the mouse or the keyboard is at."""

from __future__ import annotations

from nicegui.element import Element


class Tip(Element, component="tip.js"):
    """A line below parameters that tells of one of them.

    It is for the parameters in the same parent element.
    """
