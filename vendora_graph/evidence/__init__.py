"""Evidence: ledger, references, rendering, checks and scoring. Pure: no model, no warehouse."""
