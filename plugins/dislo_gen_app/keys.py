"""What keys do: each side says its own, the frame listens and lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import attrs
from nicegui import Client, ui


@attrs.frozen
class Key:
    """A key of a side.

    Attributes:
        name: as the browser names it, such as "n" or "ArrowLeft"; or "Ctrl+Shift+Z".
        meaning: what it does, for the list of keys.
        action: called when it is pressed while the side is looked at; it may be a coroutine function.
    """

    name: str
    meaning: str
    action: Callable[[], Any]


_keys: WeakKeyDictionary[Client, dict[str, list[Key]]] = WeakKeyDictionary()


def on_key(side: str, name: str, meaning: str, action: Callable[[], Any]) -> None:
    """Have a key do something on a side of the page that is being built."""
    _keys.setdefault(ui.context.client, {}).setdefault(side, []).append(Key(name, meaning, action))


def keys_of(side: str) -> list[Key]:
    """Return the keys of a side of this page."""
    return _keys.get(ui.context.client, {}).get(side, [])
