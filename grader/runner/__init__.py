"""Running a probe: in this process, or in a process of its own."""
