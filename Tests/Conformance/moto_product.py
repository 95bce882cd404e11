#!/usr/bin/env python3
"""The program against moto_server and the sandbox's Google: a real sync of a company, then a plan with nothing in it.

moto keeps Identity Center, the organization and STS; the sandbox keeps Google. Neither is ours alone to agree with: what
came of the sync is read with boto3 from moto, and compared with what google-api-python-client reads from the sandbox.
Then members and access are taken out of the mapping, and the same is done again. moto has no UpdateGroup, so nothing is
renamed here and no description changes; it has no application assignments, so no group is deleted.

`run.sh` calls it; IDBRIDGE_BINARY names the program.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import boto3
import google.oauth2.service_account
import googleapiclient.discovery

USERS, GROUPS, ACCOUNTS, SETS = 300, 30, 10, 5
HERE = pathlib.Path(__file__).parent
BINARY = os.environ["IDBRIDGE_BINARY"]
REGION = "ap-northeast-1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def access_of(number):
    """The permission sets and accounts of a group."""
    sets = [f"Set{number % SETS}"] + ([f"Set{(number + 1) % SETS}"] if number % 3 == 0 else [])
    return sets, sorted({number % ACCOUNTS, (number * 7 + 3) % ACCOUNTS})


def mapping(without_access=(), narrowed=()):
    """The mapping; some groups without their access, and some without the people of the group after them."""
    lines = ["version: 1", "groups:"]
    for number in range(GROUPS):
        sets, accounts = access_of(number)
        names = ", ".join(f"{{ name: account-{account} }}" for account in accounts)
        lines += [
            f"  g{number}:",
            f"    members: [{{ google: g{number}@example.com }}]",
        ]
        if number in narrowed:
            lines.append(f"    except: [{{ google: g{number + 1}@example.com }}]")
        if number not in without_access:
            lines.append(f"    access: [{{ permissionSets: [{', '.join(sets)}], accounts: [{names}] }}]")
    return "\n".join(lines) + "\n"


class Moto:
    """What stands in moto, by names."""

    def __init__(self, endpoint, seeded):
        self.seeded = seeded
        options = {
            "endpoint_url": endpoint,
            "region_name": REGION,
            "aws_access_key_id": "testing",
            "aws_secret_access_key": "testing",
        }
        self.store = boto3.client("identitystore", **options)
        self.sso = boto3.client("sso-admin", **options)

    def rows(self, client, operation, key, **parameters):
        return [row for page in client.get_paginator(operation).paginate(**parameters) for row in page[key]]

    def state(self):
        store = {"IdentityStoreId": self.seeded["identityStoreId"]}
        users = {row["UserId"]: row["UserName"] for row in self.rows(self.store, "list_users", "Users", **store)}
        groups = self.rows(self.store, "list_groups", "Groups", **store)
        members = {}
        for group in groups:
            found = self.rows(
                self.store, "list_group_memberships", "GroupMemberships", **store, GroupId=group["GroupId"]
            )
            names = [users[row["MemberId"]["UserId"]] for row in found]
            assert len(names) == len(set(names)), f"{group['DisplayName']} has a member twice"
            members[group["DisplayName"]] = sorted(names)
            assert group["Description"].endswith("[idbridge:moto]"), group
        names = {group["GroupId"]: group["DisplayName"] for group in groups}
        access = []
        for account, account_id in self.seeded["accounts"].items():
            for permission_set, arn in self.seeded["permissionSets"].items():
                found = self.rows(
                    self.sso,
                    "list_account_assignments",
                    "AccountAssignments",
                    InstanceArn=self.seeded["instanceArn"],
                    AccountId=account_id,
                    PermissionSetArn=arn,
                )
                access += [(names[row["PrincipalId"]], permission_set, account) for row in found]
        assert len(access) == len(set(access)), "moto keeps an assignment twice"
        return members, sorted(access)


class Google:
    """What the sandbox's Google lists."""

    def __init__(self, ready):
        credentials = google.oauth2.service_account.Credentials.from_service_account_file(
            ready["googleKeyFile"],
            scopes=[
                "https://www.googleapis.com/auth/admin.directory.user.readonly",
                "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
            ],
            subject=ready["impersonate"],
        )
        self.directory = googleapiclient.discovery.build(
            "admin",
            "directory_v1",
            credentials=credentials,
            client_options={"api_endpoint": ready["baseURL"]},
            static_discovery=True,
        )

    def pages(self, resource, key, **parameters):
        request = resource.list(**parameters)
        while request is not None:
            answer = request.execute()
            yield from answer.get(key, [])
            request = resource.list_next(request, answer)

    def users(self):
        return list(self.pages(self.directory.users(), "users", customer="my_customer"))

    def members(self, group, active):
        found = self.pages(self.directory.members(), "members", groupKey=f"{group}@example.com")
        return sorted(active[row["id"]] for row in found if row["id"] in active)


def wait_for(path, process):
    for _ in range(600):
        if path.exists() and path.stat().st_size > 0:
            return json.loads(path.read_text(encoding="utf-8"))
        if process.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit("moto_product: the sandbox did not get ready")


def seed(endpoint, users):
    listed = "\n".join(user["primaryEmail"] for user in users)
    done = subprocess.run(
        [sys.executable, HERE / "moto_seed.py", "--endpoint", endpoint, "--region", REGION, "--users-file", "-"]
        + ["--accounts", str(ACCOUNTS), "--permission-sets", str(SETS)],
        input=listed,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        sys.exit(f"moto_product: moto could not be seeded: {done.stderr}")
    return json.loads(done.stdout)


class Program:
    """The program with its configuration."""

    def __init__(self, folder, endpoint, ready):
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        (folder / "Mappings").mkdir()
        (folder / "idbridge.yaml").write_text(
            f"""version: 1
owner: moto
mappings: Mappings
ledger: ledger.sqlite
sources:
  google:
    kind: google
    credentials: {ready["googleKeyFile"]}
    impersonate: {ready["impersonate"]}
    endpoint: {ready["baseURL"]}
target:
  region: {REGION}
""",
            encoding="utf-8",
        )

    def map(self, text):
        (self.folder / "Mappings" / "company.yaml").write_text(text, encoding="utf-8")

    def run(self, *arguments, exit_code=0):
        began = time.monotonic()
        done = subprocess.run(
            [BINARY, *arguments, "--config", self.folder / "idbridge.yaml"],
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode != exit_code:
            sys.exit(
                f"moto_product: idbridge {' '.join(arguments)} ended with {done.returncode} instead of {exit_code}\n"
                f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
            )
        print(f"  idbridge {' '.join(arguments)}: exit {exit_code}, {time.monotonic() - began:.1f} s")
        return done.stdout


def expect(moto, company, active, without_access=(), narrowed=()):
    members, access = moto.state()
    listed = [company.members(f"g{number}", active) for number in range(GROUPS)]
    wanted = {f"g{number}": names for number, names in enumerate(listed)}
    for number in narrowed:
        wanted[f"g{number}"] = [name for name in listed[number] if name not in listed[number + 1]]
        assert wanted[f"g{number}"] != listed[number], f"nobody is in g{number} and the group after it"
    assert members == wanted, "the memberships in moto are not those of the directory"
    rows = []
    for number in range(GROUPS):
        if number in without_access:
            continue
        sets, accounts = access_of(number)
        rows += [(f"g{number}", name, f"account-{account}") for name in sets for account in accounts]
    assert access == sorted(rows), "the assignments in moto are not those of the mapping"
    return sum(len(names) for names in members.values()), len(access)


def overlapping(company, active):
    """Groups, apart from each other, that share a few people with the group after them."""
    listed = [set(company.members(f"g{number}", active)) for number in range(GROUPS)]
    found = [number for number in range(0, GROUPS - 1, 2) if 0 < len(listed[number] & listed[number + 1]) <= 5]
    assert found, "no two groups share people"
    return found


def story(folder, endpoint, ready):
    company = Google(ready)
    users = company.users()
    assert len(users) >= USERS, f"{len(users)} users"
    active = {user["id"]: user["primaryEmail"] for user in users if not user["suspended"] and not user["archived"]}
    moto = Moto(endpoint, seed(endpoint, users))
    program = Program(folder, endpoint, ready)

    program.map(mapping())
    program.run("plan", "--detailed-exitcode", exit_code=2)
    program.run("sync")
    memberships, assignments = expect(moto, company, active)
    program.run("plan", "--detailed-exitcode", exit_code=0)

    without, narrowed = (1, 3, 6), overlapping(company, active)
    program.map(mapping(without, narrowed))
    program.run("sync")
    expect(moto, company, active, without, narrowed)
    program.run("plan", "--detailed-exitcode", exit_code=0)
    print(
        f"moto_product: {len(users)} users, {GROUPS} groups, {memberships} memberships, {ACCOUNTS} accounts, {SETS} "
        f"permission sets, {assignments} assignments: synced, and the second plan is empty"
    )


def main():
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ready_file = folder / "ready.json"
        clouds = subprocess.Popen(
            [BINARY, "sandbox", "--people", str(USERS), "--ready-file", ready_file], stdout=subprocess.DEVNULL
        )
        try:
            story(folder, endpoint, wait_for(ready_file, clouds))
        finally:
            for process in (clouds, server):
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
