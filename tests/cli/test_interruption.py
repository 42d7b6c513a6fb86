"""SIGKILL and Ctrl-C in the middle: whole files, no orphans, and the rerun ends with the same bytes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = 60
MANY = 2000  # so many that no machine is done before the interrupt comes

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def words(kit):
    return (*kit.SMALL, "--size", 128, "-n", COUNT, "-j", 2)


@pytest.fixture(scope="module")
def undisturbed(kit, words, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "data"
    kit.good(*words, "-o", folder)
    return kit.tree(folder)


def living(group: int) -> list[int]:
    """Processes of a group that still run (a zombie does not)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, member_of = stat.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):  # it ended while we looked
            continue
        if int(member_of) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def kill_when(kit, process, folder, at, send, signal_number):
    """Send a signal as soon as ``at`` samples are complete."""

    def ready():
        assert process.poll() is None, "it ended before it was interrupted"
        return kit.records(folder) >= at

    try:
        kit.wait_for(ready, f"{at} samples")
    finally:
        send(process.pid, signal_number)
    return kit.finish(process)


def check_rerun(kit, words, folder, undisturbed):
    kit.check_whole(folder)
    kit.good(*words, "-o", folder)
    kit.no_leftovers(folder)
    assert kit.tree(folder) == undisturbed


@pytest.mark.parametrize("at", [1, 25])
@pytest.mark.parametrize("send", [os.killpg, os.kill], ids=["group", "main"])
def test_sigkill(kit, words, undisturbed, tmp_path, send, at):
    folder = tmp_path / "d"
    process = kit.start(*words, "-o", folder)
    done = kill_when(kit, process, folder, at, send, signal.SIGKILL)
    assert done.returncode == -signal.SIGKILL
    kit.wait_for(lambda: not living(process.pid), "the workers' end", seconds=5)
    assert kit.records(folder) < COUNT
    check_rerun(kit, words, folder, undisturbed)


def test_sigkill_of_a_worker_is_one_sentence(kit, words, undisturbed, tmp_path):
    folder = tmp_path / "d"
    process = kit.start(*words, "-o", folder)

    def workers():
        return [pid for pid in living(process.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def kill_a_worker(main, number):
        kit.wait_for(workers, "a worker")
        os.kill(workers()[0], number)

    text = kit.refusal(kill_when(kit, process, folder, 1, kill_a_worker, signal.SIGKILL))
    assert "a worker process died" in text
    assert "run the same command again" in text
    kit.wait_for(lambda: not living(process.pid), "the workers' end", seconds=5)
    check_rerun(kit, words, folder, undisturbed)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("send", [os.killpg, os.kill], ids=["group", "main"])
def test_ctrl_c(kit, tmp_path, send, jobs):
    folder = tmp_path / "d"
    process = kit.start(*kit.SMALL, "-n", MANY, "-j", jobs, "-o", folder)
    done = kill_when(kit, process, folder, 3, send, signal.SIGINT)
    assert done.returncode == 130
    complete = kit.records(folder)
    assert done.stdout == ""
    assert done.stderr == (
        f"Stopped. {complete} of {MANY} images are complete in {folder}.\nTo go on: dislo-gen resume {folder}\n"
    )
    kit.wait_for(lambda: not living(process.pid), "the workers' end", seconds=5)
    assert 3 <= complete < MANY
    kit.check_whole(folder)
    kit.no_leftovers(folder)


def test_what_ctrl_c_says_goes_on(kit, words, undisturbed, tmp_path):
    process = kit.start(*words, "-o", "d", cwd=tmp_path)
    done = kill_when(kit, process, tmp_path / "d", 10, os.killpg, signal.SIGINT)
    command = done.stderr.splitlines()[-1].partition("dislo-gen ")[2].split()
    kit.good(*command, cwd=tmp_path)
    assert kit.tree(tmp_path / "d") == undisturbed


def test_what_ctrl_c_says_is_quoted(kit, tmp_path):
    process = kit.start(*kit.SMALL, "-n", MANY, "-o", "my data", cwd=tmp_path)
    done = kill_when(kit, process, tmp_path / "my data", 1, os.killpg, signal.SIGINT)
    assert done.stderr.endswith("To go on: dislo-gen resume 'my data'\n")


@pytest.mark.parametrize("program", ["module", "script"])
@pytest.mark.parametrize("module", ["numpy", "attrs", "typer", "rich", "dislo_gen_plugins"])
def test_ctrl_c_while_modules_are_imported_is_one_sentence(kit, tmp_path, module, program):
    # A module of this name comes before the real one, and presses Ctrl-C when it is imported.
    press = "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n"
    (tmp_path / f"{module}.py").write_text(press)
    script = shutil.which("dislo-gen", path=str(Path(sys.executable).parent))
    if program == "script" and script is None:
        pytest.skip("dislo-gen is not installed beside this Python")
    start = [script] if program == "script" else [sys.executable, "-m", "dislo_gen"]
    done = subprocess.run(
        [*start, "-n", "1", "-o", "d"],
        cwd=tmp_path,
        env=kit.environment(tmp_path),
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr.startswith(b"Stopped")
    assert done.stderr.count(b"\n") == 1


def test_a_program_that_imports_the_library_keeps_its_ctrl_c(kit):
    text = "import signal, dislo_gen; assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    subprocess.run([sys.executable, "-c", text], env=kit.environment(), check=True, timeout=60)


def test_two_interrupts_in_a_row_leave_no_half_file_and_no_orphan(kit, tmp_path):
    folder = tmp_path / "d"
    process = kit.start(*kit.SMALL, "-n", MANY, "-j", 2, "-o", folder)

    def twice(group, number):
        os.killpg(group, number)
        os.killpg(group, number)

    done = kill_when(kit, process, folder, 3, twice, signal.SIGINT)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    kit.wait_for(lambda: not living(process.pid), "the workers' end", seconds=5)
    kit.check_whole(folder)
