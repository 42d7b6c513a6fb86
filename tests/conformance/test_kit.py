"""What the kit itself promises, beside its single checks."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from dislo_gen import Background, component, register
from dislo_gen.testing import NotConformingError, check_conformance, checks_for, conformance_checks, run_checks


@component
class Needy(Background):
    """Has a parameter without default."""

    grey: float

    def paint(self, size, rng):
        return np.full(size.shape, self.grey, np.float32)


def broken(module, attribute):
    return getattr(importlib.import_module(f"dislo_gen_test_broken.{module}"), attribute)


def one(plugin, name):
    return next(check for check in conformance_checks(plugin) if str(check) == name)


def test_a_class_whose_parameters_need_values_is_checked_as_a_component():
    with pytest.raises(TypeError, match=r"check a component made with values for them, such as Needy\(grey=...\)"):
        conformance_checks(Needy)
    one(Needy(grey=0.5), "paints-a-picture")()


def test_check_conformance_names_every_failure(beside):
    plugin = broken("writer", "FourBits")
    failed = {outcome.name: outcome.problem for outcome in run_checks(plugin) if not outcome.passed}
    assert len(failed) == 3
    with pytest.raises(NotConformingError) as caught:
        check_conformance(plugin)
    first, *lines = str(caught.value).splitlines()
    assert first == "writer FourBits fails 3 checks:"
    assert lines == [f"{name}: {problem}" for name, problem in failed.items()]


def test_what_a_plugin_raises_is_told_with_its_place(beside):
    with pytest.raises(NotConformingError, match=r"ValueError: .* \(.*metric\.py, line \d+\)") as caught:
        one(broken("metric", "NeedsChannels"), "gives-named-numbers")()
    assert isinstance(caught.value.__cause__, ValueError)


def test_seeding_is_noticed_even_if_the_state_is_what_it_always_sets(beside):
    check = one(broken("background", "Misbehaving")(how="seeds the global state"), "global-random-state-untouched")
    kept = np.random.get_state()  # noqa: NPY002
    try:
        np.random.seed(0)  # noqa: NPY002
        with pytest.raises(NotConformingError):
            check()
    finally:
        np.random.set_state(kept)  # noqa: NPY002


def test_the_checks_leave_the_global_random_state_as_it_was(beside):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    for name in ("global-random-state-unread", "global-random-state-untouched"):
        with pytest.raises(NotConformingError):
            one(broken("background", "Misbehaving")(how="draws from the global state"), name)()
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_name_that_leads_to_another_class_is_noticed(sandbox):
    register("background", "needy")(Needy)
    other = register("background", "needy")(type("Other", (Needy,), {"__doc__": "Takes the name."}))
    with pytest.raises(NotConformingError, match="the name 'needy' leads to Other"):
        one(Needy(grey=0.5), "loads")()
    one(other(grey=0.5), "loads")()


def test_every_check_says_what_it_demands_and_has_a_name_of_its_own():
    for kind in ("background", "geometry", "effect", "renderer", "writer", "model", "metric", "hook"):
        checks = checks_for(kind)
        assert len({check.name for check in checks}) == len(checks)
        assert all(check.demand.endswith(".") for check in checks)


@pytest.mark.parametrize(
    ("module", "attribute", "failed"),
    [
        ("background", "Unbounded", ["parameters-typed-and-bounded"]),
        ("geometry", "Numbered", ["scenes-survive-their-record"]),
        ("writer", "Shares", ["samples-keep-to-themselves"]),
    ],
)
def test_one_mistake_fails_one_check(beside, module, attribute, failed):
    outcomes = list(run_checks(broken(module, attribute)))
    assert [outcome.name for outcome in outcomes if not outcome.passed] == failed
