"""What the charts draw that is neither a figure nor a cell as it stands: worked out from the rows and figures once more.

`TABLES` maps a chapter and a chart to tables, each its columns and its rows; one of them is the chart's own table, the
others stand in its specification alone.
"""

from __future__ import annotations

import calendar
import math
from collections import Counter
from datetime import date, timedelta
from typing import Any

from tests.story.transcription import since_worked
from tests.story.transcription.events import EVENTS
from tests.story.transcription.expected import ends, stated
from tests.story.transcription.promises import PROMISES
from tests.story.transcription.worked import CLOSES, DAYS, RETURNS, STORY, Row, all_of, at, line, ordinary, rows

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]

QUARTERS = [f"{year}Q{quarter}" for year in (2022, 2023) for quarter in (1, 2, 3, 4)] + ["2024Q1"]
DAY = "2024-06-04"
SHARE = {day: closes["tsla"] for day, closes in CLOSES}


def value(chapter: str, name: str) -> float:
    """A figure of a chapter."""
    return all_of(chapter)[name][0]


def number(text: str) -> float | None:
    """A cell as a number; None for an empty one."""
    return float(text) if text else None


def capacity(first: str = "2023-06", last: str = "2024-12") -> Table:
    """Tesla's chart from the middle of 2023, or a part of it, each month at its end; the last three months are a plan."""
    months = [f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13)][5:]
    levels = [5_400, 5_400, 7_200, 15_400, *[16_200] * 3, 27_900, 27_900, *[38_300] * 6, 67_400, *[85_400] * 3]
    found = [
        (
            month,
            f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:]))[1]}",
            level,
            "planned in October 2024" if month >= "2024-10" else "at work",
        )
        for month, level in zip(months, levels, strict=True)
        if first <= month <= last
    ]
    return ("date", "day", "h100_equivalents", "held"), found


def labs(day: str) -> Table:
    """The best model of each lab in one list of the arena, with the ends of its interval."""
    found = []
    for row in rows("arena_best_by_lab"):
        if row["date"] == day:
            score, plus, minus = (number(row[name]) for name in ("score", "ci_plus", "ci_minus"))
            low = None if score is None or minus is None else score - minus
            high = None if score is None or plus is None else score + plus
            lab = row["organization"]
            found.append((lab, row["model"] or "no model rated", score, low, high, lab == "xAI"))
    return ("organization", "model", "score", "low", "high", "ours"), found


def scores(source: str, *models: str) -> Table:
    """A table that xAI printed: Grok-1.5 and some rivals."""
    found = [
        (row["model"], row["benchmark"], float(row["score"]), row["setting"] or "not said")
        for row in rows("benchmarks")
        if row["source"] == source and row["model"] in ("Grok-1.5", *models)
    ]
    return ("model", "benchmark", "score", "setting"), found


def field() -> Table:
    """The whole field in general knowledge, the best first."""
    table = [row for row in rows("benchmarks") if row["source"] == "xai_grok_1_5" and row["benchmark"] == "MMLU"]
    table.sort(key=lambda row: (-float(row["score"]), row["model"]))
    found = [(row["model"], float(row["score"]), row["model"].startswith("Grok-1.5")) for row in table]
    return ("model", "score", "ours"), found


def conflicts() -> Table:
    """Scores that two of xAI's posts print differently, the earlier post first."""
    by_pair: dict[tuple[str, str], list[Row]] = {}
    for row in rows("benchmarks"):
        by_pair.setdefault((row["model"], row["benchmark"]), []).append(row)
    found = []
    for (model, test), both in sorted(by_pair.items()):
        if len({row["score"] for row in both}) > 1:
            for place, row in enumerate(sorted(both, key=lambda row: row["date"])):
                found.append((f"{model}, {test}", ("Earlier post", "Later post")[place], float(row["score"])))
    return ("pair", "order", "score"), found


def training() -> Table:
    """Estimates of training, with the ends of their ranges where there are any."""
    series = [at("training_compute", f"compute_{name}", "compute") for name in ("gemini_1_5_pro", "claude_3_opus")]
    grok1, gpt4 = ends("compute_grok1"), ends("compute_gpt4")
    ultra, grok2 = stated("compute_gemini_ultra"), stated("compute_grok2")
    before, after = "before the article", "after it"
    return ("model", "start", "end", "when"), [
        ("Grok-1", *grok1, before), ("Gemini Pro 1.5", series[0], series[0], before),
        ("Claude 3 Opus", series[1], series[1], before), ("GPT-4", *gpt4, before),
        ("Gemini 1.0 Ultra", ultra, ultra, before), ("Grok-2", 2.1e25, grok2, after),
    ]  # fmt: skip


JUDGED = "2024-06-05"


def promises() -> Table:
    """Every promise, whether it counts, how it is marked, and the last day it named."""
    table = sorted(rows("self_driving_promises"), key=lambda row: (row["said"], row["target_latest"], row["id"]))
    found = []
    for row in table:
        stood = since_worked.outcome(row["id"], JUDGED)
        if stood == "not yet made":
            continue
        counted = row["scope"] in ("full", "robotaxi")
        lead = (date.fromisoformat(row["target_latest"]) - date.fromisoformat(row["said"])).days
        as_counted = "lapsed, met in part" if stood == "met in part" else stood
        found.append((row["id"], lead, counted, stood, as_counted if counted else "not counted", row["target_latest"]))
    return ("id", "lead", "counted", "outcome", "mark", "target_latest"), found


def places() -> Table:
    """The venue of each promise as the chart prints it."""
    found = []
    for row in sorted(rows("self_driving_promises"), key=lambda row: (row["said"], row["target_latest"], row["id"])):
        if row["said"] > JUDGED:
            continue
        name = row["venue"].split(" (")[0]
        if len(name) >= 20:
            name = name.split(",")[0].removesuffix(" interview").replace("earnings call", "call")
        found.append((row["id"], name[:1].upper() + name[1:]))
    return ("id", "where"), found


def labelled() -> Table:
    """The words that stand before promises that count: those that fit there, of the first promise on each step of the staircase."""
    found, steps_met = [], set()
    for row in sorted(rows("self_driving_promises"), key=lambda row: (row["said"], row["target_latest"], row["id"])):
        room = (date.fromisoformat(row["said"]) - date(2013, 6, 1)).days / 50
        short = row["said"] <= JUDGED and row["scope"] in ("full", "robotaxi") and len(row["printed"]) < room
        year = (date.fromisoformat(row["target_latest"]) + timedelta(days=31)).year
        if short and year not in steps_met:
            steps_met.add(year)
            found.append((row["id"], row["printed"]))
    return ("id", "printed"), found


def rules() -> Table:
    """How many promises had lapsed, by which kinds are counted."""
    kinds = ("full", "robotaxi", "demo")
    passed = Counter((promise[1], since_worked.outcome(name, JUDGED)) for name, promise in PROMISES.items())
    found = []
    for count, rule in ((1, "Full autonomy"), (2, "+ driverless taxis"), (3, "+ demonstrations"), (9, "All kinds")):
        for stood in ("lapsed", "met in part"):
            counted = sum(
                n for (kind, state), n in passed.items() if state == stood and (count == 9 or kind in kinds[:count])
            )
            found.append((rule, stood, counted))
    return ("rule", "outcome", "count"), found


def quarterly(metric: str) -> dict[str, float]:
    """One of Tesla's metrics by quarter."""
    return {row["period"]: float(row["value"]) for row in rows("tesla_quarterly") if row["metric"] == metric}


def incomes() -> Table:
    """Tesla's net income by quarter, as reported and recast."""
    reported, recast = quarterly("net_income"), quarterly("net_income_recast")
    labels = {"2023Q1": "2.51", "2024Q1": "1.13", "2023Q4": "tax benefit"}
    found = []
    for quarter in QUARTERS:
        other = recast.get(quarter)
        top = max(reported[quarter], other or -math.inf)
        found.append((quarter, reported[quarter], other, top, quarter in ("2023Q1", "2024Q1"), labels.get(quarter, "")))
    return ("period", "value", "recast", "top", "compared", "label"), found


def margins() -> Table:
    """What is left of a dollar of car sales after the cost of the cars."""
    sold, cost = quarterly("automotive_revenue"), quarterly("automotive_cost")
    labels = {"2023Q1": "21.1%", "2024Q1": "18.5%"}
    found = [
        (quarter, (sold[quarter] - cost[quarter]) / sold[quarter], labels.get(quarter, "")) for quarter in QUARTERS
    ]
    return ("period", "margin", "label"), found


def flows() -> Table:
    """Tesla's free cash flow by quarter."""
    flow = quarterly("free_cash_flow")
    found = [
        (
            quarter,
            flow[quarter],
            "below zero" if flow[quarter] < 0 else "above zero",
            "−2.53" if quarter == "2024Q1" else "",
        )
        for quarter in QUARTERS
    ]
    return ("period", "value", "sign", "label"), found


def measures() -> Table:
    """Five measures of each quarter, in a row."""
    sold, cost, *others = (
        quarterly(metric) for metric in ("automotive_revenue", "automotive_cost", "net_income", "operating_income", "deliveries", "free_cash_flow")
    )  # fmt: skip
    found = [(period, *(of[period] for of in others), 1 - cost[period] / sold[period]) for period in QUARTERS]
    return ("period", "net_income", "operating_income", "deliveries", "free_cash_flow", "margin"), found


def leads() -> Table:
    """Who sold more in each quarter, with the two gaps that are quoted."""
    said = {"2023Q4": "BYD 41,902 ahead", "2024Q1": "BYD 86,696 behind"}
    by_maker = {(period, maker): cars for period, maker, cars in sales()[1]}
    found = []
    for period in sorted({period for period, _ in by_maker}):
        byd, tesla = by_maker[period, "BYD"], by_maker[period, "Tesla"]
        ahead = "BYD" if byd > tesla else "Tesla"
        found.append((period, ahead, said.get(period, ""), max(byd, tesla), min(byd, tesla)))
    return ("period", "ahead", "said", "top", "low"), found


def sales() -> Table:
    """Battery cars sold by BYD and delivered by Tesla, by quarter."""
    found = [
        (row["period"], maker, float(row["value"]))
        for series, maker, metric in (
            ("byd_quarterly", "BYD", "byd_bev_passenger_sales"),
            ("tesla_quarterly", "Tesla", "deliveries"),
        )
        for row in rows(series)
        if row["metric"] == metric and "Q" in row["period"] and "2022" <= row["period"] < "2025"
    ]
    return ("period", "maker", "value"), found


def middle(day: str) -> str:
    """A day, or the middle of a month."""
    return day if len(day) == 10 else f"{day}-15"


def maker(row: Row) -> str:
    """The side a price change is drawn on."""
    return row["actor"] if row["actor"] in ("Tesla", "BYD") else "Others"


def china() -> list[Row]:
    """The price changes that the article could know."""
    return [row for row in rows("china_price_events") if row["date"] < "2024-06-05"]


def price_changes() -> Table:
    """Every price change: the day it is drawn at, the day by which it was known, its side."""
    found = []
    for row in china():
        known = row["date"]
        if len(known) == 7:
            known += f"-{calendar.monthrange(int(known[:4]), int(known[5:]))[1]}"
        worked = "worked out from the change" if row["before_computed"] == "true" else ""
        found.append(
            (row["id"], middle(row["date"]), f"{known}T00:00:00.000", len(row["date"]) == 7, maker(row), worked)
        )
    return ("id", "day", "known_by", "month_only", "side", "worked_out"), found


def steps() -> Table:
    """The price of Tesla's base models before and after each change, and on the article's day."""
    base = [
        row for row in china()
        if row["actor"] == "Tesla" and (row["model"] == "Model 3" or (row["model"] == "Model Y" and row["trim"] in ("base", "RWD")))
    ]  # fmt: skip
    found = []
    for row in base:
        for order, price in enumerate((row["price_before"], row["price_after"])):
            found.append((row["model"], middle(row["date"]), number(price), order))
    found.sort(key=lambda step: (step[0], step[1], step[3]))
    for model in ("Model 3", "Model Y"):
        last = [row for row in base if row["model"] == model][-1]
        found.append((model, EVENTS["article_published"], number(last["price_after"]), 2))
    return ("model", "day", "price", "order"), found


def printed_steps(last: bool) -> Table:
    """The first or the last price of each model in thousands, as the chart prints it."""
    of_model = {}
    for model, _, price, _ in steps()[1]:
        if last or model not in of_model:
            of_model[model] = f"{price / 1000:.1f}"
    return ("model", "said"), list(of_model.items())


def rug() -> Table:
    """The days of the cuts, a mark for each side and day, at the height of its side."""
    heights = {"Tesla": 184_000, "BYD": 171_000, "Others": 158_000}
    found = []
    for row in china():
        mark = (maker(row), middle(row["date"]), heights[maker(row)])
        if row["event"] == "cut" and mark not in found:
            found.append(mark)
    return ("side", "day", "price"), found


def around(gap: int = 10, after: int = 1) -> Table:
    """The trading days on either side of the event: ten, but before it no more than lie behind the line's last."""
    place, fitted = DAYS.index(DAY), line(DAY, gap=gap)
    found = []
    for offset in range(-min(10, gap + 1), 11):
        day = place + offset
        now, low, high, _ = fitted.tested(day, day)
        part = "event day" if offset == 0 else "event window" if -1 <= offset <= after else "other days"
        reach = (high - low) / 2
        found.append((DAYS[day], offset, RETURNS["tsla"][day], RETURNS["qqq"][day], now, -reach, reach, part))
    return ("date", "offset", "tsla", "market", "abnormal", "low", "high", "part"), found


def dots(estimation: int = 120, gap: int = 10) -> Table:
    """Every ordinary day, the lowest first: which half of a hundredth it stands in, how high there, and whether far out."""
    fitted, heights = line(DAY, estimation=estimation, gap=gap), Counter[int]()
    here, found = abs(fitted.abnormal(DAYS.index(DAY))), []
    for day, number in sorted(ordinary(estimation, gap).items(), key=lambda told: (told[1], told[0])):
        half = math.floor(number * 200)
        heights[half] += 1
        farther = "as far or farther" if abs(number) >= here else "nearer"
        found.append((day, number, (half + 0.5) / 200, heights[half], farther))
    return ("date", "abnormal", "across", "place", "farther"), found


def outside() -> Table:
    """The parts of the axis, to half a percentage point past the farthest day, that lie as far out as the day tested."""
    here = abs(line(DAY, estimation=120, gap=10).abnormal(DAYS.index(DAY)))
    reach = max(here, *(abs(number) for number in ordinary().values())) + 0.005
    return ("across", "until"), [(-reach, -here), (here, reach)]


def share() -> Table:
    """Tesla's closing price from March 2024 on, and where it would ordinarily have closed by the line of the report's day."""
    fitted, found = line(DAY), []
    first = next(place for place, day in enumerate(DAYS) if day >= "2024-03-01")
    _, low, high, _ = fitted.tested(first, first)
    for place in range(first, len(DAYS)):
        before, now = SHARE[DAYS[place - 1]], SHARE[DAYS[place]]
        middle, reach = now - before * fitted.abnormal(place), before * (high - low) / 2
        found.append((DAYS[place], now, middle - reach, middle + reach))
    return ("date", "close", "low", "high"), found


def pins() -> Table:
    """The story's days at their closing prices, and how high each is named, in dollars of the share's axis."""
    heights = (222, 238, 254, 121, 160, 140)
    found = [(day, SHARE[day], label, at) for (label, day), at in zip(STORY.values(), heights, strict=True)]
    return ("date", "close", "event", "at"), found


def event_days(estimation: int = 120) -> Table:
    """Each of the story's days by a line of its own."""
    found = []
    for label, day in STORY.values():
        place = DAYS.index(day)
        now, low, high, chance = line(day, estimation=estimation).tested(place, place)
        stands = "stands out" if chance < 0.05 else "within chance"
        found.append((label, day, RETURNS["tsla"][place], RETURNS["qqq"][place], now, low, high, chance, stands))
    return ("event", "date", "tsla", "market", "abnormal", "low", "high", "p_value", "stands"), found


def buys() -> Table:
    """What the raise buys on each basis."""
    price = {
        "broker_chip": ends("chip_price_raymond_james"), "epoch_2024": ends("chip_price_epoch_2024"),
        "server": (stated("server_price_hgx_2023_09") / stated("gpus_per_server"), stated("server_price_dgx_delta") / 8),
        "cluster": ends("cluster_cost_per_gpu"),
    }  # fmt: skip
    names = {
        "broker_chip": "Bare chip, broker",
        "epoch_2024": "Average of 2024",
        "server": "In a server",
        "cluster": "In a cluster",
    }
    found = [
        (name, "chosen basis" if basis == "server" else "other basis", low, high, 6e9 / high, 6e9 / low)
        for basis, name in names.items()
        for low, high in [price[basis]]
    ]
    return ("basis", "chosen", "low_price", "high_price", "fewest", "most"), found


SERIES_C = (ends("series_c_valuation")[0], stated("series_c_valuation_kingdom"), ends("series_c_valuation")[1])
LADDER = [
    ("Before Series B", "2024-05-26", 18e9), ("Series B, 2024", "2024-05-26", 24e9),
    *(("Series C, 2024", "2024-12-23", worth) for worth in SERIES_C),
    ("X deal, 2025", "2025-03-28", stated("xai_value_in_x_merger")), ("Series E, 2026", "2026-01-06", stated("series_e_valuation")),
    ("SpaceX deal, 2026", "2026-02-02", stated("xai_value_in_spacex_merger")),
]  # fmt: skip
LADDER_ENDS = {step: [worth for of, _, worth in LADDER if of == step] for step, _, _ in LADDER}


def revenue(last: int = 8) -> Table:
    """Nvidia's revenue of eight quarters, that from data centres set apart."""
    by_metric = {
        metric: {row["period"]: float(row["value"]) for row in rows("nvidia_quarterly") if row["metric"] == metric}
        for metric in ("revenue_total", "revenue_data_center")
    }
    shown = [f"FY{2023 + place // 4}Q{place % 4 + 1}" for place in range(max(0, last - 7), last + 1)]
    total, centres = by_metric["revenue_total"], by_metric["revenue_data_center"]
    found = [
        (
            quarter,
            f"FY{quarter[4:6]} {quarter[6:]}",
            total[quarter],
            centres[quarter],
            total[quarter] - centres[quarter],
        )
        for quarter in shown
    ]
    return ("period", "label", "revenue_total", "revenue_data_center", "rest"), found


def compared() -> Table:
    """The three quarters that are compared, with their sums in billions."""
    return ("period", "text"), [("FY2024Q1", "7.19"), ("FY2024Q4", "22.1"), ("FY2025Q1", "26.04")]


GROWTHS = {
    "revenue_growth_yoy": "On the year: all revenue", "datacenter_growth_yoy": "On the year: data centres",
    "revenue_growth_qoq": "On the quarter: all revenue", "datacenter_growth_qoq": "On the quarter: data centres",
}  # fmt: skip


def ranks() -> Table:
    """The best Grok's place in the older list and, where it has one, in the later list with style control."""
    lists = (
        ("arena_best_by_lab", "list to August 2025", ""),
        ("arena_since", "list with style control", "style_control"),
    )
    return ("id", "day", "rank", "kind"), [
        (row["id"], row["date"], float(row["rank"]), kind)
        for series, kind, board in lists
        for row in rows(series)
        if row["organization"] == "xAI" and row["rank"] and row.get("board", "") == board
    ]


TABLES: dict[tuple[str, str], list[Table]] = {
    ("summary", "swap_in_time"): [
        (("chips", "month", "known"), [
            (12_000, "December 2023", "in the memo"), (12_000, "January to June 2024", "planned in the memo, not confirmed")]),
        (("day", "shift", "row", "solid"), [  # a square for a hundred chips
            ("2023-12-15", column - 4.5, row, True) for column in range(10) for row in range(12)]),
        (("row", "solid"), [(row, False) for _ in range(24) for row in range(5)]),
        (("day", "over"), [("2023-12-15", True)]),
        (("day", "over"), [("2023-12-15", True), ("2024-01-15", False), ("2024-06-15", False)]),
    ],
    ("summary", "finding_promise"): [(("what", "value"), [
        ("at work in April", 35_000), ("new in Texas by the end", 50_000), ("promised for the end", 85_000)])],
    ("summary", "finding_cost"): [(("value",), [(12_000 * 3.5 * 730.5 * 3.49,)])],
    ("03_delay", "wedge"): [(("along", "low", "value", "high"), [
        (along, *(12_000 * 730.5 * rent for rent in (2.49, 3.49, 3.99))) for along in (0, 12)]),
        (("along", "reach"), [(0, 0), (12, 3.5)])],
    ("01_swap", "swap"): [(("figure", "start", "end", "standing", "actor"), [
        ("gpus_redirected", 0, 12_000, "documented", "X"), ("gpus_swapped_back", 0, 12_000, "promised", "Tesla")])],
    ("01_swap", "unit_price"): [(("name", "start", "end", "standing"), [
        ("The floor, shared out", 5e8 / 12_000, 5e8 / 12_000, "floor"), ("Bare chip, by a broker", 25_000, 30_000, "estimated"),
        ("Bare chip, in the press", 40_000, 40_000, "reported"), ("In a server, by shops", 248_956 / 8, 329_736 / 8, "documented"),
        ("In a server, X's papers", 34_625, 62_500, "documented"), ("In a cluster, estimates", 45_810, 51_613, "estimated")])],
    ("01_swap", "trace"): [(("what", "when", "value"), [
        ("In the memo", "December 2023", 12_000), ("X's, in Atlanta", "papers of 2025", 11_000),
        ("Tesla's rise", "January 2024", 11_700)]),
        (("name", "start", "end", "standing", "actor"), [  # a length is drawn from nothing
            ("In the memo, December 2023", 0, 12_000, "documented", "others"),
            ("X's in Atlanta, papers of 2025", 0, 11_000, "documented", "X"),
            ("Tesla's rise, January 2024", 0, 11_700, "documented", "Tesla")])],
    ("02_promise", "promise"): [(("part", "start", "end", "standing"), [
        ("At work in April", 0, 35_000, "documented"), ("To be added by the end of the year", 35_000, 85_000, "promised"),
        ("At least", 0, 35_000, "promised"), ("At most", 35_000, 85_000, "estimated"),
        ("At work in September", 0, 67_400, "documented"), ("Planned for the end of the year", 67_400, 85_400, "promised")])],
    ("02_promise", "money"): [(("name", "start", "end", "standing"), [
        ("Announced for 2024", 0, 10e9, "promised"), ("of which a cluster", 0, 5e9, "promised"), ("of which Nvidia", 0, 10e9 / 3, "promised"),
        ("Planned increase", 0, 50_000 * 34_641, "estimated"), ("The delayed processors", 0, 5e8, "reported"),
        ("Spent in the first quarter", 0, 1e9, "documented"), ("AI assets added in 2024", 0, 3.642e9, "documented")])],
    ("03_delay", "capacity_steps"): [capacity(), capacity(last="2024-09"), capacity(first="2024-09"), (("day", "what"), [
        ("2023-12-15", "memo"), ("2024-04-23", "call"), ("2024-06-04", "report")])],
    ("03_delay", "runs"): [(("figure", "model"), [("gpt4_runs_delayed", "GPT-4"), ("grok2_runs_delayed", "Grok-2")])],
    ("03_delay", "sensitivity"): [(("assumption", "at_low", "at_high"), [
        ("Length of the delay", "$31 million", "$180 million"), ("Rent", "$76 million", "$120 million")]),
        (("assumption", "low", "high"), [
        (word, value("03_delay", f"{worth}_low"), value("03_delay", f"{worth}_high"))
        for word, worth in (("Length of the delay", "rental_value_delayed_at_delay_months"), ("Rent", "rental_value_delayed_at_rent"))])],
    ("04_grok", "august_table"): [scores("xai_grok_2", "GPT-4o", "Gemini Pro 1.5")],
    ("04_grok", "march_table"): [scores("xai_grok_1_5", "GPT-4", "Claude 3 Opus", "Gemini Pro 1.5")],
    ("04_grok", "one_test"): [field()],
    ("04_grok", "conflicts"): [conflicts()],
    ("04_grok", "arena_read"): [labs("2024-06-19")],
    ("04_grok", "arena_first"): [labs("2024-08-24")],
    ("04_grok", "training"): [training()],
    ("05_autopilot", "promises"): [promises(), places(), labelled()],
    ("05_autopilot", "rules"): [rules()],
    ("06_pressure", "net_income"): [incomes()],
    ("06_pressure", "year"): [measures()],
    ("06_pressure", "margin"): [margins()],
    ("06_pressure", "cash"): [flows()],
    ("06_pressure", "byd"): [sales(), leads()],
    ("06_pressure", "prices"): [price_changes(), steps(), rug(), printed_steps(last=False), printed_steps(last=True)],
    ("07_investors", "abnormal"): [around()],
    ("07_investors", "share"): [share(), pins(),  # named above the line; below it, to the right and to the left
        (("event",), [("Q1 results",), ("xAI's round",), ("The report",)]), (("event",), [("Shareholder suit",)]),
        (("event",), [("Q2 results, call",), ("Senator's letter",)])],
    ("07_investors", "placebo"): [dots(), outside()],
    ("07_investors", "event_days"): [event_days()],
    ("08_money", "raise_buys"): [buys(), (("name", "start", "end"), [("In a server", *[value("08_money", "gpus_the_raise_buys")] * 2)])],
    ("08_money", "ladder"): [
        (("step", "date", "value"), list(LADDER)),
        (("step", "date", "low", "high"), [
            (step, next(day for of, day, _ in LADDER if of == step), found[0], found[-1]) for step, found in LADDER_ENDS.items()]),
        (("step",), [(step,) for step in LADDER_ENDS if step != "Before Series B"]),
    ],
    ("09_nvidia", "growth"): [(("figure", "label_at", "row"), [
        (name, value("09_nvidia", name), row) for name, row in GROWTHS.items()])],
    ("09_nvidia", "quarter_days"): [(("what", "value"), [
        ("The order, at least", "$500 million"), ("Nvidia's revenue in the quarter", "$26.04 billion"),
        ("Days in which it took in as much", "1.7"), ("Days in the quarter", "91")]),
        (("nth", "week", "day", "days"), [(day, day // 7, day % 7, 5e8 / (26.044e9 / 91)) for day in range(91)]),
        (("week", "top"), [(0.0, 0.28)])],
    ("09_nvidia", "revenue"): [revenue(), compared(), (("period", "until", "at"), [
        ("FY2024Q1", "FY2025Q1", 26.044e9 * 1.36), ("FY2024Q4", "FY2025Q1", 26.044e9 * 1.17)])],
    ("09_nvidia", "totals"): [(("figure", "label"), [
        ("epoch_h100_2023", "890,000, modelled"), ("nvidia_h100_2023_ft", "550,000, expected in August"),
        ("omdia_named_2023", "555,000, part of the year"), ("omdia_h100_q2_2023_floor", "over 300,000, April to June")])],
    ("09_nvidia", "buyers"): [(("buyer", "label"), [
        ("Meta", "up to 150,000"), ("Microsoft", "up to 150,000"), ("Google", "50,000"), ("Amazon", "50,000"), ("Oracle", "50,000"),
        ("Tencent", "50,000"), ("CoreWeave", "40,000"), ("Tesla", "15,000")])],
    ("10_since", "grok_rank"): [ranks()],
    **since_worked.TABLES,
}  # fmt: skip
