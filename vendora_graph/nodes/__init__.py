"""The agents: one file, one function, one node of the graph."""
