"""Names for files, made of any text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dislo_gen.files import LOCK, MAX_NAME_BYTES, Folder, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("frame-1 (copy), a=2@x+y.tif", "frame-1 (copy), a=2@x+y.tif"),
        ("dislo-gen:default", "dislo-gen_default"),
        ('a/b\\c*d?e"f<g>h|i', "a_b_c_d_e_f_g_h_i"),
        ("..", "_"),
        (".hidden", "hidden"),
        ("ends. . ", "ends"),
        ("", "_"),
        ("NUL", "_NUL"),
        ("com1.txt", "_com1.txt"),
        ("console", "console"),
        ("Versetzung-ä", "Versetzung-ä"),
        ("a\u0308", "ä"),
        ("byte \udcff and \n line", "byte _ and _ line"),
    ],
)
def test_a_text_becomes_a_name_as_like_it_as_can_be(text, name):
    assert safe_name(text) == name


def test_long_names_that_begin_alike_stay_apart():
    one, other = safe_name("ü" * 240 + "1"), safe_name("ü" * 240 + "2")
    assert one != other
    assert one.startswith("ü" * 50)
    assert max(len(one.encode()), len(other.encode())) <= MAX_NAME_BYTES


@given(st.text(st.characters(), max_size=300))
def test_every_text_gives_a_name_that_stays_as_it_is(text):
    name = safe_name(text)
    assert name
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name[0] != "."
    assert name[-1] not in ". "
    assert safe_name(name) == name == unicodedata.normalize("NFC", name)


def test_sweeping_leaves_the_lock_of_the_run_that_sweeps(tmp_path):
    folder = Folder(tmp_path / "out")
    with folder.taken():
        folder.sweep()
        assert (tmp_path / "out" / LOCK).exists()
