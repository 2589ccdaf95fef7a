from django.urls import path

from production.views import board, closing, failures, learning, planning, printers, repeating, runs, undo

app_name = "production"

urlpatterns = [
    path("floor/", board.floor, name="floor"),
    path("tonight/", board.tonight, name="tonight"),
    path("tonight/order/", board.move_run, name="move_run"),
    path("tonight/fill/", board.fill_tonight, name="fill_tonight"),
    path("morning/", closing.morning_round, name="morning_round"),
    # Runs
    path("runs/", runs.RunList.as_view(), name="run_list"),
    path("runs/correct/", runs.correct_runs, name="correct_runs"),
    path("runs/plan/", planning.plan_run, name="plan_run"),
    path("runs/<int:pk>/", runs.RunDetail.as_view(), name="run_detail"),
    path("runs/<int:pk>/start/", planning.start_run, name="start_run"),
    path("runs/<int:pk>/queue/", planning.queue_run, name="queue_run"),
    path("runs/<int:pk>/good/", closing.all_good, name="all_good"),
    path("runs/<int:pk>/complete/", closing.complete_run, name="complete_run"),
    path("runs/<int:pk>/fail/", closing.fail_run, name="fail_run"),
    path("runs/<int:pk>/reprint/", planning.reprint, name="reprint"),
    path("runs/<int:pk>/repeat/", repeating.repeat_run, name="repeat_run"),
    path("runs/<int:pk>/rate/", repeating.rate_run, name="rate_run"),
    path("runs/<int:pk>/cancel/", runs.CancelRun.as_view(), name="cancel_run"),
    path("runs/<int:pk>/undo/", undo.undo_run, name="undo_run"),
    path("runs/<int:pk>/photo/", learning.add_photo, name="add_photo"),
    path("plates/<int:pk>/plan/", planning.plan_plate, name="plan_plate"),
    # Printers
    path("printers/", printers.PrinterList.as_view(), name="printer_list"),
    path("printers/add/", printers.EditPrinter.as_view(), name="add_printer"),
    path("printers/<int:pk>/", printers.PrinterDetail.as_view(), name="printer_detail"),
    path("printers/<int:pk>/edit/", printers.EditPrinter.as_view(), name="edit_printer"),
    path("printers/<int:pk>/archive/", printers.ArchivePrinter.as_view(), name="archive_printer"),
    path("printers/<int:pk>/back/", printers.BringBackPrinter.as_view(), name="bring_back_printer"),
    path("printers/<int:pk>/log/", printers.log_maintenance, name="log_maintenance"),
    path("printers/<int:printer>/tasks/add/", printers.EditMaintenanceTask.as_view(), name="add_maintenance_task"),
    path(
        "printers/<int:printer>/tasks/<int:pk>/",
        printers.EditMaintenanceTask.as_view(),
        name="edit_maintenance_task",
    ),
    path("slots/<int:pk>/load/", printers.load_slot, name="load_slot"),
    # What runs teach
    path("variance/", learning.variance_page, name="variance"),
    path("variance/pictures/", learning.variance_pictures, name="variance_pictures"),
    path("variance/settings/", learning.floor_settings, name="floor_settings"),
    path("variance/advice/<int:pk>/", learning.answer_advice, name="answer_advice"),
    # Failures
    path("failures/", failures.FailureReasonList.as_view(), name="failure_reason_list"),
    path("failures/add/", failures.EditFailureReason.as_view(), name="add_failure_reason"),
    path("failures/<int:pk>/", failures.EditFailureReason.as_view(), name="edit_failure_reason"),
    path("failures/<int:pk>/remove/", failures.RemoveFailureReason.as_view(), name="remove_failure_reason"),
]
