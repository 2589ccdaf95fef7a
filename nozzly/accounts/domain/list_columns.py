"""Which columns of a list somebody wants to see."""

from collections.abc import Sequence

from django.db import transaction

from nozzly.accounts.models import User


def choose(user: User, *, page: str, columns: Sequence[str]) -> None:
    """Remember the columns of the list behind the URL name; none: the list shows its usual ones again."""
    with transaction.atomic():
        kept = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        others = {name: keys for name, keys in kept.list_columns.items() if name != page}
        kept.list_columns = others | ({page: list(columns)} if columns else {})
        kept.save(update_fields=["list_columns"])
    user.list_columns = kept.list_columns
