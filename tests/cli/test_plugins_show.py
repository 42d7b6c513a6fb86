"""``dislo-gen plugins show`` draws a sheet."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image


def test_the_sheet_goes_into_the_users_cache(kit, tmp_path):
    said = kit.good("plugins", "show", "blur", XDG_CACHE_HOME=str(tmp_path)).stdout
    path = tmp_path / "dislo-gen" / "sheets" / "effect-blur.png"
    assert f"look at  {path}" in said
    with Image.open(path) as picture:
        assert np.asarray(picture).std() > 10
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "words", [("geometry", "pileup"), ("geometries", "pileup"), ("pileup", "--kind", "geometry")]
)
def test_the_kind_is_said_as_people_say_it(words, kit):
    said = kit.good("plugins", "show", *words, "--no-sheet").stdout
    assert said.startswith("pileup: geometry of package dislo-gen ")
    assert "\nslip_width*" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["geometri", "pileup"], "geometri pileup: 'geometri' is no kind of plugin; did you mean 'geometries'?"),
        (["pileup", "lines", "perlin"], "pileup lines perlin: one plugin at a time, by its name or by its kind"),
        (["geometry", "pileup", "--kind", "effect"], "geometry pileup --kind effect: say one kind"),
        (["effect", "pileup"], "there is no effect 'pileup'"),
    ],
)
def test_other_words_are_refused(words, sentence, kit):
    for command in ("show", "check"):
        assert sentence in kit.refused("plugins", command, *words)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_the_sheet_goes_where_it_is_asked_for(suffix, kit, tmp_path):
    path, cache = tmp_path / f"sheet.{suffix}", tmp_path / "cache"
    said = kit.good("plugins", "show", "plain", "--sheet", path, XDG_CACHE_HOME=str(cache)).stdout
    assert str(path) in said
    with Image.open(path) as picture:
        assert picture.format == {"png": "PNG", "jpg": "JPEG"}[suffix]
    assert not cache.exists()


def test_no_sheet_at_all(kit, tmp_path):
    said = kit.good("plugins", "show", "plain", "--no-sheet", XDG_CACHE_HOME=str(tmp_path)).stdout
    assert "Sheet" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["plain", "--sheet", "sheet.gif"], "--sheet sheet.gif: write a file that ends in .png, .jpg, .jpeg"),
        (["plain", "--sheet", "nowhere/a.png"], "--sheet nowhere/a.png: there is no folder nowhere"),
        (["folder", "--sheet", "a.png"], "a writer has no picture; there are sheets for: background, geometry"),
        (["m2", "--sheet", "a.png"], "--sheet: a recipe has no picture"),
        (["plain", "--sheet", "a:b.png"], "--sheet a:b.png: a file's name may hold neither ':' nor"),
        (["plain", "--sheet", "a.png", "--no-sheet"], "--sheet and --no-sheet exclude each other"),
    ],
)
def test_wrong_input_gets_a_sentence(words, sentence, kit, tmp_path):
    done = kit.run("plugins", "show", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file_for_a_sheet(kit, tmp_path):
    (tmp_path / "folder.png").mkdir()
    assert "this is a folder" in kit.refused("plugins", "show", "plain", "--sheet", tmp_path / "folder.png")


def test_a_link_is_written_through_whatever_its_target_is_called(kit, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "other" / "0a1b2c")
    kit.good("plugins", "show", "plain", "--sheet", "link.png", cwd=tmp_path)
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "other" / "0a1b2c").read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_drawn_by_its_defaults_is_still_explained(kit, tmp_path):
    module = """
    from typing import Annotated
    from dislo_gen import Background, Help, component

    @component
    class Needy(Background):
        \"\"\"Needs a level.\"\"\"
        level: Annotated[float, Help("grey")]

        def paint(self, size, rng):
            raise NotImplementedError
    """
    kit.package(tmp_path, "needy", {"background": {"needy": "needy:Needy"}}, {"needy": module})
    done = kit.good("plugins", "show", "needy", path=[tmp_path], XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert "Needs a level." in done.stdout
    assert "note: no sheet: background 'needy' cannot be drawn by its defaults: level must be given" in done.stderr
    words = ("plugins", "show", "needy", "--sheet", tmp_path / "a.png")
    assert "level must be given" in kit.refused(*words, path=[tmp_path])


def test_a_cache_that_cannot_be_written_is_no_error(kit, tmp_path):
    (tmp_path / "file").write_text("")
    done = kit.good("plugins", "show", "plain", XDG_CACHE_HOME=str(tmp_path / "file"))
    assert "note: no sheet: " in done.stderr
    assert "level" in done.stdout
