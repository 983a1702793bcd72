"""The figures that chapters must publish, worked out by plain arithmetic from the transcription, and from nothing else."""

from __future__ import annotations

from tests.transcription.figures import FIGURES
from tests.transcription.series import CELLS

HOURS_A_MONTH = 365.25 * 24 / 12


def stated(figure: str) -> float:
    """The value a source prints."""
    found = FIGURES[figure][0]
    assert found is not None
    return found


def ends(figure: str) -> tuple[float, float]:
    """The range a source prints."""
    _, low, high, _ = FIGURES[figure]
    assert low is not None
    assert high is not None
    return low, high


def cell(series: str, row: str, column: str = "value") -> float:
    """One cell of a series."""
    return float(CELLS[series][row, column])


def swap() -> dict[str, float]:
    """`01_swap`."""
    moved = stated("gpus_redirected")
    low, high = ends("chip_price_raymond_james")
    target, active = stated("gpus_target_year_end"), stated("gpus_active_april")
    return {
        "gpus_redirected": moved,
        "gpus_swapped_back": stated("gpus_swapped_back"),
        "net_gpus_transferred": moved - stated("gpus_swapped_back"),
        "order_value": stated("order_value"),
        "implied_unit_price": stated("order_value") / moved,
        "chip_value_low": moved * low,
        "chip_value_high": moved * high,
        "server_value_low": moved * stated("server_price_hgx_2023_09") / 8,
        "server_value_high": moved * stated("server_price_dgx_delta") / 8,
        "redirected_share_of_target": moved / target,
        "redirected_share_of_increase": moved / (target - active),
    }


def promise() -> dict[str, float]:
    """`02_promise`."""
    target, active, price = stated("gpus_target_year_end"), stated("gpus_active_april"), stated("chip_price_epoch_2023")
    inner, nvidia = stated("ai_spend_internal_share"), stated("nvidia_share_of_cluster_cost")
    return {
        "gpus_active_april": active,
        "gpus_target_year_end": target,
        "planned_increase": target - active,
        "planned_increase_value": (target - active) * price,
        "nvidia_spend_from_split": stated("ai_spend_announced") * (1 - inner) * nvidia,
        "ai_capex_q1": stated("ai_capex_q1"),
        "ai_capex_share_of_capex": stated("ai_capex_q1") / stated("capex_q1"),
        "misread_order_low": stated("article_order_low") * price,
        "misread_order_high": stated("article_order_high") * price,
    }


def delay(months: float = 3.5, utilisation: float = 0.4, rent: float = 3.49, overhead: float = 1.5) -> dict[str, float]:
    """`03_delay`, at its assumptions."""
    hours = stated("gpus_redirected") * months * HOURS_A_MONTH
    compute = hours * 3600 * stated("h100_peak_dense") * utilisation
    return {
        "delay_months": months,
        "gpu_hours_delayed": hours,
        "rental_value_delayed": hours * rent,
        "compute_delayed": compute,
        "gpt4_runs_delayed": compute / stated("compute_gpt4"),
        "grok2_runs_delayed": compute / stated("compute_grok2"),
        "energy_delayed": hours * stated("h100_power") * overhead / 1e6,
    }


EXPECTED = {"01_swap": swap(), "02_promise": promise(), "03_delay": delay()}
