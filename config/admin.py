"""The admin site: Django's own, behind the same sign-in (and second factor) as everything else."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class PeerdeskAdminSite(AdminSite):
    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Start")
    login = secure_admin_login(AdminSite.login)
