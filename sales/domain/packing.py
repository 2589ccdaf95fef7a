"""What lies in a parcel."""

from sales.models import Order, OrderLine, Parcel


def in_next_parcel(order: Order) -> list[tuple[OrderLine, int]]:
    """Lines and pieces that are still to be sent; of an order that is sent, all that went. Asks for loaded lines."""
    counted = [(line, line.pieces_gone if order.is_sent else line.pieces_left) for line in order.lines.all()]
    return [(line, pieces) for line, pieces in counted if pieces]


def in_parcel(order: Order, parcel: Parcel) -> list[tuple[OrderLine, int]]:
    """The same of one parcel that is on its way; asks for the loaded lines of both."""
    sent = {row.line_id: row.pieces for row in parcel.lines.all()}
    return [(line, sent[line.pk]) for line in order.lines.all() if sent.get(line.pk)]
