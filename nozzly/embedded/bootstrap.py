"""What a superuser does once for Nozzly on a PostgreSQL server: the login role, the database, the revoked rights.

The embedded server gets it at its first start. For a server of your own:

    NOZZLY_SUPERUSER_URL=postgresql://postgres:…@host/postgres DATABASE_URL=postgresql://nozzly:…@host/nozzly \
        python -m nozzly.embedded bootstrap
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

# Run as superuser in every database; `{owner}` stands for the login role; safe to repeat.
SQL_FILE = Path(__file__).resolve().parents[1] / "tenancy" / "bootstrap.sql"

Connect = Callable[[str], psycopg.Connection]


def fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join((*parts, SQL_FILE.read_text())).encode()).hexdigest()


def revokes(owner: str) -> bytes:
    """Bytes, as psycopg would read a % in text for a parameter."""
    return SQL_FILE.read_text().replace("{owner}", sql.Identifier(owner).as_string()).encode()


def make_role(connect: Connect, *, owner: str, password: str = "", may_create_databases: bool = False) -> None:
    """Make the login role unless it is there; a role that is keeps its password."""
    with connect("postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner]).fetchone():
            rights = sql.SQL("LOGIN CREATEROLE CREATEDB" if may_create_databases else "LOGIN CREATEROLE")
            secret = sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
            connection.execute(sql.SQL("CREATE ROLE {} {}{}").format(sql.Identifier(owner), rights, secret))


def prepare(
    connect: Connect, *, owner: str, database: str, password: str = "", may_create_databases: bool = False
) -> None:
    """Make role and database unless they are there, and close the database to everybody else.

    `connect` opens an autocommit connection of a superuser to the database it is given. With `may_create_databases`
    (tests do) template1 is closed too: rights on functions and languages are kept per database, and databases made
    later are born with those of the template.
    """
    make_role(connect, owner=owner, password=password, may_create_databases=may_create_databases)
    if may_create_databases:
        with connect("template1") as connection:
            connection.execute(revokes(owner))
    with connect("postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(owner))
            )
    with connect(database) as connection:
        connection.execute(revokes(owner))
