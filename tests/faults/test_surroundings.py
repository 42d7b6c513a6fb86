"""Few files, other languages, closed pipes, no permission, two runs at once."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from resource import RLIMIT_FSIZE, RLIMIT_NOFILE, getrlimit, setrlimit

import pytest

from dislo_gen import verify_predictions


@pytest.fixture
def few_files():
    """Let this process open two dozen files more than are open now, and no more."""
    before = getrlimit(RLIMIT_NOFILE)
    last = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    setrlimit(RLIMIT_NOFILE, (last + 24, before[1]))
    yield
    setrlimit(RLIMIT_NOFILE, before)


def test_few_open_files(dislo_gen, pictures, dark_weights, tmp_path, few_files):
    for number in range(12, 40):  # more than may be open
        shutil.copy(pictures / f"f{number % 12}.png", pictures / f"f{number}.png")
    dislo_gen("predict", pictures, "--model", dark_weights, "--once", "--scale", "1", "-o", tmp_path / "found")
    assert len(list((tmp_path / "found/records").iterdir())) == 40
    dislo_gen("verify", tmp_path / "found")


def test_few_open_files_and_several_processes(kit, tmp_path):
    limit = partial(setrlimit, RLIMIT_NOFILE, (64, 64))
    kit.good(*kit.SMALL, "-n", 4, "-j", 2, "-o", tmp_path / "d", before=limit)


def test_an_old_locale(kit, tmp_path):
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    folder = tmp_path / "Versetzung-ß-错位"
    done = kit.good(*kit.SMALL, "-n", 1, "-o", folder, **plain)
    assert (folder / "preview.png").is_file()
    assert "1 image is in" in done.stdout
    kit.good("verify", folder, **plain)
    kit.good("generate", "--help", **plain)


@pytest.mark.parametrize("words", [("generate", "--help"), ("plugins",), ("schema", "recipe")], ids=" ".join)
def test_a_closed_pipe(kit, words):
    process = kit.start(*words)
    process.stdout.close()
    process.stdout = None
    done = kit.finish(process)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_two_runs_into_one_folder(kit, tmp_path):
    runs = [kit.start(*kit.SMALL, "--seed", seed, "-n", 40, "-j", 1, "-o", tmp_path / "d") for seed in (1, 2)]
    ended = [kit.finish(run) for run in runs]
    assert sorted(done.returncode for done in ended) == [0, 2]
    refused = next(done for done in ended if done.returncode)
    assert "another run is writing into this folder" in kit.refusal(refused) or (
        "holds a different dataset" in refused.stderr  # the first was done before the second looked
    )
    kit.good("verify", tmp_path / "d", "--replay")
    kit.no_leftovers(tmp_path / "d")


@pytest.fixture
def nobody():
    """What makes a process one whom permissions bind."""
    if os.geteuid():
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("there is no setpriv")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


@pytest.mark.parametrize("mode", [0o000, 0o555], ids=["closed", "read-only"])
def test_no_permission(kit, dataset, nobody, tmp_path, mode):
    locked = tmp_path / "locked"
    shutil.copytree(dataset, locked / "d")
    locked.chmod(mode)
    try:
        for words in [
            (*kit.SMALL, "-n", 1, "-o", locked / "new"),
            ("replay", dataset / "records/000000.json", "-o", locked / "r"),
            *(
                [("verify", locked / "d"), ("resume", locked / "d"), ("--recipe", locked / "r.toml")]
                if not mode
                else []
            ),
        ]:
            done = subprocess.run(
                [*nobody, sys.executable, "-m", "dislo_gen", *map(str, words)],
                capture_output=True, text=True, check=False, env=kit.environment(*_path()),
            )  # fmt: skip
            assert str(locked) in kit.refusal(done)
    finally:
        locked.chmod(0o755)
    assert kit.tree(locked / "d") == kit.tree(dataset)


def _path():
    return [Path(folder) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]


def test_a_full_disk_while_predicting(kit, dislo_gen, pictures, dark_weights, third_party, tmp_path):
    limit = partial(setrlimit, RLIMIT_FSIZE, (1500, 1500))
    words = ("predict", pictures, "--model", dark_weights, "-o", tmp_path / "found")
    text = kit.refused(*words, before=limit, path=_path())
    assert "cannot be written: File too large" in text
    dislo_gen(*words)
    assert verify_predictions(tmp_path / "found") == []
