"""What can be changed: each parameter's default, bounds and ground, and what the named scenarios put in its place.

A default that rests on a fact must be that fact's number, which a test of its own holds; the others are this report's
assumptions, and stand here as they were agreed.
"""

from __future__ import annotations

Bound = float | str | None

# Home, parameter → (figure, type, unit, default, minimum, maximum, choices, low, high, basis, other chapters that take it).
Assumption = tuple[str, str, str, str, Bound, Bound, tuple[str, ...], Bound, Bound, str, tuple[str, ...]]
ASSUMPTIONS: dict[tuple[str, str], Assumption] = {
    ("01_swap", "order_value_usd"): ("order_value", "number", "USD", "500000000", 50000000, 5000000000, (), None, None, "order_value", ("06_pressure", "08_money", "09_nvidia")),
    ("01_swap", "gpus_in_order"): ("gpus_in_order", "integer", "GPU", "12000", 1000, 100000, (), None, None, "gpus_redirected", ()),
    ("02_promise", "reading"): ("", "string", "", "from_to", None, None, ("from_to", "between"), None, None, "assumption", ()),
    ("02_promise", "unit_price_usd"): ("unit_price", "number", "USD/GPU", "34641", 5000, 100000, (), 30000, 40000, "chip_price_epoch_2023", ()),
    ("02_promise", "draws"): ("", "integer", "", "20000", 1000, 1000000, (), None, None, "assumption", ("03_delay",)),
    ("02_promise", "seed"): ("", "integer", "", "2024", 0, 4294967295, (), None, None, "assumption", ("03_delay",)),
    ("03_delay", "delay_months"): ("delay_months", "number", "month", "3.5", 0, 24, (), 1, 6, "assumption", ()),
    ("03_delay", "utilisation"): ("utilisation", "number", "fraction", "0.4", 0.01, 1, (), 0.3, 0.5, "assumption", ()),
    ("03_delay", "rent_usd_per_hour"): ("rent", "number", "USD/GPU/hour", "3.49", 0.1, 20, (), 2.49, 3.99, "rent_lambda_july", ()),
    ("03_delay", "power_overhead"): ("power_overhead", "number", "ratio", "1.5", 1, 4, (), 1.2, 2.6, "assumption", ()),
    ("06_pressure", "as_of"): ("price_cuts_as_of", "date", "date", "2024-06-04", "2022-10-24", "2024-06-04", (), None, None, "article_published", ()),
    ("06_pressure", "counts_as_cut"): ("", "string", "", "list_price", None, None, ("list_price", "any_offer"), None, None, "assumption", ()),
    ("09_nvidia", "quarter"): ("", "string", "", "FY2025Q1", None, None, ("FY2024Q1", "FY2024Q2", "FY2024Q3", "FY2024Q4", "FY2025Q1", "FY2025Q2", "FY2025Q3", "FY2025Q4", "FY2026Q1", "FY2026Q2", "FY2026Q3", "FY2026Q4", "FY2027Q1"), None, None, "assumption", ()),
    ("04_grok", "reading_date"): ("arena_reading_date", "date", "date", "2024-06-19", "2024-06-19", "2025-08-04", (), None, None, "assumption", ()),
    ("04_grok", "rival"): ("", "string", "", "gpt4o", None, None, ("gpt4o", "gemini_1_5_pro", "claude3_opus", "gpt4"), None, None, "assumption", ()),
    ("04_grok", "benchmark"): ("", "string", "", "MMLU", None, None, ("MMLU", "GSM8K", "MATH", "HumanEval"), None, None, "assumption", ()),
    ("04_grok", "rating_scale"): ("rating_scale", "number", "rating_point", "400", 100, 1000, (), None, None, "assumption", ("10_since",)),
    ("05_autopilot", "as_of"): ("autopilot_as_of", "date", "date", "2024-06-05", "2013-09-18", "2026-10-09", (), None, None, "assumption", ()),
    ("05_autopilot", "scope"): ("", "string", "", "full_and_robotaxi", None, None, ("full", "full_and_robotaxi", "with_demonstrations", "all"), None, None, "assumption", ()),
    ("05_autopilot", "count_partly"): ("", "boolean", "", "true", None, None, (), None, None, "assumption", ()),
    ("07_investors", "event_date"): ("event_date", "date", "date", "2024-06-04", "2023-07-05", "2024-08-30", (), None, None, "cnbc_report", ()),
    ("07_investors", "benchmark"): ("", "string", "", "qqq", None, None, ("qqq", "spy", "spx"), None, None, "assumption", ()),
    ("07_investors", "estimation_days"): ("estimation_days", "integer", "day", "120", 30, 160, (), None, None, "assumption", ()),
    ("07_investors", "gap_days"): ("gap_days", "integer", "day", "10", 0, 30, (), None, None, "assumption", ()),
    ("07_investors", "window_before"): ("window_before", "integer", "day", "1", 0, 10, (), None, None, "assumption", ()),
    ("07_investors", "window_after"): ("window_after", "integer", "day", "1", 0, 20, (), None, None, "assumption", ()),
    ("08_money", "raise_usd"): ("raise_amount", "number", "USD", "6000000000", 100000000, 20000000000, (), None, None, "raise_amount", ()),
    ("08_money", "post_money_usd"): ("post_money", "number", "USD", "24000000000", 20000000000, 1000000000000, (), None, None, "post_money", ()),
    ("08_money", "price_basis"): ("", "string", "", "server", None, None, ("broker_chip", "epoch_2024", "server", "cluster"), None, None, "assumption", ()),
    ("10_since", "as_of"): ("since_as_of", "date", "date", "2026-10-09", "2024-06-04", "2026-10-09", (), None, None, "assumption", ()),
    ("claims", "rounding_tolerance"): ("rounding_tolerance", "number", "fraction", "0.05", 0, 0.5, (), 0.01, 0.1, "assumption", ()),
    ("claims", "free_fall"): ("free_fall", "number", "fraction", "0.3", 0.05, 1, (), 0.2, 0.5, "assumption", ()),
    ("claims", "few_days"): ("few_days", "integer", "day", "14", 1, 60, (), 7, 30, "assumption", ()),
    ("claims", "lost_after_months"): ("lost_after_months", "number", "month", "12", 1, 60, (), 6, 24, "assumption", ()),
    ("claims", "always_share"): ("always_share", "number", "fraction", "0.9", 0.6, 1, (), None, None, "assumption", ()),
    ("claims", "mostly_share"): ("mostly_share", "number", "fraction", "0.5", 0, 0.5, (), None, None, "assumption", ()),
    ("claims", "behind_share"): ("behind_share", "number", "fraction", "0.85", 0.5, 1, (), None, None, "assumption", ()),
    ("claims", "undercut"): ("undercut", "number", "fraction", "0.05", 0, 0.5, (), None, None, "assumption", ()),
    ("claims", "cuts_needed"): ("cuts_needed", "integer", "price_change", "1", 1, 10, (), None, None, "assumption", ()),
    ("claims", "relays_needed"): ("relays_needed", "integer", "count", "2", 1, 5, (), None, None, "assumption", ()),
    ("claims", "scenario"): ("", "string", "", "default", None, None, ("default", "short_delay", "long_delay", "cheap_chips", "between_reading", "narrow_promises"), None, None, "assumption", ()),
}  # fmt: skip

# Scenario → chapter → parameter → value.
SCENARIOS: dict[str, dict[str, dict[str, float | str | bool]]] = {
    "short_delay": {"03_delay": {"delay_months": 1}},
    "long_delay": {"03_delay": {"delay_months": 12}},
    "cheap_chips": {
        "01_swap": {"order_value_usd": 300000000},
        "02_promise": {"unit_price_usd": 25000},
        "08_money": {"price_basis": "broker_chip"},
    },
    "between_reading": {"02_promise": {"reading": "between"}},
    "narrow_promises": {"05_autopilot": {"scope": "full", "count_partly": False}},
}
