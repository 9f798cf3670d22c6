"""How the site is put together: settings, URLs, the embedded database. No domain code."""
