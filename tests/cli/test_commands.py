"""Help, version, schema and the list of plugins."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

import dislo_gen

COMMANDS = [
    (),
    ("generate",),
    ("add",),
    ("resume",),
    ("recipes",),
    ("weights",),
    ("replay",),
    ("verify",),
    ("plugins",),
    ("plugins", "show"),
    ("schema",),
    ("predict",),
    ("train",),
    ("evaluate",),
    ("app",),
    ("models",),
    ("new-plugin",),
    ("plugins", "check"),
]
HEAVY = ("torch", "torchvision", "lightning", "skimage", "matplotlib", "pandas", "segmentation_models_pytorch")


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_help_of_every_command(command, option, capsys):
    from dislo_gen.cli import main

    with pytest.raises(SystemExit) as stop:
        main([*command, option])
    shown = capsys.readouterr().out
    assert stop.value.code in (0, None)
    assert "Usage: dislo-gen" in " ".join(shown.split())


@pytest.mark.parametrize("columns", [50, 60, 80])
@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_help_is_whole_at_any_width(command, columns, capsys, monkeypatch):
    """No word is cut off or broken where the terminal is narrow, and nothing runs over its edge."""
    narrow, wide = (help_at(width, command, capsys, monkeypatch) for width in (columns, 400))
    assert max(map(len, narrow.splitlines())) <= columns
    assert words(narrow) == words(wide)


def help_at(width, command, capsys, monkeypatch):
    from dislo_gen.cli import console, main

    monkeypatch.setattr(console._pages, "width", width)
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    return capsys.readouterr().out


def words(shown):
    return sorted(re.sub("[─│╭╮╰╯]", " ", shown).split())


def test_help_of_generate_names_every_option(kit):
    shown = kit.good("generate", "--help").stdout
    options = "background geometry renderer effect recipe set count size seed out jobs writer overwrite"
    for option in options.split():
        assert f"--{option}" in shown
    for short in ("-n", "-o", "-j"):
        assert short in shown


@pytest.mark.parametrize("words", [("--help",), ("generate", "--help"), ("--version",)], ids=" ".join)
def test_help_is_light(words, kit):
    code = f"""
import sys
from dislo_gen.cli import main
try:
    main({list(words)!r})
except SystemExit as stop:
    assert not stop.code, stop.code
heavy = {HEAVY!r}
found = sorted(name for name in sys.modules if name.partition(".")[0] in heavy)
plugins = sorted(name for name in sys.modules if name.startswith("dislo_gen_plugins"))
print("LOADED", found, plugins)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=kit.environment()
    )
    assert done.stdout.splitlines()[-1] == "LOADED [] []"


def test_no_command_shows_the_help(kit):
    done = kit.good()
    assert "dislo-gen --background real-blend" in done.stdout
    assert done.stderr == ""


def test_version(kit):
    assert kit.good("--version").stdout == f"dislo-gen {dislo_gen.__version__}\n"


def test_plugins_lists_every_kind_with_a_line_for_each(kit):
    listed = kit.listed(kit.good("plugins").stdout)
    for name, kind in (
        ("perlin", "Backgrounds"),
        ("real-blend", "Backgrounds"),
        ("pileup", "Geometries"),
        ("cairo", "Renderers"),
        ("folder", "Writers"),
        ("m1", "Recipes"),
        ("m2", "Recipes"),
        ("starter", "Weights"),
        ("oriented-unet", "Networks"),
        ("instances", "Metrics"),
    ):
        line = listed[kind][name]
        assert len(line.split()) > 3
        assert "broken" not in line
        assert "dislo-gen" not in line, "whose it is goes without saying"


@pytest.mark.parametrize("columns", [60, 80])
def test_the_list_fits_into_a_terminal_and_two_screens(columns, kit):
    lines = kit.good("plugins", COLUMNS=str(columns)).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    assert len(lines) < 90


@pytest.mark.parametrize("words", [("show", "cairo", "--no-sheet"), ("check", "pileup")])
def test_tables_fit_into_a_narrow_terminal_and_cut_no_word(words, kit):
    wide, narrow = (kit.good("plugins", *words, COLUMNS=columns).stdout for columns in ("200", "60"))
    table = [line for line in narrow.splitlines() if line.startswith("    ")]
    assert len(table) > 20
    assert max(map(len, table)) <= 60
    assert {word for word in narrow.split() if word.isalpha()} <= set(wide.split())


def test_one_kind_has_many_names(capsys):
    from dislo_gen.cli import main

    def shown(*words):
        with pytest.raises(SystemExit) as stop:
            main(words)
        assert stop.value.code in (0, None)
        return capsys.readouterr().out

    assert shown("plugins", "list") == shown("plugins")
    effects = shown("plugins", "effects")
    assert effects == shown("plugins", "effect")
    assert "blur" in effects
    assert "perlin" not in effects
    assert shown("plugins", "recipes") == shown("recipes")
    assert shown("plugins", "weights") == shown("weights")
    assert 'description = "The paper' in shown("recipes", "m1")


def test_plugins_show_explains_every_parameter(kit):
    from dislo_gen.parameters import parameters
    from dislo_gen.registry import load

    shown = kit.good("plugins", "show", "perlin").stdout
    rows = {line.split()[0]: line for line in shown.splitlines() if line.strip()}
    for parameter in parameters(load("background", "perlin")):
        row = rows[parameter.name + ("*" if parameter.varied else "")]
        assert parameter.help in row
        assert parameter.unit in row
        assert f"{parameter.range.low:g} to {parameter.range.high:g}" in row
    assert "--set background." in shown


@pytest.mark.parametrize("name", ["real-blend", "pileup", "cairo", "folder", "dislo-gen:pileup"])
def test_plugins_show_works_for_every_kind(name, kit):
    shown = kit.good("plugins", "show", name).stdout
    assert shown.startswith(name.rpartition(":")[2] + ": ")


def test_plugins_show_of_an_unknown_name_suggests_the_nearest(kit):
    assert "did you mean 'perlin'?" in kit.refused("plugins", "show", "perlim")
    assert "did you mean 'background'?" in kit.refused("plugins", "show", "--kind", "backgroud", "perlin")


@pytest.mark.parametrize("name", ["recipe", "record", "dataset"])
def test_schema_is_json_schema_and_knows_the_plugins(name, kit):
    printed = json.loads(kit.good("schema", name).stdout)
    assert printed["$schema"].startswith("https://json-schema.org/")
    assert "wavelength_1" in json.dumps(printed)


def test_schemas_accept_the_files_that_are_written(kit, dataset):
    jsonschema = pytest.importorskip("jsonschema")
    for name, path in (("record", "records/000001.json"), ("dataset", "dataset.json")):
        validator = jsonschema.Draft202012Validator(json.loads(kit.good("schema", name).stdout))
        assert list(validator.iter_errors(json.loads((dataset / path).read_text()))) == []
        assert list(validator.iter_errors({"format": "something else"})) != []


def test_a_closed_pipe_is_no_error(kit):
    process = kit.start("schema")
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=30)
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (["--bacground", "perlin"], ["no such option: --bacground", "did you mean '--background'?", "generate"]),
        (["-n", "0"], ["--count", "1", "generate"]),
        (["add", "x", "0"], ["1", "add"]),
        (["-n", "1.5"], ["--count", "integer", "generate"]),
        (["--seed", "-1"], ["--seed", "0", "generate"]),
        (["-j", "-2"], ["--jobs", "0", "generate"]),
        (["-j"], ["'-j' requires an argument", "generate"]),
        (["resume", "-n"], ["'-n' requires an argument", "resume"]),
        (["resume", "a", "b"], ["unexpected extra argument", "(b)", "resume"]),
        (["generat"], ["generat", "did you mean 'generate'?", ""]),
        (["schema", "recip"], ["recip", "recipe", "schema"]),
        (["replay"], ["missing argument", "RECORD", "replay"]),
        (["plugins", "shw"], ["shw", "did you mean 'show'?", "plugins"]),
        (["plugins", "effcts"], ["effcts", "did you mean 'effects'?", "plugins"]),
        (["add", "x"], ["say once how many", "add"]),
        (["plugins", "show"], ["NAME", "plugins show"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_usage_errors_are_one_sentence_too(words, hints, kit, tmp_path):
    text = kit.refused(*words, cwd=tmp_path)
    *hints, command = hints
    assert text.endswith(" --help)\n")
    assert text.count("\n") == 1
    assert f"(see dislo-gen {command} --help)".replace("  ", " ") in text
    for hint in hints:
        assert hint.lower() in text.lower()
    assert kit.tree(tmp_path) == {}


def test_a_plugins_command_shows_its_help_and_its_usage_errors_alike(kit, tmp_path):
    module = """
    import typer
    app = typer.Typer(no_args_is_help=True)

    @app.command()
    def one(number: int):
        if number > 9:
            raise typer.BadParameter("that is too many")
        raise typer.Exit(number)

    @app.command()
    def two():
        pass
    """
    kit.package(tmp_path, "polisher", {"commands": {"polish": "polisher:app"}}, {"polisher": module})
    shown = kit.run("polish", path=[tmp_path])
    assert "one" in shown.stdout + shown.stderr
    assert "error: " not in shown.stderr
    assert kit.run("polish", "one", 7, path=[tmp_path]).returncode == 7
    assert "(see dislo-gen polish one --help)" in kit.refused("polish", "one", path=[tmp_path])
    assert "that is too many" in kit.refused("polish", "one", 10, path=[tmp_path])
