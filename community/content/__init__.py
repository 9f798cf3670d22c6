"""What people write, as text and files: cleaned, rendered, converted. Plain values in and out, no rows."""
