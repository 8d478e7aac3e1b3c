"""`fundwatch monitor`: the page and the metrics of an office, served or written once."""

from __future__ import annotations

from pathlib import Path

import click

from fundwatch import options
from jobs.runtime.errors import ContractError, TemporaryFault

PORT = 9808


@click.command()
@click.option("--homes", type=options.FOLDER, envvar="FUNDWATCH_HOMES", required=True, help="Folder of the homes.")
@click.option("--landing", type=options.FOLDER, envvar="FUNDWATCH_LANDING", help="Where extracts arrive.")
@click.option("--backups", type=options.FOLDER, envvar="FUNDWATCH_BACKUPS", help="Where backups lie.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Port to listen on.")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to a file and end.")
@click.option("--metrics", is_flag=True, help="Print the metrics and end.")
def monitor(
    homes: Path, landing: Path | None, backups: Path | None, host: str, port: int, page: Path | None, metrics: bool
) -> None:
    """Says what is fine, what is late and what to do: a page on `/`, Prometheus text on `/metrics`.

    Example: fundwatch monitor --homes homes --landing landing
    """
    try:
        from jobs.operations import metrics as numbers
        from jobs.operations import page as pages
        from jobs.operations.serve import Office, server
        from jobs.operations.status import Watched
    except ImportError as missing:
        raise ContractError(
            "starting the page", f"{missing.name} is not installed.", "Install fundwatch[operations]."
        ) from missing
    office = Office(Watched(homes.resolve(), landing, backups))
    if page:
        page.write_text(pages.html(office.facts()), encoding="utf-8")
        click.echo(f"page  {page}")
    if metrics:
        click.echo(numbers.text(office.facts()), nl=False)
    if page or metrics:
        return
    try:
        listening = server(office, host, port)
    except OSError as fault:
        raise TemporaryFault(
            f"listening on {host}:{port}", f"{fault.strerror}.", "Choose another --port or end what listens there."
        ) from fault
    click.echo(f"http://{host}:{listening.server_port}/ and /metrics", err=True)
    with listening:
        listening.serve_forever()
