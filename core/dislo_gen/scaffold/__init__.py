"""``dislo-gen new-plugin``: the package that a plugin's author begins with."""

from dislo_gen.scaffold.new_plugin import LICENCES, new_plugin

__all__ = ["LICENCES", "new_plugin"]
