"""What the README shows, works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    (README[: m.start()].count("\n") + 1, m[1]) for m in re.finditer(r"^```python\n(.*?)^```", README, re.M | re.S)
]


@pytest.mark.parametrize("code", [pytest.param(code, id=f"line-{line}") for line, code in BLOCKS])
def test_python_block_runs(code: str, tmp_path: Path) -> None:
    if (ROOT / "examples").is_dir():  # a README is read beside the examples
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
    script = tmp_path / "block.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=os.environ | {"MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("which", ["first", "second"])
def test_the_commands_that_ci_runs_are_there(which: str) -> None:
    found = re.findall(rf"^<!-- command: {which} -->\n+```bash\n([^\n]+)\n", README, re.M)
    assert len(found) == 1, f"README.md needs one bash block under '<!-- command: {which} -->'"
