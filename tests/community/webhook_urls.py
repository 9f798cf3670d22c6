"""The site's addresses with those of mail services, as they are with INCOMING_WEBHOOK_SECRET."""

from django.urls import include, path

from config.urls import handler400, handler429, handler500
from config.urls import urlpatterns as ours

urlpatterns = [path("incoming-mail/", include("community.views.incoming_webhooks")), *ours]
__all__ = ["handler400", "handler429", "handler500", "urlpatterns"]
