"""dislo-gen: synthetic, labelled TEM images of dislocations."""

from dislo_gen import _interrupts as _interrupts
from dislo_gen._version import __version__
from dislo_gen.canvas import surface_array, trace_path
from dislo_gen.centrelines import centrelines, drop_small, length_inside, points_inside
from dislo_gen.component import Component, component
from dislo_gen.contact_sheet import colour_masks, contact_sheet
from dislo_gen.dataset import Dataset, open_dataset
from dislo_gen.distributions import Choice, Distribution, Empirical, Fixed, LogNormal, Normal, Uniform
from dislo_gen.errors import (
    DatasetError,
    DisloGenError,
    LearningError,
    MissingExtraError,
    PluginError,
    RecipeError,
    did_you_mean,
)
from dislo_gen.fields import pixel_centres, smooth_field, white_noise
from dislo_gen.files import SampleFiles, safe_name
from dislo_gen.generate import generate
from dislo_gen.hooks import hookimpl
from dislo_gen.instances import Finding, FoundLine, LinePiece, find_lines, join_pieces, keep_lines
from dislo_gen.interfaces import (
    Background,
    Effect,
    Geometry,
    Image,
    Masks,
    Metric,
    Model,
    Renderer,
    Writer,
)
from dislo_gen.labelme import LabelledFrames, LabelmeFile, read_labelled, read_labelme, write_labelme
from dislo_gen.markers import Help, OneOf, OnSheet, Range, Unit, Varied, Whole
from dislo_gen.mask_pages import decode_masks, encode_masks
from dislo_gen.micrographs import (
    LUMINANCE,
    Film,
    Instrument,
    Micrograph,
    PixelSize,
    content_box,
    frames,
    micrograph_files,
    open_film,
    read_grey,
    read_micrograph,
    read_values,
)
from dislo_gen.overlays import draw_lines, draw_overlay
from dislo_gen.pairing import dice_losses, pair_in_order, pair_optimally
from dislo_gen.parameters import Parameter
from dislo_gen.parameters import parameters as parameters_of
from dislo_gen.pipeline import make_sample
from dislo_gen.plain import read_json
from dislo_gen.png import encode_png
from dislo_gen.predictions import Predictions, open_predictions, verify_predictions
from dislo_gen.rasterize import draw_mask
from dislo_gen.recipe import Labels, Recipe
from dislo_gen.record import Record
from dislo_gen.registry import Plugin, register
from dislo_gen.registry import load as component_class
from dislo_gen.registry import plugins as installed_plugins
from dislo_gen.replay import replay
from dislo_gen.sample import Sample
from dislo_gen.scene import COMPANION_STYLES, DISLOCATION, SLIP_TRACE, SLIPPED_BAND, Defect, Scene, Style
from dislo_gen.shapes import ClosedCurve, OpenCurve, Region, arc_length, circle, ellipse
from dislo_gen.size import Size
from dislo_gen.verify import verify
from dislo_gen.visibility import visible_fraction

__all__ = [
    "COMPANION_STYLES",
    "DISLOCATION",
    "LUMINANCE",
    "SLIPPED_BAND",
    "SLIP_TRACE",
    "Background",
    "Choice",
    "ClosedCurve",
    "Component",
    "Dataset",
    "DatasetError",
    "Defect",
    "DisloGenError",
    "Distribution",
    "Effect",
    "Empirical",
    "Film",
    "Finding",
    "Fixed",
    "FoundLine",
    "Geometry",
    "Help",
    "Image",
    "Instrument",
    "LabelledFrames",
    "LabelmeFile",
    "Labels",
    "LearningError",
    "LinePiece",
    "LogNormal",
    "Masks",
    "Metric",
    "Micrograph",
    "MissingExtraError",
    "Model",
    "Normal",
    "OnSheet",
    "OneOf",
    "OpenCurve",
    "Parameter",
    "PixelSize",
    "Plugin",
    "PluginError",
    "Predictions",
    "Range",
    "Recipe",
    "RecipeError",
    "Record",
    "Region",
    "Renderer",
    "Sample",
    "SampleFiles",
    "Scene",
    "Size",
    "Style",
    "Uniform",
    "Unit",
    "Varied",
    "Whole",
    "Writer",
    "__version__",
    "arc_length",
    "centrelines",
    "circle",
    "colour_masks",
    "component",
    "component_class",
    "contact_sheet",
    "content_box",
    "decode_masks",
    "dice_losses",
    "did_you_mean",
    "draw_lines",
    "draw_mask",
    "draw_overlay",
    "drop_small",
    "ellipse",
    "encode_masks",
    "encode_png",
    "find_lines",
    "frames",
    "generate",
    "hookimpl",
    "installed_plugins",
    "join_pieces",
    "keep_lines",
    "length_inside",
    "make_sample",
    "micrograph_files",
    "open_dataset",
    "open_film",
    "open_predictions",
    "pair_in_order",
    "pair_optimally",
    "parameters_of",
    "pixel_centres",
    "points_inside",
    "read_grey",
    "read_json",
    "read_labelled",
    "read_labelme",
    "read_micrograph",
    "read_values",
    "register",
    "replay",
    "safe_name",
    "smooth_field",
    "surface_array",
    "trace_path",
    "verify",
    "verify_predictions",
    "visible_fraction",
    "white_noise",
    "write_labelme",
]
