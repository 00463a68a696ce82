"""A training on several devices: GPUs of one machine, or those of several."""
