"""The parts of a recipe at the page: components as plain tables, which may be wrong for a while."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import attrs

from dislo_gen import (
    Component,
    DisloGenError,
    Distribution,
    Labels,
    Parameter,
    component_class,
    installed_plugins,
    parameters_of,
)

USE = "use"
LABELS = "labels"


@attrs.define(eq=False)
class Part:
    """A component of a recipe, or the table of labels.

    Attributes:
        kind: "background", "geometry", …; "labels" for how masks are drawn.
        values: its parameters as a recipe writes them; what is not there is as it is by default.
        name: of the component.
        original: what the recipe that was begun with has for `values`.
        is_on: whether it is part of the recipe; an effect that is off is kept.
        problems: sentences on its parameters by name; by "" one on itself.
    """

    kind: str
    name: str
    values: dict[str, Any]
    original: dict[str, Any]
    is_on: bool = True
    problems: dict[str, str] = attrs.Factory(dict)

    @classmethod
    def of(cls, kind: str, table: Mapping[str, Any]) -> Part:
        """Return the part that a recipe's table describes."""
        values = {name: value for name, value in table.items() if name != USE}
        return cls(kind, str(table.get(USE, "")), values, copy.deepcopy(values))

    def parameters(self) -> tuple[Parameter, ...]:
        """Return its parameters.

        Raises:
            PluginError: there is no such component, or it cannot be loaded.
        """
        return parameters_of(Labels if self.kind == LABELS else component_class(self.kind, self.name))

    def table(self) -> dict[str, Any]:
        """Return what a recipe says for it."""
        return {USE: self.name, **self.values} if self.name else dict(self.values)

    def value(self, parameter: Parameter) -> Any:
        """Return a parameter's value as a recipe writes it; None where there is none."""
        return self.values[parameter.name] if parameter.name in self.values else default_of(parameter)

    def set(self, name: str, value: Any) -> None:
        """Give a parameter a value; None takes it out."""
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value

    def before(self, parameter: Parameter) -> Any:
        """Return what a parameter's value was in the recipe that was begun with."""
        return self.original.get(parameter.name, default_of(parameter))

    def is_changed(self, parameter: Parameter) -> bool:
        """Say whether a parameter is not as the recipe had it that was begun with."""
        return bool(self.value(parameter) != self.before(parameter))

    def reset(self, parameter: Parameter) -> None:
        """Give a parameter the value that the recipe had that was begun with."""
        self.set(parameter.name, copy.deepcopy(self.original.get(parameter.name)))


def default_of(parameter: Parameter) -> Any:
    """Return a parameter's default as a recipe writes it; None where there is none."""
    default = parameter.default
    if default is attrs.NOTHING:
        return None
    return default.to_plain() if isinstance(default, Distribution) else default


@attrs.frozen
class Offer:
    """A component that can be chosen.

    Attributes:
        name: as a recipe writes it.
        about: what it is, in a line.
        reason: why it cannot be used, or "".
    """

    name: str
    about: str
    reason: str = ""


def offers(kind: str) -> list[Offer]:
    """Return every component of a kind; one that cannot be loaded comes with the reason."""
    plugins = installed_plugins(kind)
    found = []
    for plugin in plugins:
        alone = sum(other.name == plugin.name for other in plugins) == 1
        name = plugin.name if alone else f"{plugin.package}:{plugin.name}"
        try:
            cls: type[Component] = component_class(kind, name)
            parameters_of(cls)
        except DisloGenError as error:
            found.append(Offer(name, "", str(error)))
        except Exception as error:  # whatever its author wrote
            found.append(Offer(name, "", f"{kind} '{name}' from package {plugin.package} cannot be used: {error}"))
        else:
            found.append(Offer(name, (cls.__doc__ or "").strip().split("\n")[0]))
    return found
