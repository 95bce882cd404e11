"""The same calls against moto_server and the sandbox: where both know an operation, they agree."""

import socket
import subprocess
import sys
import time
import unittest
import urllib.request

import botocore.exceptions

from clouds import AWS

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]


class Scenario:
    """A small story told with boto3; what it saw is compared."""

    def __init__(self, aws):
        self.store = aws.client("identitystore")
        self.sso = aws.client("sso-admin")
        instance = self.sso.list_instances()["Instances"][0]
        self.instance = instance["InstanceArn"]
        self.store_id = instance["IdentityStoreId"]

    def code(self, call, **parameters):
        try:
            call(**parameters)
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"], error.response.get("Reason")
        return None

    def tell(self):
        saw = []
        store = {"IdentityStoreId": self.store_id}
        group = self.store.create_group(**store, DisplayName="moto-story", Description="text")["GroupId"]
        user = self.store.create_user(
            **store, UserName="moto@example.com", DisplayName="moto", Name={"GivenName": "mo", "FamilyName": "to"}
        )["UserId"]
        saw.append(self.code(self.store.create_group, **store, DisplayName="moto-story"))
        saw.append(self.code(self.store.create_user, **store, UserName="moto@example.com", DisplayName="moto"))
        saw.append(
            self.code(
                self.store.create_user,
                **store,
                UserName="moto@example.com",
                DisplayName="moto",
                Name={"GivenName": "mo", "FamilyName": "to"},
            )
        )
        row = self.store.create_group_membership(**store, GroupId=group, MemberId={"UserId": user})["MembershipId"]
        rows = self.store.list_group_memberships(**store, GroupId=group)["GroupMemberships"]
        saw.append([(each["MembershipId"] == row, each["MemberId"] == {"UserId": user}) for each in rows])
        found = self.store.get_group_id(
            **store,
            AlternateIdentifier={"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": "moto-story"}},
        )
        saw.append(found["GroupId"] == group)
        shown = self.store.describe_group(**store, GroupId=group)
        saw.append((shown["DisplayName"], shown["Description"]))
        arn = self.sso.create_permission_set(InstanceArn=self.instance, Name="MotoStory", Description="d")["PermissionSet"]
        saw.append((arn["Name"], arn["Description"]))
        both = {"InstanceArn": self.instance, "PermissionSetArn": arn["PermissionSetArn"]}
        self.sso.put_inline_policy_to_permission_set(**both, InlinePolicy="{}")
        saw.append(self.sso.get_inline_policy_for_permission_set(**both)["InlinePolicy"])
        self.sso.attach_managed_policy_to_permission_set(
            **both, ManagedPolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
        )
        saw.append(self.sso.list_managed_policies_in_permission_set(**both)["AttachedManagedPolicies"])
        self.store.delete_group_membership(**store, MembershipId=row)
        saw.append(self.store.list_group_memberships(**store, GroupId=group)["GroupMemberships"])
        self.sso.delete_permission_set(**both)
        self.store.delete_group(**store, GroupId=group)
        self.store.delete_user(**store, UserId=user)
        saw.append(self.code(self.store.describe_group, **store, GroupId=group))
        saw.append(self.code(self.sso.describe_permission_set, **both))
        return saw


class MotoConformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(PORT)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/moto-api/data.json", timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("moto_server did not get ready")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()

    def test_both_tell_the_same_story(self):
        moto = AWS(endpoint=f"http://127.0.0.1:{PORT}", strict=False, aws_access_key_id="x", aws_secret_access_key="x")
        sandbox = AWS()
        self.assertEqual(Scenario(sandbox).tell(), Scenario(moto).tell())
        self.assertEqual(sandbox.problems, [])


if __name__ == "__main__":
    unittest.main()
