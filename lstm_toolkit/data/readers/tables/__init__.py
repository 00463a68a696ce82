"""Tables of text columns: CSV, TSV, JSON, Excel, Parquet, data frames."""
