"""Figures and what is computed from them: the graph, formulas, units, formats, verdicts, ranges, charts and their pictures."""
