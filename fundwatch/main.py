"""`fundwatch`: the command line. Every command parses, calls the house and prints; nothing is decided here.

Why: one place where errors become a sentence and an exit code (0 done, 2 usage, 10 contract, 11 expectation, 12 input,
20 try again), so that schedulers and people can rely on them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from logging import DEBUG, ERROR
from typing import Any

import click

from jobs.runtime.errors import FundwatchError
from jobs.runtime.log import configure, get_logger, structured
from jobs.runtime.settings import switch_telemetry_off

COMMANDS = {
    "doctor": "检查本机 · checks this machine and says what to do about each fault",
    "demo": "演示 · generate + run + report on a laptop-sized area",
    "generate": "生成示范统筹区 · writes a synthetic pooling area with planted schemes",
    "run": "整链运行 · landing → validated → features → scores → cases for a period",
    "step": "单步运行 · one step of that chain, as a scheduler calls it",
    "landing": "落地文件 · says that a month's extract is all there, and checks whether it is",
    "knowledge": "知识库 · import, try, list and compare knowledge points (知识点)",
    "labels": "标签 · enters verdicts on cases and results of inspections, the labels models learn from",
    "train": "训练 · a new model from scored periods and inspections, as challenger",
    "models": "模型 · measures, trains, promotes and rolls back models",
    "upgrade": "升级 · brings a home written by another version into this one's layout",
    "monitor": "运行状态 · a page and metrics that say what is fine, what is late and what to do",
    "backup": "备份 · databases, homes and models while everything goes on working",
    "restore": "恢复 · puts a backup into an empty office, checked before",
    "cases": "疑点名单 · list, show and export the cases of the last complete run",
}


class LazyGroup(click.Group):
    """Imports a command only when it is called: `--help` answers at once, without starting Spark's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None when there is no such command (click then suggests one)."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"fundwatch.{cmd_name}"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with a line each, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fundwatch")
def cli() -> None:
    """医保基金监管疑点发现 · finds institutions worth an unannounced inspection in a pooling area's claims.

    A result is a clue (疑点), never a finding. Start with `fundwatch demo`.
    """


def main(argv: list[str] | None = None) -> None:
    """Entry point: runs a command and turns every error into a sentence and its exit code."""
    switch_telemetry_off()
    configure()
    arguments = sys.argv[1:] if argv is None else argv
    code = guarded(lambda: cli.main(args=arguments, standalone_mode=False), as_json="--json" in arguments)
    sys.exit(code)


def guarded(call: Callable[[], Any], as_json: bool) -> int:
    """Runs `call`; returns its exit code and prints what went wrong, if anything, on stderr."""
    try:
        outcome = call()
        return outcome if isinstance(outcome, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return 130
    except click.ClickException as usage:
        usage.show()
        return usage.exit_code
    except FundwatchError as fault:
        get_logger("main").info("%s", fault, extra={"error": type(fault).__name__, "exit_code": fault.exit_code})
        tell(fault, as_json)
        return fault.exit_code
    except Exception as fault:  # the message of a library may hold a value of a person: name the kind, log the rest
        get_logger("main").log(ERROR if structured() else DEBUG, "unexpected", exc_info=True, extra={"exit_code": 1})
        click.echo(
            f"fundwatch: an unexpected fault ({type(fault).__name__}); set FUNDWATCH_LOG=DEBUG to see where.", err=True
        )
        return 1


def tell(fault: FundwatchError, as_json: bool) -> None:
    """An expected error: three short lines for people, one object for machines."""
    if as_json:
        facts = {"error": type(fault).__name__, "what": fault.what, "wrong": fault.wrong, "then": fault.then}
        click.echo(json.dumps({**facts, "exit_code": fault.exit_code}, ensure_ascii=False))
        return
    click.secho(f"✗ {fault.what}", fg="red", err=True)
    click.echo(f"  {fault.wrong}", err=True)
    click.echo(f"  → {fault.then}", err=True)


if __name__ == "__main__":
    main()
