"""How big the invented shop is, and how one gets in."""

from dataclasses import dataclass

BUSINESS = "Copper Fox Prints"
COUNTRY = "GB"
# The same people in every seeded workspace; the password is told when it is seeded.
OWNER_EMAIL = "demo@nozzly.example"
OPERATOR_EMAIL = "floor@nozzly.example"
PASSWORD = "print-something"  # noqa: S105 - shown at every start; a workspace full of invented orders guards nothing


@dataclass(frozen=True)
class Size:
    name: str
    filaments: int
    spools: int
    opening_spools: int
    products: int
    printers: int
    runs: int
    orders: int
    days: int = 365
    tonight: int = 1  # how many times over the scenes of today are played
    picture_px: int = 600
    family_pictures: bool = True


DEMO = Size(
    name="demo", filaments=60, spools=200, opening_spools=84, products=40, printers=6, runs=300, orders=900,
)  # fmt: skip
LARGE = Size(
    name="large", filaments=240, spools=3000, opening_spools=520, products=800, printers=40, runs=20_000,
    orders=60_000, tonight=8, picture_px=360, family_pictures=False,
)  # fmt: skip
SIZES = {size.name: size for size in (DEMO, LARGE)}
