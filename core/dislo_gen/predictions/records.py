"""What is written down of predictions: of the folder, and of every picture in it."""

from __future__ import annotations

import hashlib
from typing import Any

import attrs

from dislo_gen import paths
from dislo_gen.convert import converter, read_as
from dislo_gen.dataset import MANIFEST, RECORDS
from dislo_gen.errors import DatasetError
from dislo_gen.files import Folder
from dislo_gen.instances import Finding
from dislo_gen.micrographs import Instrument, PixelSize
from dislo_gen.plain import dump_json, read_json
from dislo_gen.record import check_format
from dislo_gen.scene import Scene
from dislo_gen.size import check_sides

PREDICTIONS_FORMAT = "dislo-gen predictions"
PREDICTION_FORMAT = "dislo-gen prediction"
VERSION = 1


@attrs.frozen
class PredictionRecord:
    """What is known of one picture.

    Attributes:
        name: the picture's name in the folder.
        source: file name of the picture or film it was read from.
        sha256: of that file.
        box: left, top, right, bottom of the part that was looked at, px.
        scale: by which that part was scaled before the network saw it.
        size: width and height of the picture, px.
        scene: the lines, in px of the picture.
        confidence: of each line, 0 to 1.
        channels: the network's channels behind each line.
        files: path inside the folder to SHA-256, as they were written.
        frame: number of the picture in its film, from 0.
        frames: how many frames the film has; 1 for a single picture.
        time: when the frame was taken, s since the film's first one; nothing where the file does not say.
        pixel_size: what a pixel shows, in nm (1/nm in diffraction patterns); nothing where the file does not say.
        instrument: what the file says of the microscope.
        checksum: SHA-256 of the record itself, without this entry; another one shows that somebody changed it.
    """

    format: str
    format_version: int
    name: str
    source: str
    sha256: str
    box: tuple[int, int, int, int]
    scale: float
    size: tuple[int, int] = attrs.field(validator=check_sides)
    scene: Scene
    confidence: tuple[float, ...]
    channels: tuple[tuple[int, ...], ...]
    files: dict[str, str] = attrs.Factory(dict)
    frame: int = 0
    frames: int = 1
    time: float | None = None
    pixel_size: PixelSize | None = None
    instrument: Instrument | None = None
    checksum: str = ""

    def signed(self) -> PredictionRecord:
        """Return the record with its checksum."""
        return attrs.evolve(self, checksum=_checksum(self))

    @property
    def is_as_written(self) -> bool:
        """Whether nobody changed it; records of earlier versions cannot tell."""
        return not self.checksum or self.checksum == _checksum(self)


def _checksum(record: PredictionRecord) -> str:
    return hashlib.sha256(dump_json(converter.unstructure(attrs.evolve(record, checksum="")))).hexdigest()


@attrs.frozen
class WeightsUsed:
    """Which weights found the lines: their file's name and SHA-256."""

    file: str
    sha256: str


@attrs.frozen
class NamedSource:
    """A picture or film, and the name that is its own in a folder, whatever its file is called later.

    Attributes:
        name: in the folder; a film's frames have it with their number behind.
        file: name of its file.
        sha256: of its file.
        frames: how many frames it has.
    """

    name: str
    file: str
    sha256: str
    frames: int


@attrs.frozen
class Drawn:
    """A picture or film that shows many predictions at once, drawn from their records.

    Attributes:
        path: inside the folder.
        sha256: of the file as it was written; another one shows that somebody changed it.
        records: SHA-256 of the records it was drawn from; others show that it is out of date.
    """

    path: str
    sha256: str
    records: str


@attrs.frozen
class PredictionsManifest:
    """What ``dataset.json`` says of a folder of predictions.

    Attributes:
        weights: of the network.
        model: the network, as plain data.
        scale: by which pictures were scaled; nothing if each was scaled to the network's size.
        finding: how lines were put together.
        names: the pictures' names, in order.
        mirrored: whether mirror images were looked at, too.
        sources: the pictures and films, each with its name here.
        drawn: the overview and the films of overlays.
    """

    format: str
    format_version: int
    weights: WeightsUsed
    model: dict[str, Any]
    scale: float | None
    finding: Finding
    names: tuple[str, ...]
    mirrored: bool = False
    sources: tuple[NamedSource, ...] = ()
    drawn: tuple[Drawn, ...] = ()


def frame_name(source: NamedSource, frame: int) -> str:
    """Return the name of a source's frame: its own for a single picture, with six digits behind for a film's."""
    return source.name if source.frames == 1 else f"{source.name}-{frame:06d}"


def record_path(name: str) -> str:
    """Return the relative path of a picture's record."""
    return f"{RECORDS}/{name}.json"


def read_record(folder: Folder, name: str) -> PredictionRecord:
    """Read one picture's record.

    Raises:
        DatasetError: it is missing or wrong.
    """
    path = folder.path(record_path(name))
    plain = read_json(path)
    check_format(plain, PREDICTION_FORMAT, VERSION, str(path))
    record = read_as(plain, PredictionRecord, str(path), DatasetError)
    if not len(record.confidence) == len(record.channels) == len(record.scene):
        raise DatasetError(
            f"{path}: confidence, channels: there must be one for each of the {len(record.scene)} lines, not "
            f"{len(record.confidence)} and {len(record.channels)}"
        )
    return record


def read_manifest(folder: Folder) -> PredictionsManifest:
    """Read ``dataset.json`` of a folder of predictions.

    Raises:
        DatasetError: there is none, it is something else's, or wrong somewhere.
    """
    path = folder.path(MANIFEST)
    if not paths.is_file(path):
        raise DatasetError(f"{folder.root}: there is no {MANIFEST}, so these are no predictions of dislo-gen")
    plain = read_json(path)
    check_format(plain, PREDICTIONS_FORMAT, VERSION, str(path))
    return read_as(plain, PredictionsManifest, str(path), DatasetError)
