"""Mathematics: LaTeX becomes MathML with what LaTeX means, or is refused by name."""

from __future__ import annotations

import pytest

from casefile.content.formulas import mathml_of_tex
from casefile.errors import BadInput


@pytest.mark.parametrize(
    ("tex", "inside"),
    [
        ("a^b", "<msup><mi>a</mi><mi>b</mi></msup>"),
        (r"\frac{1}{2}", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        ("x_{12}", "<msub><mi>x</mi><mn>12</mn></msub>"),
        ("a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        (r"\begin{equation*} a \end{equation*}", "<mi>a</mi>"),
        (r"\log(x)", '<mi>log</mi><mo>\u2061</mo><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>'),
        (r"\hat{\beta}_0", '<msub><mover accent="true"><mi>β</mi><mo stretchy="false">ˆ</mo></mover><mn>0</mn></msub>'),
        (
            r"\bar{x}_i^2",
            '<msup><msub><mover accent="true"><mi>x</mi><mo stretchy="false">ˉ</mo></mover><mi>i</mi></msub><mn>2</mn></msup>',
        ),
        (
            r"\overbrace{x}^n",
            '<mover><mover accent="false"><mi>x</mi><mo accent="true">⏞</mo></mover><mi>n</mi></mover>',
        ),
        (
            r"\sum_{i}^n i",
            '<munderover><mo movablelimits="true">∑</mo><mi>i</mi><mi>n</mi></munderover><mi>i</mi>',
        ),
    ],
)
def test_a_formula_is_mathml(tex: str, inside: str) -> None:
    written = mathml_of_tex(tex)
    assert inside in written
    assert written.startswith("<math ")


def test_a_formula_of_several_lines_is_a_table_of_them() -> None:
    shown = mathml_of_tex("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}", block=True)
    assert shown.startswith('<math display="block"')
    assert shown.count("<mtr>") == 2


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"\foo", 'Unknown LaTeX command "\\foo"'),
        ("a^", "Last node missing children. Source incomplete?"),
        (r"\begin{array}{c}1\end{array}", 'Environment "array" not supported!'),
        ("a & b", "it cannot be read"),
        (r"\href{https://example.org}{x}", 'Unknown LaTeX command "\\href"'),
    ],
)
def test_what_cannot_be_read_is_refused(tex: str, why: str) -> None:
    with pytest.raises(BadInput) as caught:
        mathml_of_tex(tex)
    assert str(caught.value) == f"the formula {tex!r}: {why}; expected LaTeX that Docutils reads"
