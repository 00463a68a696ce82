"""Watching the tone of dated texts: a daily index, changes of its level, alerts."""
