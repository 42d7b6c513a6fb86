from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from dislo_gen import (
    DatasetError,
    Sample,
    SampleFiles,
    Scene,
    decode_masks,
    generate,
    make_sample,
    open_dataset,
    verify,
)
from dislo_gen.files import Folder as Place
from dislo_gen_plugins.writers.folder import Folder

RNG = np.random.default_rng(0)


def sample(masks, image=None):
    image = RNG.random((21, 34), dtype=np.float32) if image is None else image
    return Sample(image, np.asarray(masks, dtype=bool), Scene(), 0, 7)


def round_trip(tmp_path, writer, given):
    files = SampleFiles(Place(tmp_path), given.index)
    writer.write(given, files)
    return writer.read(files), files


@pytest.mark.parametrize("bits", [8, 16])
def test_images_come_back_to_within_half_a_grey_level(tmp_path, bits):
    image = RNG.random((21, 34), dtype=np.float32)
    image[0, :2] = 0, 1
    (back, _), _ = round_trip(tmp_path, Folder(bits=bits), sample(np.zeros((1, 21, 34)), image))
    top = 2**bits - 1
    assert back.dtype == np.float32
    assert np.abs(back.astype(float) - image).max() <= 0.5 / top + 1e-6
    assert back[0, :2].tolist() == [0, 1]
    with PillowImage.open(tmp_path / "images/000007.png") as opened:
        assert np.asarray(opened).max() == top
        assert opened.mode in (("L",) if bits == 8 else ("I;16", "I;16B", "I"))


@pytest.mark.parametrize("count", [0, 1, 3, 40])
def test_masks_come_back_bit_for_bit(tmp_path, count):
    masks = RNG.random((count, 21, 34)) < 0.5  # they overlap nearly everywhere
    (_, back), _ = round_trip(tmp_path, Folder(), sample(masks))
    assert back.shape == (count, 21, 34)
    assert back.dtype == np.bool_
    assert np.array_equal(back, masks)


def test_every_mask_is_a_one_bit_page_in_order(tmp_path):
    masks = np.zeros((3, 21, 34), dtype=bool)
    masks[0, 2], masks[1, :, 3] = True, True
    _, files = round_trip(tmp_path, Folder(), sample(masks))
    with tifffile.TiffFile(io.BytesIO(files.get("masks/000007.tif"))) as tiff:
        assert len(tiff.pages) == 3
        for page, mask in zip(tiff.pages, masks, strict=True):
            assert page.bitspersample == 1
            assert np.array_equal(page.asarray().astype(bool), mask)


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (17, 64)])
def test_any_size_comes_back(tmp_path, shape):
    masks = RNG.random((2, *shape)) < 0.5
    given = sample(masks, RNG.random(shape, dtype=np.float32))
    (image, back), _ = round_trip(tmp_path, Folder(bits=16), given)
    assert np.array_equal(back, masks)
    assert np.abs(image - given.image).max() < 1e-5


def test_checksums_are_of_the_files_that_were_put(tmp_path):
    import hashlib

    _, files = round_trip(tmp_path, Folder(), sample(np.ones((1, 21, 34))))
    assert set(files.checksums) == {"images/000007.png", "masks/000007.tif"}
    for path, checksum in files.checksums.items():
        assert hashlib.sha256((tmp_path / path).read_bytes()).hexdigest() == checksum


def test_masks_of_another_size_are_refused(tmp_path):
    _, files = round_trip(tmp_path, Folder(), sample(np.ones((1, 21, 34))))
    tifffile.imwrite(tmp_path / "masks/000007.tif", np.ones((21, 30), dtype=bool))
    with pytest.raises(DatasetError, match=r"masks/000007\.tif"):
        Folder().read(files)


@pytest.fixture(scope="module")
def dataset(small_recipe, tmp_path_factory):
    return generate(small_recipe, 3, seed=5, out=tmp_path_factory.mktemp("data") / "set", writer=Folder(bits=16))


def test_a_dataset_reads_back_what_was_made(dataset, small_recipe):
    opened = open_dataset(dataset.folder.root)
    assert len(opened) == 3
    assert opened.indices == (0, 1, 2)
    for index, read in enumerate(opened):
        made = make_sample(small_recipe, 5, index)
        assert np.abs(read.image - made.image).max() < 1e-4
        assert np.array_equal(read.masks, made.masks)
        assert read.scene == made.scene
        assert read.recipe == made.recipe
        assert {key: value for key, value in read.record.items() if key != "files"} == made.record
    assert [s.index for s in opened[1:]] == [1, 2]
    assert opened[-1].index == 2
    with pytest.raises(IndexError):
        opened[3]


def test_a_datasets_files_lie_where_they_are_said_to(dataset):
    root = dataset.folder.root
    present = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert {
        "dataset.json",
        "preview.png",
        "images/000002.png",
        "masks/000002.tif",
        "records/000002.json",
    } <= present
    manifest = json.loads((root / "dataset.json").read_text())
    assert (manifest["count"], manifest["seed"]) == (3, 5)
    assert manifest["writer"] == {"use": "folder", "bits": 16}
    assert manifest["components"]["writer"]["package"] == "dislo-gen"


def test_a_fresh_dataset_verifies_and_a_changed_one_does_not(small_recipe, tmp_path):
    made = generate(small_recipe, 2, out=tmp_path / "set")
    assert verify(made, replayed=True) == []
    path = tmp_path / "set/images/000001.png"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    [finding] = verify(open_dataset(tmp_path / "set"))
    assert finding.index == 1
    assert "images/000001.png" in finding.problem


def test_no_folder_no_dataset(tmp_path):
    with pytest.raises(DatasetError, match=r"dataset\.json"):
        open_dataset(tmp_path)
    with pytest.raises(DatasetError, match=r"dataset\.json"):
        open_dataset(tmp_path / "nowhere")


def test_a_mask_file_that_is_missing_is_no_image_without_defects(small_recipe, tmp_path):
    made = generate(small_recipe, 1, out=tmp_path / "data")
    (tmp_path / "data" / "masks" / "000000.tif").unlink()
    with pytest.raises(DatasetError, match=r"sample 0 has 0 masks on disk and \d+ in its record"):
        made[0]


def test_verify_takes_a_folder(small_recipe, tmp_path):
    generate(small_recipe, 1, out=tmp_path / "data")
    assert verify(tmp_path / "data", replayed=True) == []


# --- Broken and hostile files ----------------------------------

BROKEN = Path(__file__).parent.parent / "data/masks-broken-deflate.tif"


def pages(count, shape, **options):
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as tiff:
        for _ in range(count):
            tiff.write(
                np.zeros(shape, bool), photometric="minisblack", compression="zlib", metadata=None, **options
            )
    return buffer.getvalue()


def swollen(shape):
    """A page whose one strip unpacks to 64 MB, in place of the few bytes of its pixels."""
    packed, plain = zlib.compress(bytes(64 << 20), 9), pages(1, shape)
    with tifffile.TiffFile(io.BytesIO(plain)) as tiff:
        tags = tiff.pages[0].tags
        offsets, counts = tags["StripOffsets"], tags["StripByteCounts"]
        at = [(offsets.valueoffset, len(plain)), (counts.valueoffset, len(packed))]
        code = "<I" if offsets.dtype == 4 else "<Q"
        assert counts.dtype in (3, 4)
    data = bytearray(plain + packed)
    for place, value in at:
        struct.pack_into("<I" if code == "<I" else code, data, place, value)
    data[counts.offset + 2 : counts.offset + 4] = struct.pack("<H", 4)  # a count of 32 bits
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (BROKEN.read_bytes(), "masks.tif: "),
        (b"", "masks.tif: cannot be read"),
        (b"II*\0\xff\xff\xff\xff", "masks.tif: cannot be read"),
        (pages(9, (64, 64)), "more pages than the 2 masks of the record"),
        (pages(1, (64, 64)), "1 pages for the 2 masks of the record"),
        (pages(2, (4096, 4096)), r"a page of \(4096, 4096\) px does not fit"),
        (swollen((64, 64)), "unpacks to more than its"),
    ],
    ids=["deflate", "empty", "offset", "more", "fewer", "larger", "swollen"],
)
def test_mask_files_are_looked_at_before_they_are_decoded(data, reason):
    tracemalloc.start()
    try:
        with pytest.raises(DatasetError, match=reason):
            decode_masks(data, (64, 64), "masks.tif", 2)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["images/000000.png", "masks/000000.tif"])
@pytest.mark.parametrize("data", [b"", b"junk", None], ids=["empty", "junk", "huge"])
def test_a_sample_that_cannot_be_read_is_a_dataset_error(small_recipe, tmp_path, name, data):
    folder = tmp_path / "data"
    generate(small_recipe, 1, out=folder)
    if data is None:
        buffer = io.BytesIO()
        PillowImage.new("L", (8000, 8000)).save(buffer, "png")
        data = buffer.getvalue() if name.endswith(".png") else pages(1, (8000, 8000))
    (folder / name).write_bytes(data)
    with pytest.raises(DatasetError, match=r"sample 0 cannot be read: .*'dislo-gen verify' names"):
        open_dataset(folder).read(0)
