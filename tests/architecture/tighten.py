"""Write the measures of today into `ratchet.yaml`: `python -m tests.architecture.tighten`. Read the diff: numbers may only fall."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.architecture.test_ratchets import RATCHET, function_lines
from tests.architecture.tree import PACKAGE, modules


def main() -> None:
    texts = {name: text for name, _, text in modules(PACKAGE)}
    files = {name: text.count("\n") for name, text in texts.items()}
    today = {
        **RATCHET,
        "longer_files": {name: lines for name, lines in files.items() if lines > RATCHET["file_lines"]},
        "longer_functions": {name: lines for name, lines in function_lines().items() if lines > RATCHET["function_lines"]},
        "type_ignores": sum(text.count("# type: " + "ignore") for text in texts.values()),
        "noqas": sum(text.count("# no" + "qa") for text in texts.values()),
    }
    head = "# What is longer or louder than it should be, and how much. These numbers may only fall: `make ratchet` writes today's.\n"
    path = Path(__file__).with_name("ratchet.yaml")
    path.write_text(head + yaml.safe_dump(today, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
