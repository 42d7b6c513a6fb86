"""The smallest sound plugin of every kind passes every check, so each check can be passed."""

from __future__ import annotations

import importlib

import pytest

from dislo_gen.registry import discover
from dislo_gen.testing import check_conformance, checks_for, conformance_checks
from dislo_gen.testing.check import KINDS

GOOD = {
    "background": ["background:Grain"],
    "geometry": ["geometry:Scratches"],
    "effect": ["effect:Noise", "effect:Shift"],
    "renderer": ["renderer:Dots"],
    "writer": ["writer:Arrays"],
    "model": ["model:Tiny"],
    "metric": ["metric:Overlap"],
    "hook": ["hook:Brighten", "hook:DARKEN", "diary"],
}
CASES = [
    pytest.param(target, check.name, id=f"{target}-{check.name}")
    for kind, targets in GOOD.items()
    for target in targets
    for check in checks_for(kind)
]


def load(target):
    """The object of the good package that ``module:attribute``, or ``module``, names."""
    module, _, attribute = target.partition(":")
    if module == "model":
        pytest.importorskip("torch")
        pytest.importorskip("safetensors")
    found = importlib.import_module(f"dislo_gen_test_good.{module}")
    return getattr(found, attribute) if attribute else found


@pytest.mark.parametrize(("target", "name"), CASES)
def test_conformance(beside, target, name):
    (check,) = [check for check in conformance_checks(load(target)) if str(check) == name]
    check()


def test_there_is_one_of_every_kind_and_none_is_forgotten(beside):
    assert tuple(sorted(GOOD)) == tuple(sorted(KINDS))
    for kind, targets in GOOD.items():
        offers = discover("dislo_gen.hooks" if kind == "hook" else f"dislo_gen.{kind}")
        offered = {offer.target for offer in offers if offer.package == "dislo-gen-test-good"}
        assert offered == {f"dislo_gen_test_good.{target}" for target in targets}


def test_a_component_with_other_values(beside):
    check_conformance(load("geometry:Scratches")(count=50))
