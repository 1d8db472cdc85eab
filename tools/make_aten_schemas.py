#!/usr/bin/env python3
"""Print the argument layout of every ATen operator that a torch.export graph can hold.

    python tools/make_aten_schemas.py > src/import/aten/schemas.txt

The C++ importer reads programs without torch; this table is what it needs of torch's operator
registry. Run it again when the supported torch version changes.
"""

import re

import torch

# Operators that no exported inference graph holds: training, vendor backends, optimizers, and
# TorchScript's own operators on lists, strings and dictionaries.
LEFT_OUT = re.compile(
    r"backward|^_foreach|^_fused_(adam|sgd|adagrad)|^_?cudnn|^_?mkldnn|^_?miopen|^_?cufft|mps|"
    r"^_?sparse|^_nested|^_cslt|^_thnn|_copy_from|^_test|^quantized_|^fbgemm|^_nnpack"
)
PLAIN_TYPES = re.compile(
    r"^(Tensor|SymInt|int|float|bool|Scalar|str|ScalarType|Device|Layout|MemoryFormat|Generator)"
    r"(\([^)]*\))?(\?)?(\[\d*\])?(\?)?$"
)


def split_arguments(text: str) -> list[str]:
    """Split at the commas that are outside of brackets and quotes."""
    parts, depth, quoted, current = [], 0, False, ""
    for character in text:
        if character in "\"'":
            quoted = not quoted
        if not quoted:
            depth += (character in "([") - (character in ")]")
            if character == "," and depth == 0:
                parts.append(current.strip())
                current = ""
                continue
        current += character
    return [*parts, current.strip()] if current.strip() else parts


def row(schema: torch.FunctionSchema) -> str | None:
    name = schema.name.removeprefix("aten::")
    if LEFT_OUT.search(name) or any(argument.is_out for argument in schema.arguments):
        return None
    text = str(schema)
    inside, returns = text[text.index("(") + 1 :].rsplit(") -> ", 1)
    fields = [f"aten.{name}.{schema.overload_name or 'default'}"]
    touches_tensor = False
    for argument in split_arguments(inside):
        if argument == "*":  # keyword-only arguments follow; the layout is the same
            continue
        match = re.match(r"(.*?)\s(\w+(?:=.*)?)$", argument, re.DOTALL)
        if not match:  # variable arguments, an empty name
            return None
        kind, rest = match.groups()
        kind = kind.replace("(a -> *)", "(a)").replace("(a!|)", "(a!)")
        if not PLAIN_TYPES.match(kind):
            return None
        kind = re.sub(r"\(([a-z])\|[a-z]\)", r"(\1)", kind)
        touches_tensor |= kind.startswith("Tensor")
        argument_name, _, default = rest.partition("=")
        fields.append(f"{argument_name}:{kind}" + (f"={default}" if default else ""))
    if returns.startswith("(") and returns.endswith(")"):
        returns = returns[1:-1]
    returns = re.sub(r"\(([a-z])\|[a-z]\)", r"(\1)", returns)
    kinds = [re.sub(r" \w+$", "", kind) for kind in split_arguments(returns)]
    if not (touches_tensor or any(kind.startswith("Tensor") for kind in kinds)):
        return None
    fields.append("->" + ",".join(kinds))
    return "|".join(fields)


def main() -> None:
    schemas = torch._C._jit_get_all_schemas()
    rows = {row(schema) for schema in schemas if schema.name.startswith("aten::")} - {None}
    print(f"# ATen operators of torch {torch.__version__.split('+')[0]}.")
    print("# Written by tools/make_aten_schemas.py; do not edit.")
    print("# operator|argument:type=default|...|->result types. (a) marks an alias, (a!) a write.")
    print("\n".join(sorted(rows)))


if __name__ == "__main__":
    main()
