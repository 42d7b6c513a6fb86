"""Write docs/reference from the code: one page for each interface, and what they have in common.

``python docs/generate_reference.py`` writes the pages; a test fails if they are out of date.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

import dislo_gen
import dislo_gen.learning
from dislo_gen import hooks, interfaces, markers
from dislo_gen.cli.plugins import default_text, range_text
from dislo_gen.component import Component, component
from dislo_gen.component_tables import TABLES
from dislo_gen.distributions import DISTRIBUTIONS
from dislo_gen.parameters import parameters
from dislo_gen.registry import discover, load
from dislo_gen.testing import checks_for

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate_reference.py; change the docstrings in the code instead. -->"
# What has no docstring of its own that Python would keep.
_VALUES = {
    "Image": ["(H, W) float32, grey values from 0 (black) to 1 (white)."],
    "Masks": ["(M, H, W) bool, one mask for each labelled defect."],
    "hookimpl": ["Marks a function as the implementation of a hook; see [hooks](hook.md)."],
    "COMPANION_STYLES": [
        "The usual styles of what goes along with dislocations, for renderers that know shapes and no kinds:",
        "",
        *(f"- {kind}: `{style}`" for kind, style in dislo_gen.COMPANION_STYLES.items()),
    ],
    "LUMINANCE": ["Weights of red, green and blue in grey, (3,) float32 (ITU-R BT.709)."],
    "NO_AUGMENTATION": ["Leaves pictures as they are."],
    "TUNING": [
        "What is usual instead where weights are tuned on labelled frames: values of the options, by their table."
    ],
    **{name: [f"`{getattr(dislo_gen, name)!r}`"] for name in ("DISLOCATION", "SLIP_TRACE", "SLIPPED_BAND")},
}
_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields):$")
_ENTRY = re.compile(r"^ {4}(?P<name>[\w, *]+?)(?: \([^)]*\))?: (?P<text>.*)$")


def pages() -> dict[str, str]:
    """Return every page's text by its file name."""
    made = {f"{kind}.md": interface_page(kind, cls) for kind, cls in interfaces.INTERFACES.items()}
    made["hook.md"] = hook_page()
    made["scene.md"] = objects_page(
        "Scenes and shapes",
        "What a geometry returns and a renderer draws.",
        [
            "Scene",
            "Defect",
            "Style",
            "OpenCurve",
            "ClosedCurve",
            "Region",
            "circle",
            "ellipse",
            "arc_length",
            "Size",
            "visible_fraction",
            "DISLOCATION",
            "SLIP_TRACE",
            "SLIPPED_BAND",
            "COMPANION_STYLES",
        ],
    )
    made["parameters.md"] = parameters_page()
    made["sample.md"] = objects_page(
        "Samples and datasets",
        "What comes out, and reading it back.",
        [
            "Recipe",
            "Labels",
            "make_sample",
            "Sample",
            "Image",
            "Masks",
            "generate",
            "open_dataset",
            "Dataset",
            "SampleFiles",
            "Record",
            "replay",
            "verify",
            "contact_sheet",
            "colour_masks",
            "read_json",
        ],
    )
    made["tools.md"] = objects_page(
        "Tools and errors",
        "For the authors of plugins.",
        [
            "component_class",
            "installed_plugins",
            "Plugin",
            "parameters_of",
            "Parameter",
            "register",
            "hookimpl",
            "Component",
            "trace_path",
            "surface_array",
            "smooth_field",
            "white_noise",
            "pixel_centres",
            "encode_png",
            "DisloGenError",
            "RecipeError",
            "PluginError",
            "DatasetError",
            "LearningError",
            "MissingExtraError",
            "did_you_mean",
            "safe_name",
        ],
    )
    made["pictures-and-lines.md"] = objects_page(
        "Pictures, labels and lines",
        "Reading anybody's pictures and labels, what a network found in them, and lines out of masks.",
        [
            "frames",
            "open_film",
            "Film",
            "Micrograph",
            "PixelSize",
            "Instrument",
            "read_micrograph",
            "micrograph_files",
            "content_box",
            "read_grey",
            "read_values",
            "LUMINANCE",
            "read_labelled",
            "read_labelme",
            "LabelledFrames",
            "LabelmeFile",
            "write_labelme",
            "open_predictions",
            "Predictions",
            "verify_predictions",
            "encode_masks",
            "decode_masks",
            "centrelines",
            "draw_mask",
            "draw_overlay",
            "draw_lines",
            "drop_small",
            "length_inside",
            "points_inside",
            "dice_losses",
            "pair_in_order",
            "pair_optimally",
            "Finding",
            "FoundLine",
            "LinePiece",
            "find_lines",
            "join_pieces",
            "keep_lines",
        ],
    )
    made["learning.md"] = objects_page(
        "Learning",
        "`from dislo_gen.learning import …`; needs the extra `train`. [Learning](../learning.md) shows how.",
        [
            *("make_plan", "train", "Plan", "Schedule", "LossOptions", "Augmentation", "HeldOut", "Labelled"),
            *("Machine", "StoppedError", "read_history"),
            *("OnTheFly", "FromSamples", "InOrder", "Mixed", "Example", "Batch", "collate", "Epochs", "Loader"),
            *("NO_AUGMENTATION", "TUNING", "InstanceLoss", "build_network", "standardise", "predict_channels"),
            *("save_weights", "load_weights", "read_card", "WeightsCard"),
            *("estimate_training", "find_source", "Source", "evaluate", "Evaluation", "Result", "read_evaluation"),
            *("predict", "Seeker", "Seen", "find_in", "Found"),
        ],
        dislo_gen.learning,
    )
    made["testing.md"] = testing_page()
    made["README.md"] = index_page()
    return {name: text.rstrip() + "\n" for name, text in made.items()}


def index_page() -> str:
    """Return the list of pages."""
    lines = ["# Reference", "", NOTE, ""]
    for kind, cls in interfaces.INTERFACES.items():
        lines.append(f"- [{cls.__name__}]({kind}.md): {first_line(cls)}")
    lines += [
        "- [Hooks](hook.md): what packages may observe, and what a recipe may let them alter.",
        "- [Parameters](parameters.md): how a component declares them, and the distributions.",
        "- [Scenes and shapes](scene.md): what a geometry returns and a renderer draws.",
        "- [Samples and datasets](sample.md): what comes out, and reading it back.",
        "- [Pictures, labels and lines](pictures-and-lines.md): anybody's pictures, and lines out of masks.",
        "- [Learning](learning.md): data for PyTorch, the loss, training, evaluating, predicting.",
        "- [Tools and errors](tools.md): for the authors of plugins.",
        "- [Testing](testing.md): conformance checks and hypothesis strategies.",
    ]
    return "\n".join(lines)


def interface_page(kind: str, cls: type[Component]) -> str:
    """Return the page of one interface."""
    lines = [f"# {cls.__name__}", "", NOTE, "", *document(cls), ""]
    lines += [f"Begin one with `dislo-gen new-plugin NAME --kind {kind}`.", "", "## What to write", ""]
    for name, method in methods(cls):
        needed = "" if getattr(method, "__isabstractmethod__", False) else " (if needed)"
        lines += [f"### `{name}{signature(method)}`{needed}", "", *document(method), ""]
    lines += ["How parameters are declared: [parameters](parameters.md).", "", "## What is checked", ""]
    lines += [*check_table(kind), "", "## Built in", ""]
    built_in = [offer for offer in discover(f"dislo_gen.{kind}") if offer.package == "dislo-gen"]
    for offer in built_in:
        lines += [f"### `{offer.name}`", "", *document(load(kind, offer.name)), ""]
        lines += parameter_table(load(kind, offer.name))
    return "\n".join(lines if built_in else [*lines, "None yet.", ""])


def methods(cls: type[Component]) -> Iterator[tuple[str, Any]]:
    """Yield the methods that a plugin's author writes: the interface's own, then every component's."""
    for owner in (cls, Component):
        for name, method in vars(owner).items():
            if inspect.isfunction(method) and not name.startswith("_") and name != "evolve":
                yield name, method


def hook_page() -> str:
    """Return the page of hooks."""
    lines = [
        "# Hooks",
        "",
        NOTE,
        "",
        "Entry-point group `dislo_gen.hooks`; the [guide to hooks](../hooks.md) shows how.",
    ]
    for name in hooks.hook_names():
        method = getattr(hooks.Specifications, name)
        lines += ["", f"## `{name}{signature(method)}`", "", *document(method)]
    return "\n".join([*lines, "", "## What is checked", "", *check_table("hook")])


def parameters_page() -> str:
    """Return the page of markers, distributions and component."""
    lines = [
        "# Parameters",
        "",
        NOTE,
        "",
        "A component's fields are its parameters, declared with `Annotated`.",
        "",
    ]
    lines += ["## `component`", "", *document(component), "", "## Markers", ""]
    for name in ("Range", "Unit", "Help", "OneOf", "Whole", "OnSheet"):
        lines += [f"- `{name}`: {first_line(getattr(markers, name))}"]
    varied = "a `T` to the component; a recipe may write a distribution in its place, drawn anew for each image."
    lines += [f"- `Varied[T]`: {varied}", "", "## Distributions", ""]
    for cls in (dislo_gen.Fixed, *DISTRIBUTIONS.values()):
        fields = ", ".join(field.name for field in attrs.fields(cls))
        lines += [f"- `{cls.__name__}({fields})`: {first_line(cls)}"]
    lines += ["", "## `Distribution`", "", *document(dislo_gen.Distribution), ""]
    for name, method in vars(dislo_gen.Distribution).items():
        if inspect.isfunction(method) and name in ("draw", "draw_integer", "draw_many"):
            lines += [f"- `{name}{signature(method)}`: {first_line(method)}"]
    return "\n".join(lines)


def testing_page() -> str:
    """Return the page of `dislo_gen.testing`."""
    from dislo_gen import testing
    from dislo_gen.testing import strategies

    lines = ["# Testing", "", NOTE, "", *document(testing), ""]
    for name in ("conformance_checks", "check_conformance", "run_checks", "checks_for", "resolve"):
        function = getattr(testing, name)
        lines += [f"## `{name}{signature(function)}`", "", *document(function), ""]
    lines += ["## `dislo_gen.testing.strategies`", "", *document(strategies), ""]
    for name in strategies.__all__:
        lines += [f"- `{name}{signature(getattr(strategies, name))}`: {first_line(getattr(strategies, name))}"]
    return "\n".join(lines)


def objects_page(title: str, summary: str, names: list[str], home: Any = dislo_gen) -> str:
    """Return a page of public classes and functions of a module."""
    lines = [f"# {title}", "", NOTE, "", summary]
    for name in names:
        found = getattr(home, name)
        heading = f"{name}{signature(found)}" if inspect.isfunction(found) else name
        lines += ["", f"## `{heading}`", "", *(_VALUES[name] if name in _VALUES else document(found))]
        if not inspect.isclass(found):
            continue
        if found in TABLES:
            lines += ["", *parameter_table(found)]
        for member, value in vars(found).items():
            function = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
            if member.startswith("_") or not (inspect.isfunction(function) or isinstance(value, property)):
                continue
            shown = f"{member}{signature(function)}" if inspect.isfunction(function) else member
            lines += ["", f"### `{shown}`", "", *document(function)]
    return "\n".join(lines)


def signature(function: Any) -> str:
    """Return a signature without ``self``, its types as they are written."""
    found = inspect.signature(function)
    kept = list(found.parameters.values())
    is_method = "." in function.__qualname__
    if kept and (is_method and kept[0].name in ("self", "cls")):
        kept = kept[1:]
    return str(found.replace(parameters=[p for p in kept if p.name != "draw"])).replace("'", "")


def check_table(kind: str) -> list[str]:
    """Return the conformance checks of a kind as a table."""
    rows = [f"| `{check.name}` | {check.demand} |" for check in checks_for(kind)]
    return ["| check | what it demands |", "| --- | --- |", *rows]


def parameter_table(cls: type[Component]) -> list[str]:
    """Return a component's parameters as a table."""
    rows = []
    for p in parameters(cls):
        takes = " (or a distribution)" if p.varied or p.distribution else ""
        default = default_text(p)
        cells = (f"`{p.name}`", p.unit, range_text(p) + takes, f"`{default}`" if default else "", p.help)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    if not rows:
        return []
    return ["| parameter | unit | range | default | what it does |", "| --- | --- | --- | --- | --- |", *rows, ""]


def first_line(found: Any) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(found) or "").split("\n")[0].replace("``", "`")


def document(found: Any) -> list[str]:
    """Return a Google-style docstring as lines of Markdown."""
    lines: list[str] = []
    in_section = in_code = False
    for line in (inspect.getdoc(found) or "").replace("``", "`").split("\n"):
        entry = _ENTRY.match(line)
        if in_code and line and not line.startswith("    "):
            lines.insert(len(lines) - (not lines[-1]), "```")
            in_code = False
        if _SECTION.match(line):
            in_section = True
            lines += [f"**{line.removesuffix(':')}**", ""]
        elif in_section and entry:
            lines.append(f"- `{entry['name']}`: {entry['text']}")
        elif in_section and line.startswith("    "):
            lines.append(f"  {line.strip()}" if lines[-1].startswith(("-", "  ")) else line.strip())
        elif not in_section and line.startswith("    "):
            if not in_code:
                lines.append("```python")
            in_code = True
            lines.append(line[4:])
        else:
            in_section = in_section and not line
            lines.append(line.removesuffix("::") + (":" if line.endswith("::") else ""))
    return [*lines, "```"] if in_code else lines


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
