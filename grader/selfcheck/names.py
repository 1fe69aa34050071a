"""The names of a pytest item's properties that both the items and the plugin use."""

BOARD = "board"  # the fields of a BoardEntry
