"""Write docs/pictures.md and its pictures: one scene under every renderer and effect, with the commands.

``python docs/generate_pictures.py`` runs every command that the page shows and keeps what it drew; ``--text``
writes the page alone. A test fails if the page is out of date.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
from PIL import Image as PillowImage

from dislo_gen.cli.plugins import default_text, range_text
from dislo_gen.parameters import parameters
from dislo_gen.registry import load

HERE = Path(__file__).parent
FOLDER, PAGE = HERE / "pictures", HERE / "pictures.md"
NOTE = "<!-- Written by docs/generate_pictures.py; change the table in it, or docstrings in the code, instead. -->"
PAPER = "--background plain --set background.level=0.6"
SCENE = f"dislo-gen --recipe m2 {PAPER} --set 'effect=[]' --seed 7 -n 1 --size 384 -o scene"
REPLAY = "dislo-gen replay scene/records/000000.json"
QUALITY, WIDE = 82, 900
_OTHERS = ("app-", "files-")  # pictures of the other scripts here


@attrs.frozen
class Entry:
    """One picture: which plugin, drawn how, and when to use it."""

    name: str
    settings: str
    when: str
    file: str = ""

    @property
    def stem(self) -> str:
        """Name of the picture and of the folder that the command writes."""
        return self.file or self.name


RENDERERS = (
    Entry(
        "cairo",
        "renderer=cairo",
        "Drawn lines: fast, every look within reach, contrast and width under direct control. For most training.",
    ),
    Entry(
        "cairo",
        'renderer={use="cairo", beading=0.8, beads=6, fringe=0.5, fading=0.3}',
        "The same with dots and a bright fringe: what diffraction contrast looks like, without its calculation.",
        "cairo-beads",
    ),
    Entry(
        "two-beam",
        'renderer={use="two-beam", extinction_distance=16, thickness=5, deviation=0.3, g_dot_b=1}',
        "Calculated: for images that must be right, for an experiment whose g and thickness are known, to mix in.",
    ),
    Entry(
        "two-beam",
        'renderer={use="two-beam", extinction_distance=16, thickness=5, deviation=0, g_dot_b=2}',
        "At g·b = 2 and the Bragg angle every line is double.",
        "two-beam-double",
    ),
    Entry(
        "two-beam",
        'renderer={use="two-beam", extinction_distance=16, deviation=0.8, field="dark", dark_level=0.6}',
        "Dark field away from the Bragg angle: narrow, dotted, beside the line.",
        "two-beam-dark",
    ),
)


def effect(name: str, when: str, **parameters: object) -> Entry:
    """Describe an effect's picture."""
    table = "".join(f", {key}={json.dumps(value)}" for key, value in parameters.items())
    return Entry(name, f'effect=[{{use="{name}"{table}}}]', when)


EFFECTS = (
    effect(
        "grains",
        "More than one grain, twins: where frames have boundaries. Their fringes teach a network to be careful.",
        strength=0.9,
        boundaries=2,
        inclined=0.7,
    ),
    effect(
        "thickness-wedge",
        "Foils near their edge, and ion-milled ones: broad fringes.",
        strength=0.7,
        fringes=4,
        absorption=0.05,
    ),
    effect("bend-contours", "Bent foils: most in-situ films have them, and they move.", strength=0.8, contours=2),
    effect(
        "slip-bands",
        "Deformed specimens: steps and traces that dislocations have left.",
        strength=0.12,
        edges=0.15,
        texture=0.06,
    ),
    effect("mottling", "Any specimen: oxide, ion damage, the film of a replica.", strength=0.08, grain=3),
    effect("spots", "Dust, contamination, precipitates, black dots of irradiation.", strength=1, count=30),
    effect(
        "illumination",
        "Any picture: light is never even.",
        gradient=0.5,
        vignetting=0.4,
        unevenness=0.05,
        aperture=0.15,
    ),
    effect("distortion", "Other microscopes and scans; the truth is moved exactly.", radial=0.15, shear=0.1),
    effect("drift", "Films: the specimen moves during an exposure; the truth goes along.", x=20, y=10, smear=12),
    effect("blur", "Any picture: how sharp it is.", sigma=2, astigmatism=2),
    effect("shot-noise", "Any picture: how many electrons there were.", strength=0.15),
    effect("detector-noise", "Cameras with a scintillator: grain wider than a pixel.", strength=0.06, spread=1.5),
    effect("gamma", "Pictures that somebody has edited, or a camera.", stops=0.8, contrast=0.4),
    effect("clipping", "Pictures stretched to 8 bits, or to fewer.", white=0.01, black=0.01, bits_lost=4),
    effect("fiducials", "Screen grabs: text and bars that must not be taken for lines.", marks=4),
    effect("scan-lines", "Video and scanned images.", strength=0.05, interlace=0.04, hum=0.1),
    effect("inversion", "Negatives of plates; dark-field look without a dark field.", amount=1),
    effect("compression", "Films and pictures from the web.", loss=0.8, video=0.5),
)
BACKGROUNDS = (
    Entry(
        "plain",
        "background.level=0.6",
        "Even grey: leave light, texture, noise to effects. `wild` begins here.",
    ),
    Entry("perlin", "", "The paper's: cloudy, without a sample at hand. Its noise lies under the lines."),
    Entry("real-blend", "", "Patches of your own micrographs, blended: the closest to one microscope."),
)
RECIPES = (
    Entry("wild", "", "Everything in wide ranges: for a network that has to work on frames it has never seen."),
    Entry(
        "pileups",
        "",
        "Films of pileups in bright field, in wide ranges: uneven light, dust, slip traces as dark as lines.",
    ),
    Entry("pileups-two-beam", "", "The same with calculated contrast: dots, zigzags, double and one-sided lines."),
    Entry("faint", "", "Faint and wide lines on a calm specimen, where a person still sees them."),
    Entry("clean", "", "The other end: crisp lines on an even foil, for a first look and for teaching."),
    Entry(
        "m1",
        "",
        "The paper's microstructure of one experiment, as far as its text tells: one slip system, pairs.",
    ),
    Entry("m2", "", "The paper's general microstructure."),
    Entry("narrow", "", "One experiment, for you to fit: one slip system, all alike."),
)


def command(kind: str, entry: Entry) -> str:
    """Return the command that makes an entry's picture."""
    if kind in ("renderer", "effect"):
        return f"{REPLAY} --set {shlex.quote(entry.settings)} -o {entry.stem}"
    if kind == "background":
        chosen = f" --set {entry.settings}" if entry.settings else ""
        return SCENE.replace(PAPER, f"--background {entry.name}{chosen}").replace("-o scene", f"-o {entry.stem}")
    return f"dislo-gen --recipe {entry.name} -n 8 -o {entry.stem}"


def sheet_command(name: str) -> str:
    """Return the command that draws a plugin's sheet."""
    return f"dislo-gen plugins show {name} --sheet {name}-sheet.png"


def commands() -> Iterator[tuple[str, str, str]]:
    """Yield each command, the file it makes, and the name of the picture that becomes of it."""
    yield SCENE, "scene/images/000000.png", "scene"
    for kind, entries in SECTIONS.items():
        for entry in entries:
            made = f"{entry.stem}/preview.png" if kind == "recipe" else f"{entry.stem}/images/000000.png"
            yield command(kind, entry), made, entry.stem
        if kind != "recipe":
            for name in dict.fromkeys(entry.name for entry in entries):
                yield sheet_command(name), f"{name}-sheet.png", f"{name}-sheet"


def page() -> str:
    """Return the page's text."""
    lines = [
        NOTE,
        "",
        "# Pictures",
        "",
        "One scene under every renderer and every effect, what each parameter does, and when to use which. Each",
        "picture was made by the command above it, and yours will be the same: masks and curves do not change,",
        "whatever is drawn.",
        "",
        "```bash",
        SCENE,
        "```",
        "",
        "![the scene](pictures/scene.jpg)",
        "",
    ]
    for kind, entries in SECTIONS.items():
        lines += [f"## {HEADINGS[kind][0]}", "", HEADINGS[kind][1], ""]
        for name in dict.fromkeys(entry.name for entry in entries):
            lines += [f"### {name}", "", *_plugin(kind, name, [entry for entry in entries if entry.name == name])]
    return "\n".join(lines).rstrip() + "\n"


def _plugin(kind: str, name: str, entries: list[Entry]) -> list[str]:
    lines: list[str] = []
    if kind != "recipe":
        cls = load(kind, name)
        lines += [(cls.__doc__ or "").strip().split("\n")[0], ""]
    for entry in entries:
        lines += [entry.when, "", "```bash", command(kind, entry), "```", ""]
        lines += [f"![{entry.stem}](pictures/{entry.stem}.jpg)", ""]
    if kind == "recipe":
        return lines
    lines += [
        "<details><summary>What each parameter does</summary>",
        "",
        "```bash",
        sheet_command(name),
        "```",
        "",
    ]
    lines += [f"![what the parameters of {name} do](pictures/{name}-sheet.jpg)", ""]
    lines += ["| parameter | unit | range | default | what it does |", "| --- | --- | --- | --- | --- |"]
    for p in parameters(cls):
        row = (p.name, p.unit, range_text(p), default_text(p), p.help)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return [*lines, "", "</details>", ""]


def draw(folder: Path) -> None:
    """Run every command in a folder and keep its picture."""
    FOLDER.mkdir(exist_ok=True)
    kept = set()
    for line, made, stem in commands():
        print(line, flush=True)
        subprocess.run(shlex.split(line), cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        picture = PillowImage.open(folder / made)
        if picture.width > WIDE:
            picture = picture.resize(
                (WIDE, round(picture.height * WIDE / picture.width)), PillowImage.Resampling.LANCZOS
            )
        picture.convert("RGB" if picture.mode != "L" else "L").save(FOLDER / f"{stem}.jpg", quality=QUALITY)
        kept.add(f"{stem}.jpg")
    for old in FOLDER.iterdir():
        if old.name not in kept and not old.name.startswith(_OTHERS):
            old.unlink()


HEADINGS = {
    "renderer": (
        "Renderers",
        "How lines look: `--renderer NAME`, or `--set renderer=NAME` on a record. To hold `two-beam` against "
        "another simulator there is [one straight screw](../examples/recipes/screw-at-60-degrees.toml), inclined "
        "by 60 degrees to the beam.",
    ),
    "effect": (
        "Effects",
        "What a microscope, a specimen and a camera do besides: `--effect NAME`, as often as you like, in that "
        "order. The first six act on the specimen, under the lines; the others on the image, over them: put them "
        "in the order in which they happen, noise after blur, compression last. A strength of 0 changes nothing.",
    ),
    "background": ("Backgrounds", "What there is before any defect: `--background NAME`."),
    "recipe": ("Recipes", "What goes together: `--recipe NAME`; any option and `--set` changes it."),
}
SECTIONS = {"renderer": RENDERERS, "effect": EFFECTS, "background": BACKGROUNDS, "recipe": RECIPES}


def main() -> None:
    """Write the page, and its pictures unless told otherwise."""
    if "--text" not in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as name:
            draw(Path(name))
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
