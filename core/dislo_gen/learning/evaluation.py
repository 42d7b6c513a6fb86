"""Evaluating: every network against every set of labelled pictures."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import heapq
import json
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from torch import nn

from dislo_gen import paths
from dislo_gen.component_tables import write_component
from dislo_gen.convert import converter
from dislo_gen.dataset import MANIFEST, Dataset
from dislo_gen.errors import DatasetError, DisloGenError, LearningError
from dislo_gen.files import Folder, file_sha256, is_leftover, safe_name, unique_names
from dislo_gen.interfaces import Metric
from dislo_gen.learning.cards import WeightsCard, read_card
from dislo_gen.learning.evaluation_plots import draw_by_lines, draw_matrix
from dislo_gen.learning.folder import BEST, LAST
from dislo_gen.learning.guards import is_out_of_memory
from dislo_gen.learning.module import judge
from dislo_gen.learning.network import best_device, predict_channels
from dislo_gen.learning.numbers import main_number
from dislo_gen.learning.pictures import draw_found
from dislo_gen.learning.results import FORMAT, RESULTS, VERSION, Drawings, Evaluation, Result, read_evaluation
from dislo_gen.learning.scale import Scale, asked_for, known_widths, scale_for, some_frames
from dislo_gen.learning.sources import Source
from dislo_gen.learning.weights import load_weights
from dislo_gen.learning.windows import whole
from dislo_gen.plain import dump_json, read_text
from dislo_gen.sample import Sample
from dislo_gen.size import Size

logger = logging.getLogger("dislo_gen")
WORST = 6
"""How many of the worst images are drawn for each network and set."""


def evaluate(
    weights: Sequence[str | Path],
    sources: Sequence[Source],
    metrics: Sequence[Metric],
    out: str | Path = "dislo-evaluation",
    *,
    count: int = 100,
    seed: int = 1,
    mirrored: bool = True,
    scale: float | None = None,
    line_width: float | None = None,
    progress: Callable[[int, int], object] | None = None,
    tell: Callable[[Result], object] | None = None,
    broken: Callable[[str, str, DisloGenError], object] | None = None,
) -> Evaluation:
    """Judge every network on every set of pictures and write numbers, plots and the worst pictures into a folder.

    Lines are put together as the weights say, as in predicting. What the folder already holds of the same
    networks, sets and metrics is not judged again.

    Args:
        weights: files of trained networks.
        sources: recipes, datasets, labelled frames.
        metrics: the first is the one by which the worst pictures are chosen.
        out: the folder.
        count: how many pictures of a recipe.
        seed: of a recipe's pictures.
        mirrored: see `predict_channels`.
        scale: by which labelled frames are scaled; by default as their lines ask for: see `scale_for`.
        line_width: of lines in labelled frames, px, which decides the scale, too.
        progress: called with (pictures judged, pictures in all).
        tell: called with each result.
        broken: called with a network, a set and why the one could not be judged on the other; the rest goes on.
            Without it the first such error ends the evaluation.

    Raises:
        LearningError: weights cannot be used, or there is nothing to judge by.
        DatasetError: a set cannot be read, the folder holds something else, or another run writes into it.
    """
    folder = Folder(out)
    files = [Path(path) for path in weights]
    cards = [read_card(path) for path in files]
    models, data = _names(files), unique_names([source.name for source in sources])
    sets = [source.take(count, seed) for source in sources]
    for name, samples in zip(data, sets, strict=True):
        if not len(samples):
            raise LearningError(f"{name}: there is no picture to judge by")
    mains = tuple(main_number(metric) for metric in metrics)
    sheets = iter(unique_names(safe_name(f"{model}-on-{name}") for model in models for name in data))
    total, done = len(models) * sum(len(samples) for samples in sets), 0
    with folder.taken():
        earlier = _earlier(folder)
        drawings = Drawings(folder, earlier)
        old = {} if earlier is None else {result.key: result for result in earlier.results}
        evaluation = Evaluation(FORMAT, VERSION, tuple(models), tuple(data), mains, ())
        for path, card, model in zip(files, cards, models, strict=True):
            network: nn.Module | None = None
            given = asked_for(scale, line_width, functools.partial(known_widths, card))
            for source, samples, name in zip(sources, sets, data, strict=True):
                chosen = _scale(card, source, samples, given)
                key = _key(path, source, samples, metrics, count, seed, mirrored, chosen.factor)
                worst, before = f"worst/{next(sheets)}.png", old.get(key)
                if before and before.scores.keys() >= set(mains) and drawings.stands(worst, before.sheet):
                    result = attrs.evolve(before, model=model, data=name)
                else:

                    def step(number: int, before: int = done) -> None:
                        if progress:
                            progress(before + number, total)

                    try:
                        with _memory_explained(model, name):
                            network = network or load_weights(path)[0].to(best_device())
                            judged = _judge(
                                network, card, source, samples, metrics, mains[0], mirrored, chosen.factor, step
                            )
                    except DisloGenError as error:
                        if broken is None:
                            raise
                        broken(model, name, error)
                        done += len(samples)
                        continue
                    result, sheet = judged
                    result = attrs.evolve(
                        result, model=model, data=name, key=key, sheet=drawings.put(worst, sheet)
                    )
                if source.labelled:
                    _remark(f"{model} on {name}", chosen, result.scores[mains[0]])
                done += len(samples)
                evaluation = attrs.evolve(evaluation, results=(*evaluation.results, result))
                folder.put(RESULTS, dump_json(converter.unstructure(evaluation)))
                if tell:
                    tell(result)
                if progress:
                    progress(done, total)
        for number in mains if evaluation.results else ():
            drawings.put(f"{safe_name(f'matrix-{number}')}.png", draw_matrix(evaluation, number))
            drawings.put(f"{safe_name(f'by-lines-{number}')}.png", draw_by_lines(evaluation, number))
        if evaluation.results:
            evaluation = attrs.evolve(evaluation, drawn=drawings.drawn)
            folder.put(RESULTS, dump_json(converter.unstructure(evaluation)))
    return evaluation


@contextlib.contextmanager
def _memory_explained(model: str, name: str) -> Iterator[None]:
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise LearningError(
            f"{model} on {name}: there is not enough memory for pictures of this size; try a smaller --size"
        ) from error


def _judge(
    network: nn.Module,
    card: WeightsCard,
    source: Source,
    samples: Sequence[Sample],
    metrics: Sequence[Metric],
    main: str,
    mirrored: bool,
    scale: float | None,
    step: Callable[[int], object],
) -> tuple[Result, bytes]:
    sign = 1 if metrics[0].higher_is_better else -1
    by_image: dict[str, list[float]] = {}
    lines, names = [], []
    worst: list[tuple[float, int, tuple[Sample, Any]]] = []
    channels_of_network = 0
    model, finding = card.load_model("the weights"), card.load_finding("the weights")
    for number, sample in enumerate(_at_its_size(source, samples, card, scale)):
        channels = predict_channels(network, sample.image, model, mirrored=mirrored)
        channels_of_network = len(channels)
        for name, value in judge(model, metrics, channels, sample, finding).items():
            if not math.isfinite(value):
                raise LearningError(f"the metric's {name} of picture {_called(sample)} is not a number")
            by_image.setdefault(name, []).append(round(float(value), 6))
        lines.append(len(sample.masks))
        names.append(_called(sample))
        heapq.heappush(worst, (-sign * by_image[main][-1], number, (sample, channels)))
        if len(worst) > WORST:
            heapq.heappop(worst)  # the best of them
        step(number + 1)
    shown = [pair for _, _, pair in sorted(worst, key=lambda entry: (-entry[0], entry[1]))]
    result = Result(
        model="",
        data="",
        key="",
        images=len(lines),
        too_many=sum(count > channels_of_network for count in lines) if model.instance_channels else 0,
        scores={name: float(np.mean(values)) for name, values in by_image.items()},
        lines=tuple(lines),
        by_image={name: tuple(values) for name, values in by_image.items()},
        names=tuple(names),
        scale=scale,
    )
    return result, draw_found(model, shown, finding)


def _called(sample: Sample) -> str:
    return str((sample.stored_record or {}).get("name", sample.index))


def _at_its_size(
    source: Source, samples: Sequence[Sample], card: WeightsCard, scale: float | None
) -> Iterator[Sample]:
    """Frames that a person labelled may have any size; made images have the one they are meant to have."""
    for sample in samples:
        yield whole(sample, Size(*card.size), card.line_width, scale) if source.labelled else sample


def _scale(card: WeightsCard, source: Source, samples: Sequence[Sample], given: float | None) -> Scale:
    """Choose the scale for a network and a set; made images are judged as they are."""
    if not source.labelled:
        return Scale(None)
    return scale_for(some_frames([samples]), Size(*card.size), known_widths(card), given, card.scale)


def _remark(which: str, scale: Scale, score: float) -> None:
    """Say at which scale labelled frames were judged, and what to try where nothing right was found."""
    logger.warning("%s: %s", which, scale)
    if not score:
        logger.warning("%s: nothing that is labelled was found: %s", which, scale.nothing_found())


def _key(
    path: Path,
    source: Source,
    samples: Sequence[Sample],
    metrics: Sequence[Metric],
    count: int,
    seed: int,
    mirrored: bool,
    scale: float | None,
) -> str:
    about: Any
    if source.recipe is not None:
        about = [source.recipe.to_dict(), count, seed]
    elif isinstance(samples, Dataset):
        manifest = read_text(samples.folder.path(MANIFEST))
        about = [manifest, list(samples.indices)]
    else:
        about = [getattr(samples, "fingerprint", str(id(samples))), len(samples)]
    everything = [file_sha256(path), about, [write_component(metric) for metric in metrics], mirrored, VERSION]
    if scale is not None:
        everything.append(scale)
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def _earlier(folder: Folder) -> Evaluation | None:
    if paths.is_file(folder.root / RESULTS):
        return read_evaluation(folder.root)
    if any(not is_leftover(path) for path in paths.inside(folder.root)):
        raise DatasetError(
            f"{folder.root}: the folder is not empty and holds no {RESULTS}; choose another with --out"
        )
    return None


def _names(files: Sequence[Path]) -> list[str]:
    """Return what to call each network: its file's name, or its training's folder where that says more."""
    names = []
    for path in files:
        of_training = {Path(BEST).stem: "", Path(LAST).stem: "-last"}.get(path.stem)
        names.append(path.stem if of_training is None else paths.real(path).parent.name + of_training)
    return unique_names(names)
