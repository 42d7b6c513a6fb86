"""Every check fails a plugin made to break it, of every kind it is for."""

from __future__ import annotations

import importlib

import attrs
import pytest

from dislo_gen.testing import NotConformingError, checks_for, conformance_checks
from dislo_gen.testing.check import KINDS
from dislo_gen.testing.subject import Subject


@attrs.frozen
class Case:
    """A broken plugin, the check that it breaks, and a phrase of what is said about it."""

    kind: str
    attribute: str
    check: str
    phrase: str
    module: str = ""
    how: str = ""

    def __str__(self) -> str:
        return f"{self.kind}-{self.check}-{self.how.replace(' ', '-') or self.attribute}"


# How a plugin of any kind misbehaves: the value of its parameter, and for hooks the object that does so.
ANY_KIND = (
    ("counts", "COUNTS", "same-seed-same-bytes", "twice the same seed 0 and index 0, and other bytes"),
    ("remembers", "REMEMBERS", "the-same-alone-and-in-a-run", "it remembers earlier ones"),
    ("depends on the process", "PROCESS", "the-same-in-another-process", "depends on the process it runs in"),
    ("depends on a set", "SET", "the-same-under-another-hash-seed", "sort what comes from a set"),
    ("cannot be pickled", "", "the-same-after-pickling", "cannot be pickled: TypeError: cannot pickle '_thread.l"),
    ("is another when pickled", "", "the-same-after-pickling", "its pickled copy makes other bytes"),
    ("reads the global state", "READS", "global-random-state-unread", "draw from the rng it is given"),
    ("draws from the global state", "DRAWS", "global-random-state-unread", "a global random generator"),
    ("draws from the global state", "DRAWS", "global-random-state-untouched", "a global random generator"),
    ("seeds the global state", "SEEDS", "global-random-state-untouched", "draws from or seeds a global random"),
    ("changes itself", "ITSELF", "parameters-stay-as-they-are", "('level', 0.45)"),
    ("downloads", "DOWNLOADS", "no-network", "it reaches for the network (('127.0.0.1', 9)"),
    ("fails at a single pixel", "PIXEL", "odd-sizes", "at 1 x 1 px it raises IndexError: there is no second pix"),
    ("fails at the end of a range", "", "ends-of-every-range", "with level = 0 it raises ZeroDivisionError"),
)
DECLARED = (
    ("Unpublished", "loads", "add an entry point in the group 'dislo_gen."),
    ("Undocumented", "documented", "it has no docstring"),
    ("Unexplained", "documented", "no Help('...') says what grain_size does"),
    ("Unbounded", "parameters-typed-and-bounded", "level: needs a Range(low, high) with two finite ends"),
    ("Converted", "round-trip-through-toml", "it is not read back as it was written: angle was 1.57"),
    ("Converted", "round-trip-through-json", "it is not read back as it was written: angle was 1.57"),
    ("Validated", "schema-agrees-with-the-program", "the schema allows count = "),
)
ONE_KIND = {
    "background": (
        ("Unwritable", "parameters-typed-and-bounded", "phase: a recipe cannot hold a complex"),
        ("Unwritable", "round-trip-through-json", "it raised"),
        ("ChangesWhatItFixed", "parameters-stay-as-they-are", "('level', 0.75)"),
        ("Listed", "paints-a-picture", "it returns a list instead of an array"),
        ("Double", "paints-a-picture", "it returns an image of float64 instead of float32"),
        ("Double", "odd-sizes", "at 1 x 1 px it returns an image of float64"),
        ("Double", "ends-of-every-range", "with grey = 0 it returns an image of float64"),
        ("Flipped", "paints-a-picture", "it returns an image of shape (64, 48) instead of (48, 64)"),
        ("Holed", "paints-a-picture", "it returns NaN"),
        ("Bright", "paints-a-picture", "an image holds finite values from 0 to 1"),
        ("Same", "pictures-differ", "two samples show the same picture"),
        ("Coin", "pictures-differ", "two samples show the same picture"),
        ("Keeps", "results-are-new", "it returns an array that it keeps"),
    ),
    "geometry": (
        ("Listed", "places-a-scene", "it returns a list instead of a Scene"),
        ("Bare", "places-a-scene", "it places a OpenCurve instead of a Defect"),
        ("Nameless", "places-a-scene", "as number 0 a defect whose kind is '' instead of a word"),
        ("Grouped", "places-a-scene", "a defect whose group is -1 instead of a whole number from 0"),
        ("Shapeless", "places-a-scene", "a defect whose shape is a ndarray instead of a curve or a region"),
        ("Styled", "places-a-scene", "style holds something else than Python's numbers"),
        ("Far", "places-a-scene", "px, farther than anything can be drawn"),
        ("Twins", "ids-are-unique", "two defects of one scene have the same id: [0, 0, 1, 1]"),
        ("Claims", "in-bounds-or-clipped", "a scratch says that 0.50 of it is visible, and"),
        ("Unlabelled", "something-to-learn", "in 12 scenes of 128 x 96 px no label is visible"),
        ("Outside", "something-to-learn", "in 12 scenes of 128 x 96 px no label is visible"),
        ("Numbered", "scenes-survive-their-record", "Object of type int64 is not JSON serializable"),
        ("Arcs", "scenes-survive-their-record", "a scene read back from its record is another than was placed"),
    ),
    "effect": (
        ("Misplaced", "says-where-it-acts", "its acts_on is 'lens'; write 'specimen' or 'image'"),
        ("Idle", "changes-the-picture", "in 8 samples it changes nothing"),
        ("Double", "changes-the-picture", "it returns an image of float64 instead of float32"),
        ("Loses", "moves-the-truth-exactly", "move loses, adds or relabels defects"),
        ("Relabels", "moves-the-truth-exactly", "move loses, adds or relabels defects"),
        ("Wanders", "moves-the-truth-exactly", "move gives something else each time"),
        ("LeavesTruth", "pixels-and-truth-move-together", "must say so in move"),
        ("Keeps", "results-are-new", "it returns an array that it keeps"),
        ("InPlace", "inputs-stay-as-they-are", "it changes the picture that it is given"),
        ("Returns", "inputs-stay-as-they-are", "it returns the very picture that it is given"),
    ),
    "renderer": (
        ("Double", "draws-a-picture", "it returns an image of float64 instead of float32"),
        ("Grainy", "an-empty-scene-is-the-background", "it changes the background where there is nothing"),
        ("LinesOnly", "nothing-is-left-out", "a region of the kind 'dislocation' is not to be seen"),
        ("KnownOnly", "nothing-is-left-out", "an open curve of the kind 'a kind that nobody has heard of'"),
        ("Mirrored", "drawn-where-the-scene-has-it", "an open curve around (26, 25) px is drawn around"),
        ("Winding", "regions-are-filled-by-the-even-odd-rule", "the middle of a five-pointed star"),
        ("Emphatic", "styles-are-followed", "a line of Style(contrast=0) is to be seen"),
        ("SamePen", "styles-are-followed", "take your line's width from style.line_width(usual)"),
        ("Displaced", "nothing-is-left-out", "an open curve of the kind 'dislocation' is not to be seen"),
        ("Moves", "the-truth-is-not-its-business", "it changes the scene that it draws"),
        ("Moves", "inputs-stay-as-they-are", "it changes the scene that it is given"),
        ("Keeps", "results-are-new", "it returns an array that it keeps"),
        ("InPlace", "inputs-stay-as-they-are", "it changes the picture that it is given"),
        ("Returns", "inputs-stay-as-they-are", "it returns the very picture that it is given"),
    ),
    "writer": (
        ("Flattens", "reads-back-what-it-wrote", "the masks come back with other pixels"),
        ("FourBits", "reads-back-what-it-wrote", "off, more than one grey level of 8 bits"),
        ("Bytes", "reads-back-what-it-wrote", "the image comes back as uint8 of (48, 64), not float32"),
        ("GreyMasks", "reads-back-what-it-wrote", "the masks come back as uint8 of"),
        ("OneMask", "reads-back-an-image-without-labels", "it raised ValueError: need at least one array"),
        ("Shares", "samples-keep-to-themselves", "two samples share a file: all-masks.npy"),
        ("Secret", "samples-keep-to-themselves", "it writes no file through files.put"),
        ("Secret", "odd-sizes", "at 1 x 1 px it writes no file"),
        ("Twice", "samples-keep-to-themselves", "written again, the same sample has other files or bytes"),
        ("InPlace", "inputs-stay-as-they-are", "it changes the sample's masks that it is given"),
    ),
    "model": (
        ("Function", "builds-a-network", "build returns a function instead of a torch.nn.Module"),
        ("Frozen", "builds-a-network", "the network has no weight to learn"),
        ("Channelless", "builds-a-network", "its channels are None, not a whole number from 1"),
        ("Halves", "any-size-of-picture", "it gives torch.float32 of (1, 3, 32, 32), not float32 of (1, 3, 64"),
        ("Double", "any-size-of-picture", "it gives torch.float64 of"),
        ("Infinite", "any-size-of-picture", "at 64 x 64 px it gives numbers that are not finite"),
        ("Unused", "every-weight-learns", "no gradient reaches 0.unused.weight (2 of 8 weights)"),
        ("Detached", "every-weight-learns", "every gradient is zero"),
        ("Exploding", "every-weight-learns", "a gradient is not finite"),
        (
            "Untaught",
            "channels-have-a-meaning",
            "it teaches uint8 of (3, 64, 64) up to 7, not uint8 of",
        ),
        ("Lineless", "channels-have-a-meaning", "taught of 1 lines it reads 0 lines"),
        ("Forgets", "weights-are-saved-and-loaded", "its weights give another output"),
    ),
    "metric": (
        ("Number", "gives-named-numbers", "with 0 channels it returns 0.0 instead of named numbers"),
        ("Numbered", "gives-named-numbers", "with 0 channels it names a number 0, which is no word"),
        ("Unmeasured", "gives-named-numbers", "with 0 channels it gives None as overlap"),
        ("NeedsChannels", "gives-named-numbers", "it raised ValueError: zero-size array"),
        ("Renames", "gives-named-numbers", "with 1 channels it names its numbers ['overlap', 'instances', 'c"),
        ("Humble", "perfect-is-best", "(lower is better)"),
        ("Greedy", "perfect-is-best", "a prediction of every pixel"),
        ("Indifferent", "perfect-is-best", "a prediction of nothing"),
        ("InOrder", "order-does-not-matter", "with its channels in another order"),
        ("Undefined", "empty-against-empty-is-defined", "gives nan as overlap, which is not a finite number"),
        ("Pessimist", "empty-against-empty-is-defined", "nothing predicted where nothing is scores 0, not 1"),
        ("InPlace", "inputs-stay-as-they-are", "it changes the prediction that it is given"),
    ),
    "hook": (
        ("Misspelt", "implements-hooks-that-exist", "unknown hook 'alter_samples'"),
        ("Unmarked", "implements-hooks-that-exist", "alter_sample is not marked with @hookimpl"),
        ("Nothing", "implements-hooks-that-exist", "no function in it is marked with @hookimpl"),
        ("WrongArgument", "implements-hooks-that-exist", "picture"),
        ("Double", "alters-samples-into-samples", "it returns an image of float64 instead of float32"),
        ("TooFew", "alters-samples-into-samples", "it returns masks that are not bool of shape (5, 48, 64)"),
        ("Fails", "observes-without-failing", "it raised OSError: the disk with data is full"),
        ("Keeps", "results-are-new", "it returns an array that it keeps"),
        ("InPlace", "inputs-stay-as-they-are", "it changes the sample's image that it is given"),
        ("Scribbles", "inputs-stay-as-they-are", "it changes the sample's masks that it is given"),
    ),
}
PARTICULAR = (
    Case("background", "Misbehaving", "no-network", "reaches for the network (", how="demands a download"),
    Case(
        "background",
        "Misbehaving",
        "the-same-in-another-process",
        "in a process of its own it fails: RuntimeError: who is there?",
        how="works under pytest only",
    ),
    Case("background", "Seeding", "light-import", "importing it seeds or draws from a global", module="seeding"),
)


def cases():
    """Yield every case there is."""
    names = {kind: {check.name for check in checks_for(kind)} for kind in KINDS}
    for kind in KINDS:
        for how, hook, check, phrase in ANY_KIND:
            if kind != "hook" and check in names[kind]:
                yield Case(kind, "Misbehaving", check, phrase, how=how)
            elif kind == "hook" and hook:
                yield Case(kind, hook, check, phrase)
        for attribute, check, phrase in DECLARED:
            if check in names[kind]:
                yield Case(kind, attribute, check, phrase)
        yield Case(kind, f"Heavy{kind.capitalize()}", "light-import", "importing it imports skimage;", "heavy")
        for attribute, check, phrase in ONE_KIND[kind]:
            yield Case(kind, attribute, check, phrase)
    yield from PARTICULAR


CASES = list(cases())


def test_every_check_of_every_kind_is_broken_by_some_plugin():
    unbroken = {(kind, check.name) for kind in KINDS for check in checks_for(kind)}
    unbroken -= {(case.kind, case.check) for case in CASES}
    assert unbroken == set()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_broken(beside, case):
    if case.kind == "model":
        pytest.importorskip("torch")
        pytest.importorskip("safetensors")
    module = importlib.import_module(f"dislo_gen_test_broken.{case.module or case.kind}")
    plugin = getattr(module, case.attribute)
    if case.how:
        plugin = plugin(how=case.how)
    assert Subject.of(plugin).kind == case.kind
    (check,) = [check for check in conformance_checks(plugin) if str(check) == case.check]
    with pytest.raises(NotConformingError) as caught:
        check()
    assert case.phrase in str(caught.value)
    assert str(caught.value).startswith(f"{check.subject}: {case.check}: ")
