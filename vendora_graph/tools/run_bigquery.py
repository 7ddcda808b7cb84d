"""`run_bigquery`: `run_sql` under the name and the dialect of BigQuery; dry run, byte limit and job id are the adapter's."""

from __future__ import annotations

from dataclasses import replace

from vendora_graph.tools.run_sql import RUN_SQL

WORDS = "Write BigQuery SQL; every statement is costed before it runs."

RUN_BIGQUERY = replace(RUN_SQL, name="run_bigquery", description=f"{RUN_SQL.description} {WORDS}")
