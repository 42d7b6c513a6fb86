"""What the page says to the person: mistakes stay until they are closed, news goes by itself."""

from __future__ import annotations

import logging

from nicegui import ui

from dislo_gen import DisloGenError

_logger = logging.getLogger("dislo_gen")


def say_mistake(sentence: str) -> None:
    """Show a mistake's sentence until it is closed."""
    ui.notify(
        sentence,
        type="warning",
        position="top",
        timeout=0,
        close_button="Close",
        multi_line=True,
        classes="app-notice",
    )


def say(sentence: str) -> None:
    """Show a piece of news for a few seconds."""
    ui.notify(sentence, position="top", timeout=5000, classes="app-notice")


def say_error(error: BaseException) -> None:
    """Show a mistake with the sentence that the command line gives; what nobody foresaw is logged as well."""
    if isinstance(error, DisloGenError):
        say_mistake(str(error))
        return
    _logger.error("the page could not do this", exc_info=error)
    say_mistake(f"This could not be done, and dislo-gen is to blame: {type(error).__name__}: {error}")
