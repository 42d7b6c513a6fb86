"""What is checked: a plugin, by the object that its entry point names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import attrs

from dislo_gen.component import Component
from dislo_gen.errors import PluginError
from dislo_gen.hooks import GROUP as HOOK_GROUP
from dislo_gen.interfaces import kind_of
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.registry import Plugin, discover, origin


@attrs.frozen(eq=False)
class Subject:
    """A plugin to be checked.

    Attributes:
        kind: "background", …, or "hook".
        target: what the entry point names: a component class, or a hook's module, class or object.
        instance: the component, with the parameters given or its defaults; for a hook, the object whose methods
            are called.
    """

    kind: str
    target: Any
    instance: Any
    _found: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False)

    def once(self, what: str, find: Callable[[], Any]) -> Any:
        """Return what several checks need and only the first has to find."""
        if what not in self._found:
            self._found[what] = find()
        return self._found[what]

    @classmethod
    def of(cls, plugin: Any) -> Subject:
        """Return the subject for a component class, a component or a hook.

        Raises:
            TypeError: it is none of these, or has parameters that need a value.
        """
        if isinstance(plugin, Component):
            return cls(kind_of(type(plugin)), type(plugin), plugin)
        if isinstance(plugin, type) and issubclass(plugin, Component):
            return cls(kind_of(plugin), plugin, _with_defaults(plugin))
        return cls("hook", plugin, _with_defaults(plugin) if inspect.isclass(plugin) else plugin)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters; a hook may have none."""
        cls = type(self.instance)
        return parameters(cls) if attrs.has(cls) else ()

    def plugin(self) -> Plugin:
        """Return the entry point.

        Raises:
            PluginError: there is none.
            LookupError: there is none (for a hook).
        """
        if self.kind != "hook":
            return origin(self.target)
        for offer in discover(HOOK_GROUP):
            wanted = getattr(self.target, "__qualname__", None)
            may_be = wanted is None or offer.target.endswith(wanted)
            if may_be and _loaded(offer) is self.target:
                return offer
        raise LookupError(f"no entry point in the group '{HOOK_GROUP}' leads to it")

    def __str__(self) -> str:
        name = getattr(self.target, "__qualname__", None) or getattr(self.target, "__name__", repr(self.target))
        return f"{self.kind} {name}"


def _loaded(offer: Plugin) -> Any:
    """Return what an entry point names, or None: that another package's is broken is not this one's fault."""
    try:
        return offer.load()
    except PluginError:
        return None


def _with_defaults(cls: type) -> Any:
    try:
        return cls()
    except TypeError as error:
        if attrs.has(cls) and any(f.default is attrs.NOTHING for f in attrs.fields(cls) if f.init):
            raise TypeError(
                f"{cls.__name__} has parameters without default: check a component made with values for them, "
                f"such as {cls.__name__}({next(f.name for f in attrs.fields(cls) if f.init)}=...)"
            ) from error
        raise
