"""HTML of the things pages show."""

from __future__ import annotations

from markupsafe import Markup

from casefile.site import markup


def test_words_have_one_kind_of_apostrophe_and_addresses_and_markup_their_own() -> None:
    template = markup._environment().from_string(
        '<a href="{{ address }}" title="{{ words }}">{{ words }}</a>{{ code }}{{ words | whole }}'
    )
    assert template.render(
        words="Tesla's 'own', e-mail's", address="https://example.org/Moore's_law", code=Markup("<code>a'</code>")
    ) == (
        '<a href="https://example.org/Moore&#39;s_law" title="Tesla’s &#39;own’, e-mail’s">Tesla’s &#39;own’, e-mail’s</a>'
        '<code>a\'</code>Tesla’s &#39;own’, <span class="whole">e-mail</span>’s'
    )
