"""gunicorn as production runs it; every value can be changed by GUNICORN_CMD_ARGS (docs/operations.md)."""

import multiprocessing
import os

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or multiprocessing.cpu_count() + 1)
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
# A database connection keeps about 1 MB for each workspace it has touched, a worker keeps the connections.
max_requests = 2000
max_requests_jitter = 400
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat file; on disk it can block a worker
accesslog = "-"
access_log_format = '%(h)s %({host}i)s "%(r)s" %(s)s %(b)s %(M)sms'
control_socket_disable = True
