"""The cache asks through one client."""

from django.core.cache import cache


def test_calls_share_a_client_and_its_connections():
    cache.set("test-caching", {"grams": 498}, 5)

    assert cache.get_many(["test-caching"]) == {"test-caching": {"grams": 498}}
    assert cache._cache.get_client() is cache._cache.get_client(write=True)
