"""Where the keyboard is after something was built anew: it would be lost with what was there before."""

from __future__ import annotations

from nicegui import ui

_SCRIPT = """
const takes = "[tabindex='0'], input, button", find = (tries) => {
    const place = getHtmlElement(%d), one = place && (place.matches(takes) ? place : place.querySelector(takes));
    if (one) one.focus();
    else if (tries) requestAnimationFrame(() => find(tries - 1));
};
find(60); // it may not be there yet
"""


def focus(element: ui.element) -> None:
    """Put the keyboard on an element, or on the first one in it that takes it, and scroll there."""
    element.client.run_javascript(_SCRIPT % element.id)
