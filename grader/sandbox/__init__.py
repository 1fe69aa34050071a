"""Where code under test runs: apart from the code that judges it."""
