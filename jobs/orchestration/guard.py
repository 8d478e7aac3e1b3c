"""One writer per home: a second run of the same home is refused at once instead of spoiling the first."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.runtime.errors import TemporaryFault
from jobs.runtime.storage import Home


@contextmanager
def only_writer(home: Home, of: str = "") -> Iterator[None]:
    """Holds the home's lock; the system frees it even when the process is killed. TemporaryFault when taken.

    `of` names what has a lock of its own beside the chain's, such as the labels: a month may take hours.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / f".{of}{'.' if of else ''}lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise TemporaryFault(
                f"starting work in {home.root}",
                "another run is writing there.",
                "Wait for it to finish, then try again.",
            ) from taken
        yield
