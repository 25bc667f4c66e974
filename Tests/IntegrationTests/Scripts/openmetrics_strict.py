"""Reads an exposition with the strict OpenMetrics parser of prometheus_client.

Usage: openmetrics_strict.py FILE. Prints the number of samples, or fails with the parser's error.
"""
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    families = list(text_string_to_metric_families(file.read()))
seen = set()
for family in families:
    for sample in family.samples:
        key = (sample.name, tuple(sorted(sample.labels.items())))
        if key in seen:
            sys.exit(f"occurs twice: {key}")
        seen.add(key)
print(len(seen))
