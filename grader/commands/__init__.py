"""The command: what it does, its options, and how it ends."""
