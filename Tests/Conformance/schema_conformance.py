"""Mappings/mapping.schema.json accepts and refuses the same documents as the parser (MAPPING.md, 41).

    pip install jsonschema pyyaml yamlcore
    python schema_conformance.py             checks the schema's side; the Swift tests check the parser's
    python schema_conformance.py --write     writes the corpus anew, by the schema's verdict

The corpus, Tests/MappingTests/Corpus/{accepted,refused}.jsonl, holds one document a line. It is made of a few small
documents by changing one value at a time, in every place, so that each key meets each kind of value. What a schema of
one document cannot say is left out of it: keys that stand twice, definitions in several files, unknown sets, circles,
`until` before `from`, placeholders, sizes, aliases and tags.
"""

import copy
import json
import pathlib
import re
import sys

import jsonschema
import yaml
from yamlcore import CoreLoader

ROOT = pathlib.Path(__file__).parent.parent.parent
CORPUS = ROOT / "Tests" / "MappingTests" / "Corpus"
CASES = ROOT / "Tests" / "MappingTests" / "Cases"

PEOPLE = [{"user": "a@example.com"}]
BASES = [
    {"version": 1},
    {"version": 1, "accounts": {"s": [{"id": "111122223333"}, {"name": "x-*"}, {"set": "t"}], "t": [{"all": True}]}},
    {"version": 1, "accounts": {"s": [{"ou": "/a/b"}, {"tag": {"k": "v"}}]}, "groups": {}},
    {"version": 1, "groups": {"g": {"members": PEOPLE, "require": [{"google": "g@example.com"}], "except": [{"entra": "E"}]}}},
    {"version": 1, "groups": {"g": {"members": PEOPLE, "description": "d", "nested": "direct", "allowEmpty": True, "adopt": False}}},
    {"version": 1, "groups": {"g": {"members": PEOPLE, "formerly": "old", "membership": "managed", "retired": False}}},
    {"version": 1, "groups": {"g": {"membership": "provisioned", "adopt": True, "access": []}, "h": {"retired": True}}},
    {"version": 1, "groups": {"g": {"members": PEOPLE, "access": [
        {"permissionSets": ["A"], "accounts": [{"all": True}], "except": [{"id": "111122223333"}],
         "from": "2026-12-01T00:00:00Z", "until": "2027-01-01T00:00:00+09:00", "note": "n"}]}}},
    {"version": 1, "patterns": [{"google": "a-{x}@example.com", "group": "g-{x}", "access": [
        {"permissionSets": ["{x}"], "accounts": [{"name": "{x}"}, {"id": "{x}"}], "except": [{"ou": "/"}]}]}]},
    {"version": 1, "patterns": [{"entra": "a-{x}", "group": "g", "access": [], "description": "d",
                                 "require": [{"google": "{x}@example.com"}], "except": PEOPLE,
                                 "only": {"permissionSets": ["A"], "accounts": [{"ou": "/"}]}}]},
    {"version": 1, "patterns": [{"entra": "a", "group": "g", "access": [], "nested": "flatten", "allowEmpty": False,
                                 "adopt": True, "anyCreator": True, "only": {"accounts": [{"tag": {"k": "v"}}]}}]},
]
VALUES = [None, True, 0, 1.5, "", "x", "true", "a@example.com", [], {}, ["x"], {"x": 1}, {"x": "y"}]
KEYS = {"x": "x", "user": "a@example.com", "google": "a@example.com", "members": PEOPLE, "access": [], "retired": True,
        "membership": "provisioned", "all": True, "only": {"permissionSets": ["A"]}}
# Further values for what has a form of its own; the last key of the path says which.
FORMS = {
    "version": [2, 1.0, "1", -1],
    "id": ["11112222333", "1111222233334", "11112222333a", "111122223333\n", "１１１１２２２２３３３３", " 111122223333"],
    "ou": ["a", "/a", "/a/", "//", "/a//b", "/a b/ü", "a/b", "/ ", "/a\n"],
    "user": ["a", "a@b", "@b.c", "a@b.c", "a@b.", "a@.c", "a@b..c", "a b@c.d", "a@b@c.d", "a\n@b.c", "a@b.c\n", "<a@b.c>", "a;b@c.d",
             "a\u00a0@b.c", "zoë@exämple.com", "o'brien+x@b.co.uk", "a\u0007@b.c", "a\\b@c.d", "a[b@c.d", "a\ufeff@b.c", "a\u200b@b.c"],
    "google": ["a", "a@b.c", "a b@c.d", "a@b@c.d", "a{b@c.d", "a}@c.d", "{@c.d", "a-{b-c}@d.e"],
    "from": ["2026-12-01", "2026-12-01T00:00:00", "2026-12-01T00:00Z", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z",
             "2000-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-12-31T23:59:60z", "2026-12-01t00:00:00Z",
             "2026-12-01T24:00:00Z", "2026-12-01T00:60:00Z", "2026-12-01T00:00:00.123+00:00", "2026-12-01T00:00:00.Z",
             "2026-12-01T00:00:00+24:00", "2026-12-01T00:00:00+0900", "2026-12-01 00:00:00Z", "2026-12-01T00:00:00Z\n",
             "2026-12-01T00:00:00-00:00", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-12-00T00:00:00Z"],
    "until": ["2028-02-29T00:00:00Z", "2027-12-31T23:59:60z", "2027-12-01t00:00:00Z", "2027-12-01T00:00:00.123+00:00",
              "2027-12-01T00:00:00-00:00", "2027-12-01T23:59:59-23:59", "2027-12-01T00:00:00-0:00", "2100-02-29T00:00:00Z"],
    "nested": ["flatten", "direct", "Direct", "deep"],
    "membership": ["managed", "provisioned", "scim"],
    "formerly": ["a\n", "a" * 1024, "a" * 1025, "é" * 1024, "Administrator", "g"],
    "group": ["a\n", "a" * 1025, "Administrator", "administrators", "AWSADMINISTRATORS", "x y"],
    "tag": [{"": ""}, {"a": 1}, {"a": None}, {"a": "b", "c": "d"}],
}
# (YAML has no keys of one line that are longer than 1,024 characters with their quotes.)
NAMES = ["", "a\n", "a\u0085b", "a" * 1000, "a" * 1025, "Administrator", "AWSAdministrators", "awsadministrators", "administrators", " ", "adm\u0130nistrator"]
# Cases whose errors a schema of one document cannot see.
BEYOND = {name + ".yaml" for name in """alias-bomb alias-cycle alias-unknown duplicate-key duplicate-top-level-key explicit-tag
formerly-cycle formerly-is-a-group formerly-twice group-twice-by-case group-twice-by-unicode-form group-twice-in-two-files
id-not-quoted merge-key not-utf8 no-file second-document set-cycle set-twice set-unknown too-large placeholder-unknown utf16
until-not-after-from unknown-source-configured valid-configured-sources empty-file""".split()} - {"id-not-quoted.yaml"}


def places(node, path=()):
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, path + (key,))


def changed(base, path, change):
    document = copy.deepcopy(base)
    if not path:
        return change(document)
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = change(parent[path[-1]])
    return document


def without(base, path):
    document = copy.deepcopy(base)
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    return document


def mutants(base):
    yield base
    for path in places(base):
        last = path[-1] if path else None
        for value in VALUES + FORMS.get(last, []):
            yield changed(base, path, lambda _: value)
        if path:
            yield without(base, path)
        node = base
        for key in path:
            node = node[key]
        if isinstance(node, dict):
            for key, value in KEYS.items():
                if key not in node:
                    yield changed(base, path, lambda old: {**old, key: value})
        if last == "groups":
            for name in NAMES:
                yield changed(base, path, lambda old: {**old, name: {"retired": True}})


def sets_are_known(document):
    """Unknown sets are beyond a schema; the mutants that make one are left out."""
    text = json.dumps(document)
    accounts = document.get("accounts") if isinstance(document, dict) else None
    known = set(accounts) if isinstance(accounts, dict) else set()

    def used(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "set" and isinstance(value, str) and value:
                    yield value
                yield from used(value)
        elif isinstance(node, list):
            for value in node:
                yield from used(value)

    return '"set"' not in text or set(used(document)) <= known


def windows_are_open(document):
    """`until` before `from` is beyond a schema; the mutants of both keys that are times are left out."""
    text = json.dumps(document)
    return not re.search(r'"from": "2026-12-(?!01T00:00:00Z")|"until": "2026-12-01T00:00:00Z"', text)


def placeholders_are_known(document):
    """Unknown placeholders are beyond a schema."""
    patterns = document.get("patterns") if isinstance(document, dict) else None
    for pattern in patterns if isinstance(patterns, list) else []:
        if isinstance(pattern, dict):
            source = json.dumps([pattern.get("google"), pattern.get("entra")])
            if not set(re.findall(r"\{[A-Za-z]\w*\}", json.dumps(pattern))) <= set(re.findall(r"\{[A-Za-z]\w*\}", source)):
                return False
    return True


def corpus(validator):
    seen, verdicts = set(), {"accepted": [], "refused": []}
    for base in BASES:
        for document in mutants(base):
            # Python's True == 1 would make two documents one; JSON tells them apart.
            line = json.dumps(document, ensure_ascii=False)
            if line in seen:
                continue
            seen.add(line)
            if not validator.is_valid(document):
                verdicts["refused"].append(line)
            elif sets_are_known(document) and windows_are_open(document) and placeholders_are_known(document):
                verdicts["accepted"].append(line)
    return verdicts


def check_corpus(verdicts):
    for verdict, lines in verdicts.items():
        path = CORPUS / f"{verdict}.jsonl"
        if "--write" in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")
        recorded = path.read_text(encoding="utf-8").split("\n")[:-1]
        print(f"{verdict}: {len(lines)} documents")
        if recorded != lines:
            yield f"{path.name} is not what the schema says; see --write"


def check_cases(validator):
    for path in sorted(CASES.glob("*.yaml")):
        if path.name in BEYOND:
            continue
        case = yaml.load(path.read_text(encoding="utf-8"), CoreLoader)
        files = case["mapping"]
        files = {"mapping.yaml": files} if isinstance(files, str) else files
        wrong = {place["file"] for place in case["expect"].get("diagnostics", [])}
        for name, text in files.items():
            if not isinstance(text, str) or name.startswith(".") or not name.endswith((".yaml", ".yml")):
                continue
            try:
                document = yaml.load(text, CoreLoader)
            except yaml.YAMLError:
                continue
            if validator.is_valid(document) == (name in wrong):
                yield f"{path.name}, {name}: the schema {'accepts' if name in wrong else 'refuses'} it"


def check_examples(validator):
    for path in sorted((ROOT / "Mappings").rglob("*.yaml")):
        for error in validator.iter_errors(yaml.load(path.read_text(encoding="utf-8"), CoreLoader)):
            yield f"{path.name}: {error.message}"


def main():
    schema = json.loads((ROOT / "Mappings" / "mapping.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults = [*check_corpus(corpus(validator)), *check_cases(validator), *check_examples(validator)]
    print("\n".join(faults) if faults else "the schema agrees")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
