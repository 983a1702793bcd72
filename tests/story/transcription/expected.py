"""The figures that chapters must publish, worked out by plain arithmetic from the transcription, and from nothing else."""

from __future__ import annotations

import math
import statistics
from datetime import date
from itertools import pairwise

from scipy.stats import t

from tests.story.transcription import since_worked
from tests.story.transcription.closes import CLOSES
from tests.story.transcription.events import EVENTS
from tests.story.transcription.figures import FIGURES
from tests.story.transcription.promises import PROMISES
from tests.story.transcription.series import CELLS

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


def days(earlier: str, later: str) -> int:
    """Days between two events."""
    return (date.fromisoformat(EVENTS[later]) - date.fromisoformat(EVENTS[earlier])).days


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
        "chip_value_ft": moved * stated("chip_price_ft"),
        "floor_over_ft": moved * stated("chip_price_ft") / stated("order_value") - 1,
        "fulton_value_low": moved * ends("server_price_fulton")[0] / stated("gpus_per_server"),
        "fulton_value_high": moved * ends("server_price_fulton")[1] / stated("gpus_per_server"),
        "server_value_low": moved * stated("server_price_hgx_2023_09") / stated("gpus_per_server"),
        "server_value_high": moved * stated("server_price_dgx_delta") / stated("gpus_per_server"),
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
        "stock_difference": target - active,
        "planned_increase": target - active,
        "planned_increase_value": (target - active) * price,
        "nvidia_spend_from_split": stated("ai_spend_announced") * (1 - inner) * nvidia,
        "ai_capex_q1": stated("ai_capex_q1"),
        "ai_capex_share_of_capex": stated("ai_capex_q1") / stated("capex_q1"),
        "misread_order_low": stated("article_order_low") * price,
        "misread_order_high": stated("article_order_high") * price,
    }


def promise_unpublished() -> dict[str, float]:
    """What `02_promise` rests on and does not print by itself."""
    return {"cluster_spend_from_split": stated("ai_spend_announced") * (1 - stated("ai_spend_internal_share"))}


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


def grok() -> dict[str, float]:
    """`04_grok`."""

    def gap(test: str) -> float:
        ours, theirs = (
            cell("benchmarks", f"bench_grok_1_5_{test}_{model}", "score") for model in ("grok_1_5", "gpt_4")
        )
        return ours - theirs

    first = cell("arena_best_by_lab", "arena_best_2024_08_24_xai", "score")
    leader = cell("arena_best_by_lab", "arena_best_2024_08_24_openai", "score")
    return {
        "mmlu_gap_gpt4": gap("mmlu"),
        "gsm8k_gap_gpt4": gap("gsm8k"),
        "humaneval_gap_gpt4": gap("humaneval"),
        "math_gap_gpt4": gap("math"),
        "arena_models_rated": cell("arena_best_by_lab", "arena_best_2024_06_19_openai", "models_listed"),
        "arena_grok_models_rated": 0,
        "arena_first_gap": first - leader,
        "arena_first_win_rate": 1 / (1 + 10 ** ((leader - first) / 400)),
        "compute_ratio_gpt4": stated("compute_gpt4") / stated("compute_grok1"),
        "days_behind_chatgpt": days("chatgpt_launch", "grok_announced"),
    }


def autopilot(judged: str = "2024-06-05", kinds: tuple[str, ...] = ("full", "robotaxi")) -> dict[str, float]:
    """`05_autopilot`: promises of the kinds counted, those met in part included."""
    made = [promise for promise in PROMISES.values() if promise[0] <= judged and promise[1] in kinds]
    leads = [(date.fromisoformat(last) - date.fromisoformat(said)).days for said, _, last, _ in made]
    before, after = stated("fsd_price_before"), stated("fsd_price_after")
    return {
        "promises_recorded": len(PROMISES),
        "promises_lapsed": sum(last < judged and state in ("lapsed", "partly") for _, _, last, state in made),
        "median_lead_days": statistics.median(leads),
        "longest_lead_days": max(leads),
        "fsd_price_cut": (before - after) / before,
    }


def pressure() -> dict[str, float]:
    """`06_pressure`."""

    def tesla(quarter: str, metric: str) -> float:
        return cell("tesla_quarterly", f"tesla_{quarter}_{metric}")

    def change(metric: str) -> float:
        return tesla("2024q1", metric) / tesla("2023q1", metric) - 1

    def byd(quarter: str) -> float:
        return cell("byd_quarterly", f"byd_{quarter}_bev_passenger_sales") - tesla(quarter, "deliveries")

    sold, cost = tesla("2024q1", "automotive_revenue"), tesla("2024q1", "automotive_cost")
    cuts = {"2022-10-24", "2023-01-06", "2023-08-14", "2024-01-12", "2024-04-21"}
    return {
        "net_income_change_yoy": change("net_income"),
        "net_income_change_yoy_recast": tesla("2024q1", "net_income_recast") / tesla("2023q1", "net_income") - 1,
        "revenue_change_yoy": change("revenue_total"),
        "automotive_margin": (sold - cost) / sold,
        "free_cash_flow": tesla("2024q1", "operating_cash_flow") - tesla("2024q1", "capital_expenditures"),
        "deliveries_change_yoy": change("deliveries"),
        "byd_lead_q4_2023": byd("2023q4"),
        "byd_lead_q1_2024": byd("2024q1"),
        "order_share_of_net_income": stated("order_value") / tesla("2024q1", "net_income"),
        "tesla_price_cuts_china": len(cuts),
    }


def investors(
    event: str = "2024-06-04", estimation: int = 120, gap: int = 10, before: int = 1, after: int = 1
) -> dict[str, float]:
    """`07_investors`: the market model by the textbook's sums, its test by Student's t."""
    place = next(place for place, (day, _, _) in enumerate(CLOSES) if day == event)
    tsla = [now[1] / then[1] - 1 for then, now in pairwise(CLOSES)]
    market = [now[2] / then[2] - 1 for then, now in pairwise(CLOSES)]
    here = place - 1  # the event's place among the returns
    end = here - before - gap
    xs, ys = market[end - estimation : end], tsla[end - estimation : end]
    mean_x, mean_y = sum(xs) / estimation, sum(ys) / estimation
    square = sum((x - mean_x) ** 2 for x in xs)
    beta = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / square
    alpha = mean_y - beta * mean_x
    variance = sum((y - alpha - beta * x) ** 2 for x, y in zip(xs, ys, strict=True)) / (estimation - 2)
    abnormal = [y - alpha - beta * x for x, y in zip(market, tsla, strict=True)]
    error = math.sqrt(variance * (1 + 1 / estimation + (market[here] - mean_x) ** 2 / square))
    closes = CELLS["closing_prices"]
    return {
        "tsla_return_event": tsla[here],
        "market_return_event": market[here],
        "abnormal_return_event": abnormal[here],
        "abnormal_return_p_value": float(2 * t.sf(abs(abnormal[here]) / error, estimation - 2)),
        "car_event_window": sum(abnormal[here - before : here + after + 1]),
        "tsla_return_results_day": float(closes["2024-04-24", "tsla"]) / float(closes["2024-04-23", "tsla"]) - 1,
    }


def money() -> dict[str, float]:
    """`08_money`."""
    raised, after = stated("raise_amount"), stated("post_money")
    return {
        "raise_amount": raised,
        "post_money": after,
        "pre_money": after - raised,
        "new_investors_share": raised / after,
        "order_share_of_raise": stated("order_value") / raised,
        "gpus_the_raise_buys": raised / (stated("server_price_hgx_2024_07") / stated("gpus_per_server")),
    }


def nvidia() -> dict[str, float]:
    """`09_nvidia`."""

    def quarter(name: str, metric: str = "revenue_total") -> float:
        return cell("nvidia_quarterly", f"nvidia_{name}_{metric}")

    revenue, centres = quarter("fy2025q1"), quarter("fy2025q1", "revenue_data_center")
    length = (date(2024, 4, 28) - date(2024, 1, 28)).days
    return {
        "revenue_growth_yoy": revenue / quarter("fy2024q1") - 1,
        "revenue_growth_qoq": revenue / quarter("fy2024q4") - 1,
        "datacenter_growth_yoy": centres / quarter("fy2024q1", "revenue_data_center") - 1,
        "order_share_of_quarter": stated("order_value") / revenue,
        "order_days_of_revenue": stated("order_value") / (revenue / length),
    }


EXPECTED = {
    "01_swap": swap(),
    "02_promise": promise(),
    "03_delay": delay(),
    "04_grok": grok(),
    "05_autopilot": autopilot(),
    "06_pressure": pressure(),
    "07_investors": investors(),
    "08_money": money(),
    "09_nvidia": nvidia(),
    "10_since": since_worked.published(),
}
