from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id as OWASP's password storage guide sets it for servers (19 MiB, 2 passes, 1 lane).

    Django's own setting takes 100 MiB and eight threads for each sign-in: more than all else a worker does.
    """

    memory_cost = 19_456  # KiB
    time_cost = 2
    parallelism = 1
