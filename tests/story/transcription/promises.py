"""The dated self-driving promises: id → (day said, kind, last day named, how it stood on 5 June 2024)."""

from __future__ import annotations

PROMISES: dict[str, tuple[str, str, str, str]] = {
    "promise_2013_09_ft": ("2013-09-18", "partial", "2016-09-18", "lapsed"),
    "promise_2014_10_cnnmoney": ("2014-10-02", "partial", "2015-12-31", "partly"),
    "promise_2015_09_denmark": ("2015-09-29", "full", "2018-09-30", "lapsed"),
    "promise_2015_12_fortune": ("2015-12-21", "full", "2017-12-31", "lapsed"),
    "promise_2016_01_summon": ("2016-01-10", "full", "2018-01-31", "lapsed"),
    "promise_2016_06_code": ("2016-06-02", "full", "2018-06-02", "lapsed"),
    "promise_2016_10_la_ny": ("2016-10-19", "demo", "2017-12-31", "lapsed"),
    "promise_2017_04_ted_drive": ("2017-04-28", "demo", "2017-12-31", "lapsed"),
    "promise_2017_04_ted_sleep": ("2017-04-28", "full", "2019-04-30", "lapsed"),
    "promise_2018_11_recode": ("2018-11-02", "full", "2019-12-31", "lapsed"),
    "promise_2019_02_ark_feature": ("2019-02-19", "full", "2019-12-31", "lapsed"),
    "promise_2019_02_ark_sleep": ("2019-02-19", "full", "2020-12-31", "lapsed"),
    "promise_2019_04_robotaxis": ("2019-04-22", "robotaxi", "2020-12-31", "lapsed"),
    "promise_2020_04_robotaxi": ("2020-04-12", "robotaxi", "2020-12-31", "lapsed"),
    "promise_2020_07_waic": ("2020-07-09", "full", "2020-12-31", "lapsed"),
    "promise_2020_12_springer": ("2020-12-01", "full", "2021-12-31", "lapsed"),
    "promise_2021_01_q4call": ("2021-01-27", "full", "2021-12-31", "lapsed"),
    "promise_2022_01_q4call": ("2022-01-26", "full", "2022-12-31", "lapsed"),
    "promise_2022_04_ted": ("2022-04-06", "full", "2022-12-31", "lapsed"),
    "promise_2022_08_ons": ("2022-08-29", "full", "2022-12-31", "partly"),
    "promise_2023_07_waic": ("2023-07-06", "full", "2023-12-31", "lapsed"),
    "promise_2024_04_reveal": ("2024-04-05", "event", "2024-08-08", "open"),
    "promise_2024_07_q2call": ("2024-07-23", "full", "2025-12-31", "later"),
    "promise_2024_10_unsupervised": ("2024-10-10", "full", "2025-12-31", "later"),
    "promise_2024_10_cybercab": ("2024-10-10", "robotaxi", "2026-12-31", "later"),
}
