"""A new business moves in: its workspace, its owner, its tax status and its first channels."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain import rates
from nozzly.accounts.domain import people
from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.core.countries import country_defaults
from nozzly.tax.choices import Scheme
from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.tenancy.domain import provisioning
from nozzly.tenancy.models import Workspace
from pricing.domain import channels, shipping


@dataclass(frozen=True)
class Newcomer:
    """What the sign-up page asks; ``country`` is an ISO 3166 code and tells what is left empty."""

    business_name: str
    address: str
    country: str
    tax_registered: bool
    email: str
    password: str
    currency: str = ""
    time_zone: str = ""
    locale: str = ""


def move_in(newcomer: Newcomer, *, at: datetime) -> Workspace:
    """Make the workspace with its owner, all or nothing. Raises AddressNotPossible, AddressTaken."""
    defaults = country_defaults(newcomer.country)
    facts = provisioning.WorkspaceFacts(
        name=newcomer.business_name,
        slug=newcomer.address,
        country=newcomer.country,
        currency=newcomer.currency or defaults.currency,
        time_zone=newcomer.time_zone or defaults.time_zone,
        locale=newcomer.locale or defaults.locale,
    )

    def furnish(_workspace: Workspace) -> None:
        people.add_person(email=newcomer.email, password=newcomer.password, role=Role.OWNER)
        set_status(
            valid_from=BEGINNING,
            registered=newcomer.tax_registered,
            ships_from=newcomer.country,
            scheme=Scheme.STANDARD if newcomer.tax_registered else Scheme.SMALL_BUSINESS,
        )
        rates.ensure_default_rates()
        channels.start_with(newcomer.country, facts.currency)
        shipping.start_with(newcomer.country, facts.currency)

    return provisioning.provision(facts, fill=furnish, at=at)


def owner_of_new(_workspace: Workspace) -> User:
    """The one person of a workspace that has just been made; call it inside the workspace."""
    return User.objects.get(role=Role.OWNER)
