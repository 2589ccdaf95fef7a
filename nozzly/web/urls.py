from django.urls import path

from nozzly.web.pages import jobs, shell, styleguide

app_name = "web"
urlpatterns = [
    path("theme/", shell.choose_theme, name="theme"),
    path("keys/", shell.show_keys, name="keys"),
    path("jobs/", jobs.JobList.as_view(), name="job_list"),
    path("jobs/<int:pk>/", jobs.JobDetail.as_view(), name="job_detail"),
    path("jobs/<int:pk>/panel/", jobs.show_progress, name="job_panel"),
    path("jobs/<int:pk>/file/", jobs.download_result, name="job_file"),
    path("styleguide/", styleguide.show_styleguide, name="styleguide"),
]
