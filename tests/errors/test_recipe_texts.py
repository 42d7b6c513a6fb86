"""Every mistake a user can make in a recipe or a setting: the text, kept in ``golden/``, and its manners.

``DISLO_GEN_UPDATE_GOLDEN=1 pytest tests/errors`` writes the texts anew; read the diff before committing it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from dislo_gen.cli import main

GOLDEN = Path(__file__).parent / "golden"
REST = 'geometry = ["pileup"]\nrenderer = "cairo"\n'
WHOLE = 'background = "perlin"\n' + REST
LONG = "1" * 5000  # Python refuses to read so long a number
WIDE = "1" * 400  # and cannot turn this one into a float


def background(text: str) -> str:
    return f'background = {{use = "perlin", {text}}}\n{REST}'


def geometry(text: str) -> str:
    return f'background = "perlin"\nrenderer = "cairo"\n[[geometry]]\nuse = "pileup"\n{text}\n'


# name: what r.toml (or r.json) holds. None: the file is missing.
FILES: dict[str, str | bytes | None] = {
    "missing_file.toml": None,
    "missing_file.json": None,
    "empty.toml": "",
    "list.json": "[]",
    "geometry_alone.toml": '[[geometry]]\nuse = "pileup"\n',
    "toml_syntax.toml": 'background = "perlin"\ngeometry = ["pileup"\nrenderer = "cairo"\n',
    "toml_key_twice.toml": 'background = "perlin"\nbackground = "perlin"\n',
    "toml_long_number.toml": f"size = {LONG}\n",
    "json_syntax.json": '{"background": "perlin",\n "geometry": ["pileup",]}',
    "json_nan.json": '{"background": {"use": "perlin", "wavelength_1": NaN}}',
    "json_long_number.json": f'{{"size": {LONG}}}',
    "not_utf8.toml": b"background = '\xff\xfe'",
    "record_without_recipe.json": '{"format": "dislo-gen record"}',
    "wrong_key.toml": 'bakground = "perlin"\n' + REST,
    "extra_key.toml": "colour = 3\n" + WHOLE,
    "wrong_parameter.toml": background("wavelenght_1 = 40"),
    "unlike_any_parameter.toml": background("zzz = 40"),
    "wrong_type.toml": background('wavelength_1 = "wide"'),
    "parameter_of_another.toml": background("opacity = 0.5"),
    "words_for_a_word.toml": geometry('arrangement = ["free", "paired"]'),
    "bool_for_number.toml": background("wavelength_1 = true"),
    "bool_for_whole_number.toml": geometry("pileups = true"),
    "fraction_for_whole_number.toml": geometry("pileups = 1.5"),
    "text_for_whole_number.toml": geometry('pileups = "3"'),
    "percentage_for_number.toml": background('contrast = "40%"'),
    "percentages_in_a_distribution.toml": background('contrast = {uniform = ["10%", 0.4]}'),
    "list_for_number.toml": background("wavelength_1 = [10, 100]"),
    "date_for_number.toml": background("wavelength_1 = 1979-05-27"),
    "nan.toml": background("wavelength_1 = nan"),
    "inf.toml": background("wavelength_1 = -inf"),
    "too_wide_for_a_float.toml": background(f"wavelength_1 = {WIDE}"),
    "below_range.toml": background("wavelength_1 = 1"),
    "above_range.toml": background("wavelength_1 = 9000.5"),
    "wrong_choice.toml": (
        'background = "perlin"\ngeometry = ["pileup"]\nrenderer = {use = "cairo", blend = "ovr"}\n'
    ),
    "unknown_background.toml": 'background = "perlim"\n' + REST,
    "unknown_geometry.toml": 'background = "perlin"\ngeometry = ["pileup", "pilup"]\nrenderer = "cairo"\n',
    "name_of_another_kind.toml": 'background = "pileup"\n' + REST,
    "unknown_package.toml": 'background = "nobody:perlin"\n' + REST,
    "missing_use.toml": f"background = {{wavelength_1 = 40}}\n{REST}",
    "use_is_no_text.toml": f"background = {{use = 3}}\n{REST}",
    "component_is_a_number.toml": f"background = 3\n{REST}",
    "geometry_is_a_text.toml": 'background = "perlin"\ngeometry = "pileup"\nrenderer = "cairo"\n',
    "geometry_is_a_table.toml": 'background = "perlin"\nrenderer = "cairo"\n[geometry]\nuse = "pileup"\n',
    "geometry_is_empty.toml": 'background = "perlin"\ngeometry = []\nrenderer = "cairo"\n',
    "effect_is_a_text.toml": WHOLE + 'effect = "abc"\n',
    "hooks_is_a_text.toml": WHOLE + 'hooks = "abc"\n',
    "unknown_hook.toml": WHOLE + 'hooks = ["abc"]\n',
    "labels_is_a_number.toml": WHOLE + "labels = 3\n",
    "labels_wrong_key.toml": WHOLE + "[labels]\nline_widht = 3\n",
    "labels_out_of_range.toml": WHOLE + "[labels]\nline_width = 1000\n",
    "description_is_a_number.toml": WHOLE + "description = 3\n",
    "size_fraction.toml": WHOLE + "size = 3.5\n",
    "size_of_one.toml": WHOLE + "size = [64]\n",
    "size_too_large.toml": WHOLE + "size = [64, 10000]\n",
    "size_zero.toml": WHOLE + "size = 0\n",
    "unknown_distribution.toml": background("wavelength_1 = {unifrom = [10, 100]}"),
    "distribution_of_two.toml": background("wavelength_1 = {uniform = [10, 100], normal = [5, 1]}"),
    "distribution_of_none.toml": background("wavelength_1 = {}"),
    "uniform_of_one.toml": background("wavelength_1 = {uniform = [10]}"),
    "uniform_backwards.toml": background("wavelength_1 = {uniform = [100, 10]}"),
    "uniform_of_texts.toml": background('wavelength_1 = {uniform = ["a", "b"]}'),
    "uniform_of_nan.toml": background("wavelength_1 = {uniform = [10, nan]}"),
    "uniform_out_of_range.toml": background("wavelength_1 = {uniform = [-10, 100]}"),
    "uniform_of_a_number.toml": background("wavelength_1 = {uniform = 3}"),
    "uniform_wrong_key.toml": background("wavelength_1 = {uniform = {lo = 3, high = 4}}"),
    "uniform_lacks_a_key.toml": background("wavelength_1 = {uniform = {low = 3}}"),
    "normal_negative_sd.toml": background("wavelength_1 = {normal = [50, -1]}"),
    "lognormal_negative_median.toml": background("wavelength_1 = {lognormal = [-5, 0.3]}"),
    "choice_of_none.toml": background("wavelength_1 = {choice = []}"),
    "choice_values_is_a_number.toml": background("wavelength_1 = {choice = {values = 3}}"),
    "choice_weights_is_a_number.toml": background("wavelength_1 = {choice = {values = [10, 20], weights = 5}}"),
    "choice_too_few_weights.toml": background("wavelength_1 = {choice = {values = [10, 20], weights = [5]}}"),
    "choice_of_a_wrong_word.toml": geometry('arrangement = {choice = ["free", "par"]}'),
    "empirical_of_mixed.toml": background('wavelength_1 = {empirical = ["a", 10]}'),
    "uniform_for_words.toml": geometry("arrangement = {uniform = [1, 2]}"),
    "several.toml": (
        'background = {use = "perlin", wavelenght_1 = 40, smoothing_1 = "much"}\n'
        'geometry = [{use = "pileup", pileups = 1.5}, {use = "pilup"}]\n'
        'renderer = {use = "cairo", blend = "overr"}\nsise = 64\n[labels]\nline_width = 1000\n'
    ),
}

WORDS: dict[str, list[str]] = {
    "unknown_recipe": ["--recipe", "m3"],
    "unknown_recipe_with_suffix": ["--recipe", "recipe.yaml"],
    "option_background": ["--background", "perlim"],
    "option_geometry": ["--geometry", "pilup"],
    "option_renderer": ["--renderer", "cario"],
    "option_effect": ["--effect", "noise"],
    "option_size": ["--size", "64x"],
    "option_size_zero": ["--size", "0"],
    "option_size_three": ["--size", "64x64x3"],
    "option_size_huge": ["--size", "99999"],
    "option_writer": ["--writer", "foldr"],
    "set_without_equals": ["--set", "background.wavelength_1"],
    "set_without_path": ["--set", "=3"],
    "set_empty": ["--set", ""],
    "set_nowhere": ["--set", "nowhere.x=3"],
    "set_unknown_parameter": ["--set", "background.wavelenght_1=3"],
    "set_out_of_range": ["--set", "background.wavelength_1=1"],
    "set_wrong_type": ["--set", "background.wavelength_1=wide"],
    "set_bool": ["--set", "geometry.pileups=true"],
    "set_nan": ["--set", "background.wavelength_1=nan"],
    "set_long_number": ["--set", f"background.wavelength_1={LONG}"],
    "set_unclosed_list": ["--set", "background.wavelength_1={uniform=[2, 5"],
    "set_unquoted_words": ["--set", "geometry.arrangement={choice=[free,paired]}"],
    "set_two_values": ["--set", "background.wavelength_1=[1], [2]"],
    "set_json": ["--set", 'background.wavelength_1={"uniform": [2, 5]}'],
    "set_list_for_number": ["--set", "renderer.width=[2, 5]"],
    "set_parameter_of_another": ["--set", "background.patches=2024"],
    "set_index_out_of_range": ["--set", "geometry.5.pileups=3"],
    "set_which_of_two": ["--geometry", "pileup", "--geometry", "pileup", "--set", "geometry.pileups=3"],
    "set_too_deep": ["--set", "geometry.0.spacing.uniform=3"],
    "set_into_a_number": ["--set", "description.x=3"],
    "set_distribution": ["--set", "background.wavelength_1={unifrom=[10, 20]}"],
    "set_component": ["--set", "background=perlim"],
    "set_writer_value": ["--set", "writer.bits=12"],
    "set_writer_parameter": ["--set", "writer.bit=8"],
    "set_size": ["--set", "size=64x64x3"],
}
CASES = [*FILES, *WORDS]
MISTAKES = {"several.toml": 7, "empty.toml": 3, "wrong_key.toml": 2, "geometry_alone.toml": 2}


@pytest.fixture
def text(request, tmp_path, monkeypatch, capsys) -> str:
    """What stderr shows for one case, without anything that depends on this machine."""
    monkeypatch.chdir(tmp_path)
    case = request.param
    words = WORDS.get(case)
    if words is None:
        name, content = "r" + Path(case).suffix, FILES[case]
        if content is not None:
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        words = ["--recipe", name]
    with pytest.raises(SystemExit) as stop:
        main([*words, "-n", "1", "-o", "out"])
    out, err = capsys.readouterr()
    assert stop.value.code == 2
    assert out == ""
    assert not Path("out").exists()
    err = err.replace(str(tmp_path), "<folder>").replace(", as changed: ", ": ")  # has a test of its own below
    err = re.sub(r"\(installed: [^)]*\)", "(installed: …)", err)
    err = re.sub(r'(?<=write )(\w+ = \[?")[^"]*', r"\1…", err)  # the first of what is installed
    return err.replace(LONG, "<5000 digits>").replace(WIDE, "<400>")


@pytest.mark.parametrize(("case", "text"), [(case, case) for case in CASES], indirect=["text"], ids=CASES)
def test_text_is_the_golden_one(case, text):
    path = GOLDEN / f"{case}.txt"
    # A message may name the file of the installed default recipe; where that lies is no part of the text.
    text = re.sub(r"\S*(?=[/\\]dislo_gen_plugins[/\\])", "<installed>", text)
    if os.environ.get("DISLO_GEN_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("case", "text"), [(case, case) for case in CASES], indirect=["text"], ids=CASES)
def test_text_says_where_in_plain_words(case, text):
    assert text.startswith("error: ")
    assert text.endswith("\n")
    lines = text.removeprefix("error: ").splitlines()
    for line in lines:
        assert 15 < len(line) < 300
    # Words of the machinery mean nothing to a microscopist.
    machinery = "Traceback|object at 0x|' object|iterable|instances|argument of|attribute|convert to float"
    machinery += r"|sys\.|\bNone\b|datetime"
    assert not re.search(machinery, text)
    # The user did not write the installed default recipe and cannot mend it: name what they typed.
    assert "dislo_gen_plugins" not in text
    if case in FILES:
        name = "r" + Path(case).suffix
        assert all(line.startswith(f"{name}: ") for line in lines)
    # One mistake, one line.
    assert len(lines) == MISTAKES.get(case, 1)


PATHS = {
    "wrong_parameter.toml": ("background.wavelenght_1", "did you mean 'wavelength_1'"),
    "wrong_type.toml": ("background.wavelength_1", "must be a number"),
    "below_range.toml": ("background.wavelength_1", "2 px"),
    "above_range.toml": ("background.wavelength_1", "8192 px"),
    "wrong_choice.toml": ("renderer.blend", "did you mean 'over'"),
    "unknown_geometry.toml": ("geometry.1", "did you mean 'pileup'"),
    "missing_use.toml": ("background", "'use'"),
    "geometry_is_a_text.toml": ("geometry", "list"),
    "geometry_is_a_table.toml": ("geometry", "list"),
    "geometry_is_empty.toml": ("geometry", "at least one"),
    "hooks_is_a_text.toml": ("hooks", "list"),
    "unknown_hook.toml": ("hooks.0", "no hook 'abc'"),
    "labels_is_a_number.toml": ("labels", "table"),
    "labels_wrong_key.toml": ("labels.line_widht", "did you mean 'line_width'"),
    "labels_out_of_range.toml": ("labels.line_width", "64 px"),
    "unknown_distribution.toml": ("background.wavelength_1", "did you mean 'uniform'"),
    "choice_values_is_a_number.toml": ("background.wavelength_1", "values"),
    "choice_weights_is_a_number.toml": ("background.wavelength_1", "weights"),
    "empirical_of_mixed.toml": ("background.wavelength_1", "number"),
    "too_wide_for_a_float.toml": ("background.wavelength_1", "number"),
    "list.json": ("", "table"),
}


@pytest.mark.parametrize(("case", "text"), [(case, case) for case in PATHS], indirect=["text"], ids=list(PATHS))
def test_path_inside_the_file_and_what_would_be_right(case, text):
    path, hint = PATHS[case]
    place = f"r{Path(case).suffix}: {path}: " if path else f"r{Path(case).suffix}: "
    assert text.startswith(f"error: {place}")
    assert hint in text


TYPED = {
    "option_background": "background",
    "option_geometry": "geometry.0",
    "option_size": "size",
    "set_unknown_parameter": "background.wavelenght_1",
    "set_out_of_range": "background.wavelength_1",
    "set_nowhere": "nowhere",
}


@pytest.mark.parametrize(("case", "text"), [(case, case) for case in TYPED], indirect=["text"], ids=list(TYPED))
def test_a_typed_mistake_is_named_as_it_was_typed(case, text):
    assert f"{TYPED[case]}: " in text
    assert "default.toml" not in text


def test_who_has_a_parameter_is_found_beside_broken_plugins(kit, tmp_path):
    offers = {"background": {"a-broken": "a_broken:Paint", "b-broken": "b_broken:Paint", "c-broken": "nowhere:X"}}
    modules = {"a_broken": "raise RuntimeError", "b_broken": "Paint = 3"}
    kit.package(tmp_path, "breaker", offers, modules)
    text = kit.refused("--set", "background.patches=2024", path=[tmp_path], cwd=tmp_path)
    assert text.endswith("; background 'real-blend' has it: --background real-blend\n")


def test_a_recipe_is_called_changed_only_if_it_was(kit, tmp_path):
    (tmp_path / "r.toml").write_text(str(FILES["wrong_type.toml"]))
    assert "r.toml: background.wavelength_1: " in kit.refused("--recipe", "r.toml", cwd=tmp_path)
    assert "r.toml" in kit.refused("--recipe", "r.toml", "--set", "background.smoothing_1=-1", cwd=tmp_path)


@pytest.mark.parametrize("case", ["toml_syntax.toml", "json_syntax.json"])
def test_syntax_errors_have_a_line(case):
    assert re.search(r"line [23]\b.*column \d+", (GOLDEN / f"{case}.txt").read_text(encoding="utf-8"))


def test_no_golden_file_is_left_over():
    assert {path.name for path in GOLDEN.glob("*.txt")} == {f"{case}.txt" for case in CASES}


def test_as_a_process_it_is_the_same_text_and_status(kit, tmp_path):
    (tmp_path / "r.toml").write_text(str(FILES["several.toml"]))
    text = kit.refused("--recipe", "r.toml", "-n", 1, cwd=tmp_path).replace(", as changed: ", ": ")
    text = re.sub(r"\(installed: [^)]*\)", "(installed: …)", text)
    assert text == (GOLDEN / "several.toml.txt").read_text(encoding="utf-8")
    assert set(kit.tree(tmp_path)) == {"r.toml"}


def test_json_recipes_are_checked_like_toml_ones(kit, tmp_path):
    plain = {"background": {"use": "perlin", "wavelength_1": True}, "geometry": ["pileup"], "renderer": "cairo"}
    (tmp_path / "r.json").write_text(json.dumps(plain))
    text = kit.refused("--recipe", "r.json", cwd=tmp_path)
    assert "r.json" in text
    assert "background.wavelength_1: must be a number" in text
