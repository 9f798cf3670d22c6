"""The whole community as files, and back: `manage.py export_community` and `import_community` (docs/export.md)."""
