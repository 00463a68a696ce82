"""Series of numbers over time, cut into windows."""
