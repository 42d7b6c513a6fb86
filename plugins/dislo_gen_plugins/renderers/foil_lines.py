"""Lines of a scene as they lie in the foil: how steep, on which slip plane, and on beyond the surfaces."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dislo_gen import ClosedCurve, OpenCurve, Region, arc_length
from dislo_gen_plugins.renderers.contrast_table import BEYOND
from dislo_gen_plugins.renderers.ribbon import Track, extend, fade_out, resample

# Lines of a group share a table unless their inclinations differ by more than half of this, in degrees.
_BIN = 10.0
# A line that meets the surface at a grazing angle is not followed farther than this, in extinction distances.
_FARTHEST = 1.5
# Where a line ends inside the foil its image fades out over this, in extinction distances.
_FADE = 0.8


def _tilt(curve: OpenCurve, thickness: float) -> float:
    """Angle between a line and the beam, on average, in degrees; thickness and curve in the same unit."""
    assert curve.depth is not None
    climb = abs(float(curve.depth[-1] - curve.depth[0])) * thickness
    return math.degrees(math.atan2(curve.length, climb)) if climb or curve.length else 90.0


def inclination(curve: OpenCurve, thickness: float, near: float) -> float:
    """Return the angle between a line and the beam in degrees, or that of its group where it is about the same.

    Args:
        curve: a line with a depth.
        thickness: of the foil, in pixels.
        near: the group's angle.
    """
    tilt = near + _BIN * round((_tilt(curve, thickness) - near) / _BIN)
    return min(max(tilt, 1.0), 90.0)


def lie_of_group(curves: Sequence[OpenCurve], thickness: float) -> tuple[float, float]:
    """Return a group's inclination, and the angle of its slip plane to the plane of the foil about the line.

    The lines of a pileup begin on one slip trace; where there is only one line, the trace is taken to be
    perpendicular to it.

    Args:
        curves: the group's lines with a depth.
        thickness: of the foil, in pixels.

    Returns:
        Angle between line and beam and angle of the slip plane as `StraightDislocation` has them, in degrees.
    """
    if not curves:
        return 90.0, 0.0
    tilt = min(max(float(np.median([_tilt(curve, thickness) for curve in curves])), 1.0), 90.0)
    trace = curves[-1].points[0] - curves[0].points[0]
    chord = curves[0].points[-1] - curves[0].points[0]
    if not np.hypot(*trace) or not np.hypot(*chord):
        return tilt, 0.0
    angle = math.atan2(*(trace[::-1])) - math.atan2(*(chord[::-1]))
    depth = curves[0].depth
    falling = depth is not None and depth[-1] < depth[0]
    along_beam = math.cos(math.radians(tilt)) * (-1 if falling else 1)
    plane = math.degrees(math.atan2(-math.cos(angle) * along_beam, math.sin(angle)))
    return tilt, round((plane + 90) % 180 - 90)


def track_through_foil(curve: OpenCurve, thickness: float, extinction_distance: float) -> Track:
    """Return a line with its depth in extinction distances, and its continuation outside the foil.

    Args:
        curve: a line with a depth.
        thickness: of the foil, in extinction distances.
        extinction_distance: in pixels.
    """
    assert curve.depth is not None
    track = resample(curve.points, curve.depth * thickness)
    for end in (0, -1):
        if curve.depth[end] in (0.0, 1.0):
            outwards = -1.0 if curve.depth[end] == 0 else 1.0
            back = min(4, len(track.points) - 1)
            inner = back if end == 0 else -1 - back
            way = max(float(np.hypot(*(track.points[end] - track.points[inner]))), 1e-6)
            steepness = max(outwards * float(track.depth[end] - track.depth[inner]) / way, 0.0)
            farthest = _FARTHEST * extinction_distance
            length = min(BEYOND / steepness, farthest) if steepness > 0 else farthest
            track = extend(track, end, length, outwards * steepness * length, 0.5 * length)
        else:
            track = fade_out(track, end, max(_FADE * extinction_distance, 2.0))
    return track


def track_at_one_depth(curve: OpenCurve | ClosedCurve | Region, depth: float, fade: float) -> Track:
    """Return a curve that lies at one depth; its ends fade out over ``fade`` px, and a closed one has none."""
    if isinstance(curve, OpenCurve):
        track = resample(curve.points, np.full(len(curve.points), depth))
        return fade_out(fade_out(track, 0, max(fade, 2.0)), -1, max(fade, 2.0))
    return _closed(curve.points, depth)


def _closed(points: NDArray[np.float64], depth: float) -> Track:
    """Go around once and a bit more: where begin and end overlap, one fades in as the other fades out."""
    around = np.concatenate((points, points[:1]))
    length = float(arc_length(around)[-1])
    track = resample(np.concatenate((points, points, points[:1])), np.full(2 * len(points) + 1, depth))
    at = arc_length(track.points)
    overlap = min(9.0, length / 4)
    rise = np.clip(at / overlap, 0, 1)
    fall = np.clip((length + overlap - at) / overlap, 0, 1)
    keep = at <= length + overlap * 1.5
    return Track(track.points[keep], track.depth[keep], np.minimum(rise, fall)[keep])
