from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from nozzly.web import notifying
from nozzly.web.guard import Access, login_only
from nozzly.web.models import Notification
from nozzly.web.render import go_to
from nozzly.web.views import ListPage


class NotificationList(ListPage):
    permission = Access.LOGIN
    template = "web/notification_list.html"
    fragments = ("notification-table",)
    title = _("News")

    def get_queryset(self):
        return Notification.objects.of(self.request.user).order_by("-pk")


@login_only
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    notifying.mark_read(request.user, at=timezone.now())
    return go_to(request, "web:notification_list")
