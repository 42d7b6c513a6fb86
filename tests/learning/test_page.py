"""The page on learning: its Python runs, and every command on it is one that the program has."""

import re
import shlex
from pathlib import Path

import numpy as np
from PIL import Image
from typer.main import get_command

from dislo_gen.cli.app import build_app

PAGE = (Path(__file__).parents[2] / "docs" / "learning.md").read_text()


def test_the_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (96, 128), dtype=np.uint8)).save("frame.png")
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(code, "docs/learning.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "torch.Size([4, 1, 64, 64])" in printed
    assert [line.split()[0] for line in printed.splitlines()[-3:]] == ["0.3", "0.5", "0.7"]


def test_the_commands_and_options_are_there():
    commands = get_command(build_app()).commands
    lines = [line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(lines) >= 6
    for line in lines:
        program, name, *words = shlex.split(line, comments=True)
        assert program == "dislo-gen"
        options = {option for parameter in commands[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, line
