"""What the bare host shows to strangers."""

from django.urls import path

from nozzly.home.views import sign_up

app_name = "public"
urlpatterns = [
    path("", sign_up.landing, name="landing"),
    path("sign-up/", sign_up.sign_up, name="sign_up"),
]
