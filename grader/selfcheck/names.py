"""The names of a pytest item's properties that both the items and the plugin use."""

CHECK_REPORT = "check report"  # the CheckReport, as JSON
