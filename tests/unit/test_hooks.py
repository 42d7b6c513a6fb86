from __future__ import annotations

import logging
import sys
import types

import attrs
import numpy as np
import pytest

from dislo_gen import PluginError, Recipe, hookimpl, hooks, make_sample, registry, replay
from dislo_gen.hooks import HookBroker
from dislo_gen.registry import Plugin


def altering(change):
    class Altering:
        @hookimpl
        def alter_sample(self, sample, rng):
            return change(sample, rng)

    return Altering()


def brighter(sample, rng):
    return attrs.evolve(sample, image=np.minimum(sample.image + np.float32(0.125), np.float32(1)))


def halved(sample, rng):
    return attrs.evolve(sample, image=sample.image / np.float32(2))


def noisy(sample, rng):
    return attrs.evolve(sample, image=rng.random(sample.image.shape, dtype=np.float32))


@pytest.fixture
def install(monkeypatch, sandbox, tmp_path):
    """Install objects as hook plugins, each in a package of its own with real metadata."""

    def add(**plugins):
        module = types.ModuleType("hooks_of_these_tests")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        for name, plugin in plugins.items():
            setattr(module, name, plugin)
            info = tmp_path / f"pack_{name}-1.2.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pack-{name}\nVersion: 1.2\n")
            (info / "entry_points.txt").write_text(f"[dislo_gen.hooks]\n{name} = {module.__name__}:{name}\n")
        monkeypatch.syspath_prepend(tmp_path)
        registry.discovered.cache_clear()
        hooks.broker.cache_clear()
        return registry.discover("dislo_gen.hooks")

    yield add
    registry.discovered.cache_clear()


def with_hooks(recipe: Recipe, *names: str) -> Recipe:
    return attrs.evolve(recipe, hooks=names)


def test_an_installed_hook_alters_nothing_until_the_recipe_names_it(install, small_recipe):
    before = make_sample(small_recipe)
    install(halve=altering(halved))
    assert np.array_equal(make_sample(small_recipe).image, before.image)
    assert np.array_equal(make_sample(with_hooks(small_recipe, "halve")).image, before.image / 2)


def test_hooks_run_in_the_recipes_order(install, small_recipe):
    plain = make_sample(small_recipe).image
    install(up=altering(brighter), halve=altering(halved))
    up_first = make_sample(with_hooks(small_recipe, "up", "halve")).image
    halve_first = make_sample(with_hooks(small_recipe, "halve", "up")).image
    assert np.array_equal(up_first, np.minimum(plain + np.float32(0.125), np.float32(1)) / 2)
    assert np.array_equal(halve_first, plain / 2 + np.float32(0.125))


def test_the_record_names_the_hooks_and_replays_them(install, small_recipe):
    install(noise=altering(noisy))
    sample = make_sample(with_hooks(small_recipe, "noise"), seed=4)
    assert sample.record["hooks"] == [{"name": "noise", "package": "pack-noise", "version": "1.2"}]
    assert sample.record["recipe"]["hooks"] == ["noise"]
    assert np.array_equal(replay(sample.record).image, sample.image)


def test_a_hook_that_returns_nothing_leaves_the_sample(install, small_recipe):
    install(lazy=altering(lambda sample, rng: None))
    assert np.array_equal(make_sample(with_hooks(small_recipe, "lazy")).image, make_sample(small_recipe).image)


def test_a_hooks_generator_is_its_own(install, small_recipe):
    install(noise=altering(noisy))
    recipe = with_hooks(small_recipe, "noise")
    assert np.array_equal(make_sample(recipe, 1, 2).image, make_sample(recipe, 1, 2).image)
    assert not np.array_equal(make_sample(recipe, 1, 2).image, make_sample(recipe, 1, 3).image)
    assert not np.array_equal(make_sample(recipe, 1, 2).image, make_sample(recipe, 2, 2).image)
    assert make_sample(recipe, 1, 2).scene == make_sample(small_recipe, 1, 2).scene


def test_observers_see_every_sample_without_being_named(install, small_recipe):
    seen = []

    class Watching:
        @hookimpl
        def sample_made(self, sample):
            seen.append(sample.index)

    install(watch=Watching)
    for index in (3, 0):
        make_sample(small_recipe, index=index)
    assert seen == [3, 0]


def test_a_failing_observer_is_reported_and_stops_neither_the_work_nor_the_others(install, small_recipe, caplog):
    seen = []

    class Failing:
        @hookimpl
        def sample_made(self, sample):
            raise RuntimeError("disk on fire")

    class Watching:
        @hookimpl
        def sample_made(self, sample):
            seen.append(sample.index)

    install(a_fail=Failing(), b_watch=Watching(), c_fail=Failing())
    with caplog.at_level(logging.WARNING, "dislo_gen"):
        make_sample(small_recipe)
    assert seen == [0]
    assert "disk on fire" in caplog.text
    assert "a_fail" in caplog.text


def test_a_broken_hook_breaks_only_its_own_use(install, small_recipe, caplog):
    offers = install(halve=altering(halved))
    broken = Plugin("hook", "broken", "pack-broken", "0.1", "no_such_module_anywhere:thing")
    with caplog.at_level(logging.WARNING, "dislo_gen"):
        broker = HookBroker([broken, *offers])
    assert "pack-broken" in caplog.text
    assert "no_such_module_anywhere" in broker.broken["broken"]
    sample = make_sample(small_recipe)
    with pytest.raises(PluginError, match=r"pack-broken is broken.*no_such_module_anywhere"):
        broker.alter(attrs.evolve(sample, fixed_recipe=with_hooks(sample.recipe, "broken")))
    altered = broker.alter(attrs.evolve(sample, fixed_recipe=with_hooks(sample.recipe, "halve")))
    assert np.array_equal(altered.image, sample.image / 2)


def test_a_misspelt_hook_is_broken_and_does_not_take_others_with_it(install, caplog):
    class Misspelt:
        @hookimpl
        def alter_smaple(self, sample, rng):
            return sample

    offers = install(a=Misspelt(), b=altering(halved))
    with caplog.at_level(logging.WARNING, "dislo_gen"):
        broker = HookBroker(offers)
    assert set(broker.broken) == {"a"}
    assert "alter_smaple" in broker.broken["a"]
    assert broker.require("b").package == "pack-b"


def test_a_hook_that_asks_for_an_argument_there_is_not_is_broken(install, caplog):
    class Greedy:
        @hookimpl
        def alter_sample(self, sample, pixels):
            return sample

    with caplog.at_level(logging.WARNING, "dislo_gen"):
        broker = HookBroker(install(greedy=Greedy(), fine=altering(halved)))
    assert set(broker.broken) == {"greedy"}


def test_two_packages_with_one_hook_are_an_error_that_names_both(install, small_recipe, caplog):
    [one] = install(twin=altering(halved))
    two = attrs.evolve(one, package="other-pack")
    broker = HookBroker([one, two])
    with pytest.raises(PluginError, match="pack-twin and other-pack"):
        broker.require("twin")


def test_an_unknown_hook_gets_the_nearest_name(install, small_recipe):
    install(halve=altering(halved))
    with pytest.raises(PluginError, match="did you mean 'halve'"):
        make_sample(with_hooks(small_recipe, "havle"))


def test_a_hook_that_only_observes_cannot_be_named(install, small_recipe):
    class Watching:
        @hookimpl
        def sample_made(self, sample):
            pass

    install(watch=Watching())
    with pytest.raises(PluginError, match="alters nothing"):
        make_sample(with_hooks(small_recipe, "watch"))


def test_a_hook_that_fails_is_named_with_its_package(install, small_recipe):
    install(fails=altering(lambda sample, rng: 1 / 0))
    with pytest.raises(PluginError, match=r"'fails' \(package pack-fails 1\.2\) failed: ZeroDivisionError"):
        make_sample(with_hooks(small_recipe, "fails"))


class SilentError(Exception):
    def __str__(self):
        raise ValueError("no text")


@pytest.mark.parametrize(("error", "words"), [(SystemExit(0), "SystemExit: 0"), (SilentError(), "SilentError")])
def test_a_hook_that_ends_the_program_or_has_no_text_is_named_and_ends_nothing(
    install, small_recipe, caplog, error, words
):
    def ends(sample, rng):
        raise error

    class Watching:
        @hookimpl
        def sample_made(self, sample):
            raise error

    class Stillborn:
        def __init__(self):
            raise error

    install(ends=altering(ends), watch=Watching(), stillborn=Stillborn)
    with caplog.at_level(logging.WARNING, "dislo_gen"):
        make_sample(small_recipe)
    assert f"hook 'watch' failed in sample_made: {words}" in caplog.text
    assert f"hook 'stillborn' from package pack-stillborn 1.2 is left out: {words}" in caplog.text
    with pytest.raises(PluginError, match=rf"'ends' \(package pack-ends 1\.2\) failed: {words}"):
        make_sample(with_hooks(small_recipe, "ends"))


@pytest.mark.parametrize(
    "bad",
    [
        lambda sample, rng: attrs.evolve(sample, scene=None),
        lambda sample, rng: "not a sample",
        lambda sample, rng: attrs.evolve(sample, image=sample.image + np.float32(2)),
        lambda sample, rng: attrs.evolve(sample, image=sample.image[:-1]),
        lambda sample, rng: attrs.evolve(sample, image=np.full_like(sample.image, np.nan)),
    ],
)
def test_a_hook_that_breaks_the_sample_is_named_with_its_package(install, small_recipe, bad):
    install(bad=altering(bad))
    with pytest.raises(PluginError, match="pack-bad"):
        make_sample(with_hooks(small_recipe, "bad"))


def test_an_observer_cannot_change_what_it_is_shown(install, small_recipe, caplog):
    kept = []

    class Meddling:
        @hookimpl
        def sample_made(self, sample):
            kept.append(sample)
            for part in sample.image, sample.masks, *(defect.shape.points for defect in sample.scene):
                part.flags.writeable = True
                part[...] = 0
            sample.record["seed"] = 99
            sample.record["versions"].clear()
            sample.record["scene"].clear()

    class Clumsy:
        @hookimpl
        def sample_made(self, sample):
            sample.image[...] = 0

    before = make_sample(small_recipe, 3, 1)
    install(meddle=Meddling(), oops=Clumsy())
    with caplog.at_level(logging.WARNING, "dislo_gen"):
        after = make_sample(small_recipe, 3, 1)
    kept[0].image[...] = 1
    assert np.array_equal(after.image, before.image)
    assert np.array_equal(after.masks, before.masks)
    assert after.scene == before.scene
    assert after.record == before.record
    assert "hook 'oops' failed in sample_made: ValueError: assignment destination is read-only" in caplog.text
    after.image[0, 0] = 0.5  # who made the sample may change it


def test_observers_get_scores_of_their_own(install, tmp_path):
    seen = []

    class Zeroing:
        @hookimpl
        def epoch_ended(self, folder, epoch, scores):
            scores.clear()

    class Watching:
        @hookimpl
        def epoch_ended(self, folder, epoch, scores):
            seen.append(dict(scores))

    broker = HookBroker(install(a=Watching(), b=Zeroing(), c=Watching()))
    scores = {"loss": 0.5}
    broker.observe("epoch_ended", folder=tmp_path, epoch=1, scores=scores)
    assert seen == [{"loss": 0.5}, {"loss": 0.5}]
    assert scores == {"loss": 0.5}


def test_an_altering_hook_has_no_hold_on_the_sample_afterwards(install, small_recipe):
    kept = []

    def change(sample, rng):
        altered = brighter(sample, rng)
        kept.append(altered)
        return altered

    install(keeps=altering(change))
    sample = make_sample(with_hooks(small_recipe, "keeps"))
    before = sample.image.copy()
    kept[0].image[...] = 0
    assert np.array_equal(sample.image, before)
    assert not np.array_equal(before, kept[0].image)


def test_every_record_has_tables_of_its_own(small_recipe):
    first = make_sample(small_recipe, 0, 0).record
    first["versions"]["note"] = "x"
    first["components"]["background"]["version"] = "x"
    second = make_sample(small_recipe, 0, 1).record
    assert "note" not in second["versions"]
    assert second["components"]["background"]["version"] != "x"
