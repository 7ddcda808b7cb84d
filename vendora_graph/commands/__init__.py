"""One file a command. Heavy imports stand inside the functions: `vendora --help` imports none of them."""
