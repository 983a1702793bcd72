"""Addresses on paper."""

from __future__ import annotations

from casefile.site.paper import addressed_once


def test_an_address_is_on_paper_where_it_is_first_met_and_not_only_in_what_is_folded() -> None:
    one, other = (f'<span class="print-only"> &lt;https://{name}.org&gt;</span>' for name in ("a", "b"))
    proof = f'<figure class="chart proof">{other}</figure><details class="proof">{one}</details>'
    body = f"{proof}<p>A{one}, again{one}, B{other}.</p><figure class='chart'>B{other}</figure></details>{proof}"
    proved = '<figure class="chart proof"></figure><details class="proof"></details>'
    assert (
        addressed_once(body)
        == f"{proof}<p>A{one}, again, B{other}.</p><figure class='chart'>B</figure></details>{proved}"
    )
