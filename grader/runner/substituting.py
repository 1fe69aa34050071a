"""Puts functions of the reference in place of the student's, in a loaded module.

A student's method runs first, since other methods of the student's read the attributes that it
stores. Then the reference's method runs, and its result, and its values of attributes that the
contract names, replace the student's.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from grader.probe import Substituted

OWN = "_of_the_reference_"  # prefix of the names of attributes that only the reference has

Function = Callable[..., Any]
OF_A_CLASS = FunctionType, MethodType, BuiltinFunctionType, ModuleType, type


def substitute(module: ModuleType, given: Substituted) -> None:
    """Puts the functions into the module and its classes."""
    namespace: dict[str, Any] = {"__name__": module.__name__}
    exec(compile(given.code, "the reference", "exec", dont_inherit=True), namespace)
    shared = frozenset(given.shared)
    rights = {name: _defined(namespace, name) for name in (*given.replaced, *given.followed)}
    for name, right in rights.items():
        owner, attribute = _owner(module, name), name.rpartition(".")[2]
        own = _there(owner, attribute)
        if owner is module:
            setattr(module, name, _fitted(right))
        elif name in given.followed:
            setattr(owner, attribute, _followed(own or right, _fitted(right), shared))
        else:
            own = None if name in given.alone else own
            set_right_values = partial(_set_right_values, shared=shared, paired=given.paired)
            setattr(owner, attribute, _replaced(own, _fitted(right), shared, set_right_values))
    called = {name: _there(module, name) for name in given.called}
    namespace |= {name: value for name, value in called.items() if value is not None}


def _defined(namespace: Mapping[str, Any], name: str) -> Function:
    first, _, method = name.partition(".")
    found: Function = vars(namespace[first])[method] if method else namespace[first]
    return found


def _owner(module: ModuleType, name: str) -> Any:
    """The class that has the method, or the module."""
    first, _, method = name.partition(".")
    return getattr(module, first) if method else module


def _fitted(right: Any) -> Function:
    """The reference's function, without arguments that only the student's optional ones take."""
    code = right.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

    def function(*arguments: Any, **named: Any) -> Any:
        known = {name: value for name, value in named.items() if name in names}
        return right(*arguments[: code.co_argcount], **known)

    return function


def _there(owner: Any, name: str) -> Any:
    """The attribute; None if there is none, also if a notebook's module says why."""
    try:
        return getattr(owner, name, None)
    except ImportError:  # NotDefined: a cell that did not run would have defined it
        return None


def _replaced(
    own: Function | None,
    right: Function,
    shared: frozenset[str],
    set_right_values: Callable[[Any, Any, Any], None],
) -> Function:
    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        returned = None
        if own is not None:
            before = list(_state(self, shared))
            with _without_warnings(), suppress(Exception):
                returned = own(self, *_copied(arguments), **_copied(named))
            _restore(before)
        result = right(self, *arguments, **named)
        if own is not None:
            set_right_values(self, returned, result)
        return result

    return method


def _followed(own: Function, right: Function, shared: frozenset[str]) -> Function:
    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        given = _copied(arguments), _copied(named)
        returned = own(self, *arguments, **named)
        after = list(_state(self, shared))
        with _without_warnings(), suppress(Exception):
            right(self, *given[0], **given[1])
        _restore(after)
        return returned

    return method


def _state(
    owner: Any, shared: frozenset[str], seen: set[int] | None = None
) -> Iterator[tuple[Any, str, Any]]:
    """The shared attributes of the object and of the objects in it, each as owner, name, copy."""
    seen = seen if seen is not None else set()
    if id(owner) in seen:
        return
    seen.add(id(owner))
    for name in shared:
        value = None
        with suppress(Exception):
            value = getattr(owner, name, None)
        if value is None or isinstance(value, OF_A_CLASS):
            continue
        yield owner, name, _copied(value)
        for inner in value if isinstance(value, list | tuple) else [value]:
            if hasattr(inner, "__dict__"):
                yield from _state(inner, shared, seen)


def _restore(state: list[tuple[Any, str, Any]]) -> None:
    for owner, name, value in state:
        with suppress(Exception):
            setattr(owner, name, value)


def _copied(value: Any) -> Any:
    """A copy of an array, or of a container with copies of its arrays; any other object itself."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(_copied(each) for each in value)
    if type(value) is dict:
        return {key: _copied(each) for key, each in value.items()}
    return value


def _set_right_values(
    owner: Any, returned: Any, result: Any, *, shared: frozenset[str], paired: bool
) -> None:
    """Puts right values into attributes that the student's method stored for other methods.

    These are attributes that hold what the method returned; and, if `paired`, an attribute of which
    the student and the reference store exactly one value each of the same shape.
    """
    kept = getattr(owner, "__dict__", {})
    mine = {name: value for name, value in kept.items() if name.startswith(OWN)}
    own = {name: value for name, value in kept.items() if name not in shared | mine.keys()}
    for name, value in own.items():
        if _is_array(value) and _is_array(returned) and np.array_equal(value, returned):
            setattr(owner, name, _copied(result))
            continue
        alike = [other for other in own.values() if _shape(other) == _shape(value)]
        right = [other for other in mine.values() if _shape(other) == _shape(value)]
        if paired and len(alike) == len(right) == 1 and _shape(value):
            setattr(owner, name, _copied(right[0]))


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _shape(value: Any) -> tuple[Any, ...]:
    """The shape of an array, or the shapes in a list; empty for anything else."""
    if isinstance(value, np.ndarray):
        return tuple(value.shape)
    if isinstance(value, list | tuple) and value and all(map(_shape, value)):
        return ("list", *map(_shape, value))
    return ()


@contextmanager
def _without_warnings() -> Iterator[None]:
    """While the block lasts, no warning counts."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
