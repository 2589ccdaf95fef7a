"""The door for gunicorn; it stays shut on a database that would let a workspace out of its schema."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from nozzly.tenancy.enforcement import refuse_unsafe_database
from nozzly.web.warming import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nozzly.settings")

application = get_wsgi_application()
refuse_unsafe_database()
if not settings.AT_A_DESK:
    warm_up()
