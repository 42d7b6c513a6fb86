"""Work beside the page: in threads that a closing page does not wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(action: Callable[[], T]) -> T:
    """Do something in a thread, and return what it returns or raise what it raises.

    Unlike `asyncio.to_thread` it holds nobody up at the end: Ctrl-C ends the page at once, whatever is going on.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def tell(set_: Callable[[], None]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lambda: None if result.done() else set_())

    def act() -> None:
        try:
            found = action()
        except BaseException as error:  # it belongs to whoever waits for it
            problem = error
            tell(lambda: result.set_exception(problem))
        else:
            tell(lambda: result.set_result(found))

    threading.Thread(target=act, daemon=True).start()
    return await result
