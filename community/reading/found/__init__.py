"""What those who find pages are told: search engines, feed readers, and whoever shows a link to one."""
