"""The command line's door: streams, paths and files of any kind, and what nobody foresaw, end in one sentence."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dislo_gen.cli import app, main, unforeseen

SMALL = ("-n", 1, "--size", 32)


@pytest.fixture
def cli(monkeypatch, tmp_path, capsys):
    """Run the program in this process, in an empty folder; returns (exit status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISLO_GEN_TRACEBACK", raising=False)

    def call(*words: object):
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


@pytest.fixture
def refusal(cli):
    """Run the program, which must refuse in one sentence; returns it."""

    def call(*words: object) -> str:
        status, _, err = cli(*words)
        assert status == 2, err
        assert "Traceback" not in err
        assert err.count("error: ") == 1
        return err

    return call


# --- Streams ---------------------------------------------------


def spawn(kit, *words, **options):
    command = [sys.executable, "-m", "dislo_gen", *map(os.fsencode, map(str, words))]
    extra = options.pop("extra", {})
    return subprocess.run(command, env=kit.environment(**extra), stderr=subprocess.PIPE, timeout=60, **options)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_an_encoding_has_no_sign_for_is_escaped(kit, tmp_path, encoding):
    out = os.fsencode(tmp_path) + b"/o\xff\xe2\x80\xa6"  # a byte that is no UTF-8, and dots that are no ASCII
    done = spawn(
        kit,
        *SMALL,
        "-o",
        os.fsdecode(out),
        stdout=subprocess.PIPE,
        extra={"PYTHONIOENCODING": f"{encoding}:strict"},
    )
    assert done.returncode == 0, done.stderr
    assert b"/o\\udcff" in done.stdout
    assert (b"\\u2026" in done.stdout) == (encoding != "utf-8")
    assert Path(os.fsdecode(out), "dataset.json").is_file()


def test_help_is_shown_where_there_is_only_ascii(kit):
    done = spawn(kit, "generate", "--help", stdout=subprocess.PIPE, extra={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert b"--overwrite" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no /dev/full")
@pytest.mark.parametrize("words", [("--version",), ("schema",), ("generate", "--help")], ids=" ".join)
def test_a_full_output_is_one_sentence(kit, words):
    with Path("/dev/full").open("wb") as full:
        done = spawn(kit, *words, stdout=full)
    assert done.returncode == 2
    assert done.stderr == b"error: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("words", [("--version",), ("schema",)], ids=" ".join)
def test_an_output_that_nobody_reads_is_no_fault_to_speak_of(kit, words):
    reader, writer = os.pipe()
    os.close(reader)
    done = spawn(kit, *words, stdout=writer)
    os.close(writer)
    assert done.returncode == 1
    assert done.stderr == b""


def test_without_any_stream_the_work_is_done(kit, tmp_path):
    command = f'exec "{sys.executable}" -m dislo_gen -n 1 --size 32 -o d >&- 2>&-'
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=kit.environment(), timeout=60, check=False)
    assert done.returncode == 0
    assert (tmp_path / "d/preview.png").is_file()


# --- Paths -----------------------------------------------------

LONG = "x" * 300
COMMANDS = {
    "recipe": ("--recipe", "{}", *SMALL),
    "out": (*SMALL, "-o", "{}"),
    "verify": ("verify", "{}"),
    "resume": ("resume", "{}"),
    "replay": ("replay", "{}"),
    "replay's out": ("replay", "record.json", "-o", "{}"),
    "background": (*SMALL, "--background", "real-blend", "--set", "background.patches={}"),
    "new plugin": ("new-plugin", "abc", "--kind", "effect", "--dir", "{}"),
    "sheet": ("plugins", "show", "perlin", "--sheet", "{}/a.png"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_far_too_long(refusal, dataset, tmp_path, command):
    (tmp_path / "record.json").write_bytes((dataset / "records/000000.json").read_bytes())
    text = refusal(*(word.format(LONG) if isinstance(word, str) else word for word in COMMANDS[command]))
    assert len(text) < 700


@pytest.mark.parametrize("command", COMMANDS)
def test_links_in_a_circle(refusal, dataset, tmp_path, command):
    (tmp_path / "record.json").write_bytes((dataset / "records/000000.json").read_bytes())
    (tmp_path / "loop").symlink_to("loop")
    assert "loop" in refusal(
        *(word.format("loop") if isinstance(word, str) else word for word in COMMANDS[command])
    )


@pytest.mark.parametrize("words", [("replay", "pipe"), ("--recipe", "pipe", *SMALL), ("verify", "pipe")])
def test_a_pipe_is_not_waited_for(refusal, tmp_path, words):
    os.mkfifo(tmp_path / "pipe")
    assert "pipe" in refusal(*words)


def test_a_home_of_nobody(refusal):
    text = refusal(*SMALL, "--background", "real-blend", "--set", "background.patches=~no-such-user/x")
    assert "~no-such-user/x: cannot be used: there is no home of that name" in text


@pytest.mark.skipif(sys.platform == "win32", reason="a working folder cannot be removed there")
def test_a_working_folder_that_is_gone(kit, tmp_path):
    command = f'mkdir gone && cd gone && rmdir ../gone && exec "{sys.executable}" -m dislo_gen -n 1 --size 32'
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=kit.environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert re.fullmatch(r"error: .*No such file or directory\n", done.stderr)


# --- Files that are written deep, or with a mark ---------------


def test_a_mark_at_the_beginning_is_no_part_of_a_file(cli, dataset, tmp_path):
    mark = b"\xef\xbb\xbf"
    recipe = json.loads((dataset / "dataset.json").read_bytes())["recipe"]
    (tmp_path / "recipe.json").write_bytes(mark + json.dumps(recipe).encode())
    (tmp_path / "recipe.toml").write_bytes(
        mark + b"background = 'perlin'\ngeometry = ['pileup']\nrenderer = 'cairo'\n"
    )
    (tmp_path / "record.json").write_bytes(mark + (dataset / "records/000000.json").read_bytes())
    assert cli("--recipe", "recipe.json", "-n", 1, "-o", "a")[0] == 0
    assert cli("--recipe", "recipe.toml", *SMALL, "-o", "b")[0] == 0
    assert cli("replay", "record.json")[0] == 0


DEEP = ".".join("a" * 3000)


@pytest.mark.parametrize(
    "text",
    [f"description.{DEEP} = 1", f"[description.{DEEP}]\nb = 1", "description = " + "[" * 150 + "]" * 150],
    ids=["key", "header", "lists"],
)
def test_what_is_nested_too_deeply(refusal, tmp_path, text):
    (tmp_path / "deep.toml").write_text(text)
    assert refusal("--recipe", "deep.toml", *SMALL) == "error: deep.toml: not TOML: nested too deeply\n"


@pytest.mark.parametrize("setting", [f"{DEEP}=1", f"description={{{DEEP}=1}}"], ids=["path", "value"])
def test_a_setting_that_is_nested_too_deeply(refusal, setting):
    assert len(refusal(*SMALL, "--set", setting)) < 300


@pytest.mark.parametrize(
    "value",
    [
        "{uniform=[0.0, -0.0]}",
        "{uniform=[-0.0, -0.0]}",
        "{normal=[0.0, -0.0]}",
        "{normal={mean=0, sd=1, low=0.0, high=-0.0}}",
        "{choice=[-0.0]}",
        "{empirical=[-0.0, 0.0]}",
        "-0.0",
    ],
)
def test_minus_nothing_is_nothing(cli, tmp_path, value):
    status, _, err = cli(*SMALL, "--set", f"renderer.fading={value}", "-o", "d")
    assert status == 0, err
    record = json.loads((tmp_path / "d/records/000000.json").read_text())
    assert str(record["recipe"]["renderer"]["fading"]) in ("0", "0.0")


# --- The last resort -------------------------------------------


def broken(error):
    def command(first):
        raise error

    return command


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even its text")


def report_in(err: str) -> str:
    return Path(err.rpartition(" with the file ")[2].strip()).read_text()


def test_what_nobody_foresaw_is_one_sentence_and_a_file(cli, monkeypatch):
    monkeypatch.setattr(app, "build_app", broken(KeyError("sneed\nand more")))
    status, out, err = cli("verify", "o\udcff")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(
        "error: something went wrong that dislo-gen did not foresee (KeyError: 'sneed\\nand more'); "
    )
    text = report_in(err)
    assert "Traceback (most recent call last)" in text
    assert "KeyError: 'sneed" in text
    assert "command: ['dislo-gen', 'verify', 'o\\udcff']" in text
    assert "numpy " in text


def test_an_error_that_cannot_be_printed(cli, monkeypatch):
    monkeypatch.setattr(app, "build_app", broken(UnprintableError()))
    status, _, err = cli("verify", "x")
    assert status == 1
    assert "(UnprintableError)" in err
    assert "UnprintableError" in report_in(err)


def test_where_no_report_can_be_written_the_sentence_is_said_all_the_same(cli, monkeypatch):
    monkeypatch.setattr(unforeseen, "_places", lambda: [Path("/dev/null/x"), Path("/nope\0")])
    monkeypatch.setattr(app, "build_app", broken(KeyError("sneed")))
    status, _, err = cli("verify", "x")
    assert status == 1
    assert err.endswith("with what DISLO_GEN_TRACEBACK=1 shows\n")


def test_tracebacks_are_shown_to_who_asks(monkeypatch, capsys):
    monkeypatch.setattr(app, "build_app", broken(KeyError("sneed")))
    monkeypatch.setenv("DISLO_GEN_TRACEBACK", "1")
    with pytest.raises(KeyError):
        main(["verify", "x"])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "error: there is not enough memory"),
        (OSError(24, "Too many open files"), "error: Too many open files (set DISLO_GEN_TRACEBACK=1"),
        (OSError(28, "No space left on device", "a/b"), "error: a/b: No space left on device"),
    ],
)
def test_what_the_system_refuses_is_no_fault_of_the_program(refusal, monkeypatch, error, sentence):
    monkeypatch.setattr(app, "build_app", broken(error))
    assert refusal("verify", "x").startswith(sentence)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
@pytest.mark.parametrize("send", [os.killpg, os.kill], ids=["group", "main"])
def test_sigterm_stops_at_whole_files_and_says_how_to_go_on(kit, tmp_path, send):
    folder = tmp_path / "d"
    process = kit.start(*kit.SMALL, "-n", 2000, "-j", 2, "-o", folder)
    kit.wait_for(lambda: kit.records(folder) >= 2, "two samples")
    send(process.pid, signal.SIGTERM)
    done = kit.finish(process)
    assert done.returncode == 143
    complete = kit.records(folder)
    assert done.stderr == (
        f"Stopped. {complete} of 2000 images are complete in {folder}.\nTo go on: dislo-gen resume {folder}\n"
    )
    kit.check_whole(folder)
    kit.no_leftovers(folder)
    assert not (folder / ".dislo-gen.lock").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_few_open_files_are_enough(kit, tmp_path):
    import resource

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    kit.good(*kit.SMALL, "-n", 6, "-j", 2, "-o", tmp_path / "d", before=limit)
