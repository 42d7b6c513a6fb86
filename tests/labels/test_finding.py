"""Finding labelme files among others, their text, and the picture that they are for."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from dislo_gen import DatasetError, read_labelled
from dislo_gen.labelme import is_labelme
from dislo_gen.learning.sources import find_source

SIZE = (64, 48)
LINE = [[5, 5], [30, 20], [60, 40]]
PIXELS = np.random.default_rng(0).integers(20, 220, SIZE[::-1]).astype(np.uint8)


def picture(path, pixels=PIXELS):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def plain(image_path="frame.png", label="dislocation", **more):
    shapes = [{"label": label, "points": LINE, "shape_type": "linestrip"}]
    return {"shapes": shapes, "imagePath": image_path, "imageWidth": SIZE[0], "imageHeight": SIZE[1], **more}


def write(path, image_path="frame.png", encoding="utf-8", **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps(plain(image_path, **more), ensure_ascii=False).encode(encoding))
    return path


def shows_the_picture(frames):
    [sample] = frames
    return np.array_equal(np.round(sample.image * 255), PIXELS) and len(sample.masks) == 1


WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")  # these without a mark


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", *WIDE])
def test_marks_at_the_beginning_are_no_part_of_the_text(tmp_path, encoding):
    picture(tmp_path / "frame.png")
    file = write(tmp_path / "frame.json", encoding=encoding, label="Versetzung ä")
    assert is_labelme(file)
    assert shows_the_picture(read_labelled(tmp_path))
    assert read_labelled(file)[0].scene.defects[0].kind == "versetzung ä"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1252", "Übersicht.png"), ("gb18030", "位错图像.png"), ("cp932", "転位表.png"), ("cp1251", "снимок.png")],
)
def test_old_encodings_are_told_by_the_picture_that_is_named(tmp_path, caplog, encoding, name):
    picture(tmp_path / name)
    for k in range(2):
        write(tmp_path / f"{k}.json", f"D:\\bilder\\{name}", encoding)
    frames = read_labelled(tmp_path)
    assert [len(sample.masks) for sample in frames] == [1, 1]
    assert {frame.picture.name for frame in frames.frames} == {name}
    assert caplog.messages == [f"{tmp_path}: labels that are no UTF-8 text are read as {encoding} (2)"]


def test_an_old_encoding_without_its_picture_is_read_all_the_same(tmp_path):
    file = write(tmp_path / "frame.json", "gone-é.png", "cp1252", label="é")
    assert read_labelled(file).frames[0].scene.defects[0].kind in ("é", "é".encode("cp1252").decode("latin-1"))


WINDOWS = "D:\\data\\2024\\frame.png"


@pytest.mark.parametrize(
    "named",
    [
        *(
            WINDOWS,
            "/home/somebody/frame.png",
            "\\\\server\\share\\frame.png",
            "C:frame.png",
            "../../../a/frame.png",
        ),
        *("gone/frame.png", "https://host/a/frame.png", "FRAME.PNG", "frame.jpg", "frame", "file:///c:/frame.png"),
        *("https://host/a/frame.png?raw=1#x", "frame%2Epng", " frame.png", "frame.png ", "D:/mixed\\frame.png"),
    ],
)
@pytest.mark.parametrize("place", ["labels/frame.png", "images/frame.png", "labels/images/frame.png"])
def test_the_picture_of_that_name_is_taken_where_the_path_leads_nowhere(tmp_path, named, place):
    picture(tmp_path / place)
    write(tmp_path / "labels" / "a.json", named)
    assert shows_the_picture(read_labelled(tmp_path / "labels"))


def test_a_picture_is_found_whatever_the_unicode_form(tmp_path):
    for there, named in (("NFC", "NFD"), ("NFD", "NFC")):
        folder = tmp_path / there
        picture(folder / unicodedata.normalize(there, "Zone_é.png"))
        write(folder / "a.json", unicodedata.normalize(named, "Zone_é.png"))
        assert shows_the_picture(read_labelled(folder))


def test_the_very_name_goes_before_one_that_is_like_it(tmp_path):
    picture(tmp_path / "frame.tif", PIXELS // 2)
    picture(tmp_path / "FRAME.jpg", PIXELS // 2)
    picture(tmp_path / "frame.png")
    write(tmp_path / "a.json", WINDOWS)
    assert shows_the_picture(read_labelled(tmp_path))
    picture(tmp_path / "2024.05" / "frame.png")
    write(tmp_path / "2024.05" / "a.json", None)
    with pytest.raises(DatasetError, match="neither a path of the picture"):
        read_labelled(tmp_path / "2024.05")[0]
    picture(tmp_path / "2024.05" / "a.png")
    assert shows_the_picture(read_labelled(tmp_path / "2024.05"))


def test_a_picture_of_another_size_is_not_taken(tmp_path):
    picture(tmp_path / "frame.png", PIXELS[:-1])
    write(tmp_path / "a.json", WINDOWS)
    with pytest.raises(DatasetError, match="the labels are for a picture of 64 x 48 px"):
        read_labelled(tmp_path)[0]


def test_a_link_beside_the_labels_is_followed(tmp_path):
    stored = picture(tmp_path / "far" / "store" / "0a1b.png")
    file = write(tmp_path / "project" / "labels" / "frame.json")
    (file.parent / "frame.png").symlink_to(stored)
    assert shows_the_picture(read_labelled(file.parent))
    (tmp_path / "elsewhere").symlink_to(file.parent)  # the labels' folder is a link, the pictures lie beside it
    (file.parent / "frame.png").unlink()
    picture(tmp_path / "images" / "frame.png")
    write(file, "../images/frame.png")
    assert shows_the_picture(read_labelled(tmp_path / "elsewhere"))


@pytest.mark.parametrize("target", ["nothing.png", "/dev/zero", "frame.png", "."])
def test_a_link_to_no_picture_is_named(tmp_path, target):
    file = write(tmp_path / "frame.json")
    (tmp_path / "frame.png").symlink_to(target)
    with pytest.raises(DatasetError, match=r"frame\.json: imagePath: .* is a link to ") as caught:
        read_labelled(file)[0]
    assert "\n" not in str(caught.value)


def test_other_json_files_hide_none(tmp_path, caplog):
    picture(tmp_path / "frame.png")
    for k in range(30):
        (tmp_path / f"a{k}.json").write_text(f'{{"exposure": {k}}}')
    (tmp_path / "b0.json").write_text("{not JSON")
    (tmp_path / "b1.json").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "b2.json").write_bytes(os.urandom(1000))
    (tmp_path / "b3.json").write_text('{"shapes": {"circle": 3}, "by": "another program"}')
    (tmp_path / "b4.json").write_text('{"shapes": [{"radius": 3}]}')
    (tmp_path / "b5.json").write_text('{"imagePath": "frame.png", "exposure": 0.2}')
    (tmp_path / "b6.json").write_text("[" * 100_000)
    (tmp_path / "c0.json").symlink_to("/dev/zero")
    (tmp_path / "c1.json").symlink_to("c1.json")
    os.mkfifo(tmp_path / "c2.json")
    (tmp_path / "c3.json").mkdir()
    (tmp_path / "c4.json").symlink_to("annexed")
    with (tmp_path / "d.json").open("wb") as huge:
        huge.truncate(70 * 1024 * 1024)
    (tmp_path / "dataset.json").write_text('{"format": "of somebody else"}')
    write(tmp_path / "z.JSON")
    assert shows_the_picture(read_labelled(tmp_path))
    assert any("c4.json: this link leads to nothing" in text for text in caplog.messages)
    pytest.importorskip("torch")
    from dislo_gen.learning import find_source

    source = find_source(str(tmp_path))
    assert source.labelled
    assert len(source.samples) == 1


def test_every_broken_labelme_file_is_named(tmp_path):
    picture(tmp_path / "frame.png")
    write(tmp_path / "a.json")
    (tmp_path / "b.json").write_text('{"shapes": [{"label": "d", "poi')
    (tmp_path / "c.json").write_text(json.dumps({"imagePath": "frame.png", "shapes": 3}))
    write(tmp_path / "d.json", imageWidth=-1)
    with pytest.raises(DatasetError) as caught:
        read_labelled(tmp_path)
    assert [line.split(": ")[0].rpartition("/")[2] for line in str(caught.value).splitlines()] == [
        "b.json",
        "c.json",
        "d.json",
    ]


def test_an_endless_file_is_one_sentence():
    with pytest.raises(DatasetError, match="/dev/zero: this is not a file that can be read to its end"):
        read_labelled("/dev/zero")


def test_a_home_of_nobody_is_one_sentence():
    with pytest.raises(DatasetError, match="there is no home of that name"):
        read_labelled("~nobody-of-that-name/labels")


def test_labels_of_a_film_are_for_the_frame_that_they_name(tmp_path, caplog):
    tifffile.imwrite(tmp_path / "film.tif", np.stack([PIXELS, 255 - PIXELS]), photometric="minisblack")
    file = write(tmp_path / "a.json", "film.tif")
    assert shows_the_picture(read_labelled(file))
    assert any(
        "film.tif, has 2 frames; the labels are taken to be the first one's" in text for text in caplog.messages
    )
    caplog.clear()
    write(file, "film.tif", frame=1)
    assert np.array_equal(np.round(read_labelled(file)[0].image * 255), 255 - PIXELS)
    assert not caplog.messages
    write(file, "film.tif", frame=2)
    with pytest.raises(DatasetError, match=r"film\.tif"):
        read_labelled(file)[0]


def test_a_folder_of_predictions_stands_for_its_labels(tmp_path, caplog):
    found = tmp_path / "found"
    picture(found / "images" / "frame.png")
    write(found / "labelme" / "frame.json", "../images/frame.png")
    (found / "dataset.json").write_text('{"format": "dislo-gen predictions", "format_version": 1}')
    assert shows_the_picture(read_labelled(found))
    assert caplog.messages == [
        f"{found}: these are predictions; the labels in {found / 'labelme'} are read as they are"
    ]
    pytest.importorskip("torch")
    from dislo_gen.learning import find_source, make_plan

    assert find_source(str(found)).name == "found"
    assert make_plan(["clean"], labelled=[found], size=64).labelled == (str(found),)
    shutil.rmtree(found / "labelme")
    with pytest.raises(DatasetError, match="labelme: there is no such folder"):
        find_source(str(found))


STRANGE = {
    "X-AnyLabeling": {
        "version": "2.4.4",
        "shapes": [
            {
                "label": "dislocation", "score": None, "points": [[5, 5], [40, 5], [40, 20], [5, 20]],
                "group_id": 2.0, "description": None, "difficult": False, "shape_type": "rotation",
                "flags": None, "attributes": {}, "direction": 0.5, "kie_linking": [],
            }
        ],
        "imageWidth": 64.0,
    },
    "no types": {"shapes": [{"label": None, "points": [[5, 5], [40, 5], [40, 20], [5, 20]]}]},
    "numbers as texts": {
        "shapes": [{"label": 1, "points": LINE, "shape_type": "linestrip", "group_id": "2", "flags": []}],
        "imageWidth": "64", "imageHeight": " 48 ",
    },
    "nothing as texts": {
        "shapes": [{"label": "", "points": LINE, "group_id": ""}],
        "imageWidth": 0, "imageHeight": 0,
    },
    "capitals": {"shapes": [{"label": "d", "points": LINE, "shape_type": "LineStrip"}], "version": 5},
    "polyline": {"shapes": [{"label": "d", "points": [[1, 2], [3, 4.5]], "shape_type": "polyline"}]},
}  # fmt: skip


@pytest.mark.parametrize("more", STRANGE.values(), ids=STRANGE)
def test_what_other_programs_write_is_read(tmp_path, more):
    picture(tmp_path / "frame.png")
    write(tmp_path / "frame.json", **more)
    [sample] = read_labelled(tmp_path)
    assert len(sample.masks) == 1


@pytest.mark.parametrize("form", ["lines", "address", "cut"])
def test_embedded_pictures_are_read_as_programs_write_them(tmp_path, form):
    stored = io.BytesIO()
    Image.fromarray(PIXELS).save(stored, "PNG")
    text = base64.b64encode(stored.getvalue()).decode()
    data = {
        "lines": base64.encodebytes(stored.getvalue()).decode(),
        "address": f"data:image/png;base64,{text}",
        "cut": text.rstrip("="),
    }
    write(tmp_path / "frame.json", imageData=data[form])
    assert shows_the_picture(read_labelled(tmp_path))


def test_labels_in_folders_inside_are_named(tmp_path):
    picture(tmp_path / "monday" / "frame.png")
    write(tmp_path / "monday" / "frame.json")
    with pytest.raises(DatasetError, match="in folders inside it, to be named each: monday"):
        read_labelled(tmp_path)
    with pytest.raises(DatasetError, match="in folders inside it, to be named each: monday"):
        find_source(str(tmp_path))


def test_a_frame_without_shapes_is_one_without_lines(tmp_path):
    picture(tmp_path / "frame.png")
    write(Path(tmp_path / "frame.json"), shapes=[])
    [sample] = frames = read_labelled(tmp_path)
    assert sample.masks.shape == (0, 48, 64)
    assert frames.summary() == "to be found: nothing"


def test_a_broken_labelme_file_is_taken_for_no_recipe(tmp_path):
    pytest.importorskip("torch")
    from dislo_gen.learning import find_source

    (tmp_path / "a.json").write_text('{"imagePath": "frame.png"}')
    with pytest.raises(DatasetError, match=r"a\.json: there is no list 'shapes', so this is not a labelme file"):
        find_source(str(tmp_path / "a.json"))


def test_pictures_of_other_suffixes_are_found_in_a_folder_listed_once(tmp_path, monkeypatch):
    """A folder of thousands must not be listed for each of its files."""
    for k in range(20):
        picture(tmp_path / f"f{k}.png")
        write(tmp_path / f"f{k}.json", f"D:\\data\\f{k}.tif")
    os.utime(tmp_path, (1e9, 1e9))
    listed = []
    monkeypatch.setattr(os, "listdir", lambda path, real=os.listdir: listed.append(path) or real(path))
    assert len(read_labelled(tmp_path).fingerprint) == 64
    assert listed.count(str(tmp_path)) == 1
    picture(tmp_path / "late.png")
    write(tmp_path / "late.json", "late.tif")
    assert shows_the_picture(read_labelled(tmp_path / "late.json"))
