import pytest
from django.db import ProgrammingError, connection

from nozzly.tenancy.enforcement import holes


def test_the_test_database_has_no_holes():
    assert holes() == []


def test_another_workspace_is_refused_by_postgresql(other_workspace):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied for schema t_tb"):
        cursor.execute("SELECT * FROM t_tb.accounts_user")
