from __future__ import annotations

from dislo_gen.plain import differences


def recipe(background, *geometry):
    return {"size": [64, 64], "background": background, "geometry": list(geometry)}


def test_each_changed_parameter_has_a_line():
    old = recipe({"use": "a", "wide": 3, "tall": {"uniform": [1, 2]}, "same": 1})
    new = recipe({"use": "a", "wide": 4, "tall": 5, "same": 1})
    assert differences(old, new) == [
        "background.wide: 3 there, 4 now",
        'background.tall: {"uniform": [1, 2]} there, 5 now',
    ]
    assert differences(old, old) == []


def test_another_component_is_one_line_without_its_parameters():
    old = recipe({"use": "a", "wide": 3, "shared": 1}, {"use": "g", "n": 1}, {"use": "h", "n": 1})
    new = recipe({"use": "b", "tall": 4, "shared": 2}, {"use": "g", "n": 2})
    assert differences(old, new) == [
        'background.use: "a" there, "b" now',
        "geometry.0.n: 1 there, 2 now",
        'geometry.1.use: "h" there, (absent) now',
    ]


def test_the_other_component_hides_nothing_beside_it():
    old, new = (
        {"recipe": recipe({"use": use}), "writer": {"use": "w", "bits": bits}} for use, bits in ("a8", "b9")
    )
    assert differences(old, new) == [
        'recipe.background.use: "a" there, "b" now',
        'writer.bits: "8" there, "9" now',
    ]
