"""What a person chose: settings, and on each frame which lines are none, which stay, and whether all is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from dislo_gen import Finding
from dislo_gen_app.finding.films import Frame
from dislo_gen_app.finding.lines import SAME, Line, shares

State = Literal["found", "kept", "off"]


@attrs.frozen(eq=False)
class ShownLine:
    """A line on the page, and what the person said of it.

    Attributes:
        line: the line.
        state: "found" by the network, "kept" by the person, or switched "off".
    """

    line: Line
    state: State = "found"


@attrs.frozen(eq=False)
class Choice:
    """What a person said of one frame.

    Attributes:
        off: lines that are none; what is found along one of them is switched off.
        kept: lines that stay as they are, whatever the settings.
        right: all lines of the frame, those that are off, too, as they were when the person said that it is right;
            later settings do not change it. None: nothing was said.
    """

    off: tuple[Line, ...] = ()
    kept: tuple[Line, ...] = ()
    right: tuple[Line, ...] | None = None

    @property
    def corrects(self) -> bool:
        """Whether the person changed what was found."""
        return bool(self.off or self.kept)


NO_CHOICE = Choice()


@attrs.frozen
class Settings:
    """How lines are sought.

    Attributes:
        finding: how they are put together.
        factor: by which pictures are larger or smaller than usual when the network looks at them.
    """

    finding: Finding
    factor: float = 1.0


@attrs.frozen(eq=False)
class Chosen:
    """All that can be undone."""

    settings: Settings
    choices: Mapping[Frame, Choice] = attrs.Factory(dict)

    def of(self, frame: Frame) -> Choice:
        """Return what was said of a frame."""
        return self.choices.get(frame, NO_CHOICE)

    def with_choice(self, frame: Frame, choice: Choice) -> Chosen:
        """Return the same with something else said of a frame."""
        return attrs.evolve(self, choices={**self.choices, frame: choice})


def show(found: Sequence[Line], choice: Choice, near: float) -> list[ShownLine]:
    """Return the lines of a frame: what is found, and what the person said of it.

    A line that was switched off stays off while most of what is found runs along it; one that was kept takes the
    place of what is found along it, and is left out where a longer line that is found runs along most of it.

    Args:
        found: with the present settings, the most confident first.
        choice: what the person said of this frame.
        near: see `shares`.

    Returns:
        The most confident first.
    """
    base = found if choice.right is None else choice.right
    along_off = shares(base, choice.off, near)
    along_kept = shares(base, choice.kept, near)
    kept_along = shares(choice.kept, base, near)
    shown = []
    covered: set[int] = set()
    for number, line in enumerate(base):
        off = bool((along_off[number] >= SAME).any())
        if (along_kept[number] >= SAME).any():
            continue
        shown.append(ShownLine(line, "off" if off else "found"))
        if not off:
            covered |= {other for other in range(len(choice.kept)) if kept_along[other, number] >= SAME}
    shown += [ShownLine(line, "kept") for number, line in enumerate(choice.kept) if number not in covered]
    return sorted(shown, key=lambda each: -each.line.confidence)


def numbered(shown: Sequence[ShownLine]) -> dict[int, Line]:
    """Return the lines that are not switched off, by the number that the page shows at each."""
    return {number: each.line for number, each in enumerate(shown) if each.state != "off"}


def switch(choice: Choice, each: ShownLine, near: float) -> Choice:
    """Return a choice with a line switched off, or on again."""
    if each.state != "off":
        kept = tuple(line for line in choice.kept if line is not each.line)
        return attrs.evolve(choice, off=(*choice.off, each.line), kept=kept)
    along = shares([each.line], choice.off, near)[0] >= SAME
    return attrs.evolve(choice, off=tuple(line for line, on in zip(choice.off, along, strict=True) if not on))


def keep(choice: Choice, each: ShownLine, near: float) -> Choice:
    """Return a choice with a line kept, or left to the settings again."""
    if each.state == "kept":
        return attrs.evolve(choice, kept=tuple(line for line in choice.kept if line is not each.line))
    if each.state == "off":
        choice = switch(choice, each, near)
    return attrs.evolve(choice, kept=(*choice.kept, each.line))


class History:
    """What was chosen, step by step, with undo and redo.

    Attributes:
        now: what is chosen.
        frame: on which the last step was undone or done again, to be shown; None if that was none.
    """

    def __init__(self, now: Chosen) -> None:
        self.now = now
        self.frame: Frame | None = None
        self._before: list[tuple[Chosen, Frame | None]] = []
        self._after: list[tuple[Chosen, Frame | None]] = []
        self._open = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self._after)

    def do(self, chosen: Chosen, frame: Frame | None = None, step: str = "") -> None:
        """Take a step.

        Args:
            chosen: what is chosen from now on.
            frame: on which it was chosen.
            step: name of a slider; as long as it moves, all of its values are one step.
        """
        if not step or step != self._open:
            self._before.append((self.now, frame))
        self._open = step
        self._after.clear()
        self.now = chosen

    def close_step(self) -> None:
        """Say that the slider was let go."""
        self._open = ""

    def undo(self) -> bool:
        """Take the last step back; says whether there was one."""
        return self._move(self._before, self._after)

    def redo(self) -> bool:
        """Take a step again that was taken back; says whether there was one."""
        return self._move(self._after, self._before)

    def _move(self, source: list[tuple[Chosen, Frame | None]], target: list[tuple[Chosen, Frame | None]]) -> bool:
        if not source:
            return False
        chosen, self.frame = source.pop()
        target.append((self.now, self.frame))
        self.now, self._open = chosen, ""
        return True
