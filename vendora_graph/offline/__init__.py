"""The offline language model: it reads plain English by rules, plans, narrates, and needs no network."""
