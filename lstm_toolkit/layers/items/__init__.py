"""What networks over sessions of items need: vectors of many items, and items that come again."""
