"""Hooks: what installed packages may observe, and what a recipe may let them alter.

A plugin offers a module or an object with functions marked ``@hookimpl`` in the entry-point group
``dislo_gen.hooks``. Observing hooks run whenever they are installed; an altering hook runs only if the recipe
names it, so that installing a package never changes anyone's bytes.
"""

from __future__ import annotations

import copy
import functools
import inspect
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pluggy

from dislo_gen.blame import image_problem, masks_problem, told
from dislo_gen.errors import DisloGenError, PluginError
from dislo_gen.registry import Plugin, choose, discover, group_of
from dislo_gen.seeding import Purpose, generator

if TYPE_CHECKING:
    from numpy.random import Generator

    from dislo_gen.sample import Sample

GROUP = group_of("hook")
hookspec = pluggy.HookspecMarker("dislo_gen")
hookimpl = pluggy.HookimplMarker("dislo_gen")
logger = logging.getLogger("dislo_gen")


class Specifications:
    """Every hook there is."""

    @hookspec
    def sample_made(self, sample: Sample) -> None:
        """Observe a sample that has just been made, wherever it was made (in a worker process, too)."""

    @hookspec
    def alter_sample(self, sample: Sample, rng: Generator) -> Sample | None:
        """Return an altered sample (or None to leave it). Runs only if the recipe names the hook.

        Draw from ``rng``, which belongs to this hook and this sample, and from nothing else.
        """

    @hookspec
    def dataset_finished(self, folder: Path, count: int) -> None:
        """Observe that a dataset is complete, in the process that `generate` was called in.

        ``folder`` is where it lies (`dislo_gen.open_dataset` reads it), ``count`` how many samples it has.
        """

    @hookspec
    def training_started(self, folder: Path, epochs: int) -> None:
        """Observe that a training begins: ``folder`` is where it writes, ``epochs`` how many are planned.

        A training that goes on after an interruption does not begin again.
        """

    @hookspec
    def epoch_ended(self, folder: Path, epoch: int, scores: Mapping[str, float]) -> None:
        """Observe the end of an epoch of a training, counted from 1, with its losses and metrics by name."""


ALTERING = "alter_sample"
"""The hook that changes samples, and therefore runs only where a recipe names it."""


def hook_names() -> tuple[str, ...]:
    """Return the names of all hooks, in the order they are specified."""
    return tuple(name for name, value in vars(Specifications).items() if hasattr(value, "dislo_gen_spec"))


class HookBroker:
    """The plugin manager, and what could not be loaded into it and why."""

    def __init__(self, offers: Sequence[Plugin] | None = None) -> None:
        self.manager = pluggy.PluginManager("dislo_gen")
        self.manager.add_hookspecs(Specifications)
        self.offers = tuple(discover(GROUP) if offers is None else offers)
        self.broken: dict[str, str] = {}
        names = [offer.name for offer in self.offers]
        for offer in self.offers:
            if names.count(offer.name) > 1:
                self.broken[offer.name] = f"more than one package offers the hook '{offer.name}'"
            else:
                self._add(offer)

    def _add(self, offer: Plugin) -> None:
        plugin: Any = None
        try:
            plugin = offer.load()
            if inspect.isclass(plugin):
                plugin = plugin()
            self.manager.register(plugin, offer.name)
            self.manager.check_pending()
        except (Exception, SystemExit) as error:  # whatever a stranger's module raises, only its own use breaks
            if plugin is not None and self.manager.is_registered(plugin):
                self.manager.unregister(plugin)
            reason = (
                str(error) if isinstance(error, (DisloGenError, pluggy.PluginValidationError)) else told(error)
            )
            self.broken[offer.name] = reason
            which = f"hook '{offer.name}' from package {offer.package} {offer.version}"
            reason = reason.removeprefix(which).lstrip()
            logger.warning("%s is left out: %s", which, reason)

    def observe(self, hook: str, **arguments: Any) -> None:
        """Call an observing hook on every plugin; one that fails is reported and does not stop the work.

        Each gets copies of its own, with arrays that cannot be written: what it does to them changes nothing.
        """
        for implementation in getattr(self.manager.hook, hook).get_hookimpls():
            try:
                own = {argument: _copied(value) for argument, value in arguments.items()}
                self._only(hook, implementation.plugin_name)(**own)
            except (Exception, SystemExit) as error:  # a hook that ends the program would leave it half done
                name = implementation.plugin_name
                logger.warning("hook '%s' failed in %s: %s", name, hook, told(error))

    def alter(self, sample: Sample) -> Sample:
        """Apply the altering hooks that the sample's recipe names, in the recipe's order.

        Raises:
            PluginError: a named hook is not installed, is broken, alters nothing, or fails.
        """
        for number, name in enumerate(sample.recipe.hooks):
            offer = self.require(name)
            who = f"hooks.{number}: hook '{name}' (package {offer.package} {offer.version})"
            rng = generator(sample.seed, sample.index, Purpose.HOOK, f"hooks.{number}")
            try:
                results = self._only("alter_sample", offer.name)(sample=sample, rng=rng)
                altered = results[0] if results else sample
                problem = _sample_problem(altered, sample)
            except (Exception, SystemExit) as error:
                raise PluginError(f"{who} failed: {told(error)}") from error
            if problem:
                raise PluginError(f"{who} returned {problem}")
            # The hook may have kept its arrays, and go on with them when the sample has long been written.
            sample = attrs.evolve(
                altered, image=altered.image.copy(), masks=altered.masks.copy(), stored_record=None
            )
        return sample

    def require(self, name: str) -> Plugin:
        """Return the offer of an altering hook, or raise a PluginError that says why there is none."""
        offer = choose("hook", name, self.offers)
        if offer.name in self.broken:
            raise PluginError(f"hook '{name}' from package {offer.package} is broken: {self.broken[offer.name]}")
        names = [h.plugin_name for h in self.manager.hook.alter_sample.get_hookimpls()]
        if offer.name not in names:
            raise PluginError(f"hook '{name}' from package {offer.package} alters nothing: it has no alter_sample")
        return offer

    def _only(self, hook: str, name: str) -> pluggy.HookCaller:
        others = [plugin for other, plugin in self.manager.list_name_plugin() if other != name]
        return self.manager.subset_hook_caller(hook, others)


def _copied(value: Any) -> Any:
    """Return a deep copy of an argument; arrays that a sample holds are read-only, so that a mistake shows."""
    own = copy.deepcopy(value)
    for part in vars(own).values() if attrs.has(type(own)) else ():
        if isinstance(part, np.ndarray):
            part.flags.writeable = False
    return own


def _sample_problem(altered: Any, before: Sample) -> str | None:
    if not isinstance(altered, type(before)):
        return f"a {type(altered).__name__} instead of a Sample"
    if not isinstance(altered.scene, type(before.scene)):
        return f"a sample whose scene is a {type(altered.scene).__name__}"
    shape = before.recipe.size.shape
    return masks_problem(altered.masks, len(altered.scene.labelled), shape) or image_problem(altered.image, shape)


@functools.cache
def broker() -> HookBroker:
    """Return this process's broker; hooks are loaded at the first call."""
    return HookBroker()


def describe_hook(name: str) -> dict[str, str]:
    """Name, package and version of an altering hook."""
    offer = broker().require(name)
    return {"name": offer.name, "package": offer.package, "version": offer.version}
