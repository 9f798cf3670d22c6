"""What happens to tickets, told: in the inbox and by mail."""
