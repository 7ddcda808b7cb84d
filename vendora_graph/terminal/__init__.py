"""How an answer looks in a terminal: blocks of content first, then one plain and one rich rendering of them."""
