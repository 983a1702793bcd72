"""A chapter under many parameters: the grid, one scenario, compiled formulas, workers, the report."""
