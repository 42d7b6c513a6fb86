"""TIFF files of strangers: the picture that every viewer shows, every frame, and what the file says of it."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from dislo_gen import DatasetError, MissingExtraError, open_film, read_micrograph
from dislo_gen.micrographs.facts import PixelSize
from dislo_gen.micrographs.values import read_values

DATA = Path(__file__).parent / "data"
DRAW = np.random.default_rng(19)
COUNTS = DRAW.integers(0, 4000, (5, 2, 3, 30, 41)).astype(np.uint16)  # moments, slices, channels, rows, columns
GREY = (COUNTS[0, 0, 0] // 16).astype(np.uint8)


def values(path, frame=0):
    return read_values(Path(path), frame)


def frames(path):
    with open_film(path) as film:
        return [values(path, index) for index in range(len(film))]


def told(path):
    """Pixel size, instrument and times of a film."""
    with open_film(path) as film:
        return film.pixel_size, film.instrument, [film.time(index) for index in range(len(film))]


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("plate.tif", "truth.png"),
        ("planes.tif", "truth.png"),
        ("camera.tif", "truth.png"),
        ("white.tif", "ref.png"),
        ("cmyk.tif", "ref.png"),
    ],
)
def test_the_picture_that_every_viewer_shows(name, truth):
    found, shown = (read_micrograph(DATA / each).image for each in (name, truth))
    assert found.shape == shown.shape
    assert np.corrcoef(found.ravel(), shown.ravel())[0, 1] > 0.99


def test_white_is_zero_whatever_the_depth(tmp_path):
    for kind in ("u1", "u2", "u4", "i2", "f4"):
        tifffile.imwrite(tmp_path / "a.tif", GREY.astype(kind), photometric="miniswhite")
        found = values(tmp_path / "a.tif")
        assert found.dtype == np.dtype(kind)
        assert np.corrcoef(found.ravel().astype(float), GREY.ravel())[0, 1] == pytest.approx(-1)


def test_a_palette_is_applied(tmp_path):
    palette = np.zeros((3, 256), dtype=np.uint16)
    palette[:, :] = np.arange(256)[::-1] * 257  # an inverting one, as ImageJ writes
    tifffile.imwrite(tmp_path / "a.tif", GREY, photometric="palette", colormap=palette)
    assert np.array_equal(values(tmp_path / "a.tif"), np.stack([255 - GREY] * 3, axis=-1))


@pytest.mark.parametrize("bits", [8, 16])
def test_lab_is_the_grey_that_it_means(tmp_path, bits):
    grey = GREY if bits == 8 else GREY.astype(np.uint16) * 257
    lab = np.stack([grey, np.zeros_like(grey), np.zeros_like(grey)], axis=-1)
    tifffile.imwrite(tmp_path / "a.tif", lab, photometric="cielab")
    found = values(tmp_path / "a.tif")
    assert found.dtype == grey.dtype
    assert np.corrcoef(found[..., 1].ravel(), grey.ravel())[0, 1] > 0.99
    assert np.ptp(found.astype(int), axis=-1).max() <= found.max() // 100  # neutral stays neutral


@pytest.mark.parametrize("bits", [1, 2, 4, 6, 10, 12, 14])
def test_packed_bits(tmp_path, bits):
    pytest.importorskip("imagecodecs")
    stored = DRAW.integers(0, 2**bits, (30, 41)).astype(np.uint8 if bits <= 8 else np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", stored, bitspersample=bits)
    found = values(tmp_path / "a.tif")
    shown = np.round(stored * (255 / (2**bits - 1))) if bits < 8 else stored
    assert np.array_equal(found, shown)


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_numbers_stay_as_exact_as_they_are(tmp_path, kind, order):
    stored = DRAW.normal(60, 20, (30, 41)).clip(1, 120).astype(kind)
    if kind == "u4":
        stored += np.uint32(3_000_000_000)
    tifffile.imwrite(tmp_path / "a.tif", stored, byteorder=order, bigtiff=kind == "u2")
    found = values(tmp_path / "a.tif")
    assert found.dtype == stored.dtype
    assert np.array_equal(found, stored)


@pytest.mark.parametrize(
    "way",
    [
        {"tile": (16, 16), "compression": "zlib", "predictor": True},
        {"rowsperstrip": 7, "compression": "lzw"},
        {"rowsperstrip": 7},
        {"compression": "zlib"},
    ],
)
def test_strips_tiles_and_predictors(tmp_path, way):
    if way.get("compression") == "lzw" or "predictor" in way:
        pytest.importorskip("imagecodecs")
    tifffile.imwrite(tmp_path / "a.tif", COUNTS[0, 0, 0], **way)
    assert np.array_equal(values(tmp_path / "a.tif"), COUNTS[0, 0, 0])


def test_planes_and_interleaved_colours_are_one_picture(tmp_path):
    colours = DRAW.integers(0, 256, (30, 41, 3)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", colours, photometric="rgb")
    tifffile.imwrite(tmp_path / "b.tif", np.moveaxis(colours, -1, 0), photometric="rgb", planarconfig="separate")
    for name in ("a.tif", "b.tif"):
        assert np.array_equal(values(tmp_path / name), colours)


def test_transparent_pixels_have_no_value(tmp_path):
    alpha = np.full_like(GREY, 128)
    alpha[:, :5] = 0
    both = np.stack([GREY, alpha], axis=-1)
    tifffile.imwrite(tmp_path / "a.tif", both, photometric="minisblack", extrasamples=["unassalpha"])
    found = values(tmp_path / "a.tif")
    assert np.isnan(found[:, :5]).all()
    assert np.array_equal(found[:, 5:], GREY[:, 5:])


def test_the_number_that_stands_for_none(tmp_path):
    stored = COUNTS[0, 0, 0].copy()
    stored[:4] = 65535
    tifffile.imwrite(tmp_path / "a.tif", stored, extratags=[(42113, 2, None, "65535", True)])
    found = values(tmp_path / "a.tif")
    assert np.isnan(found[:4]).all()
    assert np.array_equal(found[4:], stored[4:])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_as_the_file_says(tmp_path, orientation):
    tifffile.imwrite(tmp_path / "a.tif", GREY, extratags=[(274, 3, 1, orientation, True)])
    shown = {
        1: GREY,
        2: GREY[:, ::-1],
        3: GREY[::-1, ::-1],
        4: GREY[::-1],
        5: GREY.T,
        6: np.rot90(GREY, -1),
        7: GREY.T[::-1, ::-1],
        8: np.rot90(GREY),
    }[orientation]
    assert np.array_equal(values(tmp_path / "a.tif"), shown)


def test_a_stack_is_read_frame_by_frame():
    with open_film(DATA / "stack.tif") as film:
        assert len(film) == 3
        pictures = [frame.image for frame in film]
    assert not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("way", [{}, {"compression": "zlib"}, {"truncate": True}])
def test_of_an_imagej_hyperstack_the_first_channel_is_the_film(tmp_path, way, caplog):
    about = {"axes": "TZCYX", "finterval": 0.5, "unit": "\\u00B5m"}
    tifffile.imwrite(tmp_path / "a.tif", COUNTS, imagej=True, metadata=about, resolution=(1000.0, 500.0), **way)
    found = frames(tmp_path / "a.tif")
    assert np.array_equal(found, COUNTS[:, :, 0].reshape(10, 30, 41))
    size, _, times = told(tmp_path / "a.tif")
    assert (size.x, size.y, size.unit) == (1, 2, "nm")
    assert times == [0, 0, 0.5, 0.5, 1, 1, 1.5, 1.5, 2, 2]
    assert "the first of its 3 channels is taken" in caplog.text


def test_thousands_of_frames_behind_one_page(tmp_path):
    stack = DRAW.integers(0, 256, (3000, 8, 9)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", stack, truncate=True, photometric="minisblack")
    with open_film(tmp_path / "a.tif") as film:
        assert len(film) == 3000
        assert np.corrcoef(film.frame(2999).image.ravel(), stack[2999].ravel())[0, 1] > 0.9


def test_an_ome_film(tmp_path):
    about = {
        "axes": "TZCYX",
        "PhysicalSizeX": 0.25,
        "PhysicalSizeXUnit": "nm",
        "PhysicalSizeY": 2.5,
        "PhysicalSizeYUnit": "Å",
        "TimeIncrement": 100,
        "TimeIncrementUnit": "ms",
    }
    tifffile.imwrite(tmp_path / "a.ome.tif", COUNTS, metadata=about)
    assert np.array_equal(frames(tmp_path / "a.ome.tif"), COUNTS[:, :, 0].reshape(10, 30, 41))
    size, _, times = told(tmp_path / "a.ome.tif")
    assert (size.x, size.y, size.unit) == (0.25, 0.25, "nm")
    assert times[-1] == pytest.approx(0.4)


def test_previews_masks_and_pages_of_another_size_are_no_frames(tmp_path, caplog):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(GREY[::4, ::4], subfiletype=1)
        file.write(GREY[::2, ::2])
        for picture in COUNTS[:4, 0, 0]:
            file.write(picture, contiguous=False)
        file.write(np.zeros(GREY.shape, dtype=bool), subfiletype=4, photometric=4)
    assert np.array_equal(frames(tmp_path / "a.tif"), COUNTS[:4, 0, 0])
    assert "a page of another size than 41 x 30 px left out" in caplog.text


def test_a_damaged_page_is_the_error_of_one_frame(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", COUNTS[:4, 0, 0], photometric="minisblack", compression="zlib")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        place = file.pages[1].dataoffsets[0]
    data = bytearray((tmp_path / "a.tif").read_bytes())
    data[place : place + 40] = b"\xff" * 40
    (tmp_path / "a.tif").write_bytes(data)
    broken = []
    with open_film(tmp_path / "a.tif") as film:
        found = list(film.frames(broken=lambda index, error: broken.append((index, str(error)))))
    assert [frame.index for frame in found] == [0, 2, 3]
    assert [index for index, _ in broken] == [1]
    assert "a.tif: frame 1: " in broken[0][1]


def test_a_film_that_was_cut_short(tmp_path, caplog):
    tifffile.imwrite(tmp_path / "a.tif", COUNTS[:4, 0, 0], imagej=True, truncate=True, metadata={"axes": "TYX"})
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: len(data) - COUNTS[0, 0, 0].nbytes - 5])
    assert np.array_equal(frames(tmp_path / "a.tif"), COUNTS[:2, 0, 0])
    assert "it says that it holds 4 pictures, and breaks off after 2" in caplog.text


@pytest.mark.parametrize(
    ("resolution", "unit", "size"), [((300, 300), 2, None), ((96, 96), 2, None), ((4e7, 2e7), 3, (0.25, 0.5))]
)
def test_dots_per_inch_are_no_pixel_size_unless_they_can_be_a_specimens(tmp_path, resolution, unit, size):
    tifffile.imwrite(tmp_path / "a.tif", GREY, resolution=resolution, resolutionunit=unit)
    found = told(tmp_path / "a.tif")[0]
    assert (found and (found.x, found.y)) == size


def test_what_gatans_program_says(tmp_path):
    tags = [
        (65003, 2, 3, "nm", True),
        (65004, 2, 3, "nm", True),
        (65009, 12, 1, 0.2, True),
        (65010, 12, 1, 0.2, True),
    ]
    tifffile.imwrite(tmp_path / "a.tif", COUNTS[0, 0, 0], extratags=tags)
    assert told(tmp_path / "a.tif")[0].x == 0.2


def test_what_a_thermo_fisher_microscope_says(tmp_path):
    text = (
        "[Beam]\r\nHV=200000\r\n[Scan]\r\nPixelWidth=2.5e-10\r\nPixelHeight=2.5e-10\r\nFrameTime=0.5\r\n"
        "[Detectors]\r\nName=BF\r\n[System]\r\nSystemType=Talos\r\n"
    )
    tifffile.imwrite(tmp_path / "a.tif", COUNTS[0, 0, 0], extratags=[(34682, 2, None, text, True)])
    size, instrument, _ = told(tmp_path / "a.tif")
    assert (size.x, size.unit) == (0.25, "nm")
    assert (instrument.voltage, instrument.exposure) == (200, 0.5)
    assert (instrument.camera, instrument.microscope) == ("BF", "Talos")


@pytest.mark.parametrize("unit", ["furlong", "", "\x01", "1e999"])
def test_metadata_that_is_none_is_as_if_the_file_did_not_say(tmp_path, unit):
    about = {"axes": "TYX", "finterval": "nan", "unit": unit}
    tifffile.imwrite(tmp_path / "a.tif", COUNTS[:2, 0, 0], imagej=True, metadata=about, resolution=(3.0, 3.0))
    size, instrument, times = told(tmp_path / "a.tif")
    assert size is None
    assert not instrument
    assert times == [None, None]


def test_a_bomb_is_refused_with_little_memory(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", shape=(11000, 11000), dtype=np.uint8, compression="zlib", data=_black())
    read_micrograph(DATA / "white.tif")  # imports what reading takes, so that it is not counted
    tracemalloc.start()
    with pytest.raises(DatasetError, match="11000 x 11000 px: a side may have at most 8192 px"):
        read_micrograph(tmp_path / "a.tif")
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def _black():
    row = np.zeros((1, 11000), dtype=np.uint8).tobytes()
    for _ in range(11000):
        yield row


def test_samples_that_take_more_memory_than_a_frame_may(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((2, 2), dtype=np.float64))
    data = bytearray((tmp_path / "a.tif").read_bytes())
    for tag, number in ((256, 8192), (257, 8192), (277, 60)):
        place = data.index(struct.pack("<HH", tag, 3 if tag == 277 else 4))
        struct.pack_into("<I", data, place + 8, number)
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(DatasetError, match=r"a frame of .* bytes is more than"):
        read_micrograph(tmp_path / "a.tif")


def test_a_list_of_pages_that_leads_in_a_circle_ends(tmp_path, caplog):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for picture in COUNTS[:3, 0, 0]:
            file.write(picture, contiguous=False)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        first, last = file.pages[0].offset, file.pages[2].offset
    data = bytearray((tmp_path / "a.tif").read_bytes())
    (tags,) = struct.unpack_from("<H", data, last)
    struct.pack_into("<I", data, last + 2 + 12 * tags, first)
    (tmp_path / "a.tif").write_bytes(data)
    assert np.array_equal(frames(tmp_path / "a.tif"), COUNTS[:3, 0, 0])
    assert "its list of pages breaks off after 3" in caplog.text


@pytest.mark.parametrize("kind", ["c8", "c16"])
def test_complex_numbers_are_one_sentence(tmp_path, kind):
    tifffile.imwrite(tmp_path / "a.tif", GREY.astype(kind))
    with pytest.raises(DatasetError, match=r"its samples are of a kind that is not read .SampleFormat 6"):
        read_micrograph(tmp_path / "a.tif")


def test_without_imagecodecs_pillow_reads_what_it_can(tmp_path, monkeypatch):
    PillowImage.fromarray(GREY).save(tmp_path / "a.tif", compression="tiff_lzw")

    def missing(*_arguments, **_words):
        raise ValueError("<COMPRESSION.LZW: 5> requires the 'imagecodecs' package")

    monkeypatch.setattr(tifffile.TiffPage, "asarray", missing)
    monkeypatch.setattr("dislo_gen.micrographs.tiff.source.find_spec", lambda name: None)
    assert np.array_equal(values(tmp_path / "a.tif"), GREY)
    deep = np.stack([COUNTS[0, 0, 0]] * 3, axis=-1)
    tifffile.imwrite(tmp_path / "b.tif", deep, photometric="rgb")
    with pytest.raises(MissingExtraError, match=r"needs imagecodecs, .*: pip install 'dislo-gen\[microscopes\]'"):
        read_micrograph(tmp_path / "b.tif")


def test_a_tiff_is_one_whatever_its_name(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", GREY)
    (tmp_path / "a.png").write_bytes((tmp_path / "a.tif").read_bytes())
    assert np.array_equal(values(tmp_path / "a.png"), GREY)


def test_what_a_zeiss_microscope_says(tmp_path):
    text = (
        "\r\n0\r\n0\r\n0\r\n2.5e-10\r\nAP_ACTUALKV\r\nEHT = 30.00 kV\r\nDP_DETECTOR_TYPE\r\nDetector = InLens\r\n"
        "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 0.25 nm\r\n"
    )
    tifffile.imwrite(tmp_path / "a.tif", COUNTS[0, 0, 0], extratags=[(34118, 2, None, text, True)])
    size, instrument, _ = told(tmp_path / "a.tif")
    assert (size.x, size.y, size.unit) == (0.25, 0.25, "nm")
    assert (instrument.voltage, instrument.camera) == (30, "InLens")


def test_a_metamorph_stack_of_one_page(tmp_path):
    tags = [(33629, 5, 4, (1, 1) * 4, True), (33628, 4, 6, (1, 2, 3, 4, 5, 6), True)]
    stack = COUNTS[:4, 0, 0]
    tifffile.imwrite(
        tmp_path / "a.tif", stack, photometric="minisblack", truncate=True, metadata=None, extratags=tags
    )
    assert np.array_equal(frames(tmp_path / "a.tif"), stack)


def test_numbers_of_unknown_meaning_are_left_out_and_it_is_said(tmp_path, caplog):
    planes = COUNTS[:4, 0, 0]
    tifffile.imwrite(tmp_path / "a.tif", planes, photometric="minisblack", planarconfig="separate")
    assert np.array_equal(frames(tmp_path / "a.tif"), planes[:1])
    assert "the first of its 4 numbers a pixel is taken" in caplog.text


def test_colours_that_were_multiplied_by_alpha_are_what_they_were(tmp_path):
    alpha = np.full_like(GREY, 128)
    stored = np.stack([(GREY.astype(int) * 128 // 255).astype(np.uint8), alpha], axis=-1)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="minisblack", extrasamples=["assocalpha"])
    assert np.abs(values(tmp_path / "a.tif").astype(int) - GREY).max() <= 2


def write_piece(path, width, height, compression, piece):
    """Write a TIFF file of one strip, whatever is in it."""
    tags = [(256, width), (257, height), (258, 8), (259, compression), (262, 1), (273, 8), (277, 1), (278, height)]
    tags.append((279, len(piece)))
    piece += b"\0" * (len(piece) % 2)
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, number) for tag, number in tags)
    head = struct.pack("<H", len(tags)) + entries + b"\0\0\0\0"
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(piece)) + piece + head)


@pytest.mark.parametrize("compression", ["JPEG", "deflate", "PackBits"])
def test_a_piece_that_grows_into_more_than_the_picture_is_refused(tmp_path, compression):
    if compression == "JPEG":
        held = io.BytesIO()
        PillowImage.new("L", (4000, 4000)).save(held, "JPEG", quality=5)
        write_piece(tmp_path / "a.tif", 100, 100, 7, held.getvalue())
    elif compression == "deflate":
        write_piece(tmp_path / "a.tif", 100, 100, 8, zlib.compress(bytes(200_000_000), 9))
    else:
        write_piece(tmp_path / "a.tif", 100, 100, 32773, b"\x81\0" * 3_000_000)
    tracemalloc.start()
    with pytest.raises(DatasetError, match=r"a\.tif: "):
        read_micrograph(tmp_path / "a.tif")
    assert tracemalloc.get_traced_memory()[1] < 40e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        *(
            (name, PixelSize(1, 1))
            for name in ("nm", "nanometers", "Nanometre", "[nm]", "(nm)", "nm/px", "nm per pixel")
        ),
        *((name, PixelSize(0.1, 0.1)) for name in ("A", "Å", "\u212b", "Ang", "angstroms", "Ångström")),
        *(
            (name, PixelSize(1e3, 1e3))
            for name in ("um", "µm", "\u03bcm", "micron", "Microns", "micrometers", "um/pixel")
        ),
        *((name, PixelSize(1e-3, 1e-3)) for name in ("pm", "picometers")),
        *((name, PixelSize(1e6, 1e6)) for name in ("mm", "millimetre")),
        *(
            (name, PixelSize(1, 1, "1/nm"))
            for name in ("1/nm", "1 / nm", "nm^-1", "nm⁻¹", "1/(nm)", "nm-1", "nm(-1)")
        ),
        *((name, PixelSize(10, 10, "1/nm")) for name in ("1/Å", "A^-1", "1/angstrom")),
        *((name, None) for name in ("pixel", "px", "", "mrad", "s", "1/s", "nm nm", "x" * 10_000, None, 3)),
    ],
)
def test_units_are_known_by_all_their_names(unit, size):
    assert PixelSize.of(1, 1.0, unit) == size


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "other", ["preview in colours", "preview in eight bits", "mask of one bit", "colours and mask"]
)
def test_pages_of_another_depth_are_no_frames(tmp_path, other, first):
    """What was made of a picture to look at, or to hide parts of it, is no second frame of a film."""
    deep = np.random.default_rng(0).integers(0, 4000, (40, 60)).astype(np.uint16)
    picture = (
        np.repeat((deep >> 4).astype(np.uint8)[..., None], 3, axis=2) if other == "colours and mask" else deep
    )
    pages = {
        "preview in colours": np.repeat((deep >> 5).astype(np.uint8)[..., None], 3, axis=2),
        "preview in eight bits": (deep >> 5).astype(np.uint8),
        "mask of one bit": deep > 1000,
        "colours and mask": deep > 1000,
    }
    with tifffile.TiffWriter(tmp_path / "two.tif") as tiff:
        for page in (picture, pages[other]) if first else (pages[other], picture):
            tiff.write(page, photometric="rgb" if page.ndim == 3 else "minisblack", metadata=None)
    with open_film(tmp_path / "two.tif") as film:
        assert film.count == 1
        assert np.corrcoef(film.frame(0).image.ravel(), deep.ravel())[0, 1] > 0.99


def test_a_film_keeps_its_pages_beside_one_of_another_depth(tmp_path, caplog):
    with tifffile.TiffWriter(tmp_path / "film.tif") as tiff:
        for _ in range(3):
            tiff.write(np.random.default_rng(0).integers(0, 200, (20, 30)).astype(np.uint8), metadata=None)
        tiff.write(np.zeros((20, 30), np.float32), metadata=None)
    with open_film(tmp_path / "film.tif") as film:
        assert film.count == 3
    assert "a page of another depth or colours than the others left out" in caplog.text


def test_two_detectors_that_imagej_merged_are_two_channels(tmp_path, caplog):
    deep = np.random.default_rng(0).integers(0, 4000, (2, 40, 60)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "two.tif", deep, imagej=True, metadata={"axes": "CYX", "mode": "composite"})
    with open_film(tmp_path / "two.tif") as film:
        assert film.count == 1
        assert np.corrcoef(film.frame(0).image.ravel(), deep[0].ravel())[0, 1] > 0.99
    assert "the first of its 2 channels is taken" in caplog.text


def test_units_are_read_as_imagej_writes_them(tmp_path):
    stack = np.random.default_rng(0).integers(0, 4000, (2, 20, 30)).astype(np.uint16)
    for unit, size in (("\\u00C5", 0.05), ("\\u00B5m", 500.0), ("\\u03BCm", 500.0)):
        tifffile.imwrite(tmp_path / "a.tif", stack, imagej=True, resolution=(2, 2), metadata={"unit": unit})
        with open_film(tmp_path / "a.tif") as film:
            assert film.pixel_size == PixelSize(size, size)


def test_slices_of_one_moment_have_no_times(tmp_path):
    stack = np.random.default_rng(0).integers(0, 4000, (3, 20, 30)).astype(np.uint16)
    about = {"axes": "ZYX", "TimeIncrement": 0.04, "TimeIncrementUnit": "s"}
    tifffile.imwrite(tmp_path / "a.ome.tif", stack, ome=True, metadata=about)
    with open_film(tmp_path / "a.ome.tif") as film:
        assert [film.time(index) for index in range(film.count)] == [None] * 3


@pytest.mark.parametrize("order", ["<", ">"])
def test_numbers_of_three_bytes_are_read_in_either_byte_order(tmp_path, order):
    pytest.importorskip("imagecodecs")
    true = np.random.default_rng(0).integers(0, 2**24, (20, 30)).astype(np.uint32)
    four = true.astype(f"{order}u4").view(np.uint8).reshape(20, 30, 4)
    data = (four[..., :3] if order == "<" else four[..., 1:]).tobytes()
    entries = (
        (256, 30),
        (257, 20),
        (258, 24),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 20),
        (279, len(data)),
    )
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + len(data))
    tags = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in entries)
    tags = struct.pack(f"{order}H", len(entries)) + tags + bytes(4)
    (tmp_path / "deep.tif").write_bytes(head + data + tags)
    assert np.array_equal(read_values(tmp_path / "deep.tif"), true)
