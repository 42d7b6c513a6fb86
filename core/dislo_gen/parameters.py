"""A component's parameters, read once from its annotations: the single source for every check and every page."""

from __future__ import annotations

import functools
import math
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Literal, Union

import attrs

from dislo_gen.distributions import Distribution
from dislo_gen.errors import did_you_mean, shown
from dislo_gen.markers import Help, OneOf, OnSheet, Range, Unit, VariedMarker, Whole
from dislo_gen.numeric import instead_of_percent, is_finite, is_number, number_text

_TYPE_NAMES = {int: "a whole number", float: "a number", bool: "true or false", str: "a text", Path: "a path"}


@attrs.frozen
class Parameter:
    """One parameter of a component.

    Attributes:
        name: the field's name, as recipes write it.
        type: the plain type a value has once it is fixed (``int``, ``Path``, ``tuple[float, ...]``, …).
        default: the default, or ``attrs.NOTHING``.
        optional: whether None is a value.
        varied: whether a recipe may give a distribution that is drawn anew for each image.
        distribution: whether the component itself draws from it, many times per image.
        choices: the only values allowed, if the type is a ``Literal`` or the marker `OneOf` is there.
        range: smallest and largest number allowed.
        unit: the unit, or "".
        help: one line, or "".
        on_sheet: how sheets set it (`OnSheet`).
    """

    name: str
    type: Any
    default: Any
    optional: bool = False
    varied: bool = False
    distribution: bool = False
    choices: tuple[Any, ...] | None = None
    range: Range = Range()
    unit: str = ""
    help: str = ""
    on_sheet: OnSheet = OnSheet()

    @property
    def takes_text(self) -> bool:
        """Whether values are texts or paths, so that 2024 is one as well."""
        return self.type in (str, Path)

    @property
    def is_whole(self) -> bool:
        """Whether values are whole numbers."""
        return self.type is int

    def check(self, value: object) -> None:
        """Raise a ValueError that says what would be right, unless ``value`` may stand here."""
        if isinstance(value, Distribution):
            if not (self.varied or self.distribution):
                raise ValueError("takes one fixed value, not a distribution")
            self._check_distribution(value)
        elif self.distribution:
            raise ValueError(f"must be a distribution, such as Fixed({value!r}), not {shown(value)}")
        else:
            self.check_value(value)

    def _check_distribution(self, distribution: Distribution) -> None:
        outcomes = distribution.outcomes()
        if outcomes is not None:
            for value in outcomes:
                self.check_value(value)
            return
        if self.choices is not None or self.type not in (int, float):
            raise ValueError(f"must be {self.expected()}; only a choice can vary it")
        low, high = distribution.bounds()
        # Unbounded bells are cut off at the range when they are drawn from; only a stated bound can be wrong.
        if math.isfinite(low) and (low < self.range.low or low > self.range.high):
            self.check_value(float(low) if not self.is_whole else math.floor(low))
        if math.isfinite(high) and (high > self.range.high or high < self.range.low):
            self.check_value(float(high) if not self.is_whole else math.ceil(high))
        try:
            distribution.within(self.range.low, self.range.high)
        except ValueError:
            span = f"{number_text(self.range.low)} to {number_text(self.range.high)}"
            raise ValueError(f"never gives a value in the range allowed, {span}") from None

    def check_value(self, value: Any) -> None:
        """Raise a ValueError unless ``value`` is one that the parameter may have once it is fixed."""
        if value is None:
            if not self.optional:
                raise ValueError(f"must be {self.expected()}, not nothing")
            return
        if self.choices is not None:
            if not any(value == choice and type(value) is type(choice) for choice in self.choices):
                hint = did_you_mean(value, map(str, self.choices)) if isinstance(value, str) else ""
                raise ValueError(f"must be {self.expected()}, not {shown(value)}{hint}")
            return
        if not _is_a(value, self.type):
            percent_hint = instead_of_percent(value) if self.type is float else ""
            raise ValueError(f"must be {self.expected()}, not {shown(value)}{percent_hint}")
        if self.type in (int, float):
            self._check_range(value)

    def _check_range(self, value: float) -> None:
        unit = f" {self.unit}" if self.unit else ""
        if not is_finite(value):
            raise ValueError(f"must be a finite number, not {shown(value)}")
        if value < self.range.low:
            raise ValueError(
                f"{number_text(value)} is below the smallest value allowed, {number_text(self.range.low)}{unit}"
            )
        if value > self.range.high:
            raise ValueError(
                f"{number_text(value)} is above the largest value allowed, {number_text(self.range.high)}{unit}"
            )

    def expected(self) -> str:
        """Say in words what the parameter takes."""
        if self.choices is not None:
            return " or ".join(repr(choice) for choice in self.choices)
        if self.type in _TYPE_NAMES:
            return _TYPE_NAMES[self.type]
        if typing.get_origin(self.type) is tuple:
            return "a list"
        return f"a {getattr(self.type, '__name__', self.type)}"


def _is_a(value: object, kind: Any) -> bool:
    if kind is Any:
        return True
    if kind is float:
        return is_number(value)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if typing.get_origin(kind) is tuple:
        item, *rest = typing.get_args(kind)
        if rest != [Ellipsis]:
            raise TypeError(f"a parameter's tuple is written tuple[T, ...], not {kind}")
        return isinstance(value, tuple) and all(_is_a(part, item) for part in value)
    return isinstance(value, kind)


def parameters(cls: type) -> tuple[Parameter, ...]:
    """Return the parameters of a component class, in the order they are written."""
    return _parameters(cls)


@functools.cache
def _parameters(cls: Any) -> tuple[Parameter, ...]:
    hints = typing.get_type_hints(cls, include_extras=True)
    found = {field.name: _parameter(field, hints[field.name]) for field in attrs.fields(cls) if field.init}
    for one in found.values():
        _check_sheet(one, found)
    return tuple(found.values())


def _check_sheet(one: Parameter, others: dict[str, Parameter]) -> None:
    """Raise a TypeError if `OnSheet` names what is not there or what may not be."""
    values = dict(one.on_sheet.beside)
    if one.on_sheet.value is not attrs.NOTHING:
        values[one.name] = one.on_sheet.value
    for name, value in values.items():
        if name not in others:
            hint = did_you_mean(name, others)
            raise TypeError(f"parameter '{one.name}': OnSheet names '{name}', which is no parameter{hint}")
        try:
            if isinstance(value, Distribution):
                others[name].check(value)
            else:
                others[name].check_value(value)
        except ValueError as error:
            raise TypeError(f"parameter '{one.name}': OnSheet: {name}: {error}") from None


def parameter(cls: type, name: str) -> Parameter:
    """Return one parameter by name."""
    return next(p for p in parameters(cls) if p.name == name)


def _parameter(field: attrs.Attribute[Any], hint: Any) -> Parameter:
    markers: tuple[Any, ...] = ()
    if typing.get_origin(hint) is Annotated:
        hint, *rest = typing.get_args(hint)
        markers = tuple(rest)
    optional = False
    if typing.get_origin(hint) in (Union, types.UnionType):
        arms = [arm for arm in typing.get_args(hint) if arm is not type(None)]
        if len(arms) != 1:
            raise TypeError(f"parameter '{field.name}': a union may only be 'T | None', not {hint}")
        optional, hint = True, arms[0]
        if typing.get_origin(hint) is Annotated:
            hint, *rest = typing.get_args(hint)
            markers += tuple(rest)
    if typing.get_origin(hint) not in (None, tuple, Literal):
        raise TypeError(
            f"parameter '{field.name}': a recipe cannot hold {hint}; write tuple[T, ...] for a list of values"
        )
    choices = typing.get_args(hint) if typing.get_origin(hint) is Literal else None
    distribution = isinstance(hint, type) and issubclass(hint, Distribution)
    found = {type(marker): marker for marker in markers}
    if OneOf in found:
        choices = found[OneOf].values
    default: Any = field.default
    if hasattr(default, "factory"):  # attrs.Factory, which is a function to the type checker
        default = default.factory()
    return Parameter(
        name=field.name,
        type=type(choices[0]) if choices else _drawn(Whole in found) if distribution else hint,
        optional=optional,
        varied=VariedMarker in found,
        distribution=distribution,
        choices=choices,
        range=found.get(Range, Range()),
        unit=found[Unit].text if Unit in found else "",
        help=found[Help].text if Help in found else "",
        on_sheet=found.get(OnSheet, OnSheet()),
        default=default,
    )


def _drawn(whole: bool) -> type:
    """Type of what a distribution of numbers gives."""
    return int if whole else float
