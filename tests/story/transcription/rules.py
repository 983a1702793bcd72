"""The rules behind words and verdicts, as the pages state them in prose, written a second time and in plain Python.

`RULES` maps a chapter and a choice to what decides it, given its figures by id; `WORDS` to the word that no figure decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.story.transcription import since_worked

Values = Mapping[str, float]


def _off(v: Values, printed: str, found: str) -> float:
    """How far a printed number lies from the one found, as a share of the latter."""
    return abs(v[printed] / v[found] - 1)


def _first(*options: tuple[str, bool], last: str) -> str:
    return next((word for word, holds in options if holds), last)


def _near(v: Values, printed: str, found: str) -> str:
    return "wrong" if _off(v, printed, found) > v["rounding_tolerance"] else "supported"


def _widest(v: Values) -> str:
    worth = "rental_value_delayed_at"
    delay = v[f"{worth}_delay_months_high"] - v[f"{worth}_delay_months_low"]
    rent = v[f"{worth}_rent_high"] - v[f"{worth}_rent_low"]
    return "the length of the delay" if delay >= rent else "the rent"


def _behind(v: Values) -> str:
    openai = v["tests_behind_gpt4o"] / v["tests_against_gpt4o"]
    google = v["tests_behind_gemini"] / v["tests_against_gemini"]
    ahead = 1 - v["behind_share"]
    supported = v["tests_behind_gpt4o"] >= v["tests_against_gpt4o"] and google >= v["behind_share"]
    return _first(("supported", supported), ("wrong", openai <= ahead and google <= ahead), last="imprecise")


def _one(count: str, one: str, more: str, half: float = 0.5) -> Callable[[Values], str]:
    """The word that goes with a count, by whether it is printed as 1."""
    return lambda v: one if 1 - half < v[count] < 1 + half or v[count] == 1 - half == 0.5 else more


def _same(pairs: Mapping[str, str], same: str, other: str) -> Callable[[Values], str]:
    """The word for values assumed, by whether each is the one printed."""
    return lambda v: same if all(v[assumed] == v[printed] for assumed, printed in pairs.items()) else other


def _order(v: Values) -> str:
    pairs = (
        ("article_order_low", "gpus_active_april"),
        ("article_order_high", "gpus_target_year_end"),
        ("planned_increase", "stock_difference"),
    )
    stock = max(_off(v, printed, found) for printed, found in pairs) <= v["rounding_tolerance"]
    within = v["article_order_low"] <= v["planned_increase"] <= v["article_order_high"]
    return _first(("wrong", stock), ("supported", within), last="wrong")


def _put_off(v: Values) -> str:
    share = v["promises_lapsed"] / v["promises_in_scope"]
    return _first(
        ("supported", share >= v["always_share"]), ("imprecise", share >= v["mostly_share"]), last="misleading"
    )


# Each assumption with the number that its source prints.
ORDER = {"order_value": "order_value_printed"}
RAISE = {"raise_amount": "raise_amount_printed"}
VALUATION = {"post_money": "post_money_printed"}
ASSUMED = "the value assumed here"

RULES: dict[tuple[str, str], Callable[[Values], str]] = {
    ("01_swap", "against_prices"): lambda v: _first(
        (
            "more than any price found for the time",
            v["implied_unit_price"]
            > max(v["fulton_price_high"], v["cluster_cost_high"], v["server_price_per_gpu_high"], v["chip_price_ft"]),
        ),
        ("less than any price found for the time", v["implied_unit_price"] < v["chip_price_low"]),
        last="well within the prices found for the time",
    ),
    ("01_swap", "size_judged"): lambda v: _first(
        ("So CNBC's floor is of the size that one would expect", v["order_value"] == v["order_value_printed"]),
        (
            "So the value assumed here is more than one would expect",
            v["implied_unit_price"]
            > max(v["fulton_price_high"], v["cluster_cost_high"], v["server_price_per_gpu_high"], v["chip_price_ft"]),
        ),
        ("So the value assumed here is less than one would expect", v["implied_unit_price"] < v["chip_price_low"]),
        last="So the value assumed here is of the size that one would expect",
    ),
    ("01_swap", "floor_named"): _same(ORDER, "that floor", ASSUMED),
    ("01_swap", "value_judged"): _same(ORDER, "the printed value", ASSUMED),
    ("01_swap", "for_each"): _same({**ORDER, "gpus_in_order": "gpus_redirected"}, "that is", "as assumed here, it is"),
    ("summary", "then_taken_on"): lambda v: (
        "no more" if v["chart_flat_apr_aug_2024"] < v["chart_step_q1_2024"] / 1000 else "a few more"
    ),
    ("02_promise", "split_against_plan"): lambda v: (
        "It is more than the planned H100s would cost at the estimated price, so either other hardware was meant or the "
        "price was higher"
        if v["nvidia_spend_from_split"] > v["stock_difference"] * v["unit_price"]
        else "It is no more than the planned H100s would cost at the price assumed here"
    ),
    ("02_promise", "split_fits"): lambda v: (
        "lies within the range he named"
        if v["nvidia_purchases_low"] <= v["nvidia_spend_from_split"] <= v["nvidia_purchases_high"]
        else "lies outside the range he named"
    ),
    ("03_delay", "widest_assumption"): _widest,
    ("03_delay", "delay_unit"): _one("delay_months", "month", "months", 0.05),
    ("06_pressure", "tesla_cut_dates"): _one("tesla_price_cuts_china", "date", "dates"),
    ("06_pressure", "tesla_rise_dates"): _one("tesla_price_rises_china", "date", "dates"),
    ("06_pressure", "value_judged"): _same(ORDER, "that", ASSUMED),
    ("07_investors", "stand_out"): _one("event_days_outside", "stands out", "stand out"),
    ("08_money", "round_judged"): _same(
        {**RAISE, **VALUATION}, "that put", "the sums assumed here, which are not those on record, would put"
    ),
    ("08_money", "raise_told"): _same(RAISE, "raised", "assumed here"),
    ("08_money", "order_judged"): _same({**ORDER, **RAISE}, "that is", "by the sums assumed here it is"),
    ("08_money", "may_value"): _same(VALUATION, "that of May 2024", "that assumed for May 2024"),
    ("08_money", "pre_said"): _same(
        {**RAISE, **VALUATION}, "Musk's post; by subtraction", "assumed here; by subtraction"
    ),
    ("08_money", "post_said"): _same(VALUATION, "Reuters, Wall Street Journal", "assumed here"),
    ("09_nvidia", "value_judged"): _same(ORDER, "as much", ASSUMED),
    ("09_nvidia", "sales_unit"): _one("order_days_of_revenue", "day of sales", "days of sales", 0.05),
    ("summary", "they_rest"): _one("claims_faithful", "rests", "rest"),
    ("claims", "they_stand"): _one("claims_supported", "stands", "stand"),
    ("claims", "they_are_near"): _one("claims_imprecise", "is", "are"),
    ("claims", "they_mislead"): _one("claims_misleading", "misleads", "mislead"),
    ("claims", "they_are_wrong"): _one("claims_wrong", "is wrong", "are wrong"),
    ("claims", "they_are_faithful"): _one("claims_faithful", "is", "are"),
    ("claims", "they_rest"): _one("claims_faithful", "rests", "rest"),
    ("06_pressure", "profit_move"): lambda v: _first(
        ("fell by more than half", v["net_income_change_yoy"] < -0.5),
        ("fell", v["net_income_change_yoy"] < 0),
        last="did not fall",
    ),
    ("07_investors", "flinch"): lambda v: _first(
        (
            "Yes, the share fell by more than chance explains",
            v["abnormal_return_p_value"] < 0.05 and v["abnormal_return_event"] < 0,
        ),
        ("No, the share rose by more than chance explains", v["abnormal_return_p_value"] < 0.05),
        last="No reaction can be seen",
    ),
    ("07_investors", "stayed"): lambda v: "left" if v["abnormal_return_p_value"] < 0.05 else "stayed inside",
    ("07_investors", "unusual"): lambda v: _first(
        ("That is rare", v["placebo_share"] < 0.05),
        ("That is not common", v["placebo_share"] < 0.2),
        last="That is nothing unusual",
    ),
    ("08_money", "pre_agrees"): lambda v: _first(
        ("the same as", v["pre_money"] == v["pre_money_stated"]),
        ("more than", v["pre_money"] > v["pre_money_stated"]),
        last="less than",
    ),
    ("08_money", "enough_for_plan"): lambda v: _first(
        ("even at the highest of these prices", v["gpus_the_raise_buys_least"] >= v["xai_supercomputer_gpus_planned"]),
        ("only at the lower of these prices", v["gpus_the_raise_buys_most"] >= v["xai_supercomputer_gpus_planned"]),
        last="at none of these prices",
    ),
    ("08_money", "enough_at_fulton"): lambda v: _first(
        ("it would do so as well", v["gpus_at_fulton_price"] >= v["xai_supercomputer_gpus_planned"]),
        last="it would fall short",
    ),
    ("09_nvidia", "article_growth"): lambda v: _first(
        (
            "is true of the year, not of the quarter alone",
            v["revenue_growth_yoy"] > v["article_revenue_growth"] >= v["revenue_growth_qoq"],
        ),
        ("would be true of both", v["revenue_growth_qoq"] > v["article_revenue_growth"]),
        last="would be true of neither in this quarter",
    ),
    ("09_nvidia", "order_weight"): lambda v: _first(
        ("hardly", v["order_share_of_quarter"] < 0.05),
        ("somewhat", v["order_share_of_quarter"] < 0.25),
        last="a good deal",
    ),
    ("claims", "claim_gpus_12000"): lambda v: _near(v, "article_gpus", "gpus_redirected"),
    ("claims", "claim_from_nvidia_documents"): lambda v: (
        "supported" if v["relays_naming"] - v["relays_contradicting"] >= v["relays_needed"] else "unverifiable"
    ),
    ("claims", "claim_grok_came_first"): lambda v: (
        "supported"
        if max(v["x_paid_tesla_2023"], v["tesla_paid_x_2023"]) >= v["order_value"] * (1 - v["rounding_tolerance"])
        else "imprecise"
    ),
    ("claims", "claim_decision_after_announcement"): lambda v: _first(
        ("misleading", v["tesla_q1_call"] - v["memo_written"] > v["december_rest"]),
        ("supported", v["memo_written"] >= v["tesla_q1_call"]),
        last="imprecise",
    ),
    ("claims", "claim_decision_after_raise"): lambda v: _first(
        ("wrong", v["xai_series_b_announced"] - v["memo_written"] > v["december_rest"]),
        ("supported", 0 <= v["memo_written"] - v["xai_series_b_announced"] <= v["few_days"]),
        last="imprecise",
    ),
    ("claims", "claim_spend_10bn"): lambda v: _near(v, "article_ai_spend", "ai_spend_announced"),
    ("claims", "claim_valuation_24bn"): lambda v: _near(v, "article_valuation", "post_money"),
    ("claims", "claim_production_jan_june"): lambda v: _first(
        ("wrong", v["memo_written"] < v["article_production_start"]),
        ("misleading", abs(v["article_production_start"] - v["swap_order_january"]) <= v["few_days"]),
        last="supported",
    ),
    ("claims", "claim_if_confirmed"): lambda v: _first(
        ("wrong", v["musk_reply"] < v["article_published"]),
        ("superseded", v["musk_reply"] > v["article_published"]),
        last="imprecise",
    ),
    ("claims", "claim_order_35_85"): _order,
    ("claims", "claim_gave_up_supply"): lambda v: _first(
        ("supported", 1 - v["gpus_swapped_back"] / v["gpus_redirected"] > v["rounding_tolerance"]),
        (
            "misleading",
            v["deliveries_shown"] >= v["gpus_redirected"] * (1 - v["rounding_tolerance"])
            and v["delay_months"] < v["lost_after_months"],
        ),
        last="imprecise",
    ),
    ("claims", "claim_grok_november"): lambda v: (
        "supported" if 0 <= v["grok_announced"] - v["article_grok_presented"] < v["november_days"] else "wrong"
    ),
    ("claims", "claim_grok_launch_may"): lambda v: _first(
        ("wrong", abs(v["article_grok_launched"] - v["grok_europe"]) > v["few_days"]),
        ("imprecise", v["article_grok_launched"] - v["grok_premium_plus"] > v["few_days"]),
        last="supported",
    ),
    ("claims", "claim_grok_behind"): _behind,
    ("claims", "claim_autopilot_put_off"): _put_off,
    ("claims", "claim_profits_falling"): lambda v: _first(
        ("wrong", v["net_income_change_yoy"] >= 0),
        ("supported", max(v["net_income_change_yoy"], v["net_income_change_yoy_recast"]) <= -v["free_fall"]),
        last="imprecise",
    ),
    ("claims", "claim_chinese_prices"): lambda v: _first(
        ("supported", v["rival_price_cuts_china"] >= v["cuts_needed"] and v["su7_undercut"] >= v["undercut"]),
        ("imprecise", v["rival_price_cuts_china"] >= v["cuts_needed"]),
        last="wrong",
    ),
    ("claims", "claim_raise_6bn"): lambda v: _near(v, "article_raise", "raise_amount"),
    ("claims", "claim_revenue_200"): lambda v: _first(
        ("wrong", v["revenue_growth_yoy"] <= v["article_revenue_growth"]),
        ("supported", v["datacenter_growth_yoy"] > v["revenue_growth_yoy"]),
        last="imprecise",
    ),
    ("claims", "claim_last_quarter_alone"): lambda v: _first(
        ("supported", v["revenue_growth_qoq"] > v["article_revenue_growth"]),
        ("imprecise", v["revenue_growth_yoy"] > v["article_revenue_growth"]),
        last="wrong",
    ),
    **since_worked.RULES,
}

# Words that no figure decides, at the defaults.
WORDS: dict[tuple[str, str], str] = {
    ("02_promise", "what_is_bought"): "the planned increase",
    ("04_grok", "rival_name"): "GPT-4o",
    ("04_grok", "benchmark_name"): "general knowledge",
    ("04_grok", "arena_grok_rated"): "none",
    ("05_autopilot", "how_followed"): "the record has the outcome of every one",
    ("05_autopilot", "scope_words"): "full autonomy or driverless taxis",
    ("07_investors", "benchmark_name"): "QQQ, a fund of the largest shares on Nasdaq,",
    ("07_investors", "benchmark_short"): "QQQ",
    ("07_investors", "gap_unit"): "days",
    ("07_investors", "day_is"): "the day of the report",
    ("07_investors", "report_stands"): "does not",
    ("08_money", "basis_name"): "a server listed that July",
    ("09_nvidia", "quarter_chosen"): "the first quarter of fiscal 2025",
    **since_worked.WORDS,
}

# Verdicts that no figure decides.
UNDECIDED: dict[str, str] = {
    "diverted_to_grok": "imprecise",
    "priority_to_x": "imprecise",
    "produced_for_tesla": "supported",
    "spend_for_driving": "imprecise",
    "hold_the_wheel": "supported",
    "unknown_a_year_ago": "unverifiable",
    "value_500m": "imprecise",
    "motive_not_outrun": "unverifiable",
    "h100_for_generative": "imprecise",
    "autopilot_is_fsd": "imprecise",
    "the_firm_explains": "imprecise",
    "investors_trust": "imprecise",
    "buyer_indifferent": "unverifiable",
}
