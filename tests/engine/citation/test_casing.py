"""The case of titles is that of CSL's reference processor; each case below is what citeproc-js 2.4.63 writes."""

from __future__ import annotations

import pytest

from casefile.citation.casing import title_case


@pytest.mark.parametrize(
    ("text", "titled"),
    [
        ("models of xAI among them: 0", "Models of xAI among Them: 0"),
        ("damages against Tesla, after the trial", "Damages against Tesla, after the Trial"),
        ("the fullest form was always put off: supported", "The Fullest Form Was Always Put off: Supported"),
        ("and, in a word, where it stands", "And, in a Word, Where It Stands"),
        ("a cross-heading: of what?", "A Cross-Heading: Of What?"),
        ("highest on-demand rent", "Highest On-Demand Rent"),
        ("explained in its e-mails", "Explained in Its E-Mails"),
        ("the order's value, and Tesla’s", "The Order's Value, and Tesla’s"),
        ("what it fell to", "What It Fell To"),
        ("did it stand? by then it did", "Did It Stand? By Then It Did"),
        ("$42,000 (an estimate)", "$42,000 (an Estimate)"),
    ],
)
def test_small_words_stay_small_within_and_only_there(text: str, titled: str) -> None:
    assert title_case(text) == titled
