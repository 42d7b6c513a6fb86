"""Every built-in component passes every check: they are as good as what is demanded of strangers."""

from __future__ import annotations

import pytest

from dislo_gen.interfaces import INTERFACES
from dislo_gen.registry import GROUP_PREFIX, discover
from dislo_gen.testing import check_conformance, checks_for, conformance_checks, run_checks

BUILT_IN = [
    offer for kind in INTERFACES for offer in discover(GROUP_PREFIX + kind) if offer.package == "dislo-gen"
]
SMALLER = {"unetpp": {"encoder": "resnet18", "depth": 3, "width": 4}}  # the same code with a tenth of the weights
CASES = [
    pytest.param(check, id=f"{offer.name}:{check}")
    for offer in BUILT_IN
    for check in conformance_checks(offer.load()(**SMALLER.get(offer.name, {})))
]


def test_there_are_built_in_components():
    assert {offer.kind for offer in BUILT_IN} >= {"background", "geometry", "renderer", "writer"}
    assert len(CASES) == sum(len(checks_for(offer.kind)) for offer in BUILT_IN)


@pytest.mark.parametrize("check", CASES)
def test_conformance(check):
    check()


def built_in(name):
    return next(offer.load() for offer in BUILT_IN if offer.name == name)


def test_all_checks_at_once():
    check_conformance(built_in("cairo"))


@pytest.mark.parametrize(
    ("name", "values"),
    [("perlin", {"wavelength_1": 7.5}), ("cairo", {"blend": "over"}), ("folder", {"bits": 16})],
)
def test_with_other_values_than_the_defaults(name, values):
    instance = built_in(name)(**values)
    outcomes = list(run_checks(instance))
    assert [outcome.name for outcome in outcomes if not outcome.passed] == []
    assert [outcome.name for outcome in outcomes] == [str(check) for check in conformance_checks(instance)]
    assert all(outcome.demand.endswith(".") for outcome in outcomes)
