"""google-auth and google-api-python-client against the sandbox."""

import unittest

import google.auth.exceptions
import googleapiclient.errors

from clouds import READY, Google


class GoogleConformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.google = Google()
        cls.api = cls.google.service

    def listed(self, collection, request, key, schema):
        elements, pages = [], 0
        while request is not None:
            answer = request.execute()
            self.assertEqual(self.google.problems(answer, {"$ref": schema}), [])
            self.assertNotEqual(answer.get(key), [], "an empty list is absent, not empty")
            elements += answer.get(key, [])
            pages += 1
            request = collection.list_next(request, answer)
        return elements, pages

    def test_users_page_by_page(self):
        users, pages = self.listed(
            self.api.users(), self.api.users().list(customer="my_customer", maxResults=500), "users", "Users"
        )
        self.assertGreater(pages, 1)
        self.assertEqual(len({user["id"] for user in users}), len(users))
        self.assertTrue(any(user["suspended"] for user in users))
        one = self.api.users().get(userKey=users[0]["primaryEmail"]).execute()
        self.assertEqual(one["id"], users[0]["id"])
        self.assertEqual(self.google.problems(one, {"$ref": "User"}), [])

    def test_deleted_users(self):
        deleted, _ = self.listed(
            self.api.users(), self.api.users().list(customer="my_customer", showDeleted="true"), "users", "Users"
        )
        self.assertTrue(deleted)
        self.assertTrue(all("deletionTime" in user for user in deleted))

    def test_groups_and_members(self):
        groups, _ = self.listed(self.api.groups(), self.api.groups().list(customer=READY["customer"]), "groups", "Groups")
        pages = 0
        for group in groups:
            one = self.api.groups().get(groupKey=group["email"]).execute()
            self.assertEqual(one["id"], group["id"])
            members, count = self.listed(
                self.api.members(), self.api.members().list(groupKey=group["id"]), "members", "Members"
            )
            self.assertEqual(len(members), int(group["directMembersCount"]))
            pages = max(pages, count)
            for member in members:
                found = self.api.members().get(groupKey=group["id"], memberKey=member["id"]).execute()
                self.assertEqual(found, member)
        self.assertGreater(pages, 1)

    def test_has_member(self):
        api = self.api.members()
        answer = api.hasMember(groupKey="platform@example.com", memberKey="ana@example.com").execute()
        self.assertEqual(answer, {"isMember": True})
        answer = api.hasMember(groupKey="platform@example.com", memberKey="hana@example.com").execute()
        self.assertEqual(answer, {"isMember": False})
        with self.assertRaises(googleapiclient.errors.HttpError) as caught:
            api.hasMember(groupKey="platform@example.com", memberKey="out@elsewhere.example").execute()
        self.assertEqual(caught.exception.resp.status, 400)

    def test_partial_answers(self):
        answer = self.api.users().list(customer="my_customer", maxResults=2, fields="users(id,name/givenName)").execute()
        self.assertEqual(set(answer), {"users"})
        self.assertEqual([set(user) for user in answer["users"]], [{"id", "name"}] * 2)

    def test_refusals(self):
        for request, status, reason in [
            (self.api.users().get(userKey="nobody@example.com"), 404, "notFound"),
            (self.api.users().list(), 400, "badRequest"),
            (self.api.users().list(customer="my_customer", pageToken="x"), 400, "invalid"),
            (self.api.members().list(groupKey="friends@elsewhere.example"), 403, "forbidden"),
        ]:
            with self.assertRaises(googleapiclient.errors.HttpError) as caught:
                request.execute()
            self.assertEqual(caught.exception.resp.status, status)
            self.assertEqual(caught.exception.error_details[0]["reason"], reason)
        with self.assertRaises(googleapiclient.errors.HttpError) as caught:
            Google(subject=None).service.users().list(customer="my_customer").execute()
        self.assertEqual(caught.exception.resp.status, 403)
        for broken in [Google(subject="nobody@example.com"), Google(scopes=["https://www.googleapis.com/auth/drive"])]:
            with self.assertRaises(google.auth.exceptions.RefreshError):
                broken.service.users().list(customer="my_customer").execute()


if __name__ == "__main__":
    unittest.main()
