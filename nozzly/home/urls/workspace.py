from django.urls import path

from nozzly.home.views import finishing, search, today

app_name = "home"
urlpatterns = [
    path("", today.today, name="today"),
    path("search/", search.search, name="search"),
    path("finish/<str:code>/", finishing.finish_spool, name="finish_spool"),
]
