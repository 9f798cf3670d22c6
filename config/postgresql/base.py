"""The database backend for DATABASE_URL.

Django checks a server's version once, at the first connection of every process; only the floor it checks against is
ours. So an old server is refused by every command and every web worker alike, before the first query.
"""

from django.db.backends.postgresql import base, features

from config.postgresql.schema import DatabaseSchemaEditor


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (15,)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    SchemaEditorClass = DatabaseSchemaEditor
