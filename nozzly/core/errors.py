"""The one base of every refusal that a person at the screen should read."""


class DomainError(Exception):
    """A rule of the business said no; the message is a sentence for the person who asked."""
