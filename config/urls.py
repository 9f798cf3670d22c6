"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from community.views import demo, outbox
from community.views.codes import ConfirmEmailCode, ConfirmLoginCode
from config.design import design

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    # before allauth's own addresses of the same name
    path("accounts/login/code/confirm/", ConfirmLoginCode.as_view(), name="account_confirm_login_code"),
    path("accounts/confirm-email/", ConfirmEmailCode.as_view(), name="account_email_verification_sent"),
    path("accounts/", include("allauth.urls")),
    path("", include("community.urls")),
    path("", include("support.urls")),
]

if not settings.PRODUCTION:
    urlpatterns += [
        path("outbox/", outbox.outbox, name="outbox"),
        path("outbox/<str:name>/", outbox.outbox_mail, name="outbox_mail"),
        path("outbox/<str:name>/html/", outbox.outbox_mail_html, name="outbox_mail_html"),
        path("outbox/<str:name>/reply/", outbox.outbox_reply, name="outbox_reply"),
        path("demo/look-as/<str:role>/", demo.look_as, name="look_as"),
    ]

if settings.INCOMING_WEBHOOK_SECRET:
    urlpatterns += [path("incoming-mail/", include("community.views.incoming_webhooks"))]

if settings.DEBUG:
    urlpatterns += [path("design/", design, name="design")]

handler400 = "config.error_pages.bad_request"
handler429 = "config.error_pages.too_many_requests"  # asked for by allauth
handler500 = "config.error_pages.broken"
