"""Reference arrays, written by the real tensorflow-addons; see `make_reference`."""
