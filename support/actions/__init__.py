"""What people do with tickets: keyword-only, actor first, one transaction, permission asked again, event written."""
