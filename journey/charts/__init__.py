"""An answer in, a figure out: one file per question, and no queries.  `theme` dresses every figure, `words` writes every number."""
