"""``python -m dislo_gen_schemas``: write the schemas anew after a change of the classes they describe."""

from __future__ import annotations

import json

from dislo_gen.schema import schema
from dislo_gen_schemas import NAMES, path

if __name__ == "__main__":
    for name in NAMES:
        path(name).write_text(
            json.dumps(schema(name, only_package="dislo-gen"), indent=1) + "\n", encoding="utf-8"
        )
