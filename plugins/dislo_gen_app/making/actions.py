"""What becomes of the recipe: a command, a file, a dataset."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from dislo_gen import DisloGenError, contact_sheet, open_dataset
from dislo_gen_app.dialogs import buttons, name_field, new_folder, opened, say_on
from dislo_gen_app.latest import Latest
from dislo_gen_app.making.bench import Bench
from dislo_gen_app.making.command import command_line
from dislo_gen_app.making.dataset import make_dataset
from dislo_gen_app.notices import say, say_error, say_mistake
from dislo_gen_app.saving import free_name, save_new
from dislo_gen_app.threads import in_thread
from dislo_gen_app.work import StoppedError

_SHOWN = 8  # samples of a dataset


class Actions:
    """Builds them.

    Args:
        bench: what is made.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._latest = Latest(self._tell)
        self._client = ui.context.client
        with ui.element("div").classes("make-actions"):
            self._command = ui.label().classes("make-command").props('tabindex=0 aria-label="Command"')
            for text, icon, told, action, look in (
                (
                    "Copy command",
                    "content_copy",
                    "Copy the command that makes these images (C)",
                    self.copy,
                    "flat",
                ),
                ("Save recipe", "save", "Save the recipe as a file (S)", self.ask_name, "flat"),
                ("Make 1,000 …", "photo_library", "Make many images (I)", self.ask_count, "unelevated"),
            ):
                button = ui.button(text, icon=icon, on_click=action).props(f"dense no-caps {look}")
                button.props["title"] = told

    async def update(self) -> None:
        """Show the command of the recipe as it is now."""
        await self._latest.ask()

    async def _tell(self) -> None:
        making = self._bench.making
        recipe, base = making.recipe, making.base
        rest = ["--seed", str(making.seed)] if making.seed else []
        try:
            text = await in_thread(lambda: command_line(recipe, base, *rest))
        except DisloGenError as error:
            text = str(error)
        if not self._client.is_deleted:
            self._command.set_text(text)
            self._command.props["title"] = text

    async def copy(self) -> None:
        """Put the command on the clipboard."""
        if self._refuses():
            return
        await self._tell()
        ui.clipboard.write(self._command.text)
        say("The command is copied.")

    def _refuses(self) -> bool:
        """Say what is wrong, where something is: what is made then would be what was there before."""
        mistakes = self._bench.making.mistakes()
        if mistakes:
            say_mistake("\n".join(mistakes))
        return bool(mistakes)

    def ask_name(self) -> None:
        """Ask for a name, and save the recipe."""
        if self._refuses():
            return
        out = self._bench.session.out
        with opened(self._client, "Save recipe", "make-dialog") as dialog:
            name = name_field("Name of the file", out, "recipe.toml").props("autofocus")

            def save() -> None:
                wanted = str(name.value or "").strip()
                if wanted and not wanted.lower().endswith(".toml"):
                    wanted += ".toml"
                try:
                    path = save_new(out, wanted, self._bench.making.recipe.to_toml().encode())
                except DisloGenError as error:
                    say_error(error)
                    name.set_value(free_name(out, wanted or "recipe.toml"))
                    return
                dialog.close()
                say(f"{path} is saved: dislo-gen --recipe {path}")

            name.on("keydown.enter", save)
            buttons(dialog, "Save", save)

    def ask_count(self) -> None:
        """Ask how many images, and make them."""
        if self._refuses():
            return
        out = self._bench.session.out
        with opened(self._client, "Make images", "make-dialog") as dialog:
            count = ui.number("How many", value=1000, min=1, step=1, format="%d")
            name = name_field("Name of the folder", out, "dislo-data")

            async def begin() -> None:
                number = int(count.value or 0)
                if number < 1:
                    say_mistake("how many: must be a whole number from 1")
                elif (folder := new_folder(name, out, "dislo-data")) is None:
                    return
                elif self._bench.session.work.runs:
                    say_mistake(f"{self._bench.session.work.title} is not finished yet")
                else:
                    dialog.close()
                    await self.make(number, folder)

            for field in (count, name):
                field.on("keydown.enter", begin)
            buttons(dialog, "Make", begin)

    async def make(self, count: int, out: Path) -> None:
        """Make a dataset, with progress in the page's head, and show it."""
        making, work = self._bench.making, self._bench.session.work
        recipe, seed = making.recipe, making.seed
        try:
            await work.run(f"Making {out.name}", lambda told: make_dataset(recipe, seed, count, out, told))
        except StoppedError as stopped:
            say_on(self._client, say_mistake, str(stopped) or f"Stopped. To go on: dislo-gen resume {out}")
            return
        except Exception as error:
            say_on(self._client, say_error, error)
            return
        sheet = await in_thread(lambda: contact_sheet(open_dataset(out)[:_SHOWN]))
        address = self._bench.session.pictures.put("dataset", sheet)
        if self._client.is_deleted:
            return
        images = "1 image is" if count == 1 else f"{count:,} images are"
        with opened(self._client, f"{images} in {out.absolute()}", "make-dialog make-wide") as dialog:
            image = ui.element("img").classes("make-sheet")
            image.props["src"], image.props["alt"] = address, "The first images beside their masks"
            ui.label(f"More of them: dislo-gen resume {out} -n {10 * count}").classes("make-command")
            ui.button("Close", on_click=dialog.close).props("flat no-caps")
