"""Side-by-side measurements, each one command; results stand in RESULTS.md."""
