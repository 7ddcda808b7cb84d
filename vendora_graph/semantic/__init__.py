"""The semantic model: dbt YAML in, catalog and compiled statements out. Importing it reads no file and no MetricFlow."""
