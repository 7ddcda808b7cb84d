"""Golden questions: what `vendora eval` reads, computes, compares and reports. The rules are in `docs/eval.md`."""
