"""Control digests of the series' columns, worked out from the dossier's own files: no cell has changed since.

Each column has how many of its cells are filled, and the first sixteen digits of a SHA-256 of its cells with their rows' keys,
in order, numbers in their shortest form. Units, ids of sources and the spelling of some names were first brought to those of
the report: millions of dollars to dollars, per cent to shares, Epoch AI's estimates to five digits, its counts to whole chips.
The recast net income of the last quarter of 2024, which the dossier works out, names the filing it is worked out from.
Two columns are this report's own words and judgements and are held as they stood when the digests were made: `verification`
of the promises, `status` of xAI's data centre.
"""

from __future__ import annotations

# Series → the columns that name a row, and column → (cells filled, digest).
SEALS: dict[str, tuple[tuple[str, ...], dict[str, tuple[int, str]]]] = {
    "arena_ratings": (
        ("date", "model"),
        {
            "date": (1941, "7cf22677b7ff33c0"),
            "model": (1941, "a1552b5f734963e6"),
            "organization": (1941, "b6fa61ee6df3c954"),
            "rank": (1941, "a1f35f698e2de7c3"),
            "score": (1941, "f473067307d9b5ea"),
            "ci_plus": (1941, "48ed85df7da0af40"),
            "ci_minus": (1941, "c9a260d44b7825d6"),
            "votes": (1941, "8035179b19e643e7"),
            "source": (1941, "7152739ca4ab3bde"),
        },
    ),
    "arena_best_by_lab": (
        ("date", "organization"),
        {
            "date": (368, "685a86ebd1db20a4"),
            "organization": (368, "318e92e5ac52e3e9"),
            "model": (355, "b4f7a92d64464990"),
            "rank": (355, "50256110369fcd14"),
            "score": (355, "19c9c50ecb6d7356"),
            "ci_plus": (355, "ecbbf320a9b86dbe"),
            "ci_minus": (355, "47f259e992af017a"),
            "votes": (355, "106310b93b3da1eb"),
            "models_listed": (368, "f0c4ffe1da53a786"),
            "source": (368, "be76d72c649c2bb1"),
        },
    ),
    "benchmarks": (
        ("date", "benchmark", "model", "setting"),
        {
            "date": (169, "d020122515cf25a6"),
            "benchmark": (169, "f58b78b47a834747"),
            "model": (169, "21ef604e26d8114a"),
            "score": (169, "54d0147095cdb7bc"),
            "unit": (169, "0befd02c6e69ad9b"),
            "setting": (65, "3b2b2fc9d9233fbb"),
            "printed": (169, "e5f23888382b11c0"),
            "source": (169, "d3b3723e97c97b90"),
        },
    ),
    "closing_prices": (
        ("date",),
        {
            "date": (294, "ca6b3c911e97a304"),
            "tsla": (294, "da4117091e696528"),
            "nvda_split_adjusted": (294, "bb6aae089edf09e3"),
            "nvda_as_quoted": (294, "440d69a4e7d08deb"),
            "qqq": (294, "01ae752c3344599e"),
            "spy": (294, "21e67bbac3be3a6a"),
            "spx": (294, "1c569407585d74b1"),
            "source": (294, "f88beee655e0e8e0"),
        },
    ),
    "nvidia_quarterly": (
        ("period", "metric"),
        {
            "period": (175, "d17f85fc11450f94"),
            "period_end": (175, "dd045963e4867d58"),
            "metric": (175, "3d85a44e3a103a1d"),
            "value": (175, "30bc603f0f273627"),
            "unit": (175, "e9553f0089c29912"),
            "source": (175, "406a3844cfb3119c"),
            "verification": (175, "81c7f60d53a84da3"),
        },
    ),
    "tesla_quarterly": (
        ("period", "metric"),
        {
            "period": (290, "ebb45f5ce3cf1970"),
            "period_end": (290, "03e10438633945e6"),
            "metric": (290, "ff776e3d0b37ffc0"),
            "value": (290, "b9c0be746e78ee15"),
            "unit": (290, "1331fd330dc50b86"),
            "source": (290, "cd81e1bdfcf3a2f6"),
            "verification": (290, "7eab87d4b26ea7d3"),
        },
    ),
    "byd_quarterly": (
        ("period", "metric"),
        {
            "period": (24, "a80c5302366bac9d"),
            "period_end": (24, "5ea5133ce013ff3e"),
            "metric": (24, "b4d2ca079fbdf58e"),
            "value": (24, "54b0a37d1f0ade82"),
            "unit": (24, "51354fc30c29fec8"),
            "source": (24, "dfdfdb78a5e5b06e"),
            "verification": (24, "bb4a2913f8310446"),
        },
    ),
    "china_bev_market": (
        ("period", "metric"),
        {
            "period": (45, "a078329b2f92067b"),
            "period_end": (45, "6610a63deecf3dc6"),
            "metric": (45, "15eef6fe0b0940dc"),
            "value": (45, "458e95e8c4f0fbc4"),
            "unit": (45, "c2c4c67950304f97"),
            "source": (45, "bdf14dc9d5de2590"),
            "verification": (45, "2038f4d4a3a7be87"),
        },
    ),
    "china_price_events": (
        ("date", "actor", "model", "trim"),
        {
            "date": (32, "24a3c0f321093af5"),
            "actor": (32, "ae006cc32fb10267"),
            "model": (32, "79dc475659aedf64"),
            "trim": (32, "820a5b7bbe1365f9"),
            "event": (32, "a52fd18b9779a846"),
            "price_before": (27, "58283c6f8a119382"),
            "price_after": (31, "5d3402786ede245a"),
            "change": (27, "ee18f4b16bf02620"),
            "unit": (32, "d355b5f0d2a6f178"),
            "before_computed": (27, "d8bec386e1ecf225"),
            "printed": (13, "34a274455ea324f0"),
            "source": (32, "dbc02918744d2fda"),
            "verification": (32, "238496f8d35204aa"),
        },
    ),
    "self_driving_promises": (
        ("said", "printed", "venue"),
        {
            "said": (25, "4ae801b83556487e"),
            "said_precision": (25, "538f9b18fc30096c"),
            "scope": (25, "3066b6256978ca06"),
            "target_earliest": (8, "814ab4cde6c19d84"),
            "target_latest": (25, "dbe687c4e5fb4b19"),
            "target_precision": (25, "af823572c448605c"),
            "printed": (25, "e6fa3688e7a856ff"),
            "venue": (25, "3632856d0cdfced0"),
            "source": (25, "21e1230f755fda64"),
            "status": (25, "789ae320cbbc02c5"),
            "verification": (25, "960fcc22b2d06cae"),
        },
    ),
    "gpu_clusters": (
        ("name",),
        {
            "name": (20, "4443504e11db56d4"),
            "owner": (20, "56108c6521995faf"),
            "status": (20, "5c7ad1e0f6c7e263"),
            "certainty": (20, "83e3b7c0b1c9480a"),
            "first_operational": (10, "8dfe698f62718239"),
            "chip": (18, "7cfab37702ea1891"),
            "chips_primary": (16, "e66613196660a6b0"),
            "chips_total": (16, "2369a2b0675b9638"),
            "h100_equivalents": (18, "a1c819d4e5c5edfa"),
            "power_mw": (16, "2cf10e74ee777efb"),
            "hardware_cost_usd": (11, "a8f3ceb74cb31157"),
            "source": (20, "567b16ccc2e18491"),
        },
    ),
    "training_compute": (
        ("model",),
        {
            "model": (70, "baffb60b0b2a1f6f"),
            "organization": (70, "636ce203b719597d"),
            "published": (70, "4e356ec950ea1e84"),
            "domain": (70, "0ccf9bc97638de9d"),
            "compute": (70, "1d02c70d1b5baa51"),
            "unit": (70, "07446e7a6dd21f45"),
            "confidence": (58, "a517afbb7a8d9b69"),
            "method": (66, "1308172f5ad120c3"),
            "hardware": (45, "0d48fba48153e970"),
            "hardware_quantity": (29, "7c83c12af538c026"),
            "training_hours": (30, "1cea69bf967be62c"),
            "source": (70, "7c8ab58127e61bd8"),
        },
    ),
    "xai_datacentre_timeline": (
        ("date", "site"),
        {
            "date": (15, "49745bf96540f409"),
            "site": (15, "a40d5b394d873178"),
            "buildings": (15, "1d79ec8b755bf193"),
            "power_mw": (15, "88d02d81edfeb2ad"),
            "h100_equivalents": (14, "f893f08311dc4282"),
            "capital_cost_usd_2025": (15, "2ab0bb89bab45a75"),
            "compute_cost_usd_2025": (15, "0a25a32953c4be44"),
            "construction_cost_usd_2025": (15, "b25d96274920d83e"),
            "source": (15, "55fa0963c6cf5663"),
            "status": (8, "03bdc22304088427"),
        },
    ),
}
