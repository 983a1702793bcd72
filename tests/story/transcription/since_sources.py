"""Where and when each source of the second round was published, and which first report it relays, as the dossier has them."""

from __future__ import annotations

# Source → (day it was published, address, first report that it relays).
SOURCES: dict[str, tuple[str, str, str]] = {
    "tesla_q1_2024_transcript": (
        "2024-04-23",
        "https://www.fool.com/earnings/call-transcripts/2024/04/23/tesla-tsla-q1-2024-earnings-call-transcript/",
        "tesla_q1_2024_call",
    ),
    "tesla_q2_2024_transcript": (
        "2024-07-23",
        "https://github.com/lingtouyangLeo/Tariff_Sentiment/blob/2596a8de37106e65865685b3dcdfaca43eac8917/dataset/sp500_transcripts/sp500_transcripts/TSLA_2024_Q2.txt",
        "tesla_q2_2024_call",
    ),
    "tesla_q3_2024_transcript": (
        "2024-10-23",
        "https://github.com/lingtouyangLeo/Tariff_Sentiment/blob/2596a8de37106e65865685b3dcdfaca43eac8917/dataset/sp500_transcripts/sp500_transcripts/TSLA_2024_Q3.txt",
        "",
    ),
    "tesla_q4_2024_transcript": (
        "2025-01-29",
        "https://github.com/lingtouyangLeo/Tariff_Sentiment/blob/2596a8de37106e65865685b3dcdfaca43eac8917/dataset/sp500_transcripts/sp500_transcripts/TSLA_2024_Q4.txt",
        "",
    ),
    "tesla_q1_2025_transcript": (
        "2025-04-22",
        "https://github.com/lingtouyangLeo/Tariff_Sentiment/blob/2596a8de37106e65865685b3dcdfaca43eac8917/dataset/sp500_transcripts/sp500_transcripts/TSLA_2025_Q1.txt",
        "",
    ),
    "tesla_q2_2025_transcript": (
        "2025-07-23",
        "https://github.com/lingtouyangLeo/Tariff_Sentiment/blob/2596a8de37106e65865685b3dcdfaca43eac8917/dataset/sp500_transcripts/sp500_transcripts/TSLA_2025_Q2.txt",
        "",
    ),
    "nvidia_q1_fy2025_transcript": (
        "2024-05-22",
        "https://github.com/lingtouyangLeo/Tariff_Sentiment/blob/2596a8de37106e65865685b3dcdfaca43eac8917/dataset/sp500_transcripts/sp500_transcripts/NVDA_2025_Q1.txt",
        "",
    ),
    "moomoo_tesla_q1_2024": (
        "2024-04-24",
        "https://www.moomoo.com/news/post/37077544/elon-musk-says-that-tesla-s-ai-training-capacity-will",
        "tesla_q1_2024_letter",
    ),
    "techcrunch_dojo_2025": ("2025-09-02", "https://techcrunch.com/2025/09/02/teslas-dojo-a-timeline/", ""),
    "ts_10k_2025": (
        "2026-01-29",
        "https://www.sec.gov/Archives/edgar/data/1318605/000162828026003952/tsla-20251231.htm",
        "",
    ),
    "ts_10q_2026q1": (
        "2026-04",
        "https://www.sec.gov/Archives/edgar/data/1318605/000162828026026673/tsla-20260331.htm",
        "",
    ),
    "ts_10q_2026q2": (
        "2026-07-23",
        "https://www.sec.gov/Archives/edgar/data/1318605/000162828026049270/tsla-20260630.htm",
        "",
    ),
    "ithome_cortex_2024": ("2024-08-04", "https://information.bz/english/news/view/2024/08/04/11365.html", ""),
    "basenor_cortex_2026": (
        "2026-04-22",
        "https://www.basenor.com/blogs/news/tesla-cortex-2-ai-cluster-is-live-and-running-workloads",
        "",
    ),
    "techspot_dojo_2025": (
        "2025-08-08",
        "https://www.techspot.com/news/108997-tesla-shuts-down-dojo-supercomputer-project-focus-new.html",
        "",
    ),
    "bloomberg_dojo3_2026": (
        "2026-01-19",
        "https://www.bloomberg.com/news/articles/2026-01-19/musk-says-tesla-will-restart-work-on-chip-project-dojo3",
        "",
    ),
    "musk_post_2023_08_01": ("2023-08-01", "https://x.com/elonmusk/status/1686513363495346178", ""),
    "musk_post_2024_05_07": ("2024-05-07", "https://x.com/elonmusk/status/1787768103449010597", ""),
    "dcd_texas_2024": (
        "2024-05",
        "https://direct.datacenterdynamics.com/en/news/teslas-austin-dojo-data-center-behind-schedule-elon-musk-fires-construction-manager/",
        "",
    ),
    "ajc_fulton_tie_2023": (
        "2023-12-05",
        "https://www.ajc.com/news/10m-tax-break-for-elon-musks-x-fails-in-tie-vote-by-fulton-board/3GASSSYAZNENDDJTNXIXUEGEMM/",
        "",
    ),
    "ajc_fulton_approval_2024": (
        "2024-01-23",
        "https://www.ajc.com/news/atlanta-news/fulton-board-approves-controversial-10m-tax-break-for-elon-musks-x/XQOXPL36LBFLDKOBVOTWKDX7ZU/",
        "",
    ),
    "ajc_fulton_again_2024": (
        "2024-01",
        "https://www.ajc.com/news/atlanta-news/fulton-board-to-reconsider-10m-tax-break-for-social-network-x-formerly-twitter/UXHVZJDS45ABNJ66PQWLMHKHTQ/",
        "",
    ),
    "fortune_atlanta_2025": (
        "2025-01-24",
        "https://fortune.com/2025/01/24/elon-musk-xai-sharing-x-equipment-gpus-datacenter-georgia-tax-breaks-documents",
        "",
    ),
    "bi_atlanta_2025": (
        "2025-02",
        "https://africa.businessinsider.com/news/elon-musks-new-atlanta-data-center-for-xai-has-dollar700-million-in-ai-equipment-and/348b6lp",
        "",
    ),
    "teslarati_atlanta_2025": (
        "2025-02",
        "https://www.teslarati.com/xai-atlanta-data-center-700m-ai-equipment-operated-with-x-report/",
        "",
    ),
    "newsio_memo": (
        "2024-06-04",
        "https://newsio.com/2024/06/04/elon-musk-ordered-nvidia-to-ship-thousands-of-ai-chips-reserved-for-tesla-to-x-and-xai",
        "cnbc_nvidia_memo",
    ),
    "register_memo": (
        "2024-06-05",
        "https://www.theregister.com/2024/06/05/elon_musk_confirms_h100_destined/",
        "cnbc_nvidia_memo",
    ),
    "bfm_addresses": ("", "https://www.bfmtv.com/", ""),
    "bloomberg_law_2025": (
        "2025-04-07",
        "https://tierbaby.net/article/musk-moves-to-exit-11th-hour-delaware-lawsuit-by-tesla-investors",
        "",
    ),
    "techreport_suit_2024": (
        "2024-06-16",
        "https://techreport.com/news/tesla-shareholders-sue-elon-musk-for-transferring-resources-to-new-competing-company/",
        "delaware_suit_2024",
    ),
    "cnbc_warren_sec_2024": (
        "2024",
        "https://investingpassive.com/elizabeth-warren-calls-on-sec-to-investigate-tesla-elon-musk-over-governance-issues-once-again/",
        "",
    ),
    "techcrunch_x_tesla_2024": (
        "2024-04-17",
        "https://techtost.com/tesla-has-spent-200000-advertising-on-elon-musks-x-so-far",
        "",
    ),
    "scvnews_dmv_2026": (
        "2026-02",
        "https://scvnews.com/tesla-takes-corrective-action-to-avoid-dmv-suspension-after-administrative-case/",
        "",
    ),
    "allthenews_dmv_2025": (
        "2025-12",
        "https://allthe.news/zh/articles/california-orders-tesla-to-rename-autopilot-or-face-sales-suspension",
        "",
    ),
    "electrek_cybercab_2026": (
        "2026-09-04",
        "https://electrek.co/2026/09/04/tesla-cybercab-nhtsa-investigation-fmvss-certification/",
        "",
    ),
    "webpronews_cybercab_2026": (
        "2026-09",
        "https://www.webpronews.com/nhtsa-puts-teslas-cybercab-on-notice-self-certification-of-wheel-free-robotaxi-faces-sworn-scrutiny/",
        "",
    ),
    "economictimes_rdw_2026": (
        "2026-05-05",
        "https://auto.economictimes.indiatimes.com/news/auto-technology/teslas-road-to-full-self-driving-approval-in-europe/130825650",
        "",
    ),
    "notanfsdtracker_2026": ("2026-06", "https://notanfsdtracker.com/france-tesla-fsd-awaiting-eu-decision-2026", ""),
    "electrek_robotaxi_2026": (
        "2026-02",
        "https://londonwallet.co.uk/tesla-robotaxi-status-check-8-months-in-19-availability-and-all-of-musks-promises-are-missing",
        "",
    ),
    "ndtv_delivery_2025": (
        "2025-06-28",
        "https://www.ndtv.com/world-news/elon-musk-says-first-tesla-drove-itself-from-factory-to-customer-8784716",
        "",
    ),
    "sherwood_robotaxi_2025": (
        "2025-12-29",
        "https://sherwood.news/tech/tesla-has-two-days-to-remove-robotaxi-safety-drivers-in-austin-to-reach-elon",
        "",
    ),
    "eletric_vehicles_2026": (
        "2026-01",
        "https://eletric-vehicles.com/tesla/teslas-robotaxi-rides-without-monitors-limited-to-few-vehicles-with-chase-cars",
        "",
    ),
    "electrive_robotaxi_2026": (
        "2026-06-02",
        "https://www.electrive.com/2026/06/02/tesla-robotaxi-fleet-in-texas-reaches-only-42-vehicles/",
        "",
    ),
    "chargeport_2026": ("2026-09-05", "https://thechargeport.com/robotaxi-tracker", ""),
    "electrek_miles_2026": (
        "2026-09-03",
        "https://electrek.co/2026/09/03/tesla-announces-1-million-unsupervised-miles-driven-by-robotaxi/",
        "",
    ),
    "cnbc_cybercab_2026": (
        "2026-10-03",
        "https://www.cnbc.com/2026/10/03/tesla-cybercab-pressure-to-expand-after-rocky-first-month-in-austin.html",
        "",
    ),
    "teslanorth_cybercab_2026": (
        "2026-10-04",
        "https://teslanorth.com/2026/10/04/elon-musk-touts-careful-cybercab-rollout-austin-fleet-169/",
        "",
    ),
    "atlas360_miles_2026": (
        "2026-05",
        "https://atlas360.news/en/news/tesla-hits-musks-threshold-for-safe-unsupervised-driving-morj799h",
        "",
    ),
    "verge_promises_2026": ("2026-01-08", "https://articles.rudixops.dev/article/db7f9e2d849300683324d3cefc9170ca", ""),
    "hw3claim_2026": ("2026-04-22", "https://hw3claim.nl/en/evidence/musk-q1-2026-hw3-admission", ""),
    "startupfortune_spacex_2026": (
        "2026-06",
        "https://startupfortune.com/spacex-is-testing-the-public-market-price-of-frontier-ambition/",
        "",
    ),
    "globalfinserve_spacex_2026": (
        "2026-06-13",
        "https://globalfinserve.com/spacex-becomes-worlds-7th-most-valuable-company-after-blockbuster-market-debut/",
        "",
    ),
    "solana_garden_xai_2026": (
        "2026-06-07",
        "https://solana.garden/news/xai-audited-losses-spacex-s1-ai-ipo-benchmark-june-2026/",
        "spacex_s1_2026",
    ),
    "agenticdaily_xai_2026": (
        "2026-05-20",
        "https://agenticdaily.ai/articles/xai-burned-6-4b-in-2025-and-capex-just-doubled-to-30-8b-annualized",
        "spacex_s1_2026",
    ),
    "mexc_xai_2026": ("2026", "https://www.mexc.ae/news/625038", ""),
    "krasa_anthropic_2026": (
        "2026-05-21",
        "https://www.krasa.ai/news/spacex-s1-anthropic-1-25-billion-monthly-colossus-compute-deal",
        "spacex_s1_2026",
    ),
    "aitechsuite_grok_2025": (
        "2025-11-18",
        "https://www.aitechsuite.com/ai-news/xais-grok-41-claims-top-leaderboard-spot-masters-human-like-ai",
        "",
    ),
    "epoch_colossus2": ("2026-06", "https://epoch.ai/data/ai-data-centers/directory/colossus-2", ""),
    "nv_fy27q2": (
        "2026-08-26",
        "https://www.sec.gov/Archives/edgar/data/1045810/000104581026000073/q2fy27cfocommentary.htm",
        "",
    ),
    "ts_pd_2026q3": ("2026-10-02", "https://teslanorth.com/2026/10/02/tesla-q3-2026-deliveries/", ""),
    "byd_paultan_2026": (
        "2026-07-03",
        "https://curaft.com/stories/25719126-byd-sold-evs-globally-tesla-q2-2026-losing-out-q1-557-090-vs-480-126-deliveries",
        "byd_sales_reports",
    ),
    "byd_cnev_2025": (
        "2025-11-24",
        "https://cnevpost.com/2025/11/24/byd-leads-global-bev-market-q3-2025-followed-tesla",
        "byd_sales_reports",
    ),
    "byd_psv_2025": ("2026-01", "https://www.hkexnews.hk/", "byd_sales_reports"),
    "byd_audit_2026": ("2026-10-05", "https://github.com/billiammtyler-lgtm", "byd_sales_reports"),
    "px_people_1124": ("2024-11-26", "http://en.people.cn/n3/2024/1126/c90000-20246621.html", ""),
    "px_cnc_0625": (
        "2025-06-03",
        "https://carnewschina.com/2025/06/03/byds-new-price-war-triggers-backlash-from-industry-and-regulators",
        "",
    ),
    "px_ccb_0925": (
        "2025-09",
        "https://chinesecars.blog/tesla-china-slashes-model-3-long-range-price-amidst-shifting-ev-landscape",
        "",
    ),
    "closing_prices_since": ("2026-08-21", "https://github.com/haiteng123456/qqq-dca-site", "yahoo_closing_prices"),
    "benzinga_robotaxi_2025": (
        "2025-05-20",
        "https://www.benzinga.com/25/05/45529030/elon-musk-confirms-tesla-robotaxi-launch-is-on-track-for-next-month-these-things-happen-slowly-but-then-all-at-once",
        "cnbc_musk_interview_2025",
    ),
    "drivetesla_q3_2025": ("2025-10", "https://driveteslacanada.ca/?p=109778", ""),
    "anandtech_fsd_2025": (
        "2025-11",
        "https://forums.anandtech.com/threads/2025-ev-self-driving-news.2628771/page-13",
        "",
    ),
    "particlenews_2025": (
        "2025-12",
        "https://particlenews.pages.dev/story/musk-says-tesla-robotaxis-in-austin-will-go-driverless-in-about-three-weeks",
        "",
    ),
    "particle_davos_2026": (
        "2026-01",
        "https://particle.news/story/tesla-begins-limited-driverless-robotaxi-rides-in-austin",
        "",
    ),
    "allmind_fsd_2026": (
        "2026-04",
        "https://allmind.ai/news/115d999463eb98261ec7e108f727a20b2020ce4da7f614097b9387c7e55ce0ef",
        "",
    ),
    "arena_catalog": ("2025-12-17", "https://github.com/lmarena/arena-catalog", ""),
    "arena_kevinschaul": ("2025-10-16", "https://github.com/kevinschaul/lmarena-leaderboard-history", ""),
    "arena_aabao": ("", "https://github.com/aabao325/arena-ai-leaderboards", ""),
    "arena_scarlett": ("", "https://github.com/Scarlett9826/arena-ai-leaderboards", ""),
}
