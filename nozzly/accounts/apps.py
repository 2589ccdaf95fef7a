from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "nozzly.accounts"
    verbose_name = "People"
