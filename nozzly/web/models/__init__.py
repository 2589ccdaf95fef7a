from nozzly.web.models.attachments import Attachment
from nozzly.web.models.audit import AuditEntry
from nozzly.web.models.imports import ListImport
from nozzly.web.models.jobs import Job
from nozzly.web.models.notifications import Notification
from nozzly.web.models.views import SavedView

__all__ = ["Attachment", "AuditEntry", "Job", "ListImport", "Notification", "SavedView"]
