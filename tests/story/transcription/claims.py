"""Where the article makes each claim, in which words, and what is held against it.

Paragraphs and printed forms are those of the article's text, counted from its title as 0; what a claim rests on, and who must
be heard beside it, follows the dossier's list of claims. Links that the dossier's list does not hold were copied once from the
table: they show a later change, and nothing more.
"""

from __future__ import annotations

Ids = tuple[str, ...]

# Claim → (paragraph, form in print, allegation, chapter, figures, sources, replies).
CLAIMS: dict[str, tuple[int, str, bool, str, Ids, Ids, Ids]] = {
    "grok_november": (
        1, "novembre dernier", False, "04_grok",
        (),
        ("xai_grok", "venturebeat_grok_2023"),
        (),
    ),
    "grok_launch_may": (
        1, "16 mai 2024 dans l'He", False, "04_grok",
        (),
        ("liberation_grok_france", "earthpress_grok_2023"),
        (),
    ),
    "grok_behind": (
        1, "pas encore au niveau", False, "04_grok",
        ("compute_gpt4", "compute_grok1"),
        ("xai_grok_2", "xai_grok_1_5", "arena_leaderboard", "epoch_all_systems"),
        (),
    ),
    "motive_not_outrun": (
        1, "éviter de se faire distancer", True, "01_swap",
        (),
        ("tesla_q2_2024_transcript", "teslanorth_2024_06_04"),
        ("musk_no_place", "musk_old_matter"),
    ),
    "diverted_to_grok": (
        2, "\"détourner\"", True, "01_swap",
        ("gpus_redirected",),
        ("reuters_memo", "zerohedge_memo", "dcd_memo", "fox_memo", "investing_memo", "teslanorth_2024_06_04"),
        ("musk_no_place", "musk_old_matter", "musk_q2_call", "musk_silent_cnbc", "nvidia_declined", "tesla_no_answer", "x_xai_none"),
    ),
    "from_nvidia_documents": (
        2, "documents internes de Nvidia", False, "01_swap",
        (),
        ("reuters_memo", "zerohedge_memo", "dcd_memo", "fox_memo", "investing_memo"),
        ("nvidia_declined",),
    ),
    "grok_came_first": (
        3, "La priorité à Grok", True, "01_swap",
        ("x_paid_tesla_2023", "tesla_paid_x_2023", "related_party_2024_immaterial"),
        ("reuters_memo", "zerohedge_memo", "dcd_memo", "techcrunch_x_tesla_2024", "ts_10k_2024"),
        ("musk_no_place", "musk_xai_helps", "board_in_court", "court_dismisses"),
    ),
    "value_500m": (
        4, "500 millions de dollars", False, "01_swap",
        ("order_value", "article_value", "chip_price_ft", "server_price_fulton"),
        ("zerohedge_memo", "reuters_memo", "fox_memo", "register_memo", "afr_ft_h100", "epoch_hardware_prices", "epoch_chip_prices", "techspot_h100", "bi_atlanta_2025"),
        ("musk_no_place", "musk_old_matter", "nvidia_declined", "tesla_no_answer", "x_xai_silent_2025"),
    ),
    "h100_for_generative": (
        4, "l'intelligence artificielle générative", False, "03_delay",
        ("call_2024q1_target",),
        ("tesla_q1_2024_transcript",),
        (),
    ),
    "gave_up_supply": (
        5, "renoncer à s'approvisionner", True, "03_delay",
        ("gpus_swapped_back", "cortex_gpus", "call_2024q2_new_cluster", "cortex_plan_august_2024"),
        ("reuters_memo", "zerohedge_memo", "dcd_cortex_2025", "ts_deck_2024q3", "tesla_q2_2024_transcript", "ithome_cortex_2024"),
        ("musk_no_place", "musk_giga_texas", "musk_not_constrained_april", "musk_validation", "musk_old_matter", "musk_q2_call", "musk_not_constrained_october", "tesla_no_answer"),
    ),
    "order_35_85": (
        5, "entre 35.000 et 85.000 puces", False, "02_promise",
        ("gpus_active_april", "gpus_target_year_end", "article_order_low", "article_order_high", "call_2024q1_h100_active", "call_2024q1_target", "nvidia_cfo_tesla_35k"),
        ("tesla_q1_2024_transcript", "tekedia_q1_call", "nvidia_q1_fy2025_transcript", "dcd_memo", "investing_conflict", "newsio_memo", "asian_news_memo"),
        ("musk_giga_texas", "nvidia_cfo_35k"),
    ),
    "decision_after_announcement": (
        5, "alors même qu'elle avait annoncé", True, "02_promise",
        ("memo_written", "tesla_q1_call", "call_2024q2_age_of_matter"),
        ("reuters_memo", "tesla_q1_2024_transcript", "tesla_q2_2024_transcript", "newsio_memo"),
        ("musk_no_place", "nvidia_cfo_35k", "musk_old_matter"),
    ),
    "profits_falling": (
        5, "profits en chute libre", False, "06_pressure",
        (),
        ("tesla_q1_2024_update", "ts_kr", "ts_10k_2024"),
        (),
    ),
    "spend_10bn": (
        6, "10 milliards de dollars", False, "02_promise",
        ("ai_spend_announced", "article_ai_spend", "ai_capex_q1", "call_2024q4_ai_capex"),
        ("latestly_2024_04_28", "dcd_memo", "investing_conflict", "tesla_q4_2024_transcript"),
        ("musk_spend_split",),
    ),
    "spend_for_driving": (
        6, "essentiellement", False, "02_promise",
        ("ai_spend_internal_share", "nvidia_share_of_cluster_cost", "nvidia_purchases_stated"),
        ("latestly_2024_04_28", "teslanorth_2024_06_04"),
        ("musk_spend_split",),
    ),
    "autopilot_put_off": (
        6, "toujours été repoussée", True, "05_autopilot",
        (),
        ("ripplesnigeria_2024", "news4jax_2024_07", "feedsnews_2024_07", "tesla_q2_2024_transcript"),
        ("musk_optimistic", "tesla_supervised", "tesla_to_dmv", "musk_cybercab"),
    ),
    "hold_the_wheel": (
        6, "derrière le volant et le tenir", False, "05_autopilot",
        ("sae_level", "fsd_france_2026"),
        ("tessie_2024_9_5", "stripesdaily_nhtsa_2024", "notanfsdtracker_2026"),
        ("tesla_supervised",),
    ),
    "autopilot_is_fsd": (
        6, "La fonction d'autopilote", False, "05_autopilot",
        ("dmv_ruling",),
        ("tessie_2024_9_5", "stripesdaily_nhtsa_2024", "scvnews_dmv_2026"),
        ("tesla_to_dmv",),
    ),
    "priority_to_x": (
        7, "\"la priorité des puces H100 à Twitter (X)\"", True, "01_swap",
        ("gpus_redirected",),
        ("reuters_memo", "zerohedge_memo", "dcd_memo", "fox_memo", "investing_memo"),
        ("musk_no_place", "musk_old_matter", "musk_q2_call", "musk_silent_cnbc", "nvidia_declined", "tesla_no_answer", "x_xai_none"),
    ),
    "gpus_12000": (
        7, "12.000 puces", True, "01_swap",
        ("gpus_redirected", "article_gpus", "gpus_swapped_back"),
        ("reuters_memo", "zerohedge_memo", "dcd_memo", "fox_memo", "investing_memo"),
        ("musk_no_place", "musk_old_matter", "musk_q2_call", "musk_silent_cnbc", "nvidia_declined", "tesla_no_answer", "x_xai_none"),
    ),
    "produced_for_tesla": (
        7, "déjà produites pour Tesla à l'origine", True, "01_swap",
        ("gpus_redirected",),
        ("reuters_memo", "zerohedge_memo", "dcd_memo", "fox_memo", "investing_memo"),
        ("musk_no_place", "musk_old_matter", "musk_q2_call", "musk_silent_cnbc", "nvidia_declined", "tesla_no_answer", "x_xai_none"),
    ),
    "production_jan_june": (
        7, "entre janvier et juin 2024", True, "01_swap",
        ("gpus_swapped_back",),
        ("reuters_memo", "zerohedge_memo", "dcd_memo", "fox_memo", "investing_memo"),
        ("musk_no_place", "musk_old_matter", "musk_q2_call", "musk_silent_cnbc", "nvidia_declined", "tesla_no_answer", "x_xai_none"),
    ),
    "the_firm_explains": (
        7, "la firme explique", False, "01_swap",
        (),
        ("reuters_memo", "zerohedge_memo", "dcd_memo"),
        ("nvidia_declined",),
    ),
    "investors_trust": (
        8, "", False, "07_investors",
        ("tsla_move_axios", "suits_filed"),
        ("investing_memo", "pr_axios_0624", "pr_fdl", "crypto24h_suit_2024", "techreport_suit_2024", "ts_10q_2026q2"),
        ("musk_no_place", "board_in_court", "board_on_xai_vote", "court_dismisses"),
    ),
    "chinese_prices": (
        8, "prix sont particulièrement agressifs", False, "06_pressure",
        ("china_price_actions_2024",),
        ("px_yicai_1022", "px_reuters_0123", "px_cnevpost_0823", "px_scmp_0124", "px_reuters_0424", "px_newmob_0224", "px_teslarati_0324", "px_people_1124", "byd_sharecafe_0424"),
        (),
    ),
    "raise_6bn": (
        9, "6 milliards de dollars", False, "08_money",
        ("raise_amount", "article_raise"),
        ("xai_series_b", "neowin_xai_2024_05", "chinadaily_xai_2024_05", "wsj_xai_2024_05"),
        (),
    ),
    "valuation_24bn": (
        9, "24 milliards de dollars", False, "08_money",
        ("post_money", "pre_money_stated", "article_valuation"),
        ("chinadaily_xai_2024_05", "wsj_xai_2024_05"),
        (),
    ),
    "decision_after_raise": (
        9, "quelques jours après", True, "08_money",
        ("memo_written", "xai_series_b_announced", "call_2024q2_age_of_matter"),
        ("reuters_memo", "xai_series_b", "tesla_q2_2024_transcript"),
        ("musk_no_place", "musk_old_matter", "musk_q2_call"),
    ),
    "if_confirmed": (
        9, "si elle se confirme", False, "01_swap",
        ("bfm_address_codes",),
        ("teslanorth_2024_06_04", "dcd_q2_2024_call", "pr_ibd_0624", "bfm_addresses"),
        ("musk_no_place", "musk_old_matter", "musk_q2_call"),
    ),
    "buyer_indifferent": (
        10, "qu'importe l'acquéreur", False, "09_nvidia",
        (),
        ("nv_10q_fy2025_q1", "reuters_memo"),
        ("nvidia_declined",),
    ),
    "revenue_200": (
        10, "plus de 200%", False, "09_nvidia",
        ("article_revenue_growth",),
        ("nv_10q_fy2025_q1", "nv_pr_fy2025_q1"),
        (),
    ),
    "last_quarter_alone": (
        10, "sur le seul dernier trimestre fiscal", False, "09_nvidia",
        (),
        ("nv_10q_fy2025_q1", "nv_10k_fy2024_q4"),
        (),
    ),
    "unknown_a_year_ago": (
        10, "inconnu du grand public il y a encore un an", False, "09_nvidia",
        (),
        (),
        (),
    ),
}  # fmt: skip
