"""The speed benchmark runs and its table is complete. What it measures is for people to judge."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def test_the_table_is_complete(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("noise")
    script, saved = Path(__file__).with_name("speed.py"), tmp_path / "speed.json"
    done = subprocess.run(
        [sys.executable, script, "--samples", "1", "--json", saved],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(saved.read_text())["rows"]
    assert [row["target"] for row in rows if row["target"]] == [
        "25",
        "12",
        "12",
        "40 ms",
        "100 ms",
        "1.8",
        "1 (no growth)",
    ]
    assert len(rows) == 10
    for row in rows:
        assert all(value > 0 for value in row["values"])
        assert row["ratio"] is None or row["ratio"] > 0
    assert [row["name"] for row in rows if row["ratio"] is None] == [
        "two-beam, 10 dislocations, tables at hand",
        "two-beam, one table",
    ]
    for heading in ("median", "images/s", "ratio", "target"):
        assert heading in done.stdout
