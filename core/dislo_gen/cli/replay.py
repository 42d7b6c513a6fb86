"""``dislo-gen replay``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from dislo_gen.cli import console
from dislo_gen.cli.generate import SetOption, WriterOption


def replay(
    record: Annotated[Path, typer.Argument(help="A sample's record, such as dislo-data/records/000000.json.")],
    set_: SetOption = [],  # noqa: B006
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")] = Path("replay"),
    writer: WriterOption = None,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Write into a folder with other files; those in the way are kept aside."),
    ] = False,
) -> None:
    """Make one sample again from its record; with --set, the same scene drawn otherwise."""
    from dislo_gen.dataset import PREVIEW
    from dislo_gen.errors import DatasetError
    from dislo_gen.files import Folder
    from dislo_gen.record import Record
    from dislo_gen.replay import compare, version_changes
    from dislo_gen.replay import replay as replay_record
    from dislo_gen.replay_folder import check_replay_folder, write_replay
    from dislo_gen.settings import split_settings
    from dislo_gen.writers import build_writer

    folder = Folder(out)
    check_replay_folder(folder, overwrite)
    old = Record.load(record)
    settings, writer_settings = split_settings(set_)
    as_written = build_writer(writer, writer_settings)
    sample = replay_record(record, settings)
    write_replay(sample, folder, as_written, overwrite)
    console.say(f"Sample {old.index} of seed {old.seed} is in {out}.")
    differences = compare(sample, old)
    if settings:
        kept = "the scene and the masks are the record's" if differences in ([], ["the image differs"]) else None
        console.say(f"As asked, {'; '.join(differences) or 'nothing differs'}" + (f"; {kept}." if kept else "."))
    elif differences:
        changes = version_changes(old)
        reason = "; other versions: " + ", ".join(changes) if changes else "; the versions are the same"
        raise DatasetError(f"{record}: {', '.join(differences)}{reason}")
    else:
        console.say("Image, masks and scene have the record's bytes.")
    again = f"dislo-gen replay {shlex.quote(str(record))} --set renderer=two-beam -o calculated"
    console.end(("look at", str(out / PREVIEW)), *([] if settings else [("drawn otherwise", again)]))
