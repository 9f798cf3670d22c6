"""What makes reading right and cheap: lists by keyset, a thread's page, prepared SQL, the page cache."""
