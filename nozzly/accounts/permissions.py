"""Every permission and every role, on one page.

A view states one Permission; a user has a Role; a Role is a set of Permissions. Operators work the print floor
and see no cost: no permission of theirs opens a page, a column or a file with money of the business in it.
"""

from enum import StrEnum

from django.db import models


class Permission(StrEnum):
    # Everybody who may sign in
    TODAY_VIEW = "today.view"
    # Stock
    STOCK_VIEW = "stock.view"
    STOCK_EDIT = "stock.edit"  # spools, filaments, locations, labels
    STOCK_WEIGH = "stock.weigh"  # weigh, load, move, use, open, empty
    STOCK_RECEIVE = "stock.receive"  # deliveries, prices paid
    STOCK_COUNT = "stock.count"
    # Catalogue
    CATALOG_VIEW = "catalog.view"
    CATALOG_EDIT = "catalog.edit"
    # Production
    RUN_VIEW = "run.view"
    RUN_PLAN = "run.plan"
    RUN_OPERATE = "run.operate"
    RUN_UNDO = "run.undo"
    PRINTER_EDIT = "printer.edit"
    # Money of the business
    COST_VIEW = "cost.view"  # costs, margins, profit, stock value: on any page
    RATE_EDIT = "rate.edit"
    PRICE_VIEW = "price.view"
    PRICE_EDIT = "price.edit"
    # Sales
    ORDER_VIEW = "order.view"
    ORDER_EDIT = "order.edit"
    ORDER_PACK = "order.pack"  # pack and ship
    CUSTOMER_VIEW = "customer.view"
    CUSTOMER_EDIT = "customer.edit"
    REPORT_VIEW = "report.view"
    EXPENSE_EDIT = "expense.edit"
    TAX_EDIT = "tax.edit"  # rates, registrations, closing a period
    # The workspace
    IMPORT = "import"
    ACTIVITY_VIEW = "activity.view"
    TEAM_EDIT = "team.edit"
    SETTINGS_EDIT = "settings.edit"
    ADMIN_USE = "admin.use"


P = Permission


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    OPERATOR = "operator", "Operator"
    BOOKKEEPER = "bookkeeper", "Bookkeeper"
    VIEWER = "viewer", "Viewer"


_SEES_ALL = {
    P.TODAY_VIEW,
    P.STOCK_VIEW,
    P.CATALOG_VIEW,
    P.RUN_VIEW,
    P.COST_VIEW,
    P.PRICE_VIEW,
    P.ORDER_VIEW,
    P.CUSTOMER_VIEW,
    P.REPORT_VIEW,
}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: frozenset(Permission) - {P.TEAM_EDIT, P.SETTINGS_EDIT, P.TAX_EDIT},
    Role.OPERATOR: frozenset(
        {
            P.TODAY_VIEW,
            P.STOCK_VIEW,
            P.STOCK_WEIGH,
            P.STOCK_COUNT,
            P.CATALOG_VIEW,
            P.RUN_VIEW,
            P.RUN_PLAN,
            P.RUN_OPERATE,
            P.ORDER_VIEW,
            P.ORDER_PACK,
        }
    ),
    Role.BOOKKEEPER: frozenset(_SEES_ALL | {P.TAX_EDIT, P.EXPENSE_EDIT, P.IMPORT, P.STOCK_RECEIVE, P.ACTIVITY_VIEW}),
    Role.VIEWER: frozenset(_SEES_ALL),
}
