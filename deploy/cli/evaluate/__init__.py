"""How well reports are understood, measured on labelled ones that nothing was taught.

`folds` keeps the reports of one incident together; `unseen` makes the rules and the model as they would be
without a fold's reports; `judge` compares decisions with labels; `pairs` judges incidents; `cost` counts CPU;
`page` writes `docs/evaluation.md`.
"""
