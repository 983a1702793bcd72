"""Dates as the sources print them, typed from there: event → ISO date, a month or a year where no day is known."""

from __future__ import annotations

from tests.story.transcription import since

EVENTS: dict[str, str] = {
    # The article's own dates.
    "article_grok_presented": "2023-11",  # « en novembre dernier »
    "article_grok_launched": "2024-05-16",  # « 16 mai 2024 »
    "article_tesla_announced": "2024-04",  # « en avril 2024 »
    "article_production_start": "2024-01",  # « entre janvier et juin 2024 »
    "article_production_end": "2024-06",
    "article_published": "2024-06-04",
    # The memo and its aftermath.
    "memo_written": "2023-12",
    "swap_order_january": "2024-01",
    "swap_order_june": "2024-06",
    "nvidia_april_email": "2024-04",
    "cnbc_report": "2024-06-04",
    "delay_described": "2024-06-04",
    "musk_reply": "2024-06-04",
    "musk_defends_on_call": "2024-07-23",
    "shareholder_suit": "2024-06-13",
    "warren_letter": "2024-08-08",
    "suits_joined": "2024-11-18",
    # Tesla's plans.
    "tesla_q1_call": "2024-04-23",
    "tesla_q1_letter": "2024-04-23",
    "ai_spend_posted": "2024-04-28",
    "cortex_deployed": "2024",
    # Grok and its rivals.
    "chatgpt_launch": "2022-11-30",
    "gpt4_release": "2023-03-14",
    "xai_announced": "2023-07-12",
    "grok_announced": "2023-11-03",
    "grok_first_access": "2023-11-04",
    "gemini_announced": "2023-12-06",
    "grok_premium_plus": "2023-12-07",
    "gemini_1_5_announced": "2024-02-15",
    "claude_3_announced": "2024-03-04",
    "grok_1_weights": "2024-03-17",
    "grok_premium": "2024-03",
    "grok_1_5_announced": "2024-03-28",
    "grok_1_5v_announced": "2024-04-12",
    "gpt4o_announced": "2024-05-13",
    "grok_europe": "2024-05-16",
    "grok_2_announced": "2024-08-13",
    "arena_first_grok": "2024-08-24",
    "grok_free": "2024-12-12",
    "grok_3_launched": "2025-02-17",
    "grok_3_posted": "2025-02-19",
    "grok_4_posted": "2025-07-09",
    # Full self-driving.
    "fsd_beta_recall": "2023-02",
    "autopilot_recall": "2023-12-13",
    "fsd_named_supervised": "2024-03",
    "fsd_price_reduced": "2024-04",
    "fsd_camera_release": "2024-05-20",
    "robotaxi_promised": "2024-04-05",
    "robotaxi_first_date": "2024-08-08",
    "robotaxi_delay": "2024-07-15",
    "robotaxi_reveal": "2024-10-10",
    # xAI's money and machines.
    "xai_form_d_filed": "2023-12-05",
    "xai_series_b_announced": "2024-05-26",
    "xai_series_c_announced": "2024-12-23",
    "colossus_100k_online": "2024-09-02",
    "colossus_200k_online": "2025-02-17",
    "xai_takes_x": "2025-03-28",
    "xai_debt_and_equity": "2025-06-30",
    "tesla_vote_on_xai": "2025-11-06",
    "xai_series_e_announced": "2026-01-06",
    "tesla_agrees_xai": "2026-01-16",
    "spacex_takes_xai": "2026-02-02",
    "anthropic_colossus": "2026-05-06",
    **since.EVENTS,
}
