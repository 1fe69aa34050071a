"""Links a file outside into its own folder."""

# earns 0
import os

os.link(OUTSIDE + "/secret", "linked")
print(open("linked").read())
