"""The fuzz's own package, beside this file, is found by its tests as it is by ``release.py``."""

from __future__ import annotations

import sys
from pathlib import Path

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))
