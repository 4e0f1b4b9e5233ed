"""What a call asks for, settled before any kernel starts: notebooks, their parameters, batch files, jobs."""
