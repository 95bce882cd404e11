"""boto3 against the sandbox: parameters and answers held against botocore's models."""

import time
import unittest

import botocore.credentials
import botocore.exceptions
import botocore.utils

from clouds import AWS, BASE, READY, REGION


class AWSConformance(unittest.TestCase):
    def setUp(self):
        self.aws = AWS()
        self.store = self.aws.client("identitystore")
        self.sso = self.aws.client("sso-admin")
        self.organizations = self.aws.client("organizations")
        self.sts = self.aws.client("sts")
        self.store_id = READY["identityStoreId"]
        self.instance = READY["instanceArn"]

    def tearDown(self):
        self.assertEqual(self.aws.problems, [])

    def pages(self, client, operation, key, **parameters):
        elements, count = [], 0
        for page in client.get_paginator(operation).paginate(**parameters):
            elements += page[key]
            count += 1
        return elements, count

    def refused(self, code, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response

    def test_identity_store_reads(self):
        users, count = self.pages(self.store, "list_users", "Users", IdentityStoreId=self.store_id)
        self.assertGreater(count, 1)
        groups, _ = self.pages(self.store, "list_groups", "Groups", IdentityStoreId=self.store_id)
        for user in users:
            one = self.store.describe_user(IdentityStoreId=self.store_id, UserId=user["UserId"])
            self.assertEqual(one["UserName"], user["UserName"])
            found = self.store.get_user_id(
                IdentityStoreId=self.store_id,
                AlternateIdentifier={"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": user["UserName"]}},
            )
            self.assertEqual(found["UserId"], user["UserId"])
        for group in groups:
            one = self.store.describe_group(IdentityStoreId=self.store_id, GroupId=group["GroupId"])
            self.assertEqual(one["DisplayName"], group["DisplayName"])
            rows, _ = self.pages(
                self.store, "list_group_memberships", "GroupMemberships", IdentityStoreId=self.store_id, GroupId=group["GroupId"]
            )
            for row in rows:
                self.store.describe_group_membership(IdentityStoreId=self.store_id, MembershipId=row["MembershipId"])
                of_user, _ = self.pages(
                    self.store,
                    "list_group_memberships_for_member",
                    "GroupMemberships",
                    IdentityStoreId=self.store_id,
                    MemberId=row["MemberId"],
                )
                self.assertIn(row["MembershipId"], [each["MembershipId"] for each in of_user])

    def test_identity_store_writes(self):
        made = self.store.create_group(IdentityStoreId=self.store_id, DisplayName="conformance", Description="text")
        group = {"IdentityStoreId": self.store_id, "GroupId": made["GroupId"]}
        response = self.refused(
            "ConflictException", self.store.create_group, IdentityStoreId=self.store_id, DisplayName="CONFORMANCE"
        )
        self.assertEqual(response["Reason"], "UNIQUENESS_CONSTRAINT_VIOLATION")
        self.store.update_group(
            **group,
            Operations=[
                {"AttributePath": "displayName", "AttributeValue": "conformance-2"},
                {"AttributePath": "description"},
            ],
        )
        self.assertNotIn("Description", self.store.describe_group(**group))
        user = self.store.create_user(
            IdentityStoreId=self.store_id,
            UserName="conformance@example.com",
            DisplayName="conformance",
            Name={"GivenName": "con", "FamilyName": "formance"},
            Emails=[{"Value": "conformance@example.com", "Type": "work", "Primary": True}],
        )
        member = {"UserId": user["UserId"]}
        row = self.store.create_group_membership(**group, MemberId=member)
        self.refused("ConflictException", self.store.create_group_membership, **group, MemberId=member)
        self.assertEqual(
            self.store.get_group_membership_id(**group, MemberId=member)["MembershipId"], row["MembershipId"]
        )
        answer = self.store.is_member_in_groups(
            IdentityStoreId=self.store_id, MemberId=member, GroupIds=[made["GroupId"]]
        )
        self.assertTrue(answer["Results"][0]["MembershipExists"])
        self.store.delete_group_membership(IdentityStoreId=self.store_id, MembershipId=row["MembershipId"])
        self.store.update_user(
            IdentityStoreId=self.store_id,
            UserId=user["UserId"],
            Operations=[{"AttributePath": "name.familyName", "AttributeValue": "Example"}],
        )
        response = self.refused("ConflictException", self.store.delete_group, **group, Revision="1")
        self.assertEqual(response["Reason"], "CONCURRENT_MODIFICATION")
        self.store.delete_group(**group)
        self.store.delete_user(IdentityStoreId=self.store_id, UserId=user["UserId"])
        response = self.refused("ResourceNotFoundException", self.store.delete_group, **group)
        self.assertEqual(response["ResourceType"], "GROUP")

    def test_sso_admin_reads(self):
        instances, _ = self.pages(self.sso, "list_instances", "Instances")
        self.assertEqual(instances[0]["InstanceArn"], self.instance)
        self.sso.describe_instance(InstanceArn=self.instance)
        arns, _ = self.pages(self.sso, "list_permission_sets", "PermissionSets", InstanceArn=self.instance)
        for arn in arns:
            both = {"InstanceArn": self.instance, "PermissionSetArn": arn}
            self.sso.describe_permission_set(**both)
            self.pages(self.sso, "list_managed_policies_in_permission_set", "AttachedManagedPolicies", **both)
            self.pages(
                self.sso,
                "list_customer_managed_policy_references_in_permission_set",
                "CustomerManagedPolicyReferences",
                **both,
            )
            self.sso.get_inline_policy_for_permission_set(**both)
            self.refused("ResourceNotFoundException", self.sso.get_permissions_boundary_for_permission_set, **both)
            self.sso.list_tags_for_resource(InstanceArn=self.instance, ResourceArn=arn)
            accounts, _ = self.pages(self.sso, "list_accounts_for_provisioned_permission_set", "AccountIds", **both)
            for account in accounts:
                rows, _ = self.pages(
                    self.sso, "list_account_assignments", "AccountAssignments", AccountId=account, **both
                )
                for row in rows:
                    of_principal, _ = self.pages(
                        self.sso,
                        "list_account_assignments_for_principal",
                        "AccountAssignments",
                        InstanceArn=self.instance,
                        PrincipalId=row["PrincipalId"],
                        PrincipalType=row["PrincipalType"],
                    )
                    self.assertIn(row, of_principal)
        applications, _ = self.pages(self.sso, "list_applications", "Applications", InstanceArn=self.instance)
        for application in applications:
            arn = application["ApplicationArn"]
            self.sso.get_application_assignment_configuration(ApplicationArn=arn)
            self.pages(self.sso, "list_application_assignments", "ApplicationAssignments", ApplicationArn=arn)

    def test_assignments(self):
        group = self.store.create_group(IdentityStoreId=self.store_id, DisplayName="conformance-assignments")["GroupId"]
        arn = self.sso.list_permission_sets(InstanceArn=self.instance)["PermissionSets"][0]
        target = {
            "InstanceArn": self.instance,
            "TargetId": "100000000008",
            "TargetType": "AWS_ACCOUNT",
            "PermissionSetArn": arn,
            "PrincipalType": "GROUP",
            "PrincipalId": group,
        }
        for verb, noun in [("create", "creation"), ("delete", "deletion")]:
            key = f"AccountAssignment{noun.capitalize()}Status"
            status = getattr(self.sso, f"{verb}_account_assignment")(**target)[key]
            self.assertEqual(status["Status"], "IN_PROGRESS")
            end = time.monotonic() + 30
            while status["Status"] == "IN_PROGRESS" and time.monotonic() < end:
                parameters = {f"AccountAssignment{noun.capitalize()}RequestId": status["RequestId"]}
                describe = getattr(self.sso, f"describe_account_assignment_{noun}_status")
                status = describe(InstanceArn=self.instance, **parameters)[key]
            self.assertEqual(status["Status"], "SUCCEEDED")
            rows = self.sso.list_account_assignments_for_principal(
                InstanceArn=self.instance, PrincipalId=group, PrincipalType="GROUP"
            )["AccountAssignments"]
            self.assertEqual(len(rows), 1 if verb == "create" else 0)
            self.pages(
                self.sso,
                f"list_account_assignment_{noun}_status",
                f"AccountAssignments{noun.capitalize()}Status",
                InstanceArn=self.instance,
            )
        self.store.delete_group(IdentityStoreId=self.store_id, GroupId=group)

    def test_permission_sets(self):
        made = self.sso.create_permission_set(InstanceArn=self.instance, Name="Conformance", SessionDuration="PT2H")
        both = {"InstanceArn": self.instance, "PermissionSetArn": made["PermissionSet"]["PermissionSetArn"]}
        self.refused("ConflictException", self.sso.create_permission_set, InstanceArn=self.instance, Name="Conformance")
        policy = '{"Version": "2012-10-17", "Statement": []}'
        self.sso.put_inline_policy_to_permission_set(**both, InlinePolicy=policy)
        self.assertEqual(self.sso.get_inline_policy_for_permission_set(**both)["InlinePolicy"], policy)
        managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        self.sso.attach_managed_policy_to_permission_set(**both, ManagedPolicyArn=managed)
        self.refused("ConflictException", self.sso.attach_managed_policy_to_permission_set, **both, ManagedPolicyArn=managed)
        reference = {"Name": "guard", "Path": "/x/"}
        self.sso.attach_customer_managed_policy_reference_to_permission_set(**both, CustomerManagedPolicyReference=reference)
        self.sso.put_permissions_boundary_to_permission_set(**both, PermissionsBoundary={"ManagedPolicyArn": managed})
        boundary = self.sso.get_permissions_boundary_for_permission_set(**both)["PermissionsBoundary"]
        self.assertEqual(boundary, {"ManagedPolicyArn": managed})
        self.sso.tag_resource(
            InstanceArn=self.instance, ResourceArn=both["PermissionSetArn"], Tags=[{"Key": "a", "Value": "b"}]
        )
        self.sso.update_permission_set(**both, Description="text")
        self.assertEqual(self.sso.describe_permission_set(**both)["PermissionSet"]["Description"], "text")
        status = self.sso.provision_permission_set(**both, TargetType="ALL_PROVISIONED_ACCOUNTS")
        self.sso.describe_permission_set_provisioning_status(
            InstanceArn=self.instance,
            ProvisionPermissionSetRequestId=status["PermissionSetProvisioningStatus"]["RequestId"],
        )
        self.sso.delete_permission_set(**both)

    def test_organizations(self):
        self.organizations.describe_organization()
        accounts, _ = self.pages(self.organizations, "list_accounts", "Accounts")
        root = self.pages(self.organizations, "list_roots", "Roots")[0][0]["Id"]
        seen, pending = [], [root]
        while pending:
            parent = pending.pop()
            inside, _ = self.pages(self.organizations, "list_accounts_for_parent", "Accounts", ParentId=parent)
            units, _ = self.pages(
                self.organizations, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
            )
            seen += [account["Id"] for account in inside]
            pending += [unit["Id"] for unit in units]
            for unit in units:
                self.organizations.describe_organizational_unit(OrganizationalUnitId=unit["Id"])
        self.assertEqual(sorted(seen), sorted(account["Id"] for account in accounts))
        for account in accounts:
            self.organizations.describe_account(AccountId=account["Id"])
            self.pages(self.organizations, "list_parents", "Parents", ChildId=account["Id"])
            self.pages(self.organizations, "list_tags_for_resource", "Tags", ResourceId=account["Id"])
        self.refused("InvalidInputException", self.organizations.list_accounts, NextToken="x")

    def test_sts_and_iam(self):
        self.assertEqual(self.sts.get_caller_identity()["Account"], accounts_owner(self.sso))
        self.refused(
            "AccessDenied",
            self.sts.assume_role,
            RoleArn="arn:aws:iam::100000000001:role/none",
            RoleSessionName="conformance",
        )
        role = self.sts.assume_role(
            RoleArn="arn:aws:iam::100000000001:role/idbridge", RoleSessionName="conformance", DurationSeconds=900
        )["Credentials"]
        assumed = AWS(
            aws_access_key_id=role["AccessKeyId"],
            aws_secret_access_key=role["SecretAccessKey"],
            aws_session_token=role["SessionToken"],
        )
        arn = assumed.client("sts").get_caller_identity()["Arn"]
        self.assertEqual(arn, "arn:aws:sts::100000000001:assumed-role/idbridge/conformance")
        self.assertTrue(assumed.client("sso-admin").list_instances()["Instances"])
        iam = self.aws.client("iam")
        arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        self.assertEqual(document["Statement"][0]["Effect"], "Allow")

    def test_wrong_keys_are_refused_in_the_clients_words(self):
        stranger = AWS(aws_access_key_id="AKIASTRANGER", aws_secret_access_key="x")
        self.refused("UnrecognizedClientException", stranger.client("sso-admin").list_instances)
        self.refused("InvalidClientTokenId", stranger.client("sts").get_caller_identity)
        forger = AWS(**{**AWS.own_credentials(), "aws_secret_access_key": "x"})
        self.refused("InvalidSignatureException", forger.client("identitystore").list_users, IdentityStoreId=self.store_id)
        self.refused("SignatureDoesNotMatch", forger.client("sts").get_caller_identity)

    def test_instance_metadata_and_container_credentials(self):
        fetcher = botocore.utils.InstanceMetadataFetcher(base_url=BASE, config={"ec2_metadata_service_endpoint": BASE})
        found = fetcher.retrieve_iam_role_credentials()
        session = AWS(
            aws_access_key_id=found["access_key"],
            aws_secret_access_key=found["secret_key"],
            aws_session_token=found["token"],
        )
        self.assertIn("assumed-role", session.client("sts").get_caller_identity()["Arn"])
        container = botocore.utils.ContainerMetadataFetcher().retrieve_full_uri(
            BASE + "/container/credentials", headers={"Authorization": "sandbox-container-token"}
        )
        session = AWS(
            aws_access_key_id=container["AccessKeyId"],
            aws_secret_access_key=container["SecretAccessKey"],
            aws_session_token=container["Token"],
        )
        self.assertTrue(session.client("organizations").list_roots()["Roots"])


def accounts_owner(sso):
    return sso.list_instances()["Instances"][0]["OwnerAccountId"]


if __name__ == "__main__":
    unittest.main()
