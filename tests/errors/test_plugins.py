"""Plugins of strangers that misbehave: each breaks only itself, and the error says whose it is."""

from __future__ import annotations

import json

import pytest

MODULE = """
    import numpy as np
    from dislo_gen import Background, Geometry, Renderer, Scene, component

    def background(paint):
        class Misfit(Background):
            "A background that misbehaves."
            def paint(self, size, rng):
                return paint(size)
        return component(Misfit)

    GREY = lambda size: np.full(size.shape, 0.5, np.float32)

    def spoilt(value):
        def paint(size):
            image = GREY(size)
            image[1, 2] = value
            return image
        return paint

    def fail(size):
        raise RuntimeError("the sky is falling")

    class Unpicklable(Exception):
        def __init__(self, a, b):
            super().__init__("cannot be carried")

    def fail_oddly(size):
        raise Unpicklable(1, 2)

    Fine = background(GREY)
    Shape = background(lambda size: np.zeros((3, 4), np.float32))
    Flipped = background(lambda size: np.zeros((size.width, size.height), np.float32))
    Float64 = background(lambda size: GREY(size).astype(np.float64))
    Bytes = background(lambda size: GREY(size).astype(np.uint8))
    Listed = background(lambda size: GREY(size).tolist())
    Nothing = background(lambda size: None)
    Nan = background(spoilt(np.nan))
    Inf = background(spoilt(np.inf))
    Above = background(spoilt(1.5))
    Below = background(spoilt(-0.25))
    Raises = background(fail)
    Oddly = background(fail_oddly)
    Quits = background(lambda size: exec("import sys; sys.exit(7)"))

    for name, cls in list(globals().items()):
        if isinstance(cls, type) and issubclass(cls, Background) and cls is not Background:
            cls.__name__ = cls.__qualname__ = name

    @component
    class NoScene(Geometry):
        "A geometry that returns nothing."
        def place(self, size, rng):
            return None

    @component
    class ShapeRenderer(Renderer):
        "A renderer that crops."
        def draw(self, image, scene, rng):
            return image[1:]

    class Undecorated:
        "No component at all."

    number = 3
"""
CLASSES = "Fine Shape Flipped Float64 Bytes Listed Nothing Nan Inf Above Below Raises Oddly Quits Undecorated"
NAMES = {name.lower(): f"misfits:{name}" for name in CLASSES.split()}


@pytest.fixture(scope="module")
def site(kit, tmp_path_factory):
    """Folders that look like site-packages with packages that misbehave."""
    root = tmp_path_factory.mktemp("site")
    groups = {
        "background": {
            **NAMES,
            "syntax": "misfit_syntax:X",
            "import-error": "misfit_import:X [extra]",
            "dies": "misfit_dies:X",
            "no-module": "misfit_nowhere:X",
            "no-attribute": "misfits:Nope",
            "number": "misfits:number",
            "twin": "misfits:Fine",
        },
        "geometry": {"no-scene": "misfits:NoScene"},
        "renderer": {"crops": "misfits:ShapeRenderer", "import-error": "misfit_import:X"},
        "recipe": {"ruin": "misfits:number"},
        "commands": {
            "greet": "misfit_command:app",
            "sick": "misfit_dies:app",
            "no-app": "misfits:number",
            "verify": "misfit_command:app",
        },
        "hooks": {"sad": "misfit_hooks:sad", "sick-hook": "misfit_dies:hook"},
    }
    modules = {
        "misfits": MODULE,
        "misfit_syntax": "def (:\n",
        "misfit_import": "import a_library_that_is_not_there\n",
        "misfit_dies": "raise RuntimeError('bad module')\n",
        "misfit_command": """
            import os, pathlib, typer
            pathlib.Path(os.environ["MARK"]).touch()
            app = typer.Typer(help="Greets.")
            @app.callback()
            def root() -> None:
                pass
            @app.command()
            def world(name: str = "foil") -> None:
                print("hello", name)
            """,
        "misfit_hooks": """
            from dislo_gen.hooks import hookimpl
            class sad:
                @hookimpl
                def sample_made(self, sample):
                    raise RuntimeError("so sad")
            """,
    }
    kit.package(root, "misfit-package", groups, modules)
    kit.package(root, "second-package", {"background": {"twin": "misfits:Fine"}}, {}, version="7")
    return [root]


@pytest.fixture
def refused(kit, site, tmp_path):
    def call(*words):
        text = kit.refused(
            "--size", "32x24", "-n", 2, *words, cwd=tmp_path, path=site, MARK=str(tmp_path / "mark")
        )
        assert kit.records(tmp_path / "dislo-data") == 0
        return text

    return call


RETURNS = {
    "shape": "(3, 4) instead of (24, 32)",
    "flipped": "(32, 24) instead of (24, 32)",
    "float64": "float64 instead of float32",
    "bytes": "uint8 instead of float32",
    "listed": "a list instead of an array",
    "nothing": "a NoneType instead of an array",
    "nan": "NaN",
    "inf": "inf",
    "above": "1.5",
    "below": "-0.25",
    "raises": "RuntimeError: the sky is falling",
    "oddly": "Unpicklable: cannot be carried",
}


@pytest.mark.parametrize("name", RETURNS)
def test_a_background_that_breaks_its_contract(refused, name):
    text = refused("--background", name)
    assert text.startswith(f"error: background: background '{name}' (package misfit-package 1.2) ")
    assert RETURNS[name] in text


@pytest.mark.parametrize("name", ["raises", "oddly", "nan"])
def test_the_same_from_a_worker_process(refused, name):
    text = refused("--background", name, "-j", 2)
    assert text.startswith(f"error: background: background '{name}' (package misfit-package 1.2) ")
    assert RETURNS[name] in text


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_plugin_that_calls_sys_exit_does_not_end_the_program_unnoticed(refused, jobs):
    assert "background 'quits' (package misfit-package 1.2)" in refused("--background", "quits", "-j", jobs)


def test_a_geometry_and_a_renderer(refused):
    text = refused("--geometry", "pileup", "--geometry", "no-scene")
    assert (
        "geometry.1: geometry 'no-scene' (package misfit-package 1.2) returned a NoneType instead of a Scene"
        in text
    )
    text = refused("--renderer", "crops", "--out", "other")
    assert "renderer: renderer 'crops' (package misfit-package 1.2) returned an image of shape (23, 32)" in text


LOADS = {
    "syntax": "SyntaxError",
    "import-error": "No module named 'a_library_that_is_not_there'",
    "dies": "RuntimeError: bad module",
    "no-module": "No module named 'misfit_nowhere'",
    "no-attribute": "has no attribute 'Nope'",
    "number": "is not a Background made with @component",
    "undecorated": "is not a Background made with @component",
}


@pytest.mark.parametrize("name", LOADS)
def test_a_plugin_that_cannot_be_loaded(refused, name):
    text = refused("--background", name)
    assert f"background: background '{name}' from package misfit-package 1.2 " in text
    assert LOADS[name] in text
    assert ("pip install 'misfit-package[extra]'" in text) == (name == "import-error")


def test_two_packages_with_one_name(refused, kit, site, tmp_path):
    text = refused("--background", "twin")
    assert "background 'twin' is offered by misfit-package and second-package" in text
    assert "'misfit-package:twin' or 'second-package:twin'" in text
    kit.good("--background", "second-package:twin", "--size", 32, "-n", 1, "-o", tmp_path / "d", path=site)
    record = json.loads((tmp_path / "d/records/000000.json").read_text())
    assert record["components"]["background"] == {"name": "twin", "package": "second-package", "version": "7"}
    assert record["recipe"]["background"]["use"] == "second-package:twin"


@pytest.fixture(scope="module")
def listed(kit, site, tmp_path_factory):
    mark = tmp_path_factory.mktemp("mark") / "mark"
    done = kit.good("plugins", path=site, MARK=str(mark), COLUMNS="400")
    return kit.listed(done.stdout)


@pytest.mark.parametrize("name", LOADS)
def test_a_broken_plugin_is_listed_with_its_reason(listed, name):
    row = listed["Backgrounds"][name]
    assert "misfit-package" in row
    assert "broken: " in row
    assert LOADS[name] in row


def test_everything_else_is_listed_as_ever(listed):
    assert "broken" not in listed["Backgrounds"]["perlin"]
    assert listed["Backgrounds"]["fine"] == "A background that misbehaves (misfit-package 1.2)"
    assert "misfit-package:twin" in listed["Backgrounds"]
    assert "second-package:twin" in listed["Backgrounds"]
    assert "broken: " in listed["Commands"]["sick"]
    assert "broken: " in listed["Recipes"]["ruin"]
    assert "broken: " in listed["Commands"]["no-app"]


def test_broken_plugins_change_nothing_for_those_who_do_not_use_them(kit, site, dataset, tmp_path):
    done = kit.good(*kit.SMALL, "-n", 4, "-o", tmp_path / "d", path=site, MARK=str(tmp_path / "mark"))
    assert kit.tree(tmp_path / "d") == kit.tree(dataset)
    assert "Traceback" not in done.stderr
    # Hooks observe unasked: a broken one is named once and left out.
    assert done.stderr.count("hook 'sick-hook' from package misfit-package") == 1
    assert done.stderr.count("hook 'sad' failed in sample_made: RuntimeError: so sad") == 1
    assert not (tmp_path / "mark").exists()


def test_schema_and_show_survive_broken_plugins(kit, site):
    shown = json.loads(kit.good("schema", path=site).stdout)
    assert "wavelength_1" in json.dumps(shown)
    assert "background 'dies' from package misfit-package 1.2" in kit.refused("plugins", "show", "dies", path=site)
    assert kit.good("plugins", "show", "fine", path=site).stdout.startswith("fine: ")


# --- Commands ----------------------------------------


def test_a_command_of_a_plugin(kit, site, tmp_path):
    mark = {"MARK": str(tmp_path / "mark")}
    shown = kit.good("--help", path=site, **mark).stdout
    assert "Greets. (package misfit-package 1.2)" in shown
    assert shown.index("Added by other packages") < shown.index("greet")
    assert not (tmp_path / "mark").exists(), "the help imported a plugin"
    assert kit.good("greet", "world", "--name", "iron", path=site, **mark).stdout == "hello iron\n"
    assert (tmp_path / "mark").exists()
    assert "world" in kit.good("greet", "--help", path=site, **mark).stdout


def test_a_broken_command_breaks_only_itself(kit, site, tmp_path):
    text = kit.refused("sick", path=site)
    assert "'sick' from package misfit-package 1.2 cannot be loaded: RuntimeError: bad module" in text
    assert "is not a Typer app" in kit.refused("no-app", path=site)
    assert kit.good("--version", path=site).stdout.startswith("dislo-gen ")


def test_a_command_cannot_take_the_name_of_one_of_ours(kit, site, dataset):
    done = kit.good("verify", dataset, path=site)
    assert "All 4 samples" in done.stdout
    assert "package misfit-package offers the command 'verify', which is taken" in done.stderr


# --- Debugging, and ready recipes ----------------------------------------


def test_the_traceback_is_there_for_those_who_ask(kit, site, tmp_path):
    words = ("--background", "raises", "--size", 32, "-n", 1, "-o", tmp_path / "d")
    assert "DISLO_GEN_TRACEBACK=1" in kit.refused(*words, path=site)
    done = kit.run(*words, path=site, DISLO_GEN_TRACEBACK="1")
    assert "misfits.py" in done.stderr
    assert "the sky is falling" in done.stderr


def test_a_ready_recipe_that_is_broken(kit, site):
    text = kit.refused("--recipe", "ruin", path=site)
    assert "ruin" in text or "3: there is no such file" in text
