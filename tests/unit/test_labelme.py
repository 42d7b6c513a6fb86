"""Frames labelled in labelme, and scenes that labelme opens."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image as PillowImage

from dislo_gen import (
    DISLOCATION,
    SLIP_TRACE,
    ClosedCurve,
    DatasetError,
    Defect,
    OpenCurve,
    Recipe,
    Region,
    Scene,
    Size,
    circle,
    make_sample,
    read_labelled,
    read_labelme,
    write_labelme,
)

WIDTH, HEIGHT = 90, 70
LINE = [[10.0, 12.5], [30.25, 20.0], [55.0, 18.0], [80.0, 40.0]]


def picture():
    return np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)


def png():
    buffer = io.BytesIO()
    PillowImage.fromarray(picture()).save(buffer, "png")
    return buffer.getvalue()


def shape(points=LINE, label="dislocation", shape_type="linestrip", **more):
    return {"label": label, "points": points, "group_id": None, "shape_type": shape_type, "flags": {}, **more}


def labels(*shapes, **more):
    return {
        "version": "5.4.1",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": "frame.png",
        "imageData": None,
        "imageHeight": HEIGHT,
        "imageWidth": WIDTH,
        **more,
    }


@pytest.fixture
def frame(tmp_path):
    """Write a picture and its labels; returns the labels' file."""
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "frame.png").write_bytes(png())

    def write(*shapes, name="frame.json", **more):
        (folder / name).write_text(json.dumps(labels(*shapes, **more)))
        return folder / name

    return write


def meant(frame, *shapes, polygons_as="auto"):
    return [defect.shape for defect in read_labelme(frame(*shapes), polygons_as).scene]


OF_4_5 = {
    "version": "4.5.13",
    "flags": {},
    "shapes": [
        {"label": "1", "points": LINE, "group_id": None, "shape_type": "polygon", "flags": {}},
        {"label": "2", "points": LINE[:2], "group_id": None, "shape_type": "line", "flags": {}},
    ],
    "imagePath": "..\\images\\frame.png",
    "imageData": None,
    "imageHeight": HEIGHT,
    "imageWidth": WIDTH,
}
OF_5_0 = {
    **OF_4_5,
    "version": "5.0.1",
    "shapes": [
        {"label": "dislocation_1", "points": LINE, "group_id": 3, "shape_type": "linestrip", "flags": {}},
        {"label": "dislocation_2", "points": LINE[:2], "group_id": 3, "shape_type": "linestrip", "flags": {}},
    ],
    "imagePath": "frame.png",
    "imageData": base64.b64encode(png()).decode(),
}
OF_5_4 = {
    **OF_5_0,
    "version": "5.4.1",
    "shapes": [{**each, "description": "", "mask": None} for each in OF_5_0["shapes"]],
    "imagePath": "../images/frame.png",
    "imageData": None,
}
OF_6_3 = {
    **OF_5_4,
    "version": "6.3.1",
    "shapes": [
        {**each, "label": "pileup1", "group_id": None, "flags": {"sure": True}} for each in OF_5_4["shapes"]
    ],
}
OF_3 = {
    "version": "3.16.7",
    "shapes": [{"label": "dislocation", "points": LINE, "line_color": None, "fill_color": None}, shape(LINE[:2])],
    "lineColor": [0, 255, 0, 128],
    "imagePath": "../images/frame.png",
    "imageData": base64.b64encode(png()).decode(),
}


@pytest.mark.parametrize("plain", [OF_3, OF_4_5, OF_5_0, OF_5_4, OF_6_3], ids=lambda plain: plain["version"])
def test_files_of_every_version_are_read(tmp_path, plain):
    for folder in ("images", "labels"):
        (tmp_path / folder).mkdir()
    (tmp_path / "images" / "frame.png").write_bytes(png())
    (tmp_path / "labels" / "frame.json").write_text(json.dumps(plain))
    [sample] = read_labelled(tmp_path / "labels")
    assert np.array_equal(np.round(sample.image * 255), picture())
    long, short = sample.scene
    assert long.shape == OpenCurve(LINE)
    assert short.shape == OpenCurve(LINE[:2])
    assert {defect.kind for defect in sample.scene} == {DISLOCATION}
    assert sample.masks.shape == (2, HEIGHT, WIDTH)


def test_labels_and_picture_share_their_pixels(frame):
    [sample] = read_labelled(frame(shape([[20.0, 10.5], [60.0, 10.5]])), line_width=3)
    rows, columns = np.nonzero(sample.masks[0])
    assert (rows.min(), rows.max()) == (9, 11)  # around the middle of row 10
    assert (columns.min(), columns.max()) == (19, 60)  # the line ends at pixel corners; its ends are round
    [wide] = read_labelled(frame(shape([[20.0, 10.5], [60.0, 10.5]])), line_width=7)
    assert wide.masks[0].any(axis=1).sum() == 7


@pytest.mark.parametrize(
    ("label", "kind", "labelled"),
    [
        ("dislocation", DISLOCATION, True),
        ("Dislocation_3", DISLOCATION, True),
        ("dislocations", DISLOCATION, True),
        ("12", DISLOCATION, True),
        ("", DISLOCATION, True),
        ("pileup2", DISLOCATION, True),
        ("pile-up_4", DISLOCATION, True),
        ("slip trace", SLIP_TRACE, False),
        ("slip_trace_1", SLIP_TRACE, False),
        ("trace", SLIP_TRACE, False),
        ("slipped band", "slipped band", False),
        ("loop 7", "loop", True),
        ("Stacking_fault-2", "stacking fault", True),
    ],
)
def test_the_kind_comes_from_the_label(frame, label, kind, labelled):
    [sample] = read_labelled(frame(shape(label=label)))
    [defect] = sample.scene
    assert (defect.kind, defect.labelled) == (kind, labelled)
    assert len(sample.masks) == labelled


def test_shapes_of_one_group_id_or_else_of_one_label_belong_together(frame):
    names = [("pileup1", None), ("pileup2", None), ("pileup1", None), ("x", 0), ("y", 0), ("x", 7)]
    file = frame(*(shape(label=label, group_id=group_id) for label, group_id in names))
    one, two, again, x, y, other = (defect.group for defect in read_labelme(file).scene)
    assert one == again
    assert (x, y, other) == (0, 0, 7)
    assert len({one, two, x, other}) == 4


ARC = [[45 + 30 * np.cos(t), 45 - 30 * np.sin(t)] for t in np.linspace(0, np.pi, 12)]
RING = [[45 + 20 * np.cos(t), 35 + 20 * np.sin(t)] for t in np.linspace(0, 2 * np.pi, 24, endpoint=False)]
BENT = [[10.0, 10.0], [70.0, 10.0], [88.0, 12.0]]
BOX = [[10.0, 10.0], [60.0, 10.0], [60.0, 20.0], [10.0, 20.0]]


@pytest.mark.parametrize(
    ("points", "auto", "lines", "regions"),
    [
        (ARC, OpenCurve, OpenCurve, Region),
        (LINE, OpenCurve, OpenCurve, Region),
        (BENT, OpenCurve, OpenCurve, Region),
        (LINE[:2], OpenCurve, OpenCurve, None),
        (RING, Region, OpenCurve, Region),
        (BOX, Region, OpenCurve, Region),
        ([*RING, RING[0]], Region, ClosedCurve, Region),
        ([*ARC, ARC[0]], Region, ClosedCurve, Region),
    ],
    ids=["arc", "wavy line", "three points", "two points", "ring", "box", "closed ring", "closed arc"],
)
def test_a_polygon_is_a_line_or_an_area(frame, points, auto, lines, regions):
    file = frame(shape(points, shape_type="polygon"))
    for polygons_as, kind in (("auto", auto), ("lines", lines), ("regions", regions)):
        if kind is None:
            with pytest.raises(DatasetError, match=r"shapes\[0\]: points: an area needs three"):
                read_labelme(file, polygons_as)
        else:
            [defect] = read_labelme(file, polygons_as).scene
            assert type(defect.shape) is kind


def test_the_closing_chord_of_a_line_is_in_no_mask(frame):
    [sample] = read_labelled(frame(shape(ARC, shape_type="polygon")))
    assert not sample.masks[0, 44, 40:50].any()
    assert sample.masks[0, 15, 45]


def test_the_other_shapes(frame):
    around, box, turned, loop, twice = meant(
        frame,
        shape([[40.0, 35.0], [50.0, 35.0]], shape_type="circle"),
        shape([[60.0, 40.0], [10.0, 20.0]], shape_type="rectangle"),
        shape(BOX, shape_type="oriented_rectangle"),
        shape([*RING, RING[0]]),
        shape([LINE[0], LINE[0], *LINE[1:], LINE[-1]]),
    )
    assert isinstance(around, ClosedCurve)
    assert around.length == pytest.approx(2 * np.pi * 10, rel=0.01)
    assert (box.area, turned.area) == (1000, 500)
    assert loop == ClosedCurve(RING)
    assert twice == OpenCurve(LINE)
    [filled] = meant(frame, shape([[40.0, 35.0], [50.0, 35.0]], shape_type="circle"), polygons_as="regions")
    assert isinstance(filled, Region)


def test_points_and_painted_masks_are_left_out_and_that_is_said(frame, caplog):
    file = frame(
        shape([[3, 4]], shape_type="point"),
        shape(),
        shape([[3, 4], [9, 9]], shape_type="mask", mask="x"),
        shape([[5, 4]], shape_type="point"),
    )
    assert len(read_labelme(file).scene) == 1
    [said] = caplog.messages
    assert said.startswith(f"{file}: ")
    assert said.endswith("left out: 2 of type 'point', 1 of type 'mask'")


def test_a_frame_without_labels_is_a_sample_without_masks(frame):
    [sample] = read_labelled(frame())
    assert sample.masks.shape == (0, HEIGHT, WIDTH)


def test_what_lies_outside_the_picture_has_no_mask(frame):
    [sample] = read_labelled(frame(shape([[-30, 5], [-10, 5]]), shape([[-10, 5], [10, 5]])))
    assert [defect.visible for defect in sample.scene] == [0, 0.5]
    assert len(sample.masks) == 1


def test_a_folder_is_read_frame_by_frame(frame):
    for name in ("f10.json", "f9.json", ".hidden.json"):
        file = frame(shape(), name=name)
    (file.parent / "notes.json").write_text('{"by": "somebody"}')
    frames = read_labelled(file.parent)
    (file.parent / "frame.png").unlink()  # pictures are read when they are asked for
    assert len(frames) == 2
    (file.parent / "frame.png").write_bytes(png())
    assert [sample.stored_record["name"] for sample in frames] == ["f9", "f10"]
    assert [sample.index for sample in frames[::-1]] == [1, 0]
    assert (frames[-1].seed, frames[-1].record["file"]) == (0, "f10.json")
    with pytest.raises(IndexError):
        frames[2]


def test_the_fingerprint_changes_with_labels_picture_and_how_they_are_read(frame):
    file = frame(shape())
    before = read_labelled(file).fingerprint
    assert read_labelled(file.parent).fingerprint == before
    assert read_labelled(file, "lines").fingerprint != before
    assert read_labelled(file, line_width=4).fingerprint != before
    (file.parent / "frame.png").write_bytes(png() + b"\0")
    assert read_labelled(file).fingerprint != before
    (file.parent / "frame.png").write_bytes(png())
    frame(shape(LINE[::-1]))
    assert read_labelled(file).fingerprint != before


def test_a_folder_without_labels_is_named(tmp_path):
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(DatasetError, match=r"no \.json file of labelme in this folder"):
        read_labelled(tmp_path)


WRONG = {
    "truncated": ('{"shapes": [{"label": "d", "poi', "not JSON: .* in line 1"),
    "a list": ("[]", "no list 'shapes'"),
    "no shapes": ('{"imagePath": "frame.png"}', "no list 'shapes'"),
    "shapes is a table": ('{"shapes": {}}', "no list 'shapes'"),
    "a shape is a text": ('{"shapes": ["x"]}', r"shapes\[0\]: must be a table, not 'x'"),
    "not a number": ('{"shapes": [{"points": [[NaN, 1]]}]}', "not JSON: NaN is not a JSON number"),
    "infinite": (
        '{"shapes": [{"points": [[1e999, 1]]}]}',
        r"shapes\[0\]\.points\[0\]: .* up to \d+ px, not \[inf",
    ),
    "nested": ("[" * 100_000, "nested too deeply"),
    "not text": (b"\xff\xfe\x00", "not a UTF-8 text"),
}
WRONG_SHAPES = {
    "no points": ({"label": "d"}, r"shapes\[1\]\.points: must be a list of points"),
    "empty points": (shape([]), r"shapes\[1\]\.points: must be a list of points"),
    "texts": (shape([["1", "2"], [3, 4]]), r"shapes\[1\]\.points\[0\]: points are \[x, y\] pairs"),
    "three numbers": (shape([[1, 2], [3, 4, 5]]), r"shapes\[1\]\.points\[1\]: points are \[x, y\] pairs"),
    "truth values": (shape([[True, 2], [3, 4]]), r"shapes\[1\]\.points\[0\]: points are"),
    "far away": (shape([[1, 2], [10**300, 4]]), r"shapes\[1\]\.points\[1\]: points are"),
    "one point": (shape([[1, 2]]), r"shapes\[1\]: points: a line needs two points"),
    "one place": (shape([[1, 2], [1, 2]]), r"shapes\[1\]: points: a line needs two points"),
    "no such shape": (shape(shape_type="spiral"), r"shapes\[1\]: shape_type: there is no shape 'spiral'"),
    "empty rectangle": (shape([[1, 2], [1, 9]], shape_type="rectangle"), "the rectangle is empty"),
    "half a circle": (shape([[1, 2]], shape_type="circle"), "a circle has 2"),
    "a label that is a list": (shape(label=[3]), r"shapes\[1\]\.label: must be a text, not \[3\]"),
    "a group that is a text": (shape(group_id="a"), r"shapes\[1\]\.group_id: must be a whole number"),
    "a huge group": (shape(group_id=10**30), r"shapes\[1\]\.group_id: must be a whole number"),
    "flags": (shape(flags=[1]), r"shapes\[1\]\.flags: must be a table"),
}


def sentence(call, *arguments):
    with pytest.raises(DatasetError) as caught:
        call(*arguments)
    text = str(caught.value)
    assert "\n" not in text
    assert "/frames/frame.json: " in text.replace(os.sep, "/") or "outside.png" in text
    return text


@pytest.mark.parametrize(("content", "says"), WRONG.values(), ids=WRONG)
def test_a_broken_file_is_one_sentence(frame, content, says):
    file = frame()
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert re.search(says, sentence(read_labelme, file))


@pytest.mark.parametrize(("wrong", "says"), WRONG_SHAPES.values(), ids=WRONG_SHAPES)
def test_a_wrong_shape_is_named_with_its_place(frame, wrong, says):
    assert re.search(says, sentence(read_labelled, frame(shape(), wrong).parent))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"imageHeight": 10**9}, "imageHeight: must be a whole number from 1 to 8192 px, not 1000000000"),
        ({"imageWidth": "wide"}, "imageWidth: must be a whole number"),
        ({"imagePath": 7}, "imagePath: must be a text, not 7"),
        ({"imageData": [1]}, "imageData: must be a text"),
    ],
)
def test_wrong_fields_are_named(frame, more, says):
    assert says in sentence(read_labelme, frame(**more))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("../../../etc/passwd", "leads farther out than to the folder above"),
        ("../../outside.png", "leads farther out than to the folder above"),
        ("..\\..\\outside.png", "leads farther out than to the folder above"),
        ("x/../../../outside.png", "leads farther out than to the folder above"),
        ("/etc/passwd", "is not relative to the file's folder"),
        ("C:\\pictures\\other.png", "is not relative to the file's folder"),
        ("C:other.png", "is not relative to the file's folder"),
        ("\\\\server\\other.png", "is not relative to the file's folder"),
        ("link.png", "link.png is a link to "),
        ("frame.json", "is no picture of a kind that is read"),
        ("a\0.png", "is not relative"),
        ("gone.png", "there is no such picture"),
        ("x" * 5000 + ".png", "there is no such picture"),
        (None, "there is neither a path of the picture nor the picture"),
    ],
)
def test_the_path_of_the_picture_leads_nowhere_else(frame, tmp_path, path, says):
    (tmp_path.parent / "outside.png").write_bytes(png())
    file = frame(shape(), imagePath=path)
    (file.parent / "link.png").symlink_to(tmp_path.parent / "nothing.png")
    (file.parent / "frame.png").rename(file.parent / "another.png")
    frames = read_labelled(file)
    assert says in sentence(frames.__getitem__, 0)
    (tmp_path.parent / "outside.png").unlink()


@pytest.mark.parametrize("path", ["../images/frame.png", "..\\images\\frame.png", "../frame.png", "in/frame.png"])
def test_the_picture_may_lie_beside_below_or_one_folder_up(frame, tmp_path, path):
    place = tmp_path / "frames" / path.replace("\\", "/")
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(png())
    [sample] = read_labelled(frame(shape(), imagePath=path))
    assert np.array_equal(np.round(sample.image * 255), picture())


def huge_png():
    """A few bytes that say that they are a picture of 4 gigapixels."""
    data = bytearray(png())
    data[16:24] = (65000).to_bytes(4, "big") * 2
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("%%%", "imageData: this is not base64"),
        ("AAAA", "imageData: is not a picture that can be read"),
        (base64.b64encode(png()[: len(png()) // 2]).decode(), "imageData: "),
        (base64.b64encode(huge_png()).decode(), "imageData: "),
    ],
)
def test_a_broken_embedded_picture_is_one_sentence(frame, data, says):
    frames = read_labelled(frame(shape(), imageData=data))
    assert says in sentence(frames.__getitem__, 0)


def test_a_picture_of_another_size_is_not_the_one_that_was_labelled(frame):
    frames = read_labelled(frame(shape(), imageWidth=WIDTH + 1))
    assert f"the labels are for a picture of {WIDTH + 1} x {HEIGHT} px, and this one has {WIDTH} x {HEIGHT}" in (
        sentence(frames.__getitem__, 0)
    )


def test_more_masks_than_memory_holds_are_not_drawn(tmp_path):
    PillowImage.new("1", (8192, 8192)).save(tmp_path / "frame.png")
    (tmp_path / "frame.json").write_text(json.dumps(labels(*[shape()] * 65, imageHeight=8192, imageWidth=8192)))
    with pytest.raises(DatasetError, match=r"frame\.json: 65 masks of 8192 x 8192 px are more than"):
        read_labelled(tmp_path)[0]


def test_polygons_are_read_in_one_of_three_ways(frame):
    with pytest.raises(DatasetError, match="auto, lines, regions, not 'curves'"):
        read_labelme(frame(shape()), "curves")


SCENE = Scene(
    [
        Defect(DISLOCATION, OpenCurve(LINE), group=2),
        Defect(SLIP_TRACE, OpenCurve([[0, 0], [WIDTH, 0]]), group=2, labelled=False),
        Defect("loop", ClosedCurve(RING), group=4),
        Defect("void", Region(BOX), group=0),
    ]
)


def test_what_is_written_is_read_back(frame):
    file = frame()
    write_labelme(file, SCENE, "frame.png", Size(WIDTH, HEIGHT))
    [sample] = read_labelled(file)
    assert [(d.kind, d.group, type(d.shape)) for d in sample.scene] == [
        (DISLOCATION, 2, OpenCurve),
        ("loop", 4, ClosedCurve),
        ("void", 0, Region),
    ]
    assert [sample.scene.defects[k].shape for k in (0, 2)] == [OpenCurve(LINE), Region(BOX)]
    write_labelme(file, SCENE, "frame.png", Size(WIDTH, HEIGHT), png(), unlabelled=True)
    (file.parent / "frame.png").unlink()
    [sample] = read_labelled(file)
    assert [defect.kind for defect in sample.scene] == [DISLOCATION, SLIP_TRACE, "loop", "void"]
    assert len(sample.masks) == 3
    assert np.array_equal(np.round(sample.image * 255), picture())


def test_a_sample_has_few_enough_points_to_edit_and_keeps_its_masks(frame):
    made = make_sample(Recipe.from_names(background="plain", geometry=["pileup"], size="90x70"), seed=1)
    file = frame()
    write_labelme(file, made, "frame.png", notes=[f"confidence 0.{n}" for n in range(len(made.masks))])
    plain = json.loads(file.read_text())
    written = sum(len(each["points"]) for each in plain["shapes"])
    assert written < sum(len(defect.shape.points) for defect in made.scene.labelled) / 2
    assert [each["description"] for each in plain["shapes"]] == [
        f"confidence 0.{n}" for n in range(len(made.masks))
    ]
    [back] = read_labelled(file)
    assert len(back.masks) == len(made.masks) > 1
    for mask, truth in zip(back.masks, made.masks, strict=True):
        assert (mask & truth).sum() > 0.85 * (mask | truth).sum()


def test_a_loop_stays_round(frame):
    file = frame()
    loop = circle((40.0, 35.0), 25, count=400)
    write_labelme(file, Scene([Defect("loop", loop)]), "frame.png", Size(WIDTH, HEIGHT))
    [defect] = read_labelme(file).scene
    assert isinstance(defect.shape, ClosedCurve)
    assert len(defect.shape.points) < 60
    assert np.hypot(*(defect.shape.points - (40, 35)).T) == pytest.approx(25, abs=0.01)
    assert defect.shape.length == pytest.approx(loop.length, rel=0.01)


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(DatasetError, match=r"a\.json: cannot be written"):
        write_labelme(tmp_path / "a.json", SCENE, "frame.png", Size(WIDTH, HEIGHT))
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def distance(point, line):
    """How far a point is from a polyline."""
    start, step = line[:-1], np.diff(line, axis=0)
    along = np.clip(((point - start) * step).sum(axis=1) / (step**2).sum(axis=1), 0, 1)
    return np.hypot(*(start + along[:, None] * step - point).T).min()


coordinates = st.floats(-20, 120, allow_nan=False, width=32)


@settings(max_examples=40, deadline=None)
@given(st.lists(arrays.arrays(np.float64, (5, 2), elements=coordinates, unique=True), min_size=1, max_size=3))
def test_any_lines_come_back_within_the_tolerance(tmp_path_factory, curves):
    file = tmp_path_factory.mktemp("any") / "a.json"
    scene = Scene(Defect(DISLOCATION, OpenCurve(points), group=n) for n, points in enumerate(curves))
    write_labelme(file, scene, "frame.png", Size(100, 100))
    back = read_labelme(file).scene
    assert [defect.group for defect in back] == [defect.group for defect in scene]
    for found, truth in zip(back, scene, strict=True):
        assert np.array_equal(found.shape.points[[0, -1]], truth.shape.points[[0, -1]])
        for point in truth.shape.points:
            assert distance(point, found.shape.points) < 0.26


LABELME = """
import base64, json, sys
try:
    from labelme._label_file import LabelFile  # from version 6 on
except ImportError:
    try:
        from labelme.label_file import LabelFile
    except ImportError as error:
        print(error)
        sys.exit(77)
path, more = sys.argv[1], json.loads(sys.argv[2])
file = LabelFile(path)
data = file.image_data if hasattr(file, "image_data") else file.imageData
shapes = [{**shape.pop("other_data", {}), **shape} for shape in file.shapes]  # what that version does not know
print(json.dumps({"shapes": shapes, "data": base64.b64encode(data).decode()}))
if more:
    file.save(path, shapes + more["shapes"], more["imagePath"], more["imageHeight"], more["imageWidth"], data)
"""


def open_in_labelme(file, more=None):
    """Open a file with labelme's own class, and save it again with more shapes.

    In a process of its own: importing labelme brings in Qt and takes away Pillow's limits.
    """
    if importlib.util.find_spec("labelme") is None:
        pytest.skip("labelme is not installed")
    done = subprocess.run(
        [sys.executable, "-c", LABELME, str(file), json.dumps(more)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
    )
    if done.returncode == 77:
        pytest.skip(f"labelme cannot be imported here: {done.stdout.strip()}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("data", [None, png()], ids=["beside", "embedded"])
def test_labelme_opens_what_is_written(frame, data):
    file = frame()
    write_labelme(file, SCENE, "frame.png", Size(WIDTH, HEIGHT), data, ["confidence 0.93", "", ""])
    opened = open_in_labelme(file)
    first, loop, void = opened["shapes"]
    assert first["points"] == LINE
    assert (first["label"], first["group_id"], first["shape_type"]) == (DISLOCATION, 2, "linestrip")
    assert first["description"] == "confidence 0.93"
    assert (loop["shape_type"], void["shape_type"], void["points"]) == ("polygon", "polygon", BOX)
    with PillowImage.open(io.BytesIO(base64.b64decode(opened["data"]))) as seen:
        assert np.array_equal(np.asarray(seen), picture())


def test_what_labelme_saves_again_is_read(frame):
    file = frame()
    write_labelme(file, SCENE, "frame.png", Size(WIDTH, HEIGHT))
    open_in_labelme(file, labels(shape([[1, 1], [50, 60]], label="corrected")))
    assert json.loads(file.read_text())["imageData"]  # labelme saved it
    [sample] = read_labelled(file)
    assert [(defect.kind, type(defect.shape)) for defect in sample.scene] == [
        (DISLOCATION, OpenCurve),
        ("loop", ClosedCurve),
        ("void", Region),
        ("corrected", OpenCurve),
    ]
