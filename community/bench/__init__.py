"""What a request costs: data, server, load and figures of `manage.py bench`. Nothing else imports this package."""
