from django.core.cache.backends.locmem import LocMemCache


class TableCache(LocMemCache):
    """To be replaced."""
