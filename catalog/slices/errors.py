from nozzly.core.errors import DomainError


class UnreadableSlice(DomainError):
    """The file cannot be read as a sliced print; the message says why in one sentence."""


class DamagedSlice(UnreadableSlice):
    def __init__(self, detail: str = ""):
        super().__init__(f"The file is damaged{': ' + detail if detail else ''}. Export it from the slicer again.")
