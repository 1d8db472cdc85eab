"""Names of the leaves of nested inputs and outputs, as torch's tree specs describe them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def _keys(context: Any, count: int, depth: int = 0) -> list[str] | None:
    """The first list of as many words as there are children: keys of a dictionary, or fields."""
    if depth > 4 or not isinstance(context, (list, tuple)):
        return None
    if count and len(context) == count and all(isinstance(key, str) for key in context):
        return list(context)
    for item in context:
        if (found := _keys(item, count, depth + 1)) is not None:
            return found
    return None


def leaf_paths(spec: Any, path: str = "") -> list[str]:
    """`0.states.1`: the way to each leaf; empty for a lone one."""
    if spec.is_leaf():
        return [path]
    children = spec.children()
    names = _keys(spec.context, len(children)) or [str(i) for i in range(len(children))]
    return [
        leaf
        for name, child in zip(names, children, strict=True)
        for leaf in leaf_paths(child, f"{path}.{name}" if path else name)
    ]


def argument_names(spec: Any, parameters: Sequence[str] | None) -> list[str]:
    """Names of a call's inputs. `spec` is of (arguments, keywords); `parameters` of `forward`."""
    names = []
    for path in leaf_paths(spec):
        kind, _, rest = path.partition(".")
        if not rest:
            names.append(path)
            continue
        if kind == "0":  # positional: the position becomes the parameter's name
            position, _, inner = rest.partition(".")
            if parameters and int(position) < len(parameters):
                rest = (
                    f"{parameters[int(position)]}.{inner}" if inner else parameters[int(position)]
                )
        names.append(rest)
    return names


def output_names(spec: Any) -> list[str]:
    """Names of a call's outputs: `logits`, `0`, `hidden_states.3`; `output` for a lone tensor."""
    paths = leaf_paths(spec)
    fallback = [str(i) for i in range(len(paths))] if len(paths) > 1 else ["output"]
    return [path or other for path, other in zip(paths, fallback, strict=True)]
