"""Work beside the page: in threads that a closing page does not wait for."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_running: set[threading.Thread] = set()


def is_busy(patience: float) -> bool:
    """Say whether threads are at work still, after waiting so many seconds for them."""
    until = time.monotonic() + patience
    for thread in list(_running):
        thread.join(max(0.0, until - time.monotonic()))
    return any(thread.is_alive() for thread in _running)


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
        finally:
            _running.discard(threading.current_thread())

    thread = threading.Thread(target=act, daemon=True)
    _running.add(thread)
    thread.start()
    return await result
