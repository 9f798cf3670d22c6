"""What the desk's pages show, and what it costs."""
