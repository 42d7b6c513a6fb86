"""Saving what was found, and tuning the network on frames that are right."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager
from pathlib import Path

from nicegui import ui

from dislo_gen_app.dialogs import buttons, name_field, new_folder, opened, say_on
from dislo_gen_app.finding.films import Row
from dislo_gen_app.finding.finder import Finder
from dislo_gen_app.finding.labels import right_frames, save_labels
from dislo_gen_app.finding.saving import Saved, looked_at, save_found
from dislo_gen_app.finding.tuning import Tuning
from dislo_gen_app.notices import say_error, say_mistake
from dislo_gen_app.threads import in_thread
from dislo_gen_app.work import StoppedError

_FIRST = "Say of one frame or more that it is right first: the network learns from these."


class KeepingView:
    """The buttons, and their dialogs.

    Args:
        finder: what was found and chosen.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._client = ui.context.client
        with ui.element("div").classes("find-keeping"):
            self._save = ui.button("Save …", icon="save", on_click=self.ask_save).props("flat dense no-caps")
            self._tune = ui.button("Tune …", icon="school", on_click=self.ask_tune).props("flat dense no-caps")
            self._save.tooltip("Save the lines as a folder of predictions, and what is right as labels (S)")
            self._tune.tooltip("Teach the network with the frames that are right (T)")

    def update(self) -> None:
        """Offer what can be done now."""
        finder = self._finder
        self._save.set_enabled(finder.row is not None and bool(finder.seen))
        self._tune.set_enabled(finder.row is not None)

    def ask_save(self) -> None:
        """Ask where to save what, and save it."""
        finder = self._finder
        row = finder.row
        if row is None or self._is_busy():
            return
        first, behind = looked_at(row, finder.seen)
        ends = {"all": (0, len(row.frames))}
        said = {"all": f"all {len(row.frames):,} frames" if len(row.frames) > 1 else "this frame"}
        if behind and (first, behind) != ends["all"]:
            ends["seen"] = (first, behind)
            count = behind - first
            said["seen"] = f"from the first to the last that you looked at: {count:,}"
        with self._dialog(f"Save the lines of {row.name}") as dialog:
            name = self._name("Name of the folder", f"{row.stem}-found")
            which = ui.radio(said, value="seen" if "seen" in ends else "all").props("dense")
            which.set_visibility(len(ends) > 1)
            right = right_frames(finder.history.now)
            labels = f"{row.stem}-labels"
            if right:
                frames = (
                    "The frame that is right is" if len(right) == 1 else f"{len(right)} frames that are right are"
                )
                ui.label(f"{frames} saved as labels, too, to learn from:").classes("app-quiet")
                labels_name = self._name("Name of the folder of labels", labels)

            async def save() -> None:
                out = self._chosen(name)
                labelled = self._chosen(labels_name) if right else None
                if out is None or (right and labelled is None):
                    return
                if out == labelled:
                    say_mistake("the lines and the labels need a folder each")
                    return
                dialog.close()
                await self._save_into(row, out, ends[which.value], labelled)

            buttons(dialog, "Save", save)

    async def _save_into(self, row: Row, out: Path, which: tuple[int, int], labelled: Path | None) -> None:
        finder, chosen = self._finder, self._finder.history.now
        work = finder.session.work
        try:
            saved = await work.run(
                f"Saving {out.name}",
                lambda progress: save_found(row, chosen, finder.eye, out, which, progress),
            )
            if labelled is not None:
                await work.run(
                    f"Saving {labelled.name}",
                    lambda progress: save_labels(chosen, finder.reader, labelled, progress),
                )
        except StoppedError:
            say_on(
                self._client,
                say_mistake,
                f"Stopped. The frames that are complete are in {out}; save again into another.",
            )
            return
        except Exception as error:
            say_on(self._client, say_error, error)
            return
        self._show_saved(saved, labelled)

    def _show_saved(self, saved: Saved, labelled: Path | None) -> None:
        with self._dialog("Saved") as dialog:
            frames = "1 frame" if saved.frames == 1 else f"{saved.frames:,} frames"
            corrected = f", {saved.corrected:,} of them as you corrected them" if saved.corrected else ""
            ui.label(f"The lines of {frames}{corrected} are in {saved.folder.absolute()}.")
            drawn = " and ".join(saved.summaries)
            if saved.corrected and drawn:
                ui.label(f"Lines in {drawn} are still those that the network found.").classes("app-quiet")
            for problem in saved.problems[:5]:
                ui.label(problem).classes("find-problem")
            self._fact("Look at", f"{saved.folder / 'overlays'}, and {saved.folder / 'labelme'} in labelme")
            if labelled is not None:
                self._fact("To tune", _tuning_command(str(self._finder.session.model), labelled))
            with ui.row().classes("w-full justify-end"):
                if labelled is not None:

                    def tune() -> None:
                        dialog.close()
                        self.ask_tune(labelled)

                    ui.button("Tune …", on_click=tune).props("flat no-caps")
                ui.button("Close", on_click=dialog.close).props("flat no-caps")

    def ask_tune(self, labelled: Path | None = None) -> None:
        """Ask how long to tune, and begin.

        Args:
            labelled: folder of labels that was saved already; by default one is saved.
        """
        finder = self._finder
        if finder.row is None or self._is_busy():
            return
        right = right_frames(finder.history.now)
        if not right:
            say_mistake(_FIRST)
            return
        from dislo_gen.learning import TUNING

        usual = TUNING["schedule"]
        with self._dialog("Tune the network") as dialog:
            frames = (
                "the frame that you said is right"
                if len(right) == 1
                else f"the {len(right)} frames that are right"
            )
            ui.label(f"It learns from {frames}, and from made images, so that it forgets nothing.")
            ui.label(
                "One of them is kept aside: at the end you see what tuning was worth on it."
                if len(right) > 1
                else "With two or more, one would be kept aside to see what tuning was worth."
            ).classes("app-quiet")
            labels = None if labelled else self._name("Name of the folder of labels", f"{finder.row.stem}-labels")
            name = self._name("Name of the folder of the tuned network", "tuned")
            with ui.expansion("How long").props("dense dense-toggle").classes("w-full"):
                epochs = ui.number("Rounds (epochs)", value=usual["epochs"], min=1, step=1, format="%d")
                images = ui.number("Images in each round", value=usual["images"], min=1, step=1, format="%d")
            ui.label("How long it will take is said first; it can be stopped, and goes on later.").classes(
                "app-quiet"
            )

            async def begin() -> None:
                out = self._chosen(name)
                folder = self._chosen(labels) if labels is not None else labelled
                if out is None or folder is None:
                    return
                if not (epochs.value and images.value):
                    say_mistake("how long: rounds and images must be whole numbers from 1")
                    return
                dialog.close()
                weights = (await in_thread(finder.eye.open)).file
                tuning = Tuning(weights, folder, out, int(epochs.value), int(images.value))
                await self._do_tune(tuning, save=labelled is None)

            buttons(dialog, "Tune", begin)

    async def _do_tune(self, tuning: Tuning, *, save: bool) -> None:
        finder, chosen = self._finder, self._finder.history.now
        work = finder.session.work
        try:
            if save:
                await work.run(
                    f"Saving {tuning.labels.name}",
                    lambda progress: save_labels(chosen, finder.reader, tuning.labels, progress),
                )
            with self._dialog("Tuning") as dialog:
                said = ui.label("Estimating the time …").classes("find-tuning")
                told = ui.label().classes("app-quiet")
                bar = ui.linear_progress(0, show_value=False).props("instant-feedback")

                def update() -> None:
                    if tuning.estimate:
                        said.set_text(f"This will take about {tuning.estimate}.")
                    told.set_text(tuning.told)
                    bar.set_value(work.done / work.total if work.total else 0)

                ui.timer(0.5, update)
                with ui.row().classes("w-full justify-end"):
                    ui.button("Stop", on_click=work.stop).props("flat no-caps")
                    ui.button("Go on looking", on_click=dialog.close).props("flat no-caps")
            try:
                await work.run("Tuning", tuning.run)
            finally:
                if not self._client.is_deleted:
                    dialog.close()
        except StoppedError as stopped:
            say_on(self._client, say_mistake, str(stopped))
            return
        except Exception as error:
            say_on(self._client, say_error, error)
            return
        self._show_tuned(tuning)

    def _show_tuned(self, tuning: Tuning) -> None:
        with self._dialog("The network is tuned") as dialog:
            ui.label(
                tuning.result or "One frame is too little to say what it was worth: look whether lines are better."
            )
            self._fact("Look at", f"{tuning.out / 'predictions.png'} and {tuning.out / 'curves.png'}")
            self._fact("Elsewhere", f"dislo-gen predict IMAGES --model {shlex.quote(str(tuning.tuned))}")

            async def use() -> None:
                dialog.close()
                await self._finder.use_weights(tuning.tuned)

            with ui.row().classes("w-full justify-end"):
                ui.button("As before", on_click=dialog.close).props("flat no-caps")
                ui.button("Look with it", on_click=use).props("unelevated no-caps color=primary")

    def _is_busy(self) -> bool:
        work = self._finder.session.work
        if work.runs:
            say_mistake(f"{work.title} is not finished yet")
        return work.runs

    def _name(self, label: str, name: str) -> ui.input:
        return name_field(label, self._finder.session.out, name)

    def _chosen(self, field: ui.input) -> Path | None:
        return new_folder(field, self._finder.session.out, "folder")

    def _dialog(self, title: str) -> AbstractContextManager[ui.dialog]:
        return opened(self._client, title, "find-dialog")

    def _fact(self, word: str, text: str) -> None:
        with ui.element("div").classes("find-fact"):
            ui.label(word).classes("app-quiet")
            ui.label(text).classes("find-command")


def _tuning_command(weights: str, labelled: Path) -> str:
    return f"dislo-gen train --from {shlex.quote(weights)} --labelled {shlex.quote(str(labelled))} -o tuned"
