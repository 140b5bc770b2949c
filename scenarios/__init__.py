"""What planners write and read: scenario files, plans, findings, and the problem they state."""
