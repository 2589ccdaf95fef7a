from django.apps import AppConfig
from django.core.checks import register


class WebConfig(AppConfig):
    name = "nozzly.web"
    label = "web"
    verbose_name = "Web shell"

    def ready(self):
        from nozzly.web.guard import unguarded_views  # noqa: PLC0415 - app ready
        from nozzly.web.languages import remember_texts  # noqa: PLC0415 - app ready

        register(unguarded_views)
        remember_texts()
