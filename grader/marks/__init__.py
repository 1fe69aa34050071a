"""From points to marks: what course.toml says of weights, due dates and corrections."""
