"""The folder that a replay writes into: it may hold earlier replays, and nothing that is somebody's own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from dislo_gen import paths
from dislo_gen.contact_sheet import contact_sheet
from dislo_gen.dataset import MANIFEST, PREVIEW, RECORDS, record_path, write_sample
from dislo_gen.errors import DatasetError
from dislo_gen.existing import set_aside_changed
from dislo_gen.files import KEPT, LOCK, Folder, SampleFiles, is_leftover
from dislo_gen.interfaces import Writer
from dislo_gen.png import encode_png, is_marked
from dislo_gen.record import Record
from dislo_gen.sample import Sample


def check_replay_folder(folder: Folder, overwrite: bool) -> None:
    """Refuse a folder that holds anything but earlier replays, unless what is in the way may be moved aside.

    Raises:
        DatasetError: it is a dataset, or holds something else, or cannot be read.
    """
    if paths.exists(folder.root / MANIFEST):
        raise DatasetError(
            f"{folder.root}: this folder holds a dataset, which a replay would change; choose another with --out"
        )
    if overwrite:
        return
    known = _replayed(folder)
    for relative in _files(folder):
        if relative not in known:
            raise DatasetError(
                f"{folder.root}: {relative} is in this folder and of no earlier replay, or changed since; choose "
                f"another folder with --out, or keep aside what is in the way with --overwrite"
            )


def write_replay(sample: Sample, folder: Folder, writer: Writer, overwrite: bool) -> None:
    """Write a sample and its preview; files in its way that are of no earlier replay are moved aside.

    Raises:
        DatasetError: as `check_replay_folder`; another run is writing into it, or it cannot be written.
    """
    preview = encode_png(contact_sheet([sample], tile=512), marked=True)
    with tempfile.TemporaryDirectory(prefix="dislo-gen-") as scratch:  # only the writer knows what it writes
        written = SampleFiles(Folder(scratch), sample.index)
        writer.write(sample, written)
    with folder.taken():
        check_replay_folder(folder, overwrite)
        known = _replayed(folder)
        names = (*written.checksums, record_path(sample.index), PREVIEW)
        set_aside_changed(folder, {name: "" for name in names if name not in known})
        write_sample(sample, folder, writer)
        folder.put(PREVIEW, preview)


def _replayed(folder: Folder) -> set[str]:
    """Return the paths of earlier replays' files that nobody has changed."""
    known = set()
    for path in paths.inside(folder.root / RECORDS) if paths.is_folder(folder.root / RECORDS) else ():
        try:
            files = Record.load(path).files
            same = {relative for relative, sha256 in files.items() if folder.is_unchanged(relative, sha256)}
        except DatasetError:  # no record, or one that lists what lies elsewhere
            continue
        if files and len(same) == len(files):
            same.add(f"{RECORDS}/{path.name}")
        known |= same
    if paths.is_file(folder.root / PREVIEW) and is_marked(folder.get(PREVIEW)):
        known.add(PREVIEW)
    return known


def _files(folder: Folder) -> Iterator[str]:
    """Yield the path of every file in a folder, those at its top first."""
    if not paths.exists(folder.root):
        return
    if not paths.is_folder(folder.root):
        raise DatasetError(f"{folder.root}: this is a file; choose a folder with --out")
    for root, folders, names in paths.walk(folder.root):
        if root == folder.root:
            folders[:] = [name for name in folders if name != KEPT]
        folders.sort()
        for name in sorted(names):
            if name != LOCK and not is_leftover(root / name):
                yield (root / name).relative_to(folder.root).as_posix()
