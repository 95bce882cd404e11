"""The trees that an independent reader of YAML 1.2 makes of Tests/YAMLTests/Reference/*.yaml.

    pip install pyyaml yamlcore
    python yaml_reference.py --check     compares the checked-in *.nodes with what PyYAML says
    python yaml_reference.py             writes them anew

PyYAML gives the nodes and their places, yamlcore its types by the core schema of YAML 1.2. The Swift tests compare
their own reading with the same files. One node is one line: place, kind, text as a JSON string; depth by indentation.
"""

import copy
import json
import math
import pathlib
import sys

import yaml
from yamlcore import CoreLoader

FOLDER = pathlib.Path(__file__).parent.parent / "YAMLTests" / "Reference"


class Loader(CoreLoader):
    """An alias is a copy that begins at the alias."""

    def compose_node(self, parent, index):
        alias = self.peek_event() if self.check_event(yaml.AliasEvent) else None
        node = super().compose_node(parent, index)
        if alias is not None:
            node = copy.copy(node)
            node.start_mark = alias.start_mark
        return node


def value(node):
    made = Loader("").construct_object(node)
    if made is None:
        return "null"
    if isinstance(made, bool):
        return f"boolean {str(made).lower()}"
    if isinstance(made, int):
        return f"integer {made}"
    if isinstance(made, float):
        return f"float {'nan' if math.isnan(made) else repr(made)}"
    return f"text {json.dumps(made, ensure_ascii=False)}"


def lines(node, depth=0):
    place = f"{'  ' * depth}{node.start_mark.line + 1}:{node.start_mark.column + 1} "
    if isinstance(node, yaml.ScalarNode):
        yield place + value(node)
    elif isinstance(node, yaml.SequenceNode):
        yield place + "list"
        for item in node.value:
            yield from lines(item, depth + 1)
    else:
        yield place + "map"
        for key, item in node.value:
            yield from lines(key, depth + 1)
            yield from lines(item, depth + 2)


def main():
    faults = 0
    files = sorted(FOLDER.glob("*.yaml"))
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            tree = "".join(line + "\n" for line in lines(yaml.compose(file, Loader)))
        nodes = path.with_suffix(".nodes")
        if "--check" not in sys.argv:
            nodes.write_text(tree, encoding="utf-8")
        elif nodes.read_text(encoding="utf-8") != tree:
            print(f"{nodes.name}: differs from what PyYAML reads")
            faults += 1
    print(f"{len(files)} documents, {faults} differ")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
