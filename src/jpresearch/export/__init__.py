"""What leaves the desk: slides, mail, PDF and pictures, from the executed notebooks of a run and its record."""
