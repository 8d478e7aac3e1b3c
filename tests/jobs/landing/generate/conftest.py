"""One small area for all tests of the generator, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pytest

from jobs.landing.generate import GenerationSummary, generate

LINES = 60_000
PERIOD = ("2023-01", "2023-03")


@dataclass(frozen=True)
class Area:
    """A generated area: its folder, its summary, its tables as data frames."""

    out: Path
    summary: GenerationSummary

    def table(self, name: str) -> pd.DataFrame:
        """A table of the landing zone without the file of spoiled rows."""
        files = [str(f) for f in sorted((self.out / name).glob("part-*")) if "9999" not in f.name]
        return ds.dataset(files, format="parquet").to_table().to_pandas()

    def truth(self, name: str) -> pd.DataFrame:
        """A file of the truth folder."""
        path = self.out.with_name(self.out.name + "_truth") / name
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, keep_default_na=False)


@pytest.fixture(scope="session")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    out = tmp_path_factory.mktemp("landing") / "area"
    return Area(out, generate(out, lines=LINES, period=PERIOD, seed=5, fmt="parquet"))


@pytest.fixture(scope="session")
def fee(area: Area) -> pd.DataFrame:
    frame = area.table("fee_list_d")
    for column in ("cnt", "pric", "det_item_fee_sumamt", "inscp_amt"):
        frame[column] = frame[column].astype(float)
    return frame
