"""Predictions on disk: what a network found in somebody's pictures."""

from dislo_gen.predictions.checking import PredictionProblem, verify_predictions
from dislo_gen.predictions.reading import Predictions, open_predictions
from dislo_gen.predictions.records import (
    PREDICTION_FORMAT,
    PREDICTIONS_FORMAT,
    VERSION,
    Drawn,
    NamedSource,
    PredictionRecord,
    PredictionsManifest,
    WeightsUsed,
    frame_name,
    read_manifest,
    read_record,
    record_path,
)
from dislo_gen.predictions.summaries import draw_summaries
from dislo_gen.predictions.writing import Held, is_corrected, look_at, put_files, put_record, set_aside

__all__ = [
    "PREDICTIONS_FORMAT",
    "PREDICTION_FORMAT",
    "VERSION",
    "Drawn",
    "Held",
    "NamedSource",
    "PredictionProblem",
    "PredictionRecord",
    "Predictions",
    "PredictionsManifest",
    "WeightsUsed",
    "draw_summaries",
    "frame_name",
    "is_corrected",
    "look_at",
    "open_predictions",
    "put_files",
    "put_record",
    "read_manifest",
    "read_record",
    "record_path",
    "set_aside",
    "verify_predictions",
]
