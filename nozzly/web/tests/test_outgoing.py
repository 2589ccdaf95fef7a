"""Nothing is sent into a private network, by whatever road."""

import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from nozzly.web import outgoing
from nozzly.web.outgoing import AddressNotPublic, NotDelivered


@pytest.fixture
def server(monkeypatch):
    """A web server here, taken for a public one; ``answer`` is its status, ``heard`` what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append((self.path, self.headers["Host"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(httpd.answer)
            self.send_header("Location", "http://127.0.0.1:1/secret")
            self.end_headers()

        def log_message(self, *_words):
            pass

    heard = []
    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    httpd.answer, httpd.heard = 200, heard
    Thread(target=httpd.serve_forever, daemon=True).start()
    monkeypatch.setattr(outgoing, "is_public", lambda address: address == "127.0.0.1")
    yield httpd
    httpd.shutdown()
    httpd.server_close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost:8000/", "http://10.1.2.3/", "http://192.168.0.1/", "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[fe80::1]/", "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://0.0.0.0/",
        "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://2130706433/", "http://0x7f.1/",
        "http://127.1/", "https://1.1.1.1:22/", "ftp://1.1.1.1/", "file:///etc/passwd", "http://user:pw@1.1.1.1/",
        "http://1.1.1.1:99999/", "http:///x", "javascript:alert(1)", "", "http://a b/", "//1.1.1.1/",
    ],
)  # fmt: skip
def test_private_and_crooked_addresses_are_refused(url):
    with pytest.raises(AddressNotPublic):
        outgoing.check(url)


def test_a_host_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_a, **_k: rows)

    with pytest.raises(AddressNotPublic, match=r"rebind\.example is not a public address"):
        outgoing.post("https://rebind.example/x", b"", headers={})


def test_a_post_goes_to_the_address_that_was_checked(server):
    outgoing.post(
        f"http://localhost:{server.server_port}/hook?a=1", b"{}", headers={"Content-Type": "application/json"}
    )

    assert server.heard == [("/hook?a=1", f"localhost:{server.server_port}", b"{}")]


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_redirects_are_not_followed_and_failures_are_told(server, status):
    server.answer = status

    with pytest.raises(NotDelivered, match=str(status)):
        outgoing.post(f"http://localhost:{server.server_port}/", b"x", headers={})

    assert len(server.heard) == 1


def test_a_server_that_never_answers_is_left_after_the_deadline(server, monkeypatch):
    monkeypatch.setattr(outgoing, "DEADLINE_S", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()

        with pytest.raises(NotDelivered, match="did not answer"):
            outgoing.post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"x", headers={})
