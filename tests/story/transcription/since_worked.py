"""What has become of it, worked out by plain arithmetic from the transcription: figures, words, rows of charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from tests.story.transcription.events import EVENTS
from tests.story.transcription.figures import FIGURES
from tests.story.transcription.promises import CAME, PROMISES
from tests.story.transcription.series import CELLS

LAST_LOOK = "2026-10-09"


def stated(figure: str) -> float:
    """The value a source prints."""
    return FIGURES[figure][0] or 0.0


def cell(series: str, row: str, column: str = "value") -> float:
    """One cell of a series."""
    return float(CELLS[series][row, column])


def drawn(month: str) -> float:
    """Tesla's capacity at the end of a month, by its chart."""
    return cell("tesla_training_capacity", f"capacity_{month}", "h100_equivalents")


def days(earlier: str, later: str) -> int:
    """Days between two events."""
    return (date.fromisoformat(EVENTS[later]) - date.fromisoformat(EVENTS[earlier])).days


def outcome(promise: str, day: str) -> str:
    """How a promise stood on a day, by the rule that the chapter on them states."""
    said, _, last, state = PROMISES[promise]
    came = CAME.get(promise, "")
    if said > day:
        return "not yet made"
    if state == "met" and came <= day:
        return "met"
    if last >= day:
        return "still open"
    if state == "partly" and came <= day:
        return "met in part"
    return "not followed" if state == "open" else "lapsed"


def promises(day: str = LAST_LOOK) -> dict[str, float]:
    """The promises since the article, as they stood on a day."""
    stood = [outcome(name, day) for name, promise in PROMISES.items() if "2024-06-05" < promise[0] <= day]
    return {
        "promises_after_article": len(stood),
        **{
            f"promises_{name}_since": stood.count(words)
            for name, words in (("met", "met"), ("partly", "met in part"), ("lapsed", "lapsed"), ("open", "still open"))
        },
    }


def gap(board: str) -> float:
    """How far the best Grok stood behind the first, on the last day of a board."""
    first, grok = (cell("arena_since", f"arena_{board}_2026_08_19_{maker}", "score") for maker in ("anthropic", "xai"))
    return first - grok


def published() -> dict[str, float]:
    """The figures that the chapter publishes, at its defaults."""
    latest, quoted = (
        cell("nvidia_quarterly", f"nvidia_{quarter}_revenue_total") for quarter in ("fy2027q2", "fy2025q1")
    )
    closes = CELLS["closing_prices"]
    moved = {
        name: abs(float(closes["2026-08-21", name]) / float(closes["2024-06-04", name]) - 1) for name in ("tsla", "qqq")
    }
    return {
        "promise_planned_increase": stated("call_2024q1_target") - stated("call_2024q1_h100_active"),
        "capacity_when_last_drawn": drawn("2024_09"),
        "capacity_planned_2024": drawn("2024_12"),
        "capacity_growth_2024": drawn("2024_09") / drawn("2023_12"),
        "ai_infrastructure_latest": cell("tesla_quarterly", "tesla_2026q2_ai_infrastructure_gross"),
        "suit_days": days("shareholder_suit", "suit_dismissed"),
        "xai_value_multiple": stated("xai_value_in_spacex_merger") / stated("post_money"),
        "tesla_stake_multiple": cell("tesla_quarterly", "tesla_2026q2_spacex_stake_fair_value") / stated("tesla_stake_invested"),
        "tesla_stake_gain_share": stated("tesla_stake_gain_h1_2026") / stated("tesla_pretax_income_h1_2026"),
        **promises(),
        "days_to_unsupervised": days("cnbc_report", "unsupervised_rides_begin"),
        "days_to_cybercab": days("cnbc_report", "cybercab_rides"),
        "grok_rank_latest": cell("arena_since", "arena_style_control_2026_08_19_xai", "rank"),
        "grok_rank_plain": cell("arena_since", "arena_plain_2026_08_19_xai", "rank"),
        "arena_gap_latest": gap("style_control"),
        "arena_gap_plain": gap("plain"),
        "arena_leader_share": 1 / (1 + 10 ** (-gap("style_control") / 400)),
        "nvidia_revenue_multiple": latest / quoted,
        "order_share_q2fy27": stated("order_value") / latest,
        "order_share_q1fy25": stated("order_value") / quoted,
        "tsla_since_report": moved["tsla"],
        "qqq_since_report": moved["qqq"],
    }  # fmt: skip


def unpublished() -> dict[str, float]:
    """The figures beside those."""
    infrastructure = [cell("tesla_quarterly", f"tesla_{year}q4_ai_infrastructure_gross") for year in (2023, 2024)]
    added, spend = infrastructure[1] - infrastructure[0], stated("ai_spend_announced")
    epoch = date(1970, 1, 1).toordinal()
    return {
        "capacity_missing": drawn("2024_12") - drawn("2024_09"),
        "ai_assets_added_2024": added,
        "ai_assets_share_of_10bn": added / spend,
        "ten_bn_share_of_capex": spend / cell("tesla_quarterly", "tesla_2024_capital_expenditures_with_solar"),
        "chart_step_january_2024": drawn("2024_01") - drawn("2023_12"),
        "chart_step_q1_2024": drawn("2024_03") - drawn("2023_12"),
        "chart_flat_apr_aug_2024": drawn("2024_08") - drawn("2024_03"),
        "diverted_share_of_capacity": stated("gpus_redirected") / drawn("2023_12"),
        "clusters_planned": 5,  # Cortex 2 and 3, two of Dojo's, Buffalo
        "clusters_passed": 1,
        "clusters_ended": 2,
        "clusters_unseen": 2,
        "colossus_chips": 150_000 + 50_000 + 30_000,
        "fulton_shipped_value": stated("fulton_project_value") - stated("fulton_not_yet_shipped"),
        "x_atlanta_value_per_h100": stated("x_atlanta_hardware_of_x") / stated("x_atlanta_h100_of_x"),
        "grok_rank_day": date(2026, 8, 19).toordinal() - epoch,
        "last_close_day": date(2026, 8, 21).toordinal() - epoch,
    }


Values = Mapping[str, float]


def _moved(name: str) -> Callable[[Values], str]:
    then, now = f"{name}_close_at_report", f"{name}_close_latest"
    return lambda v: "rose" if v[now] > v[then] else "fell" if v[now] < v[then] else "stood still"


RULES: dict[tuple[str, str], Callable[[Values], str]] = {
    ("10_since", "promise_kept"): lambda v: (
        "On its face the promise was kept by the end of the year"
        if v["cortex_gpus"] >= v["promise_planned_increase"]
        else "Fewer chips than promised were there by the end of the year"
    ),
    ("10_since", "tesla_moved"): _moved("tsla"),
    ("10_since", "qqq_moved"): _moved("qqq"),
}

# Passages of the chapter that are told at the last look, and those that are not.
TOLD = (
    "appealed", "asked", "built", "cabs", "capex", "cars", "clusters", "cortex", "deck", "dismissed", "driverless", "france", "grown", "jury",
    "kept", "led", "listed", "losses", "machine", "merged", "miles", "money", "named", "plain", "prices", "produced", "promised", "ranked",
    "sales", "senator", "stake", "today", "traces",
)  # fmt: skip
UNTOLD = ("sued", "undecided", "unpromised")
WORDS: dict[tuple[str, str], str] = {
    ("10_since", "lead_promise"): "A new cluster came with as many chips as Musk had promised to add; whether Tesla "
    "reached the total that he named, nobody has shown",
    ("10_since", "lead_chips"): "Whether those that X owed to Tesla came is still unknown, and Tesla's own chart both helps and hurts "
    "Musk's answer",
    ("10_since", "lead_courts"): "The shareholders' suits were dismissed, and are on appeal",
    ("10_since", "lead_worth"): "xAI's worth, with X in it since 2025, rose tenfold by what Musk, the press and an investor's filing say of its rounds and deals; "
    "two of the four steps were deals between companies that Musk controls. Tesla bought a small part of xAI",
    ("10_since", "lead_driving"): "Teslas without a driver came to some cities, late and few",
    **{("10_since", name): "told" for name in TOLD},
    **{("10_since", name): "untold" for name in UNTOLD},
}  # fmt: skip

Table = tuple[tuple[str, ...], list[tuple[object, ...]]]


def stood() -> Table:
    """The promises since the article as drawn: a mark on the day they were met, wholly or in part, else on the last day named."""
    rows = [(name, *promise) for name, promise in PROMISES.items() if promise[0] > "2024-06-05"]
    found: list[tuple[object, ...]] = []
    for name, said, _, last, _ in sorted(rows, key=lambda row: row[1]):
        stands = outcome(name, LAST_LOOK)
        found.append((name, said, last, stands, CAME[name] if stands.startswith("met") else last))
    return ("id", "said", "due", "outcome", "settled"), found


TABLES: dict[tuple[str, str], list[Table]] = {
    ("10_since", "promises_since"): [stood()],
    ("10_since", "worth_since"): [(("figure", "day", "value", "least", "most"), [
        ("post_money", "2024-05-26", 24e9, None, None), ("series_c_valuation_kingdom", "2024-12-23", 45e9, 40e9, 50e9),
        ("xai_value_in_x_merger", "2025-03-28", 80e9, None, None), ("series_e_valuation", "2026-01-06", 230e9, None, None),
        ("xai_value_in_spacex_merger", "2026-02-02", 250e9, None, None)]), (("step", "label"), [
        ("Series B", "Series B: $24 billion"), ("Series C", "Series C: $45 billion"), ("Deal with X", "Deal with X: $80 billion"),
        ("Series E", "Series E: $230 billion"), ("Deal with SpaceX", "Deal with SpaceX: $250 billion")])],
}  # fmt: skip
