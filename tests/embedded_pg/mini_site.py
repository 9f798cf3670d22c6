"""The smallest Django site on the embedded server: settings, one page and a WSGI application. Run by the tests only."""

import os

from config.embedded_pg import database_settings

DEBUG = True
SECRET_KEY = "for tests"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "mini_site"
INSTALLED_APPS = ["django.contrib.contenttypes"]
DATABASES = {"default": database_settings(os.environ["MINI_SITE_DATA"])}


def page(request):
    from django.db import connection
    from django.http import HttpResponse

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database")
    return HttpResponse(f"{os.getpid()} {connection.attached_to.pid}")


def __getattr__(name):  # Django may be imported only when it reads these, not with the settings
    if name == "application":
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.urls import path

    return [path("", page)]
