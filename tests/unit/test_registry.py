from __future__ import annotations

import subprocess
import sys

import pytest

from dislo_gen import Background, PluginError, Recipe, Scene, component, registry
from dislo_gen.interfaces import Geometry
from dislo_gen.registry import Plugin, choose, load, name_of, register


@component
class Empty(Geometry):
    """No defects."""

    def place(self, size, rng):
        return Scene()


def offer(name, package="one", target="dislo_gen_plugins.geometries.pileup:Pileup", extras=()):
    return Plugin("geometry", name, package, "1.0", target, extras)


@pytest.fixture
def installed(monkeypatch, sandbox):
    def install(*offers):
        monkeypatch.setattr(registry, "discover", lambda group: offers if group == "dislo_gen.geometry" else ())

    return install


def test_two_packages_with_one_name_are_an_error_that_names_both(installed):
    installed(offer("pileup", "one"), offer("pileup", "two"))
    with pytest.raises(PluginError, match="offered by one and two") as caught:
        load("geometry", "pileup")
    assert "'one:pileup' or 'two:pileup'" in str(caught.value)


def test_package_and_name_choose(installed):
    installed(offer("pileup", "one"), offer("pileup", "two", f"{__name__}:Empty"))
    assert load("geometry", "two:pileup") is Empty
    assert load("geometry", "one:pileup") is not Empty


def test_an_ambiguous_name_is_written_with_its_package(installed):
    installed(offer("pileup", "one"), offer("pileup", "two", f"{__name__}:Empty"))
    assert name_of(load("geometry", "two:pileup")) == "two:pileup"
    installed(offer("pileup", "two", f"{__name__}:Empty"))
    assert name_of(load("geometry", "pileup")) == "pileup"


@pytest.mark.parametrize(("typed", "meant"), [("pielup", "pileup"), ("pileups", "pileup"), ("lops", "loops")])
def test_the_nearest_name_is_suggested(installed, typed, meant):
    installed(offer("pileup"), offer("loops"))
    with pytest.raises(PluginError, match=f"did you mean '{meant}'") as caught:
        load("geometry", typed)
    assert "installed: loops, pileup" in str(caught.value)


def test_nothing_is_suggested_for_what_resembles_nothing(installed):
    installed(offer("pileup"))
    with pytest.raises(PluginError) as caught:
        load("geometry", "zzz")
    assert "did you mean" not in str(caught.value)


def test_a_wrong_package_is_not_silently_replaced(installed):
    installed(offer("pileup", "one"))
    with pytest.raises(PluginError, match="three:pileup"):
        load("geometry", "three:pileup")


def test_a_broken_import_names_package_and_reason(installed):
    installed(offer("bad", "badpack", "no_such_module_anywhere:X"))
    with pytest.raises(PluginError, match=r"badpack 1\.0") as caught:
        load("geometry", "bad")
    assert "No module named 'no_such_module_anywhere'" in str(caught.value)


def test_a_module_that_raises_at_import_breaks_only_its_own_use(installed, tmp_path, monkeypatch):
    (tmp_path / "raises_at_import.py").write_text("raise RuntimeError('licence expired')")
    monkeypatch.syspath_prepend(tmp_path)
    installed(offer("bad", "badpack", "raises_at_import:X"), offer("good", target=f"{__name__}:Empty"))
    assert load("geometry", "good") is Empty
    with pytest.raises(PluginError, match=r"badpack 1\.0 .*RuntimeError: licence expired"):
        load("geometry", "bad")


def test_a_missing_attribute_names_package_and_reason(installed):
    installed(offer("bad", "badpack", f"{__name__}:NoSuchClass"))
    with pytest.raises(PluginError, match=r"badpack.*NoSuchClass"):
        load("geometry", "bad")


def test_a_missing_import_of_a_package_with_extras_says_how_to_install_them(installed):
    installed(offer("net", "nets", "no_such_module_anywhere:X", ("train",)))
    with pytest.raises(PluginError, match=r"pip install 'nets\[train\]'"):
        load("geometry", "net")


@pytest.mark.parametrize(
    "target", ["json:loads", "json:JSONDecoder", "dislo_gen_plugins.backgrounds.perlin:Perlin"]
)
def test_what_is_no_component_of_the_kind_is_refused(installed, target):
    installed(offer("odd", "oddpack", target))
    with pytest.raises(PluginError, match=r"'odd' from package oddpack 1\.0 is not a Geometry"):
        load("geometry", "odd")


def test_registered_for_the_session_and_used_by_name(sandbox):
    register("geometry", "nothing")(Empty)
    recipe = Recipe.from_names(geometry=["nothing"], size=8)
    assert recipe.geometry == (Empty(),)
    assert recipe.to_dict()["geometry"] == [{"use": "nothing"}]


def test_registering_under_a_wrong_kind_or_a_taken_name_is_refused(sandbox):
    with pytest.raises(PluginError, match="is a geometry, not a background"):
        register("background", "nothing")(Empty)
    with pytest.raises(PluginError, match="taken"):
        register("geometry", "pileup")(Empty)


def test_a_component_without_a_name_says_how_to_name_it(sandbox):
    @component
    class Nameless(Background):
        def paint(self, size, rng):
            raise NotImplementedError

    with pytest.raises(PluginError, match=r"entry point.*@register\('background'"):
        name_of(Nameless)


def test_every_built_in_is_offered_by_dislo_gen():
    for kind, name in [
        ("background", "perlin"),
        ("background", "real-blend"),
        ("geometry", "pileup"),
        ("renderer", "cairo"),
        ("writer", "folder"),
    ]:
        assert choose(kind, name).package == "dislo-gen"


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_listing_plugins_imports_none_of_them():
    code = (
        "import sys; from dislo_gen.registry import plugins\n"
        "names = [p.name for kind in ('background', 'geometry', 'renderer', 'writer') for p in plugins(kind)]\n"
        "assert {'perlin', 'pileup', 'cairo', 'folder'} <= set(names), names\n"
        "print([m for m in sys.modules if m.startswith('dislo_gen_plugins')])"
    )
    assert run(code).strip() == "[]"


@pytest.mark.parametrize("heavy", ["torch", "skimage", "matplotlib", "lightning", "torchvision"])
def test_a_plain_import_stays_light(heavy, imported_modules):
    assert heavy not in imported_modules
    assert "numpy" in imported_modules  # the list is not simply empty


@pytest.fixture(scope="module")
def imported_modules():
    return set(run("import sys, dislo_gen, dislo_gen.cli; print('\\n'.join(sys.modules))").split())
