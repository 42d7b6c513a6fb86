from __future__ import annotations

import pytest

CASES = {
    "capitals": (("Edge_Loops", "--kind", "geometry"), "such as 'edge-loops'"),
    "digits first": (("3d", "--kind", "geometry"), "lower-case letters"),
    "too long": (("a" * 41, "--kind", "geometry"), "at most 40 characters"),
    "a path": (("../loops", "--kind", "geometry"), "such as 'loops'"),
    "taken": (("pileup", "--kind", "geometry"), "there is a geometry 'pileup' already, of package dislo-gen"),
    "a module of ours": (("plugins", "--kind", "geometry"), "choose another name"),
    "kind": (("loops", "--kind", "geometri"), "did you mean 'geometry'?"),
    "licence": (("loops", "--kind", "geometry", "--license", "BSD-3-Claus"), "did you mean 'BSD-3-Clause'?"),
}


@pytest.mark.parametrize(("words", "expected"), CASES.values(), ids=CASES)
def test_one_sentence_and_nothing_written(kit, tmp_path, words, expected):
    assert expected in kit.refused("new-plugin", *words, "--dir", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there_is_kept(kit, tmp_path):
    kit.good("new-plugin", "loops", "--kind", "geometry", "--dir", tmp_path)
    before = kit.tree(tmp_path)
    assert "is there already" in kit.refused("new-plugin", "loops", "--kind", "hook", "--dir", tmp_path)
    assert kit.tree(tmp_path) == before


def test_a_folder_that_is_a_file(kit, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be written" in kit.refused("new-plugin", "loops", "--kind", "hook", "--dir", tmp_path / "file")


def test_without_a_kind(kit, tmp_path):
    assert "--kind" in kit.run("new-plugin", "loops", "--dir", tmp_path).stderr
