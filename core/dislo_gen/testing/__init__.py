"""Testing plugins: conformance checks for every kind, and hypothesis strategies in `dislo_gen.testing.strategies`.

Needs what ``pip install 'dislo-gen[testing]'`` installs.
"""

from dislo_gen.testing.check import Check, NotConformingError
from dislo_gen.testing.conformance import (
    ConformanceCheck,
    Outcome,
    check_conformance,
    checks_for,
    conformance_checks,
    run_checks,
)
from dislo_gen.testing.exercise import resolve

__all__ = [
    "Check",
    "ConformanceCheck",
    "NotConformingError",
    "Outcome",
    "check_conformance",
    "checks_for",
    "conformance_checks",
    "resolve",
    "run_checks",
]
