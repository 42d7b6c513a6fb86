"""What ``dislo-gen`` writes, and how it is asked to."""

from __future__ import annotations

import json
import shlex

import numpy as np
import pytest
import tifffile
from PIL import Image

from dislo_gen.cli import main


@pytest.fixture
def cli(monkeypatch, tmp_path, capsys):
    """Run the program in this process, in an empty folder; returns (exit status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object):
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


def test_layout_of_the_folder_format(dataset, kit):
    stems = [f"{index:06d}" for index in range(4)]
    expected = {"dataset.json", "preview.png"}
    for stem in stems:
        expected |= {f"images/{stem}.png", f"masks/{stem}.tif", f"records/{stem}.json"}
    assert set(kit.tree(dataset)) == expected
    manifest = json.loads((dataset / "dataset.json").read_text())
    assert (manifest["seed"], manifest["count"]) == (0, 4)
    assert manifest["recipe"]["size"] == [64, 64]
    assert "dislo-gen resume" in manifest["resume"]
    assert {"numpy", "python"} <= set(manifest["versions"])
    with Image.open(dataset / "preview.png") as preview:
        assert preview.mode == "RGB"
        assert preview.width > 2 * 64


def test_image_is_8_bit_grey_and_every_labelled_defect_has_a_1_bit_page_in_order(dataset):
    from dislo_gen import Recipe, make_sample

    recipe = Recipe.load(dataset / "dataset.json")
    for index in range(4):
        with Image.open(dataset / f"images/{index:06d}.png") as opened:
            assert (opened.mode, opened.size) == ("L", (64, 64))
            pixels = np.asarray(opened)
        record = json.loads((dataset / f"records/{index:06d}.json").read_text())
        labelled = [defect for defect in record["scene"]["defects"] if defect["labelled"]]
        with tifffile.TiffFile(dataset / f"masks/{index:06d}.tif") as tiff:
            assert {page.bitspersample for page in tiff.pages} == {1}
            pages = np.stack([page.asarray() for page in tiff.pages]).astype(bool)
        sample = make_sample(recipe, 0, index)
        assert len(pages) == len(labelled) > 1
        np.testing.assert_array_equal(pages, sample.masks)
        np.testing.assert_array_equal(pixels, np.round(sample.image * np.float32(255)).astype(np.uint8))


def test_16_bit_images(cli, kit, tmp_path):
    status, _, err = cli(*kit.SMALL, "-n", 1, "-o", "d", "--set", "writer.bits=16")
    assert status == 0, err
    with Image.open(tmp_path / "d/images/000000.png") as opened:
        assert opened.mode == "I;16"
        values = np.asarray(opened)
    assert values.max() > 255
    assert len(np.unique(values)) > 256


def test_options_without_a_command_are_those_of_generate(cli, kit, tmp_path):
    for out, first in (("a", ()), ("b", ("generate",))):
        assert cli(*first, "-n", 1, "--seed", 3, *kit.SMALL, "-o", out)[0] == 0
    assert kit.tree(tmp_path / "a") == kit.tree(tmp_path / "b")


def test_what_it_says_in_the_end_is_where_things_are_and_what_to_try(cli, kit):
    status, out, err = cli("-n", 2, *kit.SMALL, "-o", "d")
    assert (status, err) == (0, "")
    assert "2 images" in out
    assert "images/s" in out
    for hint in ("look at   d/preview.png", "for more  dislo-gen add d 1000"):
        assert hint in out


def test_one_image_is_singular_and_a_folder_with_a_space_is_quoted_in_commands(cli, kit, tmp_path):
    _, out, _ = cli("-n", 1, *kit.SMALL, "-o", "my data")
    first, *hints = out.splitlines()
    assert first.startswith("1 image in ")
    assert first.endswith("1 image is in my data:")
    commands = [shlex.split(hint[hint.index("dislo-gen ") :]) for hint in hints if "dislo-gen " in hint]
    assert commands == [["dislo-gen", "add", "my data", "1000"]]
    assert "Nothing to do: my data is complete with 1 image.\n" in cli("resume", "my data")[1]


def test_size_is_width_by_height(cli, kit, tmp_path):
    assert cli(*kit.SMALL, "--size", "96x64", "-n", 1, "-o", "d")[0] == 0
    with Image.open(tmp_path / "d/images/000000.png") as opened:
        assert opened.size == (96, 64)


def test_default_folder_is_dislo_data(cli, kit, tmp_path):
    assert cli(*kit.SMALL, "-n", 1)[0] == 0
    assert (tmp_path / "dislo-data/dataset.json").is_file()


def test_geometry_is_repeatable_and_set_is_applied_in_order(cli, kit, tmp_path):
    settings = ["geometry.0.pileups=1", "geometry.1.pileups=2", "geometry.1.pileups=3", "labels.line_width=2.5"]
    words = [word for setting in settings for word in ("--set", setting)]
    status, _, err = cli("--size", 64, "--geometry", "pileup", "--geometry", "pileup", *words, "-n", 1, "-o", "d")
    assert status == 0, err
    recipe = json.loads((tmp_path / "d/dataset.json").read_text())["recipe"]
    assert [part["pileups"] for part in recipe["geometry"]] == [1, 3]
    assert recipe["labels"]["line_width"] == 2.5


@pytest.mark.parametrize("name", ["default", "m2", "narrow"])
def test_ready_recipes_by_name(cli, tmp_path, name):
    status, _, err = cli("--recipe", name, "--size", 64, "-n", 1, "-o", "d")
    assert status == 0, err
    assert json.loads((tmp_path / "d/dataset.json").read_text())["recipe"]["description"]


def test_recipe_from_toml_json_dataset_and_record(cli, kit, dataset, tmp_path):
    (tmp_path / "r.toml").write_text(
        'background = {use = "perlin", wavelength_1 = 20}\nrenderer = "cairo"\nsize = "48x32"\n'
        '[[geometry]]\nuse = "pileup"\npileups = {uniform = [1, 2]}\n'
    )
    (tmp_path / "r.json").write_text(
        json.dumps(
            {
                "background": {"use": "perlin", "wavelength_1": 20},
                "renderer": "cairo",
                "size": [48, 32],
                "geometry": [{"use": "pileup", "pileups": {"uniform": [1, 2]}}],
            }
        )
    )
    for source in ("r.toml", "r.json"):
        assert cli("--recipe", source, "-n", 1, "-o", source + ".d")[0] == 0
    assert kit.tree(tmp_path / "r.toml.d") == kit.tree(tmp_path / "r.json.d")
    assert cli("--recipe", dataset / "dataset.json", "-n", 4, "-o", "again")[0] == 0
    assert kit.tree(tmp_path / "again") == kit.tree(dataset)
    # A record holds a fixed recipe: every sample made from it has the record's numbers.
    assert cli("--recipe", dataset / "records/000002.json", "-n", 1, "-o", "fixed")[0] == 0
    record = json.loads((dataset / "records/000002.json").read_text())
    assert json.loads((tmp_path / "fixed/records/000000.json").read_text())["recipe"] == record["recipe"]


def test_paths_in_a_recipe_are_relative_to_it_and_typed_ones_to_the_user(cli, dataset, tmp_path):
    (tmp_path / "there/bank").mkdir(parents=True)
    for index in range(2):
        (tmp_path / f"there/bank/{index}.png").write_bytes((dataset / f"images/{index:06d}.png").read_bytes())
    text = 'renderer = "cairo"\ngeometry = ["pileup"]\nbackground = {use = "real-blend", patches = "bank"}\n'
    (tmp_path / "there/r.toml").write_text(text)
    assert cli("--recipe", "there/r.toml", "--size", 48, "-n", 1, "-o", "a")[0] == 0
    typed = ("--set", "background.patches=there/bank")
    assert cli("--recipe", "there/r.toml", *typed, "--size", 48, "-n", 1, "-o", "b")[0] == 0
    assert (tmp_path / "a/images/000000.png").read_bytes() == (tmp_path / "b/images/000000.png").read_bytes()


def test_real_blend_works_without_a_bank_and_says_once_that_these_are_stand_ins(kit, tmp_path):
    done = kit.good(
        "--background", "real-blend", "--geometry", "pileup", "--size", 64, "-n", 3, "-o", tmp_path / "d"
    )
    assert done.stderr.count("stand in") == 1
    assert "--set background.patches=FOLDER" in done.stderr


def test_huge_size_is_refused_before_memory_is_taken(cli):
    status, _, err = cli("--size", "8193", "-n", 1, "-o", "d")
    assert status == 2
    assert "8192" in err


def test_a_ready_recipe_is_kept_as_a_file_and_read(kit, tmp_path):
    shown = kit.good("recipes", "narrow").stdout
    (tmp_path / "mine.toml").write_text(shown)
    kit.good("--recipe", "mine.toml", "-n", 1, "--size", 64, "-o", "mine", cwd=tmp_path)
    kit.good("--recipe", "narrow", "-n", 1, "--size", 64, "-o", "theirs", cwd=tmp_path)
    image = "images/000000.png"
    assert (tmp_path / "mine" / image).read_bytes() == (tmp_path / "theirs" / image).read_bytes()
