"""The addresses of the report, inside the administration (config/admin.py)."""

from django.contrib import admin
from django.urls import path

from support.admin import roi

_see = admin.site.admin_view
urlpatterns = [
    path("", _see(roi.report), name="roi"),  # ?from_day= &until_day= &board= &channel= &against=
    path("handout/", _see(roi.handout), name="roi_handout"),
    path("compute/", _see(roi.compute), name="roi_compute"),  # POST
    path("what-if/", _see(roi.supposed), name="roi_what_if"),
    path("rows/<str:name>/", _see(roi.rows), name="roi_rows"),  # ?after= and what narrows the list
    path("rows/<str:name>.csv", _see(roi.rows_file), name="roi_rows_file"),
    path("<str:name>/", _see(roi.report), name="roi_page"),
    path("<str:name>/<str:table_name>.csv", _see(roi.table), name="roi_table"),
]
