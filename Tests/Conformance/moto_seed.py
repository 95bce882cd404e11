#!/usr/bin/env python3
"""Fills a running moto_server for a real run of idbridge against it.

It makes an organization with accounts in OUs, permission sets, and users in the identity store, named as the sandbox's
generated company names them (people u0@example.com ..., accounts account-0 ..., permission sets Set0 ...), so that the
sandbox's Google and moto's Identity Center are one company. Run twice, it makes nothing twice.

    moto_server -H 127.0.0.1 -p 5000 &
    python3 Tests/Conformance/moto_seed.py --endpoint http://127.0.0.1:5000

It prints what it found or made, as JSON. The groups are left to idbridge.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request

import boto3
import botocore.config


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", default="http://127.0.0.1:5000", help="where moto_server listens")
    parser.add_argument("--region", default="ap-northeast-1", help="the instance's region")
    parser.add_argument("--users", type=int, default=300)
    parser.add_argument("--users-file", help="user names, one a line, instead of the numbered ones; - for stdin")
    parser.add_argument("--domain", default="example.com")
    parser.add_argument("--accounts", type=int, default=10, help="besides the management account")
    parser.add_argument("--permission-sets", type=int, default=5)
    parser.add_argument("--wait", type=float, default=30, help="seconds to wait for moto_server to answer")
    return parser.parse_args()


def wait_until_ready(endpoint, seconds):
    """moto_server answers under /moto-api once it is ready."""
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"{endpoint}/moto-api/data.json", timeout=2).close()
            return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > end:
                sys.exit(f"moto_server does not answer at {endpoint}: {error}")
            time.sleep(0.2)


def client(name, options):
    # Organizations is global: its region is fixed, which botocore forgets where the endpoint is given.
    region = "us-east-1" if name == "organizations" else options.region
    return boto3.client(
        name,
        endpoint_url=options.endpoint,
        region_name=region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=botocore.config.Config(retries={"total_max_attempts": 2, "mode": "standard"}),
    )


def pages(call, key, **parameters):
    """All rows of a listing."""
    rows = []
    while True:
        answer = call(**parameters)
        rows += answer[key]
        if not answer.get("NextToken"):
            return rows
        parameters["NextToken"] = answer["NextToken"]


def organizational_unit(organizations, parent, name):
    found = pages(organizations.list_organizational_units_for_parent, "OrganizationalUnits", ParentId=parent)
    for unit in found:
        if unit["Name"] == name:
            return unit["Id"]
    return organizations.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]


def seed_organization(options):
    organizations = client("organizations", options)
    try:
        organization = organizations.describe_organization()["Organization"]
    except organizations.exceptions.AWSOrganizationsNotInUseException:
        organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    workloads = organizational_unit(organizations, root, "Workloads")
    accounts = {account["Name"]: account["Id"] for account in pages(organizations.list_accounts, "Accounts")}
    for number in range(options.accounts):
        name = f"account-{number}"
        if name not in accounts:
            status = organizations.create_account(AccountName=name, Email=f"{name}@{options.domain}")
            accounts[name] = status["CreateAccountStatus"]["AccountId"]
            unit = organizational_unit(organizations, workloads, f"unit-{number // 10}")
            organizations.move_account(AccountId=accounts[name], SourceParentId=root, DestinationParentId=unit)
            organizations.tag_resource(
                ResourceId=accounts[name], Tags=[{"Key": "number", "Value": str(number)}]
            )
    return {"managementAccount": organization["MasterAccountId"], "accounts": accounts}


def seed_permission_sets(options, sso, instance):
    names = {}
    for arn in pages(sso.list_permission_sets, "PermissionSets", InstanceArn=instance):
        described = sso.describe_permission_set(InstanceArn=instance, PermissionSetArn=arn)
        names[described["PermissionSet"]["Name"]] = arn
    for number in range(options.permission_sets):
        name = f"Set{number}"
        if name not in names:
            made = sso.create_permission_set(InstanceArn=instance, Name=name)
            names[name] = made["PermissionSet"]["PermissionSetArn"]
    return names


def wanted_users(options):
    if not options.users_file:
        return [f"u{number}@{options.domain}" for number in range(options.users)]
    if options.users_file == "-":
        lines = sys.stdin.readlines()
    else:
        with open(options.users_file, encoding="utf-8") as file:
            lines = file.readlines()
    return [line.strip() for line in lines if line.strip()]


def seed_users(options, store, store_id):
    there = {user["UserName"] for user in pages(store.list_users, "Users", IdentityStoreId=store_id)}
    wanted = wanted_users(options)
    for name in wanted:
        if name in there:
            continue
        local = name.split("@")[0]
        store.create_user(
            IdentityStoreId=store_id,
            UserName=name,
            DisplayName=local,
            Name={"GivenName": local, "FamilyName": "Example"},
            Emails=[{"Value": name, "Type": "work", "Primary": True}],
        )
    return len(there | set(wanted))


def main():
    options = arguments()
    wait_until_ready(options.endpoint, options.wait)
    organization = seed_organization(options)
    sso = client("sso-admin", options)
    instance = sso.list_instances()["Instances"][0]
    permission_sets = seed_permission_sets(options, sso, instance["InstanceArn"])
    users = seed_users(options, client("identitystore", options), instance["IdentityStoreId"])
    found = {
        "endpoint": options.endpoint,
        "region": options.region,
        "instanceArn": instance["InstanceArn"],
        "identityStoreId": instance["IdentityStoreId"],
        "users": users,
        "permissionSets": permission_sets,
        **organization,
    }
    print(json.dumps(found, indent=2, sort_keys=True))


if __name__ == "__main__":
    main()
