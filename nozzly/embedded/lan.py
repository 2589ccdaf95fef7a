"""The machine's address in the local network, and its QR code in the terminal."""

import io
import socket

# Reserved for documentation: nothing is sent, the kernel only chooses the way it would go.
SOMEWHERE_ELSE = ("192.0.2.1", 9)


def address() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE_ELSE)
        except OSError:
            return None
        found = probe.getsockname()[0]
    return None if found.startswith("127.") else found


def qr(text: str) -> str:
    import qrcode  # slow import

    code = qrcode.QRCode(border=2)
    code.add_data(text)
    drawn = io.StringIO()
    code.print_ascii(out=drawn, invert=True)
    return drawn.getvalue()
