"""What students handed in, as people and platforms hand it in."""
