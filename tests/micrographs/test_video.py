"""Video films: every frame, in any order, as a player shows it."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from dislo_gen import DatasetError, MissingExtraError, micrograph_files, open_film, read_micrograph
from dislo_gen.micrographs import read_values
from dislo_gen.micrographs.video import open_video, turned

WIDTH, HEIGHT, COUNT = 96, 64, 30
LEVELS = np.repeat(np.array([0, 16, 60, 128, 200, 235, 255], np.uint8), 8)


def picture(number):
    """A grey wedge, dark to bright from left to right, with a square that says which frame it is."""
    grey = np.full((HEIGHT, WIDTH), 128, np.uint8)
    grey[: HEIGHT // 2, : len(LEVELS)] = LEVELS
    grey[40:56, 2 + 2 * number : 18 + 2 * number] = 230
    return grey


def write(path, codec, layout="yuv420p", count=COUNT, rate=25, stamps=None, **options):
    av = pytest.importorskip("av")
    if codec not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no {codec}")
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, layout
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(np.stack([picture(number)] * 3, axis=-1), format="rgb24")
            if stamps is not None:
                frame.pts = stamps[number]
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def grey(values):
    whole = values.astype(float) * (255 / np.iinfo(values.dtype).max)
    return whole.mean(axis=-1) if whole.ndim == 3 else whole


FILMS = [
    ("a.mp4", "mpeg4", "yuv420p", {"qscale": "2", "flags": "+qscale", "global_quality": "236"}),
    ("a.avi", "mjpeg", "yuvj420p", {}),
    ("b.avi", "mpeg4", "yuv420p", {"bf": "2", "b": "4000000"}),
    ("c.avi", "libx264", "yuv420p", {"bf": "2", "g": "10", "crf": "10"}),
    (
        "d.avi",
        "libx264",
        "yuv444p",
        {"bf": "3", "b-pyramid": "normal", "g": "13", "sc_threshold": "0", "crf": "10"},
    ),
    ("e.avi", "libx264", "yuv420p", {"bf": "2", "crf": "10"}),
    ("a.mkv", "ffv1", "gray", {}),
    ("b.mkv", "ffv1", "gray16le", {}),
    ("a.mov", "libx264", "yuv420p", {"bf": "3", "g": "7", "crf": "10"}),
    ("b.mp4", "libx264", "yuv420p10le", {"crf": "10"}),
    ("a.mpg", "mpeg2video", "yuv420p", {"bf": "2", "b": "4000000"}),
    ("a.wmv", "wmv2", "yuv420p", {"b": "4000000"}),
]


@pytest.mark.parametrize(("name", "codec", "layout", "options"), FILMS)
def test_every_frame_in_any_order_as_a_player_shows_it(tmp_path, name, codec, layout, options, capfd):
    write(tmp_path / name, codec, layout, **options)
    film = open_video(tmp_path / name)
    assert film.count == COUNT
    inorder = [film.values(number) for number in range(COUNT)]
    for number, found in enumerate(inorder):
        assert found.shape[:2] == (HEIGHT, WIDTH)
        assert found.dtype == (np.uint16 if "10" in layout or "16" in layout else np.uint8)
        assert np.abs(grey(found) - picture(number))[8:24, : len(LEVELS)].mean() < 6
        bright = grey(found)[40:56].mean(axis=0) > 190
        assert np.flatnonzero(bright).mean() == pytest.approx(9.5 + 2 * number, abs=1.5)
    for number in [COUNT - 1, 3, 17, 16, 29, 0, 25, 5]:
        assert np.array_equal(film.values(number), inorder[number])
    assert film.time(0) == 0
    assert [film.time(number) for number in range(COUNT)] == pytest.approx(np.arange(COUNT) / 25, abs=0.002)
    film.close()
    assert capfd.readouterr() == ("", "")


def test_both_ranges_of_brightness_are_shown_in_full(tmp_path):
    for name, codec, layout in [("a.mkv", "ffv1", "yuv420p"), ("b.avi", "mjpeg", "yuvj420p")]:
        write(tmp_path / name, codec, layout, count=1)
        found = grey(read_values(tmp_path / name))[8:24, : len(LEVELS)]
        centres = found.mean(axis=0).reshape(-1, 8)[:, 3:5].mean(axis=1)
        assert centres == pytest.approx([0, 16, 60, 128, 200, 235, 255], abs=4)


def test_frames_at_uneven_times(tmp_path):
    stamps = [0, 1, 2, 10, 11, 40, 41, 42, 43, 50]
    write(tmp_path / "a.mkv", "ffv1", "gray", count=10, rate=10, stamps=stamps)
    with open_film(tmp_path / "a.mkv") as film:
        assert [frame.time for frame in film] == pytest.approx([stamp / 10 for stamp in stamps], abs=0.002)


def test_a_film_is_public(tmp_path):
    write(tmp_path / "a.mp4", "mpeg4", count=3)
    assert micrograph_files(tmp_path) == [tmp_path / "a.mp4"]
    found = read_micrograph(tmp_path / "a.mp4", frame=2)
    assert (found.index, found.count, found.image.shape) == (2, 3, (HEIGHT, WIDTH))
    with pytest.raises(DatasetError, match=r"a\.mp4: there is no frame 3; .* there are 3$"):
        read_micrograph(tmp_path / "a.mp4", frame=3)


@pytest.mark.parametrize(("angle", "turn"), [(90, 3), (180, 2), (270, 1)])
def test_a_film_is_turned_as_it_says(tmp_path, angle, turn):
    write(tmp_path / "a.mp4", "mpeg4", count=2)
    straight = read_values(tmp_path / "a.mp4", 1)
    cosine, sine = round(np.cos(np.radians(angle))), round(np.sin(np.radians(angle)))
    one = 1 << 16
    matrix = struct.pack(">9i", cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30)
    data = bytearray((tmp_path / "a.mp4").read_bytes())
    place = data.index(b"tkhd") + 4 + 40
    data[place : place + 36] = matrix
    (tmp_path / "b.mp4").write_bytes(data)
    assert np.array_equal(read_values(tmp_path / "b.mp4", 1), np.rot90(straight, turn))  # clockwise


def test_a_mirrored_film(tmp_path):
    values = np.arange(6).reshape(2, 3)
    mirror = np.array([-(1 << 16), 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30], np.int32).tobytes()
    assert np.array_equal(turned(values, mirror), values[:, ::-1])
    askew = np.array([40_000, 40_000, 0, -40_000, 40_000, 0, 0, 0, 1 << 30], np.int32).tobytes()
    assert np.array_equal(turned(values, askew), values)


def test_the_largest_of_several_films_in_a_file_is_named(tmp_path):
    av = pytest.importorskip("av")
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        streams = []
        for side in (32, 64):
            stream = container.add_stream("ffv1", rate=10)
            stream.width, stream.height, stream.pix_fmt = side, side, "gray"
            streams.append(stream)
        for number in range(4):
            for stream in streams:
                values = np.full((stream.height, stream.width), 10 * number, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(values, format="gray")))
        for stream in streams:
            container.mux(stream.encode())
    film = open_video(tmp_path / "a.mkv")
    assert (
        film.taken == "of 2 pictures in this file number 1 (64 x 64 px) is taken; left out: number 0 (32 x 32 px)"
    )
    assert [film.values(number).mean() for number in (0, 3, 1)] == [0, 30, 10]
    assert film.values(0).shape == (64, 64)
    film.close()


def sound(path):
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        for number in range(4):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 8000, 1024 * number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def test_sound_is_no_film(tmp_path):
    sound(tmp_path / "a.mp4")
    with pytest.raises(DatasetError, match=r"a\.mp4: there is no film in this file"):
        open_film(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no film at all",
        b"ffconcat version 1.0\nfile 'secret.mp4'\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.mp4\n#EXT-X-ENDLIST\n",
        b"\0\0\0\x14ftypqt  ",
        b"RIFF\xff\xff\xff\xffAVI LIST",
        b"\x1a\x45\xdf\xa3" + b"\xff" * 200,
    ],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.avi"])
def test_what_is_no_film_is_one_sentence_and_opens_no_other_file(tmp_path, name, content, capfd):
    write(tmp_path / "secret.mp4", "mpeg4", count=2)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        open_film(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_broken_frame_is_named_and_the_others_are_read(tmp_path):
    write(tmp_path / "a.avi", "mjpeg", "yuvj420p", count=6)
    data = bytearray((tmp_path / "a.avi").read_bytes())
    places = [place for place in range(len(data)) if data[place : place + 4] == b"00dc"][
        1:7
    ]  # the first one is in the index
    start, end = places[2] + 8, places[3]
    data[start:end] = bytes(end - start)
    (tmp_path / "a.avi").write_bytes(data)
    failed = []
    with open_film(tmp_path / "a.avi") as film:
        read = [
            frame.index for frame in film.frames(broken=lambda index, error: failed.append((index, str(error))))
        ]
    assert read == [0, 1, 3, 4, 5]
    assert failed == [(2, f"{tmp_path / 'a.avi'}: frame 2: this frame cannot be decoded")]


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "ffv1"), ("a.mkv", "ffv1"), ("a.mp4", "mpeg4")])
def test_a_film_that_is_cut_off_ends_early_or_is_one_sentence(tmp_path, name, codec, capfd):
    write(tmp_path / name, codec)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 3 // 4])
    if name == "a.mp4":  # what says where its frames are stands at the end
        with pytest.raises(DatasetError):
            open_film(tmp_path / name)
    else:
        with open_film(tmp_path / name) as film:
            assert 3 < film.count < COUNT
            assert film.frame(2).image.shape == (HEIGHT, WIDTH)
    assert capfd.readouterr() == ("", "")


def test_without_the_library_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    (tmp_path / "a.mp4").write_bytes(b"anything")
    with pytest.raises(MissingExtraError, match=r"Reading films needs av, .*: pip install 'dislo-gen\[films\]'"):
        open_film(tmp_path / "a.mp4")
