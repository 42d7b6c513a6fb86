"""JSON Schemas (draft 2020-12) of recipes, records and datasets, made from the same classes that read them."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Union
from urllib.parse import quote

import attrs

from dislo_gen.component import Component
from dislo_gen.component_tables import TABLES, USE, write_value
from dislo_gen.dataset import MANIFEST_FORMAT, MANIFEST_VERSION, Manifest
from dislo_gen.errors import PluginError
from dislo_gen.interfaces import INTERFACES
from dislo_gen.learning import plan, results
from dislo_gen.learning.plan import TrainingFile
from dislo_gen.markers import Range
from dislo_gen.numeric import number_text
from dislo_gen.parameters import Parameter, parameters
from dislo_gen.predictions import PREDICTION_FORMAT, PREDICTIONS_FORMAT, PredictionRecord, PredictionsManifest
from dislo_gen.predictions import VERSION as PREDICTIONS_VERSION
from dislo_gen.recipe import HookName, PlainRecipe, Recipe
from dislo_gen.record import RECORD_FORMAT, RECORD_VERSION, Record
from dislo_gen.registry import Plugin, load, name_of, plugins
from dislo_gen.shapes import SHAPES, Shape
from dislo_gen.size import MAX_SIDE, Size

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER: Schema = {"type": "number"}
_PAIR: Schema = {"type": "array", "prefixItems": [_NUMBER, _NUMBER], "minItems": 2, "maxItems": 2}
_PRIMITIVES: dict[Any, Schema] = {
    int: {"type": "integer"},
    float: _NUMBER,
    str: {"type": "string"},
    bool: {"type": "boolean"},
    Path: {"type": "string", "minLength": 1},
    Any: {},
    HookName: {"type": "string"},
}


_FILES: dict[str, tuple[type, str, int]] = {
    "recipe": (Recipe, "", 0),
    "record": (Record, RECORD_FORMAT, RECORD_VERSION),
    "dataset": (Manifest, MANIFEST_FORMAT, MANIFEST_VERSION),
    "training": (TrainingFile, plan.FORMAT, plan.VERSION),
    "evaluation": (results.Evaluation, results.FORMAT, results.VERSION),
    "predictions": (PredictionsManifest, PREDICTIONS_FORMAT, PREDICTIONS_VERSION),
    "prediction": (PredictionRecord, PREDICTION_FORMAT, PREDICTIONS_VERSION),
}
NAMES = tuple(_FILES)
"""The files that have a schema."""


def schema(name: str, only_package: str | None = None) -> Schema:
    """Return the JSON Schema of one of the files in `NAMES`.

    Args:
        name: which file.
        only_package: describe the components of this package only (by default of every installed one);
            components of others are then allowed with any parameters.

    Raises:
        KeyError: there is no such schema.
    """
    cls, title, version = _FILES[name]
    walker = _Walker(only_package)
    body = walker.of_class(cls)
    if title:
        body["properties"] |= {"format": {"const": title}, "format_version": {"const": version}}
    return {
        "$schema": DRAFT,
        "title": f"dislo-gen {name}",
        **body,
        "$defs": dict(sorted(walker.definitions.items())),
    }


def component_schema(cls: type[Component]) -> Schema:
    """Return the JSON Schema of one component's table in a recipe.

    Raises:
        PluginError: the class has no name.
        TypeError: a parameter's type has no schema.
    """
    walker = _Walker(None)
    body = walker.of_component(cls, name_of(cls))
    return {"$schema": DRAFT, **body, "$defs": walker.definitions}


class _Walker:
    """Walks over types and collects definitions on the way."""

    def __init__(self, only_package: str | None) -> None:
        self.only_package = only_package
        self.definitions: dict[str, Schema] = {}

    def of(self, kind: Any) -> Schema:
        """Schema of any type that a file holds."""
        if kind in _PRIMITIVES:
            return dict(_PRIMITIVES[kind])
        if kind is PlainRecipe:
            return self.of(Recipe)
        if kind is Size:
            return self._define("size", lambda: _SIZE)
        if kind == Shape:
            return self._define("shape", lambda: {"oneOf": [_shape(tag) for tag in SHAPES]})
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is tuple:
            fixed_length = len(arguments) if arguments[-1] is not Ellipsis else None
            limits = {"minItems": fixed_length, "maxItems": fixed_length} if fixed_length else {}
            return {"type": "array", "items": self.of(arguments[0]), **limits}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(arm) if arm is not type(None) else {"type": "null"} for arm in arguments]}
        if isinstance(kind, type) and issubclass(kind, Component):
            return self._component_of_kind(next(k for k, interface in INTERFACES.items() if interface is kind))
        if attrs.has(kind):
            return self._define(kind.__name__.lower(), lambda: self.of_class(kind))
        raise TypeError(f"no JSON Schema for {kind}")

    def of_class(self, cls: type) -> Schema:
        """Schema of an attrs class: a table with its fields."""
        if cls in TABLES:
            return _object({p.name: self.of_parameter(p) for p in parameters(cls)}, [])
        hints = typing.get_type_hints(cls, include_extras=True)
        fields = [field for field in attrs.fields(cls) if field.init]
        return _object(
            {field.name: self.of(hints[field.name]) | _items(field) for field in fields},
            [field.name for field in fields if field.default is attrs.NOTHING],
        )

    def _define(self, name: str, make: Callable[[], Schema]) -> Schema:
        if name not in self.definitions:
            self.definitions[name] = {}  # stands in while a type refers to itself
            self.definitions[name] = make()
        return {"$ref": "#/$defs/" + quote(name)}

    def _component_of_kind(self, kind: str) -> Schema:
        return self._define(kind, lambda: self._any_component(kind))

    def _any_component(self, kind: str) -> Schema:
        offers = [p for p in plugins(kind) if self.only_package in (None, p.package)]
        known = {offer.name: tables for offer in offers if (tables := self._component(offer)) is not None}
        other: Schema = {
            "type": "object",
            "description": f"a {kind} of another package",
            "properties": {USE: {"type": "string", "not": {"enum": sorted(known)}}},
            "required": [USE],
        }
        return {"anyOf": [{"type": "string"}, *known.values(), other]}

    def _component(self, offer: Plugin) -> Schema | None:
        try:
            return self.of_component(load(offer.kind, f"{offer.package}:{offer.name}"), offer.name)
        except (PluginError, TypeError):
            return None  # broken: 'dislo-gen plugins' says why

    def of_component(self, cls: type[Component], name: str) -> Schema:
        """Schema of a component's table, which names it as ``name``."""
        found = parameters(cls)
        return {
            "type": "object",
            "description": (cls.__doc__ or "").strip().split("\n")[0],
            "properties": {USE: {"const": name}, **{p.name: self.of_parameter(p) for p in found}},
            "required": [USE, *(p.name for p in found if p.default is attrs.NOTHING)],
            "additionalProperties": False,
        }

    def of_parameter(self, parameter: Parameter) -> Schema:
        """Schema of a component's parameter."""
        described: Schema = {}
        text = f"{parameter.help} [{parameter.unit}]" if parameter.unit else parameter.help
        if text:
            described["description"] = text
        if parameter.default is not attrs.NOTHING and parameter.default is not None:
            described["default"] = write_value(parameter, parameter.default)
        value: Schema
        if parameter.choices is not None:
            value = {"enum": list(parameter.choices)}
        else:
            value = self.of(parameter.type)
            if parameter.type in (int, float):
                value |= _limits(parameter.range)
        arms = [value]
        if parameter.varied or parameter.distribution:
            arms.append(self._distribution(parameter, value))
        if parameter.optional:
            arms.append({"type": "null"})
        return {**(arms[0] if len(arms) == 1 else {"anyOf": arms}), **described}

    def _distribution(self, parameter: Parameter, value: Schema) -> Schema:
        """Schema of the distributions a parameter may be given as; equal ones are described once."""
        weighted = {"values": {"type": "array", "items": value, "minItems": 1}, "weights": _list_of(_NUMBER)}
        choice = _table("choice", [_list_of(value), _object(weighted, ["values"])])
        if parameter.choices is not None or parameter.type not in (int, float):
            return choice
        bounded = {**_NUMBER, **_limits(parameter.range)}
        pair = {"type": "array", "items": bounded, "minItems": 2, "maxItems": 2}
        ends = _object({"low": bounded, "high": bounded}, ["low", "high"])
        arms = [
            _table("uniform", [pair, ends]),
            _table("normal", [_PAIR, _bell("mean", "sd")]),
            _table("lognormal", [_PAIR, _bell("median", "sigma")]),
            choice,
            _table("empirical", [_list_of(bounded), _object({"values": _list_of(bounded)}, ["values"])]),
        ]
        limits = " to ".join(number_text(limit) for limit in (parameter.range.low, parameter.range.high))
        return self._define(f"distribution of {value['type']}, {limits}", lambda: {"anyOf": arms})


def _items(field: attrs.Attribute[Any]) -> Schema:
    fewest = field.metadata.get("min_items")
    return {} if fewest is None else {"minItems": fewest}


def _limits(allowed: Range) -> Schema:
    limits = {"minimum": allowed.low, "maximum": allowed.high}
    return {key: value for key, value in limits.items() if math.isfinite(value)}


def _object(properties: Schema, required: Sequence[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _table(key: str, arms: list[Schema]) -> Schema:
    return _object({key: {"anyOf": arms}}, [key])


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item, "minItems": 1}


def _bell(first: str, second: str) -> Schema:
    return _object(dict.fromkeys((first, second, "low", "high"), _NUMBER), [first, second])


def _shape(tag: str) -> Schema:
    few = 2 if tag == "open curve" else 3
    properties: Schema = {
        "type": {"const": tag},
        "points": {"type": "array", "items": _PAIR, "minItems": few},
    }
    if tag == "open curve":
        properties["depth"] = {"type": "array", "items": _NUMBER, "minItems": few}
    return _object(properties, ["type", "points"])


_SIDE: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_SIDE}
_SIZE: Schema = {
    "anyOf": [
        _SIDE,
        {"type": "array", "items": _SIDE, "minItems": 2, "maxItems": 2},
        {"type": "string", "pattern": r"^\s*\d{1,6}\s*([xX]\s*\d{1,6}\s*)?$"},
    ]
}
NAMES = ("recipe", "record", "dataset")
