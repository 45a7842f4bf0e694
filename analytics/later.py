"""A heavy library is loaded when something of it is first used, not when a module that mentions it is imported.

Every model's module says ``import ibis`` at its top, and every page imports its model: without this, the first page
that a visitor without data opens would wait a second for libraries that it does not use. (importlib.util.LazyLoader
would do if the second ``import ibis`` did not count as use.)
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from types import ModuleType
from typing import Any

_loading = threading.RLock()  # who comes second waits until the library is whole


class _Later(ModuleType):
    """Stands in for a module until an attribute is asked for."""

    def __getattr__(self, name: str) -> Any:
        # The import system and inspect look around without meaning to use it.
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        with _loading:
            spec = self.__spec__
            if type(self) is _Later and spec and spec.loader and not self.__dict__.get("_is_loading"):
                self.__dict__["_is_loading"] = True
                try:
                    spec.loader.exec_module(self)
                    self.__class__ = ModuleType  # type: ignore[assignment]
                finally:
                    del self.__dict__["_is_loading"]
                return getattr(self, name)
        if type(self) is ModuleType:  # another thread was faster
            return getattr(self, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def load_later(name: str) -> None:
    """From now on ``import name`` costs nothing; the first attribute that is asked for loads it."""
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:  # the import itself will say that it is missing
        return
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _Later
    sys.modules[name] = module
