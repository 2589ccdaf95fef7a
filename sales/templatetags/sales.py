"""What pages of orders ask of their fees."""

from django import template

from sales.domain import charged

register = template.Library()


@register.filter
def fees(order):
    """{{ order|fees }}: each kind of fee, expected beside charged."""
    return charged.fees_of(order)


@register.filter
def real_profit(order):
    """{{ order|real_profit }}: with the fees that were really charged, where a statement has named them."""
    return charged.profit_of(order)


@register.filter
def real_margin(order):
    """{{ order|real_margin }}: that profit in percent of net revenue."""
    profit = charged.profit_of(order)
    return profit * 100 / order.net_home if profit is not None and order.net_home else None
