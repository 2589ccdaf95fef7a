from django.urls import path

from nozzly.web.pages import (
    activity,
    imports,
    jobs,
    media,
    notifications,
    saved_views,
    settings,
    shell,
    styleguide,
    tax,
)

app_name = "web"
urlpatterns = [
    path("theme/", shell.choose_theme, name="theme"),
    path("keys/", shell.show_keys, name="keys"),
    path("settings/", settings.change_settings, name="settings"),
    path("settings/activity/", activity.ActivityList.as_view(), name="activity"),
    path("settings/tax/", tax.tax_settings, name="tax_settings"),
    path("settings/tax/rate/", tax.add_rate, name="add_tax_rate"),
    path("settings/tax/borders/", tax.borders, name="borders"),
    path("settings/tax/borders/add/", tax.add_border, name="add_border"),
    path("brand.css", settings.show_brand_css, name="brand_css"),
    path("brand/logo/", media.show_logo, name="logo"),
    path("media/<str:schema>/<path:name>", media.show_file, name="media"),
    path("attachments/<int:pk>/", media.show_attachment, name="attachment"),
    path("jobs/", jobs.JobList.as_view(), name="job_list"),
    path("jobs/<int:pk>/", jobs.JobDetail.as_view(), name="job_detail"),
    path("jobs/<int:pk>/panel/", jobs.show_progress, name="job_panel"),
    path("jobs/<int:pk>/file/", jobs.download_result, name="job_file"),
    path("imports/", imports.ImportList.as_view(), name="import_list"),
    path("imports/<int:pk>/", imports.ImportDetail.as_view(), name="import_detail"),
    path("news/", notifications.NotificationList.as_view(), name="notification_list"),
    path("news/read/", notifications.mark_read, name="mark_read"),
    path("views/<str:page>/", saved_views.saved_views, name="saved_views"),
    path("views/<int:pk>/forget/", saved_views.forget_view, name="forget_view"),
    path("styleguide/", styleguide.show_styleguide, name="styleguide"),
]
