"""``dislo-gen plugins check`` at the command line."""

from __future__ import annotations

import re

import pytest

from dislo_gen.testing import checks_for


@pytest.fixture
def check(kit, installed):
    """Run the command beside the good and the broken package."""
    return lambda *words, **options: kit.run("plugins", "check", *words, path=[installed], **options)


@pytest.fixture
def refused(kit, check):
    """Run the command, which must refuse as it refuses a user's mistake; return the error's text."""
    return lambda *words: kit.refusal(check(*words))


def rows(output):
    """The table: (passed or FAILED, name of the check) of each row."""
    return re.findall(r"^(passed|FAILED) +([a-z-]+)", output, flags=re.MULTILINE)


def test_a_built_in_component_passes(check):
    done = check("folder")
    assert done.returncode == 0, done.stderr
    assert [name for _, name in rows(done.stdout)] == [str(one.name) for one in checks_for("writer")]
    assert {result for result, _ in rows(done.stdout)} == {"passed"}
    passes = f"writer 'folder' passes all {len(checks_for('writer'))} checks.\n"
    assert done.stdout.endswith(passes + "  to see it  dislo-gen plugins show folder\n")


def test_a_component_of_another_package_passes(check):
    done = check("scratches", "--set", "length={uniform=[3, 30]}", "--set", "geometry.count=2")
    assert done.returncode == 0, done.stdout
    assert "geometry 'scratches' passes all" in done.stdout


def test_a_broken_one_fails_and_the_table_says_how(check):
    done = check("four-bits")
    assert done.returncode == 1, done.stderr
    assert {name for result, name in rows(done.stdout) if result == "FAILED"} == {
        "reads-back-what-it-wrote",
        "reads-back-an-image-without-labels",
        "samples-keep-to-themselves",
    }
    words = " ".join(done.stdout.split())
    assert words.count("the image comes back up to 0.033") == 2 * 3  # in the table, and again below it
    assert words.count("off, more than one grey level of 8 bits") == 2 * 3
    assert f"writer 'four-bits' fails 3 of {len(checks_for('writer'))} checks:" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_hook_is_checked(check):
    done = check("diary")
    assert done.returncode == 0, done.stdout
    assert {name for _, name in rows(done.stdout)} == {one.name for one in checks_for("hook")}
    assert "hook 'diary' passes all" in done.stdout


def test_a_broken_hook_fails(check):
    done = check("misspelt")
    assert done.returncode == 1
    assert "implements-hooks-that-exist" in [name for result, name in rows(done.stdout) if result == "FAILED"]
    assert "alter_samples" in done.stdout


def test_a_parameter_decides(check):
    done = check("misbehaving", "--kind", "metric", "--set", "how=counts")
    assert done.returncode == 1
    assert "same-seed-same-bytes" in [name for result, name in rows(done.stdout) if result == "FAILED"]


def test_refuses_an_unknown_name(refused):
    assert "there is no plugin 'perlim'; did you mean 'perlin'?" in refused("perlim")


def test_refuses_a_name_of_several_kinds(refused):
    assert "say which with --kind" in refused("misbehaving")


def test_refuses_an_unknown_kind_and_a_kind_without_that_name(refused):
    assert "there is no kind 'writter'; did you mean 'writer'?" in refused("folder", "--kind", "writter")
    assert "there is no geometry 'folder'" in refused("folder", "--kind", "geometry")


def test_refuses_a_recipe(refused):
    assert "'m2' is a recipe; --recipe m2 reads it" in refused("m2")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("wavelength_1=none", "background.wavelength_1: must be a number"),
        ("wavelenght_1=3", "background.wavelenght_1: background"),
        ("wavelength_1", "write PATH=VALUE"),
        ("wavelength_1.low=3", "--set wavelength_1.low: write PARAMETER=VALUE"),
    ],
)
def test_refuses_a_bad_setting(refused, setting, message):
    assert message in refused("perlin", "--set", setting)


def test_refuses_settings_of_a_hook(refused):
    assert "no --set reaches the parameters of a hook" in refused("brighten", "--set", "a=1")


def test_refuses_a_plugin_that_cannot_be_loaded(refused):
    assert "No module named 'dislo_gen_test_broken.no_such_module'" in refused("missing")


def test_refuses_a_hook_that_cannot_be_made(refused):
    text = refused("demanding")
    assert "hook 'demanding' from package dislo-gen-test-broken cannot be made: TypeError" in text
    assert "missing 1 required positional argument: 'folder'" in text


BLOCK = """
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, *more):
        return None if name.partition(".")[0] == "{module}" else self.finder.find_spec(name, *more)

sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""


@pytest.mark.parametrize(
    ("module", "plugin", "message"),
    [
        ("hypothesis", "perlin", "the checks need hypothesis; .* pip install 'dislo-gen\\[testing]'"),
        ("safetensors", "tiny", "the checks of models need .*safetensors; .* pip install 'dislo-gen\\[train]'"),
    ],
)
def test_without_what_the_checks_need_it_says_what_to_install(kit, installed, tmp_path, module, plugin, message):
    (tmp_path / "sitecustomize.py").write_text(BLOCK.replace("{module}", module))
    done = kit.run("plugins", "check", plugin, path=[tmp_path, installed])
    assert re.search(message, kit.refusal(done))
