"""The command: compiled figures in, the project's tables and their descriptor out."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from tools.seed import (
    derivatives,
    exchange,
    filings,
    flows,
    households,
    ledger,
    markets,
    pensions,
    policy,
    valuation,
    world,
)
from tools.seed.descriptor import package
from tools.seed.figures import Figures
from tools.seed.model import Table
from tools.seed.writing import write_descriptor, write_table

BUILDERS: tuple[Callable[[Figures], Table], ...] = (
    flows.investor_flows,
    flows.securities_flows,
    flows.securities_flows_monthly,
    markets.market_daily,
    markets.sector_etf_daily,
    markets.semiconductor_prices,
    filings.semiconductor_filings,
    markets.splits,
    valuation.prime_valuation,
    valuation.industry_valuation,
    valuation.nikkei_valuation,
    pensions.gpif_portfolio,
    pensions.gpif_annual,
    pensions.gpif_policy_mix,
    households.nisa_usage,
    households.fund_flows,
    households.buybacks,
    policy.boj_policy,
    policy.boj_etf_purchases,
    valuation.index_valuation,
    derivatives.futures_flows,
    derivatives.trading_share,
    derivatives.futures_positions,
    exchange.market_size,
    exchange.market_cap,
    exchange.margin_balances,
    exchange.short_selling,
    exchange.ownership,
    world.short_rates,
    world.world_indices,
    world.world_funds,
    world.nikkei_total_return,
    world.securities_flows_monthly_wide,
    ledger.claims,
    ledger.claim_readings,
    ledger.first_edition,
    ledger.first_edition_readings,
)


def seed(figures_dir: Path, out_dir: Path) -> list[Table]:
    """Builds and writes every table and the descriptor; gives the tables."""
    figures = Figures(figures_dir)
    tables = [build(figures) for build in BUILDERS]
    out_dir.mkdir(parents=True, exist_ok=True)
    for table in tables:
        write_table(table, out_dir)
    write_descriptor(package(tables, figures.book), out_dir)
    return tables


def main() -> None:
    """Reads the two folders from the command line and says what was written."""
    parser = argparse.ArgumentParser(prog="python -m tools.seed", description=__doc__)
    parser.add_argument("figures", type=Path, help="folder of compiled figures")
    parser.add_argument("out", type=Path, help="folder for the tables")
    arguments = parser.parse_args()
    for table in seed(arguments.figures, arguments.out):
        print(f"{table.about.name}: {len(table.frame)} rows, {table.worst_grade} at worst")


if __name__ == "__main__":
    main()
