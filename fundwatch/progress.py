"""Progress for people: one line per step on a terminal, nothing when piped.

Why: a run takes minutes to hours; whoever started it wants to see that it lives and where the time goes.
"""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.status import Status

TITLES = {
    "generate": "生成示范统筹区 · generating an area",
    "raw": "读取落地文件 · landing → raw",
    "validated": "校验与冲退 · raw → validated",
    "expectations": "数据期望 · expectations",
    "features": "指标 · features",
    "scores": "规则与模型 · scores",
    "cases": "疑点名单 · cases",
}


class Progress:
    """Shows which step runs, how long each took and the facts it told. Silent unless stderr is a terminal."""

    def __init__(self, quiet: bool = False) -> None:
        self.console = Console(stderr=True, quiet=quiet)
        self.live = self.console.is_terminal and not quiet
        self._status: Status | None = None
        self._since = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def __call__(self, step: str, event: str) -> None:
        """Listens to the chain: `start`, `done`, or a fact in words."""
        if not self.live:
            return
        title = TITLES.get(step, step)
        if event == "start":
            self._stop()
            self._since = time.monotonic()
            self._status = self.console.status(f"[bold]{title}[/] …", spinner="dots")
            self._status.start()
        elif event.startswith("done"):
            self._stop()
            fact = event[4:].strip(" :")
            seconds = time.monotonic() - self._since
            self.console.print(f"[green]✓[/] {title}  [dim]{seconds:6.1f} s[/]  {fact}", highlight=False)
        elif self._status:
            self._status.update(f"[bold]{title}[/] … {event}")

    def _stop(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None
