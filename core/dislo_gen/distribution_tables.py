"""Distributions as a recipe file writes them."""

from __future__ import annotations

import attrs

from dislo_gen.distributions import DISTRIBUTIONS, Distribution, Fixed
from dislo_gen.errors import did_you_mean, shown

_POSITIONAL = {"uniform": ("low", "high"), "normal": ("mean", "sd"), "lognormal": ("median", "sigma")}


def distribution_from_plain(value: object) -> Distribution:
    """Read a distribution as a recipe file gives it; any bare value becomes `Fixed`.

    Raises:
        ValueError: the table is not a distribution; the message says what would be right.
    """
    if not isinstance(value, dict):
        return Fixed(value)
    if len(value) != 1:
        raise ValueError(
            f"a distribution is a table with one key ({', '.join(DISTRIBUTIONS)}), not {sorted(value)}"
        )
    [(key, content)] = value.items()
    if key not in DISTRIBUTIONS:
        hint = did_you_mean(str(key), DISTRIBUTIONS)
        raise ValueError(f"there is no distribution '{key}'{hint or '; there are ' + ', '.join(DISTRIBUTIONS)}")
    cls = DISTRIBUTIONS[key]
    if isinstance(content, dict):
        names = [field.name for field in attrs.fields(cls)]
        for name in content:
            if name not in names:
                raise ValueError(
                    f"{key} has no '{name}'{did_you_mean(str(name), names)} (it has {', '.join(names)})"
                )
        missing = [f.name for f in attrs.fields(cls) if f.default is attrs.NOTHING and f.name not in content]
        if missing:
            raise ValueError(f"{key} lacks '{missing[0]}'")
        return cls(**content)
    if not isinstance(content, list):
        raise ValueError(f"{key} takes a list or a table, not {shown(content)}")
    names_of_list = _POSITIONAL.get(key)
    if names_of_list is None:
        return cls(content)
    if len(content) != len(names_of_list):
        raise ValueError(f"{key} takes a list of two, [{', '.join(names_of_list)}], not {shown(content)}")
    return cls(*content)
