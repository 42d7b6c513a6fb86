"""The side's state: films, the frame that is looked at, its lines, and what was chosen; nothing of a page."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import attrs

from dislo_gen import DisloGenError, Finding, Micrograph
from dislo_gen_app.finding.choices import Chosen, History, Settings, ShownLine, keep, show, switch
from dislo_gen_app.finding.eye import FACTORS, Eye, GivenUpError
from dislo_gen_app.finding.films import Frame, Reader, Row, read_rows
from dislo_gen_app.finding.lines import nearness
from dislo_gen_app.latest import Latest
from dislo_gen_app.pictures import Pictures, grey
from dislo_gen_app.session import Session
from dislo_gen_app.threads import in_thread

logger = logging.getLogger("dislo_gen")
UNFORESEEN = "something unforeseen happened ({}); the log in the terminal has more"


@attrs.frozen(eq=False)
class Looked:
    """The frame that the page shows.

    Attributes:
        frame: which.
        picture: the frame itself.
        address: of its picture.
    """

    frame: Frame
    picture: Micrograph
    address: str

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height, px."""
        height, width = self.picture.image.shape
        return width, height


class Finder:
    """Everything that the side stands on; it lasts as long as the command.

    Attributes:
        rows: films and pictures, as the list has them.
        row: the one that is looked at, or None.
        position: of the frame in it.
        history: what was chosen.
        usual: how lines are put together where nobody chose anything else.
        looked: the picture that is shown, or None.
        shown: its lines.
        selected: number of the line that is selected, from 0, or None.
        seen: frames that the person looked at, with their lines.
        looking: whether the network is at work on this frame.
        part: how much of that is done, 0 to 1.
        stopped: whether the person stopped that.
        problem: why there are no lines, or no picture.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.reader = Reader()
        self.eye = Eye(session.model, self.reader)
        self.rows: list[Row] = []
        self.row: Row | None = None
        self.position = 0
        self.usual = Finding()
        self.history = History(Chosen(Settings(self.usual)))
        self.looked: Looked | None = None
        self.shown: list[ShownLine] = []
        self.selected: int | None = None
        self.seen: set[Frame] = set()
        self.looking, self.part, self.stopped, self.problem = False, 0.0, False, ""
        self.listeners: list[Callable[[], object]] = []
        self._begun = False
        self._picture, self._lines = Latest(self._show_picture), Latest(self._show_lines)
        self._wanted = self._asked = 0  # which frame and scale; which of anything
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def frame(self) -> Frame | None:
        """The frame that is looked at."""
        return self.row.frames[self.position] if self.row and self.row.frames else None

    @property
    def settings(self) -> Settings:
        """How lines are sought now."""
        return self.history.now.settings

    @property
    def near(self) -> float:
        """How far from each other the curves of one line may run in this frame, px."""
        return nearness(self.looked.picture.image.shape) if self.looked else 2.0

    @property
    def is_right(self) -> bool:
        """Whether the person said that this frame is right."""
        return self.frame is not None and self.history.now.of(self.frame).right is not None

    def tell(self) -> None:
        """Tell every page that something changed."""
        for listener in list(self.listeners):
            listener()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something beside the page."""
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except DisloGenError as error:
            self._fail(str(error))
        except Exception as error:
            logger.exception("the page could not do this: %s", "".join(traceback.format_exception(error)))
            self._fail(UNFORESEEN.format(error))

    def _fail(self, sentence: str) -> None:
        self.looking, self.problem = False, sentence
        self.tell()

    def begin(self) -> None:
        """Begin with what the command was given; a page that is loaded again changes nothing."""
        if not self._begun:
            self._begun = True
            self.start(self._open_given())

    async def _open_given(self) -> None:
        for path in self.session.given:
            await self.add(path)

    async def add(self, path: Path, among: Path | None = None) -> None:
        """Put what a path holds on the list, and look at it if it is the first."""
        if self.session.work.runs:
            rows = await in_thread(lambda: read_rows(path, among))
        else:
            rows = await self.session.work.run(
                "Opening files", lambda progress: read_rows(path, among, lambda done, all_: progress(done, all_))
            )
        self.rows += rows
        self.tell()
        first = next((row for row in rows if row.frames), None)
        if first is not None and (self.row is None or among is not None):
            await self.choose(first)

    def remove(self, row: Row) -> None:
        """Take a row off the list; files stay as they are."""
        self.rows.remove(row)
        if row is self.row:
            self.row, self.looked, self.shown, self.selected, self.position = None, None, [], None, 0
            following = next((each for each in self.rows if each.frames), None)
            if following is not None:
                self.start(self.choose(following))
        self.tell()

    async def choose(self, row: Row, position: int = 0) -> None:
        """Look at a row."""
        self.row = row
        self.looked = None
        self.position = -1
        await self.go(position)

    async def go(self, position: int) -> None:
        """Look at a frame of the row."""
        if self.row is None or not self.row.frames:
            return
        position = max(0, min(len(self.row.frames) - 1, position))
        if position == self.position and self.looked is not None:
            return
        self.position, self.shown, self.selected = position, [], None
        self._wanted += 1
        self._asked_anew()
        await asyncio.gather(self._picture.ask(), self._lines.ask())

    async def ask(self) -> None:
        """Seek lines with what is chosen now."""
        self._asked_anew()
        await self._lines.ask()

    def stop(self) -> None:
        """Have the network stop looking at this frame."""
        self.stopped = True
        self._wanted += 1
        self._asked += 1

    def _asked_anew(self) -> None:
        self._asked += 1
        self.stopped, self.problem = False, ""
        self.tell()

    async def _show_picture(self) -> None:
        frame = self.frame
        if frame is None:
            return
        try:
            picture, address = await in_thread(lambda: _read_and_put(self.reader, frame, self.session.pictures))
        except DisloGenError as error:
            if frame == self.frame:
                self.looked = None
                self._fail(self.said(error))
            return
        if frame == self.frame:
            self.looked = Looked(frame, picture, address)
            self.tell()

    async def _show_lines(self) -> None:
        frame, chosen, wanted = self.frame, self.history.now, self._wanted
        if frame is None or self.stopped:
            self.looking = False
            self.tell()
            return
        choice, settings = chosen.of(frame), chosen.settings
        try:
            if choice.right is None and not self.eye.has_looked(frame, settings.factor):
                self.looking, self.part = True, 0.0
                self.tell()
                step = self._step(lambda: wanted == self._wanted, tell=True)
                await in_thread(lambda: self.eye.look(frame, settings.factor, step))
                await self._take_usual()
                if self.history.now is not chosen:
                    return await self._show_lines()
            shown = await in_thread(lambda: self._lines_of(frame, chosen))
        except GivenUpError:
            self.looking = False
            self.tell()
            return None
        except DisloGenError as error:
            if frame == self.frame:
                self._fail(self.said(error))
            return None
        self.looking = False
        if frame == self.frame:
            self.seen.add(frame)
            self._select_again(shown)
            self.shown = shown
            self.tell()
            self.start(self._look_ahead(frame, self._asked))
        return None

    def _lines_of(self, frame: Frame, chosen: Chosen) -> list[ShownLine]:
        choice = chosen.of(frame)
        found = () if choice.right is not None else self.eye.find(frame, chosen.settings)
        return show(found, choice, nearness(self.reader.read(frame).image.shape))

    async def _take_usual(self) -> None:
        """Begin with the settings that suit the network, if nobody has chosen any yet."""
        usual = (await in_thread(self.eye.open)).finding
        if usual == self.usual:
            return
        if self.settings.finding == self.usual and not self.history.can_undo:
            now = self.history.now
            self.history = History(attrs.evolve(now, settings=attrs.evolve(now.settings, finding=usual)))
        self.usual = usual
        self.tell()

    def _step(self, wanted: Callable[[], bool], *, tell: bool = False) -> Callable[[float], None]:
        loop = asyncio.get_running_loop()

        def step(part: float) -> None:
            if not wanted():
                raise GivenUpError
            if tell:
                self.part = part
                loop.call_soon_threadsafe(self.tell)

        return step

    async def _look_ahead(self, frame: Frame, asked: int) -> None:
        """Look at what may be wanted next: neighbours of the frame, then the frame at neighbouring scales."""
        if self.row is None or asked != self._asked:
            return
        factor, frames, at = self.settings.factor, self.row.frames, self.position
        near = [frames[n] for n in (at + 1, at + 2, at - 1) if 0 <= n < len(frames)]
        step = FACTORS.index(factor) if factor in FACTORS else len(FACTORS)
        scales = [FACTORS[n] for n in (step - 1, step + 1) if 0 <= n < len(FACTORS)]
        for wanted, factor_ in [*((each, factor) for each in near), *((frame, each) for each in scales)]:
            try:
                if not self.eye.has_looked(wanted, factor_):
                    each = (wanted, factor_, self._step(lambda: asked == self._asked))
                    await in_thread(lambda each=each: self.eye.look(*each))  # type: ignore[misc]
            except GivenUpError:
                return
            except DisloGenError:  # it is said when it is asked for
                continue

    def _select_again(self, shown: list[ShownLine]) -> None:
        """Keep the selection on its line, as far as it is still there."""
        if self.selected is None or self.selected >= len(self.shown):
            self.selected = None
            return
        line = self.shown[self.selected].line
        middle = line.places[len(line.places) // 2]
        distances = [float(((each.line.places - middle) ** 2).sum(axis=1).min()) for each in shown]
        near = min(range(len(shown)), key=distances.__getitem__, default=None)
        self.selected = near if near is not None and distances[near] <= self.near**2 else None

    def said(self, error: DisloGenError) -> str:
        """Return a mistake's sentence, without the folder of dropped files, of which a person knows nothing."""
        text = str(error)
        for drop in {frame.file.parent for frame in (self.row.frames if self.row else ())}:
            if drop.is_relative_to(self.session.dropped.folder):
                text = text.replace(f"{drop}/", "")
        return text

    async def set(self, *, step: str = "", **values: float) -> None:
        """Change settings: fields of `Finding`, or ``factor``.

        Args:
            step: name of the slider that moves.
            values: the new ones.
        """
        settings = self.settings
        if "factor" in values:
            settings = attrs.evolve(settings, factor=values.pop("factor"))
            self._wanted += settings != self.settings
        if values:
            changed = attrs.evolve(settings.finding, **values)  # type: ignore[misc] # it is one, by @component
            settings = attrs.evolve(settings, finding=changed)
        if settings != self.settings:
            self.history.do(attrs.evolve(self.history.now, settings=settings), self.frame, step)
            await self.ask()

    async def reset(self) -> None:
        """Take the usual settings."""
        if self.settings != Settings(self.usual):
            self.history.do(attrs.evolve(self.history.now, settings=Settings(self.usual)), self.frame)
            await self.ask()

    def select(self, number: int | None) -> None:
        """Select a line, or none."""
        self.selected = number if number is not None and 0 <= number < len(self.shown) else None
        self.tell()

    async def switch(self, number: int) -> None:
        """Switch a line off, or on again."""
        await self._say(number, switch)

    async def keep(self, number: int) -> None:
        """Keep a line whatever the settings, or leave it to them again."""
        await self._say(number, keep)

    async def _say(self, number: int, act: Any) -> None:
        frame = self.frame
        if frame is None or not 0 <= number < len(self.shown):
            return
        now = self.history.now
        choice = act(now.of(frame), self.shown[number], self.near)
        self.selected = number
        self.history.do(now.with_choice(frame, choice), frame)
        await self.ask()

    async def confirm(self, right: bool | None = None) -> None:
        """Say that the lines of this frame are right as they are, or take that back.

        Args:
            right: by default the other of what was said.
        """
        frame = self.frame
        if frame is None or self.looking or frame not in self.seen:
            return
        now = self.history.now
        choice = now.of(frame)
        right = choice.right is None if right is None else right
        if right == (choice.right is not None):
            return
        lines = tuple(each.line for each in self.shown) if right else None
        self.history.do(now.with_choice(frame, attrs.evolve(choice, right=lines)), frame)
        await self.ask()

    async def undo(self) -> None:
        """Take the last step back, and show where it was taken."""
        if self.history.undo():
            await self._show_step()

    async def redo(self) -> None:
        """Take a step again that was taken back, and show where."""
        if self.history.redo():
            await self._show_step()

    async def _show_step(self) -> None:
        frame = self.history.frame
        row = next((each for each in self.rows if frame in each.frames), None)
        if frame is not None and row is not None and frame != self.frame:
            await self.choose(row, row.frames.index(frame))
        else:
            await self.ask()

    async def use_weights(self, weights: Path) -> None:
        """Look with other weights from now on."""
        self.eye = Eye(weights, self.reader)
        self.session.model = str(weights)
        self.shown = []
        await in_thread(self.eye.open)
        await self._take_usual()
        await self.ask()


def _read_and_put(reader: Reader, frame: Frame, pictures: Pictures) -> tuple[Micrograph, str]:
    picture = reader.read(frame)
    return picture, pictures.put("find", grey(picture.image))
