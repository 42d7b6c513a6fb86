"""Work that answers a slider: only what was wanted last is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class Latest:
    """Runs an action at most once at a time; asked again meanwhile, it runs once more after that, not twice.

    Args:
        action: looks itself up what is wanted now.
    """

    def __init__(self, action: Callable[[], Awaitable[object]]) -> None:
        self._action = action
        self._wanted = False
        self._runs = False

    async def ask(self) -> None:
        """Have the action run with what is wanted now."""
        self._wanted = True
        if self._runs:
            return
        self._runs = True
        try:
            while self._wanted:
                self._wanted = False
                await self._action()
        finally:
            self._runs = False
