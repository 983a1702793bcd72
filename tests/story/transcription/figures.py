"""Numbers as the sources print them, typed from there: id → (value, low, high, unit). None where nothing is printed."""

from __future__ import annotations

from tests.story.transcription import since

Number = float | None
MILLION, BILLION = 1_000_000, 1_000_000_000

FIGURES: dict[str, tuple[Number, Number, Number, str]] = {
    # The article's own numbers, as printed.
    "article_value": (500 * MILLION, None, None, "USD"),  # « 500 millions de dollars »
    "article_gpus": (12_000, None, None, "GPU"),  # « 12.000 puces »
    "article_order_low": (35_000, None, None, "GPU"),  # « entre 35.000 et 85.000 puces »
    "article_order_high": (85_000, None, None, "GPU"),
    "article_ai_spend": (10 * BILLION, None, None, "USD"),  # « 10 milliards de dollars »
    "article_raise": (6 * BILLION, None, None, "USD"),  # « 6 milliards de dollars »
    "article_valuation": (24 * BILLION, None, None, "USD"),  # « 24 milliards de dollars »
    "article_revenue_growth": (2.0, 2.0, None, "fraction"),  # « plus de 200% »
    # The swap.
    "gpus_redirected": (12_000, None, None, "GPU"),
    "gpus_swapped_back": (12_000, None, None, "GPU"),
    "order_value": (500_000_000, 500_000_000, None, "USD"),
    "warren_gpus": (12_000, 12_000, None, "GPU"),
    # What an H100 cost.
    "chip_price_raymond_james": (None, 25_000, 30_000, "USD/GPU"),
    "chip_cost_raymond_james": (3_320, None, None, "USD/GPU"),
    "chip_price_epoch_2023": (34_641, 30_000, 40_000, "USD/GPU"),
    "chip_price_epoch_2024": (26_268, 23_000, 30_000, "USD/GPU"),
    "chip_price_ft": (40_000, None, None, "USD/GPU"),
    "cluster_cost_per_gpu": (49_248, 45_810, 51_613, "USD/GPU"),
    "gpus_per_server": (8, None, None, "GPU/server"),
    "server_price_dgx_2023": (270_000, None, None, "USD/server"),
    "server_price_dgx_delta": (329_736, None, None, "USD/server"),
    "server_price_hgx_2023_09": (248_956, None, None, "USD/server"),
    "server_price_hgx_2024_02": (270_480, None, None, "USD/server"),
    "server_price_hgx_2024_03": (270_555, None, None, "USD/server"),
    "server_price_hgx_2024_07": (288_142, None, None, "USD/server"),
    "server_price_supermicro": (296_644, None, None, "USD/server"),
    # Who got how many.
    "omdia_2023_meta": (150_000, None, None, "GPU"),
    "omdia_2023_microsoft": (150_000, None, None, "GPU"),
    "omdia_2023_google": (50_000, None, None, "GPU"),
    "omdia_2023_amazon": (50_000, None, None, "GPU"),
    "omdia_2023_oracle": (50_000, None, None, "GPU"),
    "omdia_2023_tencent": (50_000, None, None, "GPU"),
    "omdia_2023_coreweave": (40_000, None, None, "GPU"),
    "omdia_2023_tesla": (15_000, None, None, "GPU"),
    "omdia_2024_microsoft": (485_000, None, None, "GPU"),
    "omdia_2024_amazon": (196_000, None, None, "GPU"),
    "omdia_2024_tesla_xai": (None, 196_000, None, "GPU"),
    "nvidia_h100_2023_ft": (550_000, None, None, "GPU"),
    "nvidia_h100_q2_2023_omdia": (None, 300_000, None, "GPU"),
    "nvidia_h100_2024_plan": (None, 1_500_000, 2_000_000, "GPU"),
    "epoch_h100_2023": (56_640 + 151_413 + 260_088 + 423_514, None, None, "GPU"),
    "epoch_h100_2024": (552_252 + 650_874 + 794_383 + 681_105, None, None, "GPU"),
    "epoch_h100_cumulative_q1_2024": (1_482_509, 1_242_017, 1_744_370, "GPU"),
    # What Tesla promised and spent.
    "gpus_active_april": (35_000, None, None, "GPU"),
    "gpus_target_year_end": (85_000, None, None, "GPU"),
    "gpus_planned_giga_texas": (50_000, None, None, "GPU"),
    "cortex_gpus": (50_000, None, None, "GPU"),
    "ai_spend_announced": (10 * BILLION, None, None, "USD"),
    "ai_spend_internal_share": (0.5, None, None, "fraction"),
    "nvidia_share_of_cluster_cost": (2 / 3, None, None, "fraction"),  # “about 2/3 of the cost”
    "nvidia_purchases_stated": (None, 3 * BILLION, 4 * BILLION, "USD"),
    "ai_capex_q1": (1_000_000_000, None, None, "USD"),
    "capex_q1": (2_800_000_000, None, None, "USD"),
    "capex_guidance_2024": (10 * BILLION, 10 * BILLION, None, "USD"),
    "capex_guidance_raised_2024": (11 * BILLION, 11 * BILLION, None, "USD"),
    "training_compute_growth_q1": (1.30, 1.30, None, "fraction"),
    # The H100 and its rent.
    "h100_peak_dense": (989.4e12, None, None, "FLOP/second/GPU"),
    "h100_peak_sparse": (1_979e12, None, None, "FLOP/second/GPU"),
    "h100_power": (700, None, None, "watt/GPU"),
    "h100_memory": (80, None, None, "gigabyte"),
    "rent_lambda_january": (3.49, None, None, "USD/GPU/hour"),
    "rent_lambda_july": (3.49, None, None, "USD/GPU/hour"),
    "rent_lambda_september": (2.99, None, None, "USD/GPU/hour"),
    "rent_runpod_july": (3.99, None, None, "USD/GPU/hour"),
    "rent_oblivus_june": (3.45, None, None, "USD/GPU/hour"),
    "rent_mid2024": (None, 2.49, 3.99, "USD/GPU/hour"),
    "rent_aws": (98.32 / 8, None, None, "USD/GPU/hour"),
    "rent_oracle": (10.00, None, None, "USD/GPU/hour"),
    "rent_google": (11.06, None, None, "USD/GPU/hour"),
    # What training takes.
    "compute_gpt4": (2.1e25, 8.2e24, 4.4e25, "FLOP"),
    "compute_gemini_ultra": (5.0e25, None, None, "FLOP"),
    "compute_grok1": (2.9e24, 2.0e24, 7.0e24, "FLOP"),
    "compute_grok2": (2.96e25, 2.1e25, None, "FLOP"),
    "compute_grok3": (4.64e26, 2.1e26, 1.13e27, "FLOP"),
    "compute_llama_405b": (3.8e25, None, None, "FLOP"),
    "llama_405b_gpu_hours": (30_840_000, None, None, "GPU*hour"),
    "grok2_training_gpus": (20_000, None, None, "GPU"),
    "grok0_parameters": (33 * BILLION, None, None, "parameter"),
    "grok1_parameters": (314 * BILLION, None, None, "parameter"),
    "grok1_active_share": (0.25, None, None, "fraction"),
    "grok1_training_months": (2, None, None, "month"),
    "grok15_context": (128_000, None, None, "token"),
    "grok_premium_plus_price": (16, None, None, "USD/month"),
    # xAI's machines.
    "xai_rented_gpus": (16_000, None, None, "GPU"),
    "xai_supercomputer_gpus_planned": (100_000, None, None, "GPU"),
    "colossus_build_days": (122, None, None, "day"),
    "colossus_first_rack_days": (19, None, None, "day"),
    "colossus_gpus_october_2024": (100_000, None, None, "GPU"),
    "colossus_gpus_target": (200_000, None, None, "GPU"),
    "colossus_gpus_may_2025": (200_000, None, None, "GPU"),
    "epoch_colossus_power": (181, None, None, "MW"),
    "epoch_colossus_power_200k": (361, None, None, "MW"),
    "epoch_colossus_cost": (4.7 * BILLION, None, None, "USD"),
    "epoch_colossus_compute_cost": (3.2 * BILLION, None, None, "USD"),
    "epoch_colossus_cost_200k": (9.3 * BILLION, None, None, "USD"),
    "epoch_xai_gpu_equivalents": (553_714, None, None, "GPU"),
    "xai_gpu_equivalents_claimed": (1_000_000, 1_000_000, None, "GPU"),
    # Full self-driving.
    "fsd_price_before": (12_000, None, None, "USD"),
    "fsd_price_after": (8_000, None, None, "USD"),
    "fsd_price_peak": (15_000, None, None, "USD"),
    "fsd_subscription_before": (199, None, None, "USD/month"),
    "fsd_subscription_after": (99, None, None, "USD/month"),
    "fsd_price_france": (7_500, None, None, "EUR"),
    "eap_price_france": (3_800, None, None, "EUR"),
    "sae_level": (2, None, None, "level"),
    "autopilot_recall_vehicles": (2_031_220, None, None, "vehicle"),
    "fsd_beta_recall_vehicles": (362_758, None, None, "vehicle"),
    "fsd_miles_q4_2022": (90 * MILLION, None, None, "mile"),
    "fsd_miles_q1_2023": (150 * MILLION, 150 * MILLION, None, "mile"),  # “crossed over 150M”
    "fsd_miles_april_2024": (1_000 * MILLION, 1_000 * MILLION, None, "mile"),  # “over 1 billion”
    "fsd_miles_q1_2024": (1_300 * MILLION, None, None, "mile"),
    "fsd_miles_v12": (300 * MILLION, 300 * MILLION, None, "mile"),  # “over 300 million”
    "fsd_miles_end_2024": (2_900 * MILLION, None, None, "mile"),
    "fsd_miles_mid_2025": (4_500 * MILLION, None, None, "mile"),
    "fsd_vehicles_v12": (1_800_000, None, None, "vehicle"),
    "fsd_approval_miles": (6 * BILLION, None, None, "mile"),
    "miles_per_crash_autopilot": (7_630_000, None, None, "mile/crash"),
    "miles_per_crash_without": (955_000, None, None, "mile/crash"),
    "miles_per_crash_us": (670_000, None, None, "mile/crash"),
    "cybercab_price_ceiling": (None, None, 30_000, "USD"),  # “below $30,000”
    # The shareholders.
    "tsla_move_axios": (-0.009, None, None, "fraction"),
    "suit_employees": (11, 11, None, "person"),
    "tesla_vote_for": (1_060 * MILLION, None, None, "vote"),
    "tesla_vote_against": (916.3 * MILLION, None, None, "vote"),
    # xAI's money.
    "raise_amount": (6 * BILLION, None, None, "USD"),
    "pre_money_stated": (18 * BILLION, None, None, "USD"),
    "post_money": (24 * BILLION, None, None, "USD"),
    "xai_raised_by_may_2024": (7 * BILLION, 7 * BILLION, None, "USD"),
    "xai_form_d_target": (1 * BILLION, None, 1 * BILLION, "USD"),  # “up to $1 billion”
    "xai_form_d_sold": (134.7 * MILLION, None, None, "USD"),
    "x_investors_share_of_xai": (0.25, None, None, "fraction"),
    "series_c_raise": (6 * BILLION, None, None, "USD"),
    "series_c_valuation": (None, 40 * BILLION, 50 * BILLION, "USD"),
    "series_c_valuation_kingdom": (45 * BILLION, None, None, "USD"),
    "xai_value_in_x_merger": (80 * BILLION, None, None, "USD"),
    "x_value_in_xai_merger": (33 * BILLION, None, None, "USD"),
    "xai_debt_july_2025": (5 * BILLION, None, None, "USD"),
    "xai_equity_july_2025": (5 * BILLION, None, None, "USD"),
    "series_e_raise": (20 * BILLION, None, None, "USD"),
    "series_e_valuation": (230 * BILLION, None, None, "USD"),
    "tesla_xai_investment": (2 * BILLION, None, None, "USD"),
    "xai_value_in_spacex_merger": (250 * BILLION, None, None, "USD"),
    "spacex_xai_combined_value": (1_250 * BILLION, None, None, "USD"),
    "tesla_spacex_stake_ceiling": (None, None, 0.01, "fraction"),  # “less than 1% stake”
    "xai_paid_tesla_2024": (198.3 * MILLION, None, None, "USD"),
    "xai_megapacks_2025": (430 * MILLION, None, None, "USD"),
    "xai_megapacks_april_2026": (269 * MILLION, None, None, "USD"),
    **since.FIGURES,
}
