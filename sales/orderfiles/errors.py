from nozzly.core.errors import DomainError


class UnreadableOrderFile(DomainError):
    """The file holds no orders that can be read; the sentence says what it is or what is missing."""
