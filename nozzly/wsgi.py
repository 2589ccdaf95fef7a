"""The door for gunicorn; it stays shut on a database that would let a workspace out of its schema."""

import os

from django.core.wsgi import get_wsgi_application

from nozzly.tenancy.enforcement import refuse_unsafe_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nozzly.settings")

application = get_wsgi_application()
refuse_unsafe_database()
