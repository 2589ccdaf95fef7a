from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "nozzly.tenancy"
    verbose_name = "Workspaces"
