#!/usr/bin/env python3
"""Compares the verdicts of Sources/IAMPolicy with those of iampolicy_evaluator.py.

Over AWS's own managed policies, as the Python package moto ships them: each alone, and in random sets with boundaries.
And over random small documents; some of these are committed, so that `swift test` needs no Python.

Run it in a virtual environment with moto, after `swift build --build-tests`. With --write the committed ones are
written anew, and nothing is compared. Exit: 0 where all are equal, 1 where one differs.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import iampolicy_evaluator

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COMMITTED = ROOT / "Tests" / "IAMPolicyTests" / "Vectors" / "judgements.json"
SEED = 20261124

ON_USERS = [
    "CreateUser", "UpdateUser", "DeleteUser", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey",
    "CreateLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile", "AttachUserPolicy", "PutUserPolicy",
    "CreateServiceSpecificCredential", "ResetServiceSpecificCredential", "UpdateServiceSpecificCredential",
    "UploadSSHPublicKey", "UploadSigningCertificate",
]
IAM_USERS = [
    {"actions": [f"iam:{name}" for name in ON_USERS], "resources": ["arn:aws:iam::*:user/*"]},
    {"actions": ["iam:AddUserToGroup"], "resources": ["arn:aws:iam::*:group/*"]},
]

ACTIONS = ["a:Xy", "a:X*", "A:*Y", "a:?y", "b:Xy", "*", "*:*y", "a:*", "a:Xz", "b:*x*"]
RESOURCES = [
    "*", "arn:p:a::1:u/x", "arn:p:a::*:u/*", "arn:p:a::*:u/x*", "arn:p:a::*:u/*x", "arn:p:a::*:r/*", "arn:p:a::*",
    "arn:p:*:u/*", "arn:p:a::?:u/?", "arn:p:a::*:u/${aws:name}", "arn:p:a::*:u/${*}", "*x", "arn:p:a::1:*",
    "arn:p:a::1:u/a:u/x", "arn:p:*:*:*:r/*", "${v}:u/*", "arn:p:a::*:u/${*}${?}*",
]
GUARDED = [["arn:p:a::*:u/*"], ["*"], ["arn:p:a::*:u/*", "arn:p:a::1:r/x"], ["arn:p:a::*:u/?"]]


def managed():
    """AWS's policies by ARN."""
    import moto.iam.aws_managed_policies as policies

    data = json.loads(policies.aws_managed_policies_data)
    return {f"arn:aws:iam::aws:policy{value.get('Path', '/')}{name}": json.dumps(value["Document"]) for name, value in data.items()}


def random_document(rng):
    statements = []
    for _ in range(rng.randint(0, 4)):
        statement = {"Effect": rng.choice(["Allow", "Allow", "Deny"])}
        if rng.random() < 0.3:
            statement["Sid"] = rng.choice(["S", "", "T"])
        statement[rng.choice(["Action", "Action", "Action", "NotAction"])] = some(rng, ACTIONS)
        statement[rng.choice(["Resource", "Resource", "Resource", "NotResource"])] = some(rng, RESOURCES)
        if rng.random() < 0.2:
            statement["Condition"] = rng.choice([{"Bool": {"k": "true"}}, {}, {"Null": {}}])
        if rng.random() < 0.02:
            statement["Principal"] = "*"
        statements.append(statement)
    document = {"Version": "2012-10-17", "Statement": statements}
    if rng.random() < 0.2:
        document["Version"] = rng.choice(["2008-10-17", "2012-10-17", "2013-01-01"])
    if rng.random() < 0.1:
        del document["Version"]
    return json.dumps(document)


def some(rng, texts):
    chosen = rng.sample(texts, k=rng.choice([0, 1, 1, 1, 2, 3]) if rng.random() < 0.9 else 1)
    return chosen[0] if len(chosen) == 1 and rng.random() < 0.5 else chosen


def random_policy(rng, name):
    if rng.random() < 0.1:
        return {"name": name}
    return {"name": name, "text": random_document(rng)}


def random_question(rng):
    question = {
        "policies": [random_policy(rng, f"p{number}") for number in range(rng.randint(0, 3))],
        "rules": [{"actions": [action], "resources": rng.choice(GUARDED)} for action in rng.sample(ACTIONS, k=3)],
    }
    if rng.random() < 0.4:
        question["boundary"] = random_policy(rng, "boundary")
    return question


def managed_questions(rng):
    policies = managed()
    named = [{"name": name, "text": text} for name, text in sorted(policies.items())]
    questions = [{"policies": [policy], "rules": IAM_USERS} for policy in named]
    near = [policy for policy in named if "iam:" in policy["text"] or '"*"' in policy["text"]]
    small = [policy for policy in near if len(policy["text"]) < 6000]
    for _ in range(300):
        questions.append(
            {
                "policies": rng.sample(small, k=rng.randint(1, 3)),
                "boundary": rng.choice([None, rng.choice(small), {"name": "boundary"}]),
                "rules": IAM_USERS,
            }
        )
    return questions


def swift_answers(questions):
    with tempfile.TemporaryDirectory() as folder:
        given, got = os.path.join(folder, "questions.json"), os.path.join(folder, "answers.json")
        pathlib.Path(given).write_text(json.dumps(questions))
        command = ["swift", "test", "--skip-build", "--filter", "IAMPolicyTests.ConformanceTests"]
        environment = {**os.environ, "IDBRIDGE_IAMPOLICY_QUESTIONS": given, "IDBRIDGE_IAMPOLICY_ANSWERS": got}
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        if not os.path.exists(got):
            sys.exit(run.stdout[-3000:] + run.stderr[-3000:])
        return json.loads(pathlib.Path(got).read_text())


def verdicts(answers):
    return [(answer["action"], answer["verdict"]) for answer in answers]


def compare(name, questions):
    differences = 0
    counts = {}
    for question, swift in zip(questions, swift_answers(questions), strict=True):
        expected = iampolicy_evaluator.judge(question)
        for answer in expected:
            counts[answer["verdict"]] = counts.get(answer["verdict"], 0) + 1
        if verdicts(expected) != verdicts(swift):
            differences += 1
            if differences <= 3:
                print(json.dumps({"question": question, "expected": expected, "swift": swift}))
    print(f"{name}: {len(questions)} sets, verdicts {dict(sorted(counts.items()))}: {differences or 'none'} different")
    return differences


def main():
    rng = random.Random(SEED)
    committed = [random_question(rng) for _ in range(400)]
    lines = [json.dumps({**question, "answers": iampolicy_evaluator.judge(question)}, sort_keys=True) for question in committed]
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    if sys.argv[1:] == ["--write"]:
        COMMITTED.write_text(text)
        return 0
    is_equal = COMMITTED.read_text() == text
    print(f"committed judgements: {'equal' if is_equal else 'DIFFERENT'}")
    differences = compare("random documents", [random_question(rng) for _ in range(2000)])
    differences += compare("AWS managed policies", managed_questions(rng))
    return 0 if is_equal and differences == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
