"""The figures of the chapters that `expected` leaves out, with the ends of every range, by plain arithmetic again.

What a whole series is needed for is worked out from its rows, read without the package: `seals` holds them to the dossier.
"""

from __future__ import annotations

import csv
import functools
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from scipy.stats import t

from tests.story.transcription import since_worked
from tests.story.transcription.events import EVENTS
from tests.story.transcription.expected import EXPECTED, cell, days, ends, stated
from tests.story.transcription.promises import PROMISES

Row = dict[str, str]
Range = tuple[float, float | None, float | None]
SERIES = Path(__file__).resolve().parents[3] / "data" / "series"


@functools.cache
def rows(series: str) -> tuple[Row, ...]:
    """The rows of a series as texts."""
    with (SERIES / f"{series}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def at(series: str, row: str, column: str = "value") -> float:
    """One cell of a series."""
    return float(next(cells[column] for cells in rows(series) if cells["id"] == row))


# ------------------------------------------------------------------------------------------------- the event study

CLOSES = [
    (row["date"], {name: float(row[name]) for name in ("tsla", "qqq", "spy", "spx")})
    for row in rows("closing_prices")
    if row["date"] <= "2024-08-30"  # the days around the report
]
DAYS = [day for day, _ in CLOSES[1:]]
RETURNS = {name: [now[1][name] / then[1][name] - 1 for then, now in pairwise(CLOSES)] for name in CLOSES[0][1]}


@dataclass(frozen=True)
class Line:
    """Tesla's returns on the market's by the textbook's sums, over some days."""

    market: str
    start: int
    end: int

    @property
    def xs(self) -> list[float]:
        """The market's returns."""
        return RETURNS[self.market][self.start : self.end]

    @property
    def ys(self) -> list[float]:
        """Tesla's returns."""
        return RETURNS["tsla"][self.start : self.end]

    @functools.cached_property
    def mean(self) -> tuple[float, float]:
        """The means of both."""
        return sum(self.xs) / len(self.xs), sum(self.ys) / len(self.ys)

    @functools.cached_property
    def square(self) -> float:
        """The sum of the squared deviations of the market's returns."""
        return sum((x - self.mean[0]) ** 2 for x in self.xs)

    @functools.cached_property
    def beta(self) -> float:
        """The slope."""
        return sum((x - self.mean[0]) * (y - self.mean[1]) for x, y in zip(self.xs, self.ys, strict=True)) / self.square

    @functools.cached_property
    def alpha(self) -> float:
        """The intercept."""
        return self.mean[1] - self.beta * self.mean[0]

    @functools.cached_property
    def left(self) -> float:
        """The sum of the squares that the line leaves."""
        return sum((y - self.alpha - self.beta * x) ** 2 for x, y in zip(self.xs, self.ys, strict=True))

    @functools.cached_property
    def explained(self) -> float:
        """The share of the variance that the line explains."""
        return 1 - self.left / sum((y - self.mean[1]) ** 2 for y in self.ys)

    def abnormal(self, place: int) -> float:
        """What the line does not explain of one day."""
        return RETURNS["tsla"][place] - self.alpha - self.beta * RETURNS[self.market][place]

    def tested(self, first: int, last: int) -> tuple[float, float, float, float]:
        """The sum of the abnormal returns of some days, its 95% interval, its p value: MacKinlay's equations by hand."""
        count, freedom = last - first + 1, len(self.xs) - 2
        value = sum(self.abnormal(place) for place in range(first, last + 1))
        away = sum(RETURNS[self.market][place] - self.mean[0] for place in range(first, last + 1))
        error = math.sqrt(self.left / freedom * (count + count**2 / len(self.xs) + away**2 / self.square))
        reach = float(t.ppf(0.975, freedom)) * error
        return value, value - reach, value + reach, float(2 * t.sf(abs(value) / error, freedom))


def line(day: str, market: str = "qqq", estimation: int = 120, gap: int = 10, before: int = 1) -> Line:
    """The line for one event day."""
    end = DAYS.index(day) - before - gap
    return Line(market, end - estimation, end)


STORY = {
    "tesla_q1_letter": ("Q1 results", "2024-04-24"),  # the day after: the letter came after the close
    "xai_series_b_announced": ("xAI's round", "2024-05-28"),  # a Sunday, and the Monday a holiday
    "cnbc_report": ("The report", "2024-06-04"),
    "shareholder_suit": ("Shareholder suit", "2024-06-13"),
    "musk_defends_on_call": ("Q2 results, call", "2024-07-24"),  # the day after the call
    "warren_letter": ("Senator's letter", "2024-08-08"),
}


def ordinary(estimation: int = 120, gap: int = 10) -> dict[str, float]:
    """The abnormal return of every day that can be tested, without those of the story."""
    return {
        day: line(day, estimation=estimation, gap=gap).abnormal(DAYS.index(day))
        for day in DAYS[estimation + gap + 1 :]
        if day not in {told for _, told in STORY.values()}
    }


def investors() -> dict[str, Range]:
    """`07_investors`."""
    day = "2024-06-04"
    place, fitted = DAYS.index(day), line(day)
    value, low, high, _ = fitted.tested(place, place)
    window = fitted.tested(place - 1, place + 1)
    others = ordinary()
    larger = sum(abs(found) >= abs(value) for found in others.values())
    tested = {name: line(told).tested(DAYS.index(told), DAYS.index(told)) for name, (_, told) in STORY.items()}
    variants = [line(day, market, length).abnormal(place) for market in ("qqq", "spy", "spx") for length in (120, 60)]
    return {
        "abnormal_return_event": (value, low, high),
        "car_event_window": window[:3],
        "car_p_value": (window[3], None, None),
        "detectable_move_event": (high - value, None, None),
        "market_alpha": (fitted.alpha, None, None),
        "market_beta": (fitted.beta, None, None),
        "market_explained_share": (fitted.explained, None, None),
        "placebo_days": (len(others), None, None),
        "placebo_days_larger": (larger, None, None),
        "placebo_share": (larger / len(others), None, None),
        "event_days": (6, None, None),
        "event_days_outside": (sum(found[3] < 0.05 for found in tested.values()), None, None),
        **{f"abnormal_return_{name}": found[:3] for name, found in tested.items()},
        "abnormal_return_least": (min(variants), None, None),
        "abnormal_return_most": (max(variants), None, None),
        "tested_day": (date.fromisoformat(day).toordinal() - date(1970, 1, 1).toordinal(), None, None),
        "suit_days": (669, None, None),  # 13 June 2024 to 13 April 2026
    }


# ---------------------------------------------------------------------------------------------------- the other chapters


# Tesla's own chart, in H100 equivalents at the end of a month.
CAPACITY = {
    "2023-12": 16_200, "2024-01": 27_900, "2024-03": 38_300, "2024-08": 38_300, "2024-09": 67_400, "2024-12": 85_400,
}  # fmt: skip


def swap() -> dict[str, Range]:
    """`01_swap`."""
    racks = ends("server_price_fulton")
    return {
        "fulton_price_low": (racks[0] / stated("gpus_per_server"), None, None),
        "fulton_price_high": (racks[1] / stated("gpus_per_server"), None, None),
        "fulton_shipped_value": (stated("fulton_project_value") - stated("fulton_not_yet_shipped"), None, None),
        "x_atlanta_value_per_h100": (stated("x_atlanta_hardware_of_x") / stated("x_atlanta_h100_of_x"), None, None),
        "chart_step_january_2024": (CAPACITY["2024-01"] - CAPACITY["2023-12"], None, None),
        "diverted_share_of_capacity": (stated("gpus_redirected") / CAPACITY["2023-12"], None, None),
        "server_price_per_gpu_low": (stated("server_price_hgx_2023_09") / stated("gpus_per_server"), None, None),
        "server_price_per_gpu_high": (stated("server_price_dgx_delta") / stated("gpus_per_server"), None, None),
    }


def promise() -> dict[str, Range]:
    """`02_promise`: what was spent and built by the end of the year, in millions of dollars where the filings print them."""
    added, spending = (5_152 - 1_510) * 1e6, 11_342 * 1e6
    return {
        "cluster_spend_from_split": (10e9 / 2, None, None),
        "ai_assets_added_2024": (added, None, None),
        "ai_assets_share_of_10bn": (added / stated("ai_spend_announced"), None, None),
        "ten_bn_share_of_capex": (stated("ai_spend_announced") / spending, None, None),
        "capacity_missing": (CAPACITY["2024-12"] - CAPACITY["2024-09"], None, None),
    }


def delay() -> dict[str, Range]:
    """`03_delay`: the ends of the rent's and the delay's range, the other as it stands; the steps of Tesla's chart."""
    worth = EXPECTED["03_delay"]["rental_value_delayed"]
    return {
        "chart_step_january_2024": (CAPACITY["2024-01"] - CAPACITY["2023-12"], None, None),
        "chart_step_q1_2024": (CAPACITY["2024-03"] - CAPACITY["2023-12"], None, None),
        "chart_flat_apr_aug_2024": (CAPACITY["2024-08"] - CAPACITY["2024-03"], None, None),
        "delay_months": (3.5, 1, 6),
        "rental_value_delayed_at_delay_months_low": (worth / 3.5 * 1, None, None),
        "rental_value_delayed_at_delay_months_high": (worth / 3.5 * 6, None, None),
        "rental_value_first_due": (worth / 3.5 * 1, None, None),
        "rental_value_last_due": (worth / 3.5 * 6, None, None),
        "rental_value_delayed_at_rent_low": (worth / 3.49 * 2.49, None, None),
        "rental_value_delayed_at_rent_high": (worth / 3.49 * 3.99, None, None),
        "cost_per_month": (12_000 * 730.5 * 3.49, None, None),
        "cost_per_month_low": (12_000 * 730.5 * 2.49, None, None),
        "cost_per_month_high": (12_000 * 730.5 * 3.99, None, None),
    }


def repeated_scores() -> dict[tuple[str, str], set[str]]:
    """Models and tests that stand in more than one row of xAI's tables, with their scores."""
    count = Counter((row["model"], row["benchmark"]) for row in rows("benchmarks"))
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows("benchmarks"):
        if count[row["model"], row["benchmark"]] > 1:
            found[row["model"], row["benchmark"]].add(row["score"])
    return found


def win(gap: float, scale: float = 400) -> float:
    """How often a model wins that is rated lower by a gap, by Elo's formula."""
    return 1 / (1 + 10 ** (gap / scale))


def grok() -> dict[str, Range]:
    """`04_grok`."""

    def rated(lab: str, column: str) -> float:
        return at("arena_best_by_lab", f"arena_best_2024_08_24_{lab}", column)

    def score(row: str) -> float:
        return at("benchmarks", f"bench_{row}", "score")

    gap = rated("xai", "score") - rated("openai", "score")
    low = gap - rated("xai", "ci_minus") - rated("openai", "ci_plus")
    high = gap + rated("xai", "ci_plus") + rated("openai", "ci_minus")
    gpt4, grok1 = ends("compute_gpt4"), ends("compute_grok1")
    mmlu = {
        row["model"]: float(row["score"])
        for row in rows("benchmarks")
        if row["source"] == "xai_grok_1_5" and row["benchmark"] == "MMLU"
    }
    several = repeated_scores()
    behind = sum(EXPECTED["04_grok"][f"{test}_gap_gpt4"] < 0 for test in ("mmlu", "gsm8k", "math", "humaneval"))
    return {
        "arena_first_gap": (gap, low, high),
        "arena_first_gap_low": (low, None, None),
        "arena_first_gap_high": (high, None, None),
        "arena_first_win_rate": (win(-gap), win(-low), win(-high)),
        "arena_first_win_rate_low": (win(-low), None, None),
        "arena_first_win_rate_high": (win(-high), None, None),
        "arena_list_date": (date(2024, 6, 19).toordinal() - date(1970, 1, 1).toordinal(), None, None),
        "compute_ratio_gpt4": (
            stated("compute_gpt4") / stated("compute_grok1"),
            gpt4[0] / grok1[1],
            gpt4[1] / grok1[0],
        ),
        "compute_ratio_gpt4_low": (gpt4[0] / grok1[1], None, None),
        "compute_ratio_gpt4_high": (gpt4[1] / grok1[0], None, None),
        "days_before_gemini": (days("grok_announced", "gemini_announced"), None, None),
        "days_to_europe": (days("grok_announced", "grok_europe"), None, None),
        "math_gap_gpt4_november": (score("grok_1_5_math_grok_1_5") - score("grok_math_gpt_4"), None, None),
        "mmlu_gap_gpt4o": (score("grok_2_mmlu_grok_1_5") - score("grok_2_mmlu_gpt_4o"), None, None),
        "models_in_field": (len(mmlu), None, None),
        "models_ahead": (sum(found > mmlu["Grok-1.5"] for found in mmlu.values()), None, None),
        "scores_repeated": (len(several), None, None),
        "scores_conflicting": (sum(len(scores) > 1 for scores in several.values()), None, None),
        # xAI's table of August: GPT-4o ahead on all eight, Gemini Pro 1.5 on all but HumanEval
        "tests_compared": (8, None, None),
        "tests_behind_rival": (8, None, None),
        "tests_against_gpt4o": (8, None, None),
        "tests_behind_gpt4o": (8, None, None),
        "tests_against_gemini": (8, None, None),
        "tests_behind_gemini": (7, None, None),
        "tests_against_gpt4": (4, None, None),
        "tests_behind_gpt4": (behind, None, None),
    }


def autopilot(judged: str = "2024-06-05") -> dict[str, Range]:
    """`05_autopilot`."""
    counted = [p for p in PROMISES.values() if p[0] <= judged and p[1] in ("full", "robotaxi")]
    passed = [p for p in PROMISES.values() if p[0] <= judged and p[2] < judged]
    before, after = stated("fsd_subscription_before"), stated("fsd_subscription_after")
    return {
        "fsd_subscription_cut": ((before - after) / before, None, None),
        "promises_in_scope": (len(counted), None, None),
        "promises_met_in_part": (sum(p[2] < judged and p[3] == "partly" for p in counted), None, None),
        "lapsed_fewest": (sum(p[1] == "full" and p[3] == "lapsed" for p in passed), None, None),
        "lapsed_most": (sum(p[3] in ("lapsed", "partly") for p in passed), None, None),
        "promises_not_followed": (sum(p[3] not in ("lapsed", "partly", "met") for p in passed), None, None),
    }


def pressure() -> dict[str, Range]:
    """`06_pressure`."""

    def tesla(quarter: str, metric: str) -> float:
        return at("tesla_quarterly", f"tesla_{quarter}_{metric}")

    def rose(metric: str, before: str) -> Range:
        return tesla("2024q1", metric) / tesla(before, metric) - 1, None, None

    sold, cost = tesla("2023q1", "automotive_revenue"), tesla("2023q1", "automotive_cost")
    cuts = {
        row["date"]
        for row in rows("china_price_events")
        if row["event"] == "cut" and row["actor"] != "Tesla" and row["date"] <= "2024-06-04"
    }
    rises = {
        row["date"]
        for row in rows("china_price_events")
        if row["event"] == "rise" and row["actor"] == "Tesla" and row["date"] <= "2024-06-04"
    }
    dated = len([day for day in cuts if len(day) == 10])
    registered = [at("china_bev_market", f"china_{year}q1_bev_passenger_registrations") for year in (2023, 2024)]
    start = at("china_price_events", "china_2022_10_24_tesla_model_3", "price_before")
    end = at("china_price_events", "china_2024_04_21_tesla_model_3", "price_after")
    return {
        "automotive_margin_year_before": ((sold - cost) / sold, None, None),
        "china_bev_growth_yoy": (registered[1] / registered[0] - 1, None, None),
        "model_3_price_change": (end / start - 1, None, None),
        "net_income_change_qoq": rose("net_income", "2023q4"),
        "operating_income_change_qoq": rose("operating_income", "2023q4"),
        "operating_income_change_yoy": rose("operating_income", "2023q1"),
        "order_share_of_cash": (stated("order_value") / tesla("2024q1", "cash_and_investments"), None, None),
        "rival_price_cuts_china": (dated, dated, len(cuts)),
        "tesla_price_rises_china": (len(rises), None, None),
        "su7_below_model_3": (245_900 - 215_900, None, None),
        "su7_undercut": (30_000 / 245_900, None, None),
    }


def money() -> dict[str, Range]:
    """`08_money`."""
    raised = stated("raise_amount")
    server = {
        name: stated(f"server_price_{name}") / stated("gpus_per_server")
        for name in ("hgx_2023_09", "hgx_2024_07", "dgx_delta")
    }
    spans = {
        "broker_chip": ends("chip_price_raymond_james"),
        "epoch_2024": ends("chip_price_epoch_2024"),
        "server": (server["hgx_2023_09"], server["dgx_delta"]),
        "cluster": ends("cluster_cost_per_gpu"),
    }
    cheapest, dearest = min(low for low, _ in spans.values()), max(high for _, high in spans.values())
    buys, fulton = raised / server["hgx_2024_07"], ends("server_price_fulton")[1] / stated("gpus_per_server")
    return {
        "server_price_per_gpu_low": (server["hgx_2023_09"], None, None),
        "server_price_per_gpu_july": (server["hgx_2024_07"], None, None),
        "server_price_per_gpu_high": (server["dgx_delta"], None, None),
        "raise_unit_price": (server["hgx_2024_07"], None, None),
        "unit_price_cheapest": (cheapest, None, None),
        "unit_price_dearest": (dearest, None, None),
        "gpus_the_raise_buys": (buys, raised / dearest, raised / cheapest),
        "gpus_the_raise_buys_least": (raised / dearest, None, None),
        "gpus_the_raise_buys_most": (raised / cheapest, None, None),
        **{f"gpus_fewest_{name}": (raised / high, None, None) for name, (_, high) in spans.items()},
        **{f"gpus_most_{name}": (raised / low, None, None) for name, (low, _) in spans.items()},
        "fulton_price_high": (fulton, None, None),
        "gpus_at_fulton_price": (raised / fulton, None, None),
        "redirected_share_of_raise_gpus": (stated("gpus_redirected") / buys, None, None),
        "colossus_share_of_raise": (stated("epoch_colossus_cost") / raised, None, None),
        "days_from_raise_to_report": (days("xai_series_b_announced", "cnbc_report"), None, None),
        "series_c_post_bloomberg": (ends("series_c_valuation")[0] + stated("series_c_raise"), None, None),
        "valuation_multiple": (stated("series_e_valuation") / stated("post_money"), None, None),
    }


BUYERS = ("meta", "microsoft", "google", "amazon", "oracle", "tencent", "coreweave", "tesla")


def nvidia() -> dict[str, Range]:
    """`09_nvidia`."""

    def quarter(name: str, metric: str = "revenue_total") -> float:
        return cell("nvidia_quarterly", f"nvidia_{name}_{metric}")

    centres, order, moved = quarter("fy2025q1", "revenue_data_center"), stated("order_value"), stated("gpus_redirected")
    named = sum(stated(f"omdia_2023_{name}") for name in BUYERS)
    return {
        "datacenter_growth_qoq": (centres / quarter("fy2024q4", "revenue_data_center") - 1, None, None),
        "nvidia_datacenter_share": (centres / quarter("fy2025q1"), None, None),
        "nvidia_quarter_days": (91, None, None),
        "omdia_named_2023": (named, None, None),
        "tesla_share_of_named": (stated("omdia_2023_tesla") / named, None, None),
        "order_share_of_datacenter": (order / centres, None, None),
        "order_share_of_memo_quarter": (order / quarter("fy2024q4"), None, None),
        "order_share_of_latest": (order / 96.2e9, None, None),  # the second quarter of fiscal 2027
        "redirected_share_of_2023_epoch": (moved / stated("epoch_h100_2023"), None, None),
        "redirected_share_of_2023_ft": (moved / stated("nvidia_h100_2023_ft"), None, None),
    }


def claims() -> dict[str, Range]:
    """`claims`: its own figures, beside those it takes from other chapters."""
    score = {"supported": 13, "imprecise": 13, "misleading": 1, "wrong": 3, "superseded": 0, "unverifiable": 3}
    return {
        "november_days": (30, None, None),
        "december_rest": (30, None, None),
        "relays_naming": (5, None, None),
        "relays_contradicting": (0, None, None),
        "deliveries_shown": (0, None, None),
        "claims_judged": (33, None, None),
        "claims_by_rule": (20, None, None),
        "claims_by_hand": (13, None, None),
        "claims_faithful": (3, None, None),  # the count of chips, that they were produced, and where CNBC had it from
        "claims_checked": (10, None, None),
        **{f"claims_{verdict}": (count, None, None) for verdict, count in score.items()},
    }


WORKED: dict[str, dict[str, Range]] = {
    "01_swap": swap(), "02_promise": promise(), "03_delay": delay(), "04_grok": grok(), "05_autopilot": autopilot(),
    "06_pressure": pressure(), "07_investors": investors(), "08_money": money(), "09_nvidia": nvidia(),
    "10_since": {name: (number, None, None) for name, number in since_worked.unpublished().items()}, "claims": claims(),
}  # fmt: skip


def all_of(chapter: str) -> dict[str, Range]:
    """Every figure of a chapter that is no leaf, with the ends of its range where they are worked out here."""
    found: dict[str, Any] = {name: (number, None, None) for name, number in EXPECTED.get(chapter, {}).items()}
    return {**found, **WORKED.get(chapter, {})}


def elsewhere(name: str) -> float:
    """A figure of another chapter, as far as the ledger or the summary takes it over."""
    return next(all_of(chapter)[name][0] for chapter in (*WORKED,) if name in all_of(chapter))


def event_day(name: str) -> int:
    """An event's day as a number of days from 1 January 1970; a month counts from its first day."""
    text = EVENTS[name]
    whole = text + "-01" * (2 - text.count("-"))
    return date.fromisoformat(whole).toordinal() - date(1970, 1, 1).toordinal()


LENGTHS = {"estimation_days", "gap_days", "window_before"}  # where the line of an event is fitted
EVENT = {"event_date", *LENGTHS}

# Figures that a function gives, with the figures and parameters that they move with.
INPUTS: dict[str, dict[str, set[str]]] = {
    "06_pressure": {
        f"{name}_china": {"price_cuts_as_of"} for name in ("tesla_price_cuts", "rival_price_cuts", "tesla_price_rises")
    },
    "07_investors": {
        **{f"abnormal_return_{name}": LENGTHS for name in STORY},
        **{f"market_{name}": EVENT for name in ("alpha", "beta", "explained_share")},
        **{f"abnormal_return_{name}": EVENT for name in ("least", "most")},
        "detectable_move_event": EVENT,
        "tested_day": {"event_date"},
        "placebo_days": EVENT,
        "event_days_outside": LENGTHS,
        "car_event_window": {*EVENT, "window_after"},
        "abnormal_return_p_value": {"abnormal_return_event"},
        "placebo_days_larger": {"abnormal_return_event"},
        "car_p_value": {"car_event_window"},
    },
}
