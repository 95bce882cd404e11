"""Guardrail verdicts worked out from the rules of ACCESS.md, another way than in Sources/IAMPolicy.

Nothing is searched for here: all texts of the guardrail fall into finitely many classes by which patterns they fit, the
classes of actions and of resources are listed in full, and each pair of them is judged as IAM judges a request.
"""

import json
import re

ANY, ANY_IN_PART, ONE, ONE_IN_PART = "**", "*", "??", "?"
ORDER = ["denied", "conditional", "unknown", "allowed"]


class Invalid(Exception):
    pass


# --- documents ---------------------------------------------------------------------------------------------------


def pairs(items):
    keys = [key for key, _ in items]
    if len(keys) != len(set(keys)):
        raise Invalid("repeated key")
    return dict(items)


def constant(name):
    raise Invalid(name)


def texts(value):
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in values):
        raise Invalid("type")
    return values


def parse(text):
    """The statements of a document, or Invalid."""
    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except (ValueError, RecursionError):
        raise Invalid("no JSON") from None
    if not isinstance(document, dict) or set(document) - {"Version", "Id", "Statement"} or "Statement" not in document:
        raise Invalid("document")
    version = document.get("Version", "2008-10-17")
    if version not in ("2012-10-17", "2008-10-17") or not isinstance(document.get("Id", ""), str):
        raise Invalid("version")
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    return [Statement(members, index, version == "2012-10-17") for index, members in enumerate(statements)]


class Statement:
    ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}

    def __init__(self, members, index, has_variables):
        if not isinstance(members, dict) or set(members) - self.ELEMENTS:
            raise Invalid("statement")
        if members.get("Effect") not in ("Allow", "Deny") or not isinstance(members.get("Sid", ""), str):
            raise Invalid("effect")
        if ("Action" in members) == ("NotAction" in members) or ("Resource" in members) == ("NotResource" in members):
            raise Invalid("both or neither")
        self.name = members.get("Sid") or str(index)
        self.allows = members["Effect"] == "Allow"
        self.conditional = self.condition(members.get("Condition", {}))
        self.not_action = "NotAction" in members
        actions = texts(members["NotAction" if self.not_action else "Action"])
        if not all(action == "*" or re.match("[^:]+:", action) for action in actions):
            raise Invalid("vendor")
        self.actions = [action_pattern(action) for action in actions]
        self.not_resource = "NotResource" in members
        resources = texts(members["NotResource" if self.not_resource else "Resource"])
        matches_all = self.allows != self.not_resource
        patterns = [resource_pattern(text, has_variables, matches_all) for text in resources]
        self.resources = [pattern for pattern in patterns if pattern is not None]

    @staticmethod
    def condition(value):
        if not isinstance(value, dict) or not all(isinstance(keys, dict) for keys in value.values()):
            raise Invalid("condition")
        for keys in value.values():
            for operands in keys.values():
                for operand in operands if isinstance(operands, list) else [operands]:
                    if not isinstance(operand, (str, bool, int, float)):
                        raise Invalid("condition")
        return any(value.values())


# --- patterns ----------------------------------------------------------------------------------------------------


def action_pattern(text):
    return tuple({"*": ANY, "?": ONE}.get(char, char) for char in text.lower())


def resource_pattern(text, has_variables=False, matches_all=True):
    """A tuple of tokens; None where a variable matches nothing."""
    tokens = []
    expression = r"\$\{([^}]*)\}|." if has_variables else "."
    for match in re.finditer(expression, text, re.DOTALL):
        name = match.group(1) if has_variables else None
        if name is None:
            tokens.append({"*": ANY, "?": ONE}.get(match.group(), ("literal", match.group())))
        elif name in ("*", "?", "$"):
            tokens.append(("literal", name))
        elif matches_all:
            tokens.append("variable")
        else:
            return None
    colons = [place for place, token in enumerate(tokens) if token == ("literal", ":")]
    is_arn = len(colons) >= 5 and tokens[:4] == [("literal", char) for char in "arn:"]
    result = []
    for place, token in enumerate(tokens):
        in_part = is_arn and place < colons[4]
        if isinstance(token, tuple):
            result.append(("=", token[1]))
        elif token == "variable":
            result.append(ANY)
        elif token == ANY:
            result.append(ANY_IN_PART if in_part else ANY)
        else:
            result.append(ONE_IN_PART if in_part else ONE)
    return tuple(result)


def char_of(token):
    """The character that a token stands for, or None for a wildcard."""
    if isinstance(token, tuple):
        return token[1]
    return None if token in (ANY, ANY_IN_PART, ONE, ONE_IN_PART) else token


def closure(pattern, places):
    result = set()
    for place in places:
        result.add(place)
        while place < len(pattern) and pattern[place] in (ANY, ANY_IN_PART):
            place += 1
            result.add(place)
    return frozenset(result)


def advance(pattern, places, char):
    result = set()
    for place in places:
        if place == len(pattern):
            continue
        token = pattern[place]
        own = char_of(token)
        if own is not None:
            if own == char:
                result.add(place + 1)
        elif token in (ONE, ONE_IN_PART):
            if token == ONE or char != ":":
                result.add(place + 1)
        elif token == ANY or char != ":":
            result.add(place)
    return closure(pattern, result)


def classes(universe, scopes):
    """Which sets of scopes the texts of a universe fall into.

    universe: lists of patterns; a text fits one of each list. scopes: lists of patterns; a class is the set of the
    places of those lists of which a text fits one.
    """
    patterns = sorted({pattern for group in universe + scopes for pattern in group}, key=repr)
    number = {pattern: place for place, pattern in enumerate(patterns)}
    wanted = [[number[pattern] for pattern in group] for group in universe]
    listed = [[number[pattern] for pattern in group] for group in scopes]
    alphabet = {":", "\x00"} | {char_of(token) for pattern in patterns for token in pattern if char_of(token)}
    start = tuple(closure(pattern, {0}) for pattern in patterns)
    seen, queue, found = {start}, [start], set()
    memory = {}

    def step(place, places, char):
        key = (place, places, char)
        if key not in memory:
            memory[key] = advance(patterns[place], places, char)
        return memory[key]

    while queue:
        state = queue.pop()
        fits = [len(pattern) in places for pattern, places in zip(patterns, state)]
        if all(any(fits[place] for place in group) for group in wanted):
            found.add(frozenset(index for index, group in enumerate(listed) if any(fits[place] for place in group)))
        for char in alphabet:
            needed = {place: step(place, state[place], char) for group in wanted for place in group}
            if any(not any(needed[place] for place in group) for group in wanted):
                continue
            following = tuple(needed.get(place) or step(place, places, char) for place, places in enumerate(state))
            if following not in seen:
                seen.add(following)
                queue.append(following)
    return found


# --- verdicts ----------------------------------------------------------------------------------------------------


class Policy:
    def __init__(self, given):
        self.name = given["name"]
        self.statements = None
        if "text" in given:
            try:
                self.statements = parse(given["text"])
            except Invalid:
                pass


def judge(question):
    policies = [Policy(given) for given in question["policies"]]
    boundary = Policy(question["boundary"]) if question.get("boundary") else None
    return [
        judge_action(policies, boundary, action, rule["resources"])
        for rule in question["rules"]
        for action in rule["actions"]
    ]


def judge_action(policies, boundary, action, resources):
    everyone = policies + ([boundary] if boundary else [])
    statements = [statement for policy in everyone for statement in policy.statements or []]
    index = {id(statement): place for place, statement in enumerate(statements)}
    universe = [[action_pattern(action)]]
    if "*" in action or "?" in action:
        universe.append([(ONE, ANY, ":", ONE, ANY)])
    action_classes = classes(universe, [statement.actions for statement in statements])
    worst = {"action": action, "verdict": "denied"}
    for action_class in action_classes:
        relevant = [s for s in statements if (index[id(s)] in action_class) != s.not_action]
        is_given = any(s.allows for s in relevant) or any(policy.statements is None for policy in policies)
        if not is_given:
            continue
        place = {id(statement): number for number, statement in enumerate(relevant)}
        guarded = [resource_pattern(text) for text in resources]
        for resource_class in classes([guarded], [statement.resources for statement in relevant]):
            covering = {id(s) for s in relevant if (place[id(s)] in resource_class) != s.not_resource}
            verdict = judge_request(policies, boundary, covering)
            if ORDER.index(verdict) > ORDER.index(worst["verdict"]):
                worst["verdict"] = verdict
    return worst


def judge_request(policies, boundary, covering):
    """One request, as IAM judges it: a Deny first, then the policies and the boundary together."""
    for policy in policies + ([boundary] if boundary else []):
        for statement in policy.statements or []:
            if id(statement) in covering and not statement.allows and not statement.conditional:
                return "denied"
    given = max((side(policy, covering) for policy in policies), key=ORDER.index, default="denied")
    limit = side(boundary, covering) if boundary else "allowed"
    if "denied" in (given, limit):
        return "denied"
    if {given, limit} == {"unknown", "conditional"}:
        return "conditional"
    if given == "unknown" and boundary is None:
        return "unknown"
    return min(given, limit, key=["conditional", "unknown", "allowed"].index)


def side(policy, covering):
    if policy.statements is None:
        return "unknown"
    allows = [s for s in policy.statements if s.allows and id(s) in covering]
    if any(not s.conditional for s in allows):
        return "allowed"
    return "conditional" if allows else "denied"
