"""Ask the web process of this container whether it serves; the exit status is the answer."""

import http.client
import os
import sys


def is_healthy() -> bool:
    host = os.environ.get("NOZZLY_DOMAIN", "localhost")
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("HEALTH_PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/health/", headers={"Host": host})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy() else 1)
