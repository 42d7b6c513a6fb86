"""Building the writer that a user asks for."""

from __future__ import annotations

from collections.abc import Sequence

from dislo_gen.component_tables import USE, write_component
from dislo_gen.convert import read_as
from dislo_gen.defaults import default_writer
from dislo_gen.errors import RecipeError
from dislo_gen.interfaces import Writer
from dislo_gen.settings import apply_settings


def build_writer(name: str | None = None, settings: Sequence[str] = ()) -> Writer:
    """Return the named writer (by default the installed default writer) with settings applied.

    Args:
        name: as on the command line.
        settings: ``writer.PARAMETER=VALUE`` texts.

    Raises:
        RecipeError: the name or a setting is wrong.
    """
    plain = write_component(default_writer()) if name is None else {USE: name}
    plain = apply_settings({"writer": plain}, settings)["writer"]
    return read_as(plain, Writer, "", RecipeError, root="writer")  # type: ignore[type-abstract]
