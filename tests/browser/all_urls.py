"""The site's addresses, and those that other modes have: the design page."""

from django.urls import path

from config.design import design
from config.urls import urlpatterns as site

urlpatterns = [*site, path("design/", design, name="design")]
