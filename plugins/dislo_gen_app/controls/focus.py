"""Where the keyboard is after something was built anew: it would be lost with what was there before."""

from __future__ import annotations

from nicegui import ui

_SCRIPT = """
setTimeout(() => {
    const takes = "[tabindex='0'], input, button", place = getHtmlElement(%d);
    if (place) (place.matches(takes) ? place : place.querySelector(takes))?.focus();
}, 50)
"""


def focus(element: ui.element) -> None:
    """Put the keyboard on an element, or on the first one in it that takes it, and scroll there."""
    element.client.run_javascript(_SCRIPT % element.id)
