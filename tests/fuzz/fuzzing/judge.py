"""Is what came of an input right?

Right is a result, or a `DisloGenError` of a few clear lines. Anything else is a finding:

- another exception, also one that the command line's last resort would have put into a file;
- a message that speaks of the program's inside;
- more than `SECONDS` of the processor's time, or `WAITED` of the clock's;
- more memory than the input's honest size and `SPARE`. The honest size is what is in the files, and 16 bytes for
  each pixel of the largest picture that came of them: so many take its values, single and double precision and
  16 bits, while it is made grey. What is refused has no honest size beyond its bytes.
- the end of the process, which only `farm` can see.
"""

from __future__ import annotations

import re
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from dislo_gen.errors import DisloGenError

SECONDS = 20.0
WAITED = 60.0
SPARE = 1024**3
LIMIT = 4 * 1024**3
"""Bytes of address space that an input gets: more than any within the program's limits needs."""

_MOST_LINES = 60
_INSIDE = re.compile(
    r"Traceback|<[\w.]+ object at 0x|<class '|<function |\bNoneType\b|\bself\.|dislo_gen\.\w+\.\w+\."
)


@attrs.frozen
class Verdict:
    """What came of an input.

    Attributes:
        kind: "right", "refused", or what is wrong: "exception", "message", "hang", "memory", "death".
        told: the message, or where it happened.
        signature: the same for the same fault.
        seconds: it took.
        grown: by so many bytes memory grew at most.
    """

    kind: str
    told: str = ""
    signature: str = ""
    seconds: float = 0.0
    grown: int = 0

    @property
    def is_finding(self) -> bool:
        """Whether something is wrong."""
        return self.kind not in ("right", "refused")


class HangError(BaseException):
    """Time is up; no ``except Exception`` is to take it for an error of a decoder's."""


def judge(feed: Callable[[], int], size: int) -> Verdict:
    """Feed an input, and judge what comes of it.

    Args:
        feed: reads the input; returns its honest size beyond its bytes.
        size: its bytes.
    """
    before, start, children = _forget_peak(), time.process_time(), _of_children()
    honest = size
    try:
        with _bounded():
            honest += feed()
        found = Verdict("right")
    except DisloGenError as error:
        found = _of_refusal(error)
    except HangError as error:
        found = _of_exception("hang", error)
    except BaseException as error:
        found = _of_exception("exception", error)
    apart = _of_children()
    grown = max(0, _peak() - before, apart - before if apart > children else 0)
    if not found.is_finding and grown > honest + SPARE:
        found = Verdict("memory", f"{grown / 1e6:.0f} MB for {honest} honest bytes; {found.told}", "memory")
    return attrs.evolve(found, seconds=time.process_time() - start, grown=grown)


def _of_refusal(error: DisloGenError) -> Verdict:
    if any(isinstance(each, MemoryError) for each in _chain(error)):
        return Verdict("memory", f"more than {LIMIT / 1e9:.1f} GB: {error}", f"memory {_place(error)}")
    text = str(error)
    unclear = (
        "it is empty" if not text.strip()
        else f"it has {text.count(chr(10)) + 1} lines" if text.count("\n") >= _MOST_LINES
        else f"it says {found.group()!r}" if (found := _INSIDE.search(text))
        else ""
    )  # fmt: skip
    if unclear:
        return Verdict("message", f"{unclear}: {text[:1000]}", f"message {_place(error)} {unclear}")
    return Verdict("refused", text[:500])


def _of_exception(kind: str, error: BaseException) -> Verdict:
    if isinstance(error, MemoryError):
        kind = "memory"
    told = "".join(traceback.format_exception(error))
    name = type(error).__name__
    return Verdict(kind, told[-4000:], f"{kind} {name} {_place(error)}")


def _place(error: BaseException) -> str:
    """Return where in the program's own code an error comes from."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "dislo_gen" in frame.filename] or list(frames)
    return f"{Path(own[-1].filename).name}:{own[-1].name}" if own else ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


@contextmanager
def _bounded() -> Iterator[None]:
    """Set limits of time and of address space."""

    def stop(*_: Any) -> None:
        raise HangError(f"more than {SECONDS:g} s")

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    before = {number: signal.signal(number, stop) for number in (signal.SIGPROF, signal.SIGALRM)}
    resource.setrlimit(resource.RLIMIT_AS, (_status("VmSize") + LIMIT, hard))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WAITED)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        for number, handler in before.items():
            signal.signal(number, handler)


def _status(key: str) -> int:
    """Return what the system says of this process's memory, bytes."""
    with Path("/proc/self/status").open() as file:
        return next((int(line.split()[1]) * 1024 for line in file if line.startswith(f"{key}:")), 0)


def _forget_peak() -> int:
    """Begin to measure the peak of memory anew; return what is in use."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _of_children() -> int:
    """Return the largest memory of all processes that this one began and that have ended.

    Each begins as a copy of this one, so that as much as this one takes stands for nothing.
    """
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
