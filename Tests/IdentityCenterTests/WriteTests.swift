import HTTP
import Model
import Testing

@testable import IdentityCenter

@Suite("Writes")
struct WriteTests {
    static let mark = "Runs the platform [idbridge:test]"

    @Test("a group is made, changed and deleted")
    func group() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let made = try await target.perform(.createGroup(displayName: "platform", description: WriteTests.mark))
        let id = GroupID(try #require(made.createdID))
        #expect(!made.stoodAlready)
        #expect(made.requestID?.hasPrefix("request-") == true)
        #expect(try await target.group(named: "platform")?.description == WriteTests.mark)
        let renamed = Write.updateGroup(id, displayName: "platform-core", description: nil, revision: "1")
        #expect(try await !target.perform(renamed).stoodAlready)
        let bare = Write.updateGroup(id, displayName: nil, description: .some(nil), revision: "2")
        _ = try await target.perform(bare)
        #expect(aws.world.groups[id.value]?["DisplayName"] == "platform-core")
        #expect(aws.world.groups[id.value]?["Description"] == nil)
        _ = try await target.perform(.updateGroup(id, displayName: nil, description: "new", revision: nil))
        #expect(aws.world.groups[id.value]?["Description"] == "new")
        _ = try await target.perform(.deleteGroup(id, revision: "4"))
        #expect(aws.world.groups[id.value] == nil)
        #expect(try await target.perform(.deleteGroup(id, revision: "4")).stoodAlready)
        #expect(aws.violations.isEmpty)
    }

    @Test("a group without a description is made without one: empty texts are invalid")
    func emptyDescription() async throws {
        let aws = FakeAWS()
        _ = try await target(aws).perform(.createGroup(displayName: "bare", description: ""))
        #expect(aws.calls("CreateGroup").first?.keys == ["IdentityStoreId", "DisplayName"])
    }

    @Test("a group that exists counts as made only where it is the same, with the mark")
    func existingGroup() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let wish = Write.createGroup(displayName: "group2", description: "Group 2 [idbridge:test]")
        let receipt = try await target.perform(wish)
        #expect(receipt.stoodAlready)
        #expect(receipt.createdID == aws.world.groups.first { $0.value["DisplayName"] == "group2" }?.key)
        for write in [
            Write.createGroup(displayName: "group2", description: "Group 2 [idbridge:other]"),
            Write.createGroup(displayName: "Group2", description: "Group 2 [idbridge:test]"),
        ] {
            let error = await failure { () async throws(UpstreamError) in try await target.perform(write) }
            #expect(error?.kind == .conflict)
            #expect(error?.requestID != nil)
            #expect(error?.message.contains(receipt.createdID ?? "?") == true)
        }
        #expect(aws.world.groups.count == 5)
    }

    @Test("a rename to a name that another group has is a conflict, and changes nothing")
    func takenName() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let group = try #require(try await target.groups().first)
        let write = Write.updateGroup(group.id, displayName: "group2", description: nil, revision: group.revision)
        let error = await failure { () async throws(UpstreamError) in try await target.perform(write) }
        #expect(error?.kind == .conflict)
        #expect(error?.message.contains("another group has this name") == true)
    }

    @Test("a group that somebody else changed since it was read is left alone")
    func changedByOthers() async throws {
        for write: @Sendable (TargetGroup) -> Write in [
            { .updateGroup($0.id, displayName: "new", description: nil, revision: $0.revision) },
            { .deleteGroup($0.id, revision: $0.revision) },
        ] {
            let aws = FakeAWS()
            let target = try target(aws)
            let group = try #require(try await target.groups().first)
            aws.change {
                $0.world.groups[group.id.value] = $0.world.groups[group.id.value]?
                    .with(["Description": "taken over [idbridge:other]", "Revision": "9"])
            }
            let error = await failure { () async throws(UpstreamError) in try await target.perform(write(group)) }
            #expect(error?.kind == .conflict)
            #expect(error?.message.contains("somebody else") == true)
            #expect(aws.world.groups[group.id.value]?["Description"] == "taken over [idbridge:other]")
        }
    }

    @Test("a revision that rose without a change of name and description is no obstacle")
    func raisedRevision() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let group = try #require(try await target.groups().first)
        aws.change {
            $0.world.groups[group.id.value] = $0.world.groups[group.id.value]?.with(["Revision": "9"])
        }
        let write = Write.updateGroup(group.id, displayName: "new", description: nil, revision: group.revision)
        _ = try await target.perform(write)
        #expect(aws.world.groups[group.id.value]?["DisplayName"] == "new")
        aws.change {
            $0.world.groups[group.id.value] = $0.world.groups[group.id.value]?.with(["Revision": "20"])
        }
        _ = try await target.perform(.deleteGroup(group.id, revision: group.revision))
        #expect(aws.world.groups[group.id.value] == nil)
    }

    @Test("a group that is gone cannot be changed")
    func goneGroup() async throws {
        let target = try target(FakeAWS())
        let write = Write.updateGroup("gone", displayName: "x", description: nil, revision: nil)
        #expect(await failure { () async throws(UpstreamError) in try await target.perform(write) }?.kind == .notFound)
        let add = Write.addMember("gone", "nobody")
        #expect(await failure { () async throws(UpstreamError) in try await target.perform(add) }?.kind == .notFound)
    }

    @Test("members come and go; what stands already is looked up before it counts")
    func members() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let group = try #require(try await target.group(named: "group1"))
        let user = try #require(try await target.user(named: "user7@example.com"))
        let added = try await target.perform(.addMember(group.id, user.id))
        let id = MembershipID(try #require(added.createdID))
        #expect(aws.world.memberships[id.value] == FakeWorld.Membership(group: group.id.value, user: user.id.value))
        let again = try await target.perform(.addMember(group.id, user.id))
        #expect(again.stoodAlready)
        #expect(again.createdID == id.value)
        #expect(try await !target.perform(.removeMember(group.id, user.id, membership: id)).stoodAlready)
        #expect(aws.world.memberships[id.value] == nil)
        #expect(try await target.perform(.removeMember(group.id, user.id, membership: id)).stoodAlready)
        #expect(try await target.perform(.removeMember(group.id, user.id, membership: nil)).stoodAlready)
    }

    @Test("a membership that was taken and given again since it was read is removed under its new id")
    func renewedMembership() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let group = try #require(try await target.group(named: "group1"))
        let member = try #require(try await target.memberships(of: [group.id])[group.id]?.first)
        aws.change {
            $0.world.memberships[member.id.value] = nil
            $0.world.addMember(group.id.value, member.user.value)
        }
        let receipt = try await target.perform(.removeMember(group.id, member.user, membership: member.id))
        #expect(!receipt.stoodAlready)
        #expect(try await target.memberships(of: [group.id]) == [group.id: []])
    }

    @Test("users are made, changed and deleted")
    func users() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let wish = NewUser(
            address: "new@example.com",
            displayName: "Neo Ana",
            givenName: "Neo",
            familyName: "Ana",
            userType: "idbridge:test"
        )
        let id = UserID(try #require(try await target.perform(.createUser(wish)).createdID))
        let user = try #require(try await target.user(id))
        #expect(user.userName == "new@example.com")
        #expect(user.primaryEmail == "new@example.com")
        #expect(user.userType == "idbridge:test")
        #expect([user.displayName, user.givenName, user.familyName] == ["Neo Ana", "Neo", "Ana"])
        #expect(try await target.perform(.createUser(wish)).stoodAlready)
        let other = NewUser(
            address: "new@example.com",
            displayName: "Other",
            givenName: "O",
            familyName: "O",
            userType: "idbridge:test"
        )
        let error = await failure { () async throws(UpstreamError) in try await target.perform(.createUser(other)) }
        #expect(error?.kind == .conflict)
        let update = Write.updateUser(
            id,
            userName: "renamed@example.com",
            displayName: nil,
            givenName: "New",
            familyName: nil,
            email: "renamed@example.com"
        )
        _ = try await target.perform(update)
        let changed = try #require(try await target.user(id))
        #expect(changed.userName == "renamed@example.com")
        #expect(changed.primaryEmail == "renamed@example.com")
        #expect([changed.displayName, changed.givenName, changed.familyName] == ["Neo Ana", "New", "Ana"])
        let taken = Write.updateUser(
            id,
            userName: "user1@example.com",
            displayName: nil,
            givenName: nil,
            familyName: nil,
            email: nil
        )
        #expect(await failure { () async throws(UpstreamError) in try await target.perform(taken) }?.kind == .conflict)
        _ = try await target.perform(.deleteUser(id))
        #expect(try await target.user(id) == nil)
        #expect(try await target.perform(.deleteUser(id)).stoodAlready)
        #expect(aws.violations.isEmpty)
    }

    @Test("users are disabled and enabled by SCIM, and without it not at all")
    func scim() async throws {
        let aws = FakeAWS()
        var settings = IdentityCenterSettings(region: "eu-west-1")
        let user = UserID(try #require(aws.world.users.keys.min()))
        let without = try target(aws, settings)
        let error = await failure { () async throws(UpstreamError) in try await without.perform(.disableUser(user)) }
        #expect(error?.kind == .rejected)
        #expect(error?.advice == "set target.scim")
        for slash in ["", "/"] {
            settings.scim = SCIMSettings(endpoint: "https://scim.example/t/scim/v2\(slash)", token: "scim-token")
            let recorder = Recorder(aws)
            let target = try target(aws, settings, over: recorder)
            _ = try await target.perform(.disableUser(user))
            #expect(try await target.user(user)?.isEnabled == false)
            _ = try await target.perform(.enableUser(user))
            #expect(try await target.user(user)?.isEnabled == true)
            #expect(recorder.requests.first?.url == "https://scim.example/t/scim/v2/Users/\(user)")
            #expect(recorder.requests.first?.method == "PATCH")
            #expect(target.callCounts()["scim"] == 2)
            let gone = await failure { () async throws(UpstreamError) in try await target.perform(.disableUser("gone"))
            }
            #expect(gone?.kind == .notFound)
        }
        settings.scim = SCIMSettings(endpoint: "https://scim.example/t/scim/v2/", token: "wrong-token")
        let refused = try target(aws, settings)
        let denied = await failure { () async throws(UpstreamError) in try await refused.perform(.disableUser(user)) }
        #expect(denied?.kind == .refused)
        #expect(denied?.description.contains("wrong-token") == false)
        #expect(denied?.advice?.contains("one year") == true)
    }

    @Test("SCIM that is throttled or broken for a moment is asked again")
    func scimFaults() async throws {
        for status in [429, 500, 503] {
            let aws = FakeAWS()
            aws.change { $0.faultsByNumber = [0: .error("", status: status)] }
            var settings = IdentityCenterSettings(region: "eu-west-1")
            settings.scim = SCIMSettings(endpoint: "https://scim.example", token: "scim-token")
            let user = UserID(try #require(aws.world.users.keys.min()))
            _ = try await target(aws, settings).perform(.disableUser(user))
            #expect(aws.world.users[user.value]?["UserStatus"] == "DISABLED")
        }
    }

    @Test("application assignments are taken back; one that is gone already counts once it was looked up")
    func applications() async throws {
        let aws = FakeAWS()
        let target = try target(aws)
        let user = UserID(try #require(aws.world.applicationAssignments.first { $0.type == "USER" }?.principal))
        let write = Write.deleteApplicationAssignment(applicationARN: "arn:aws:sso::1:application/y", .user(user))
        #expect(try await !target.perform(write).stoodAlready)
        #expect(aws.world.applicationAssignments.count == 1)
        #expect(try await target.perform(write).stoodAlready)
        #expect(aws.calls("ListApplicationAssignmentsForPrincipal").count == 1)
    }

    @Test("what this process made may be unknown to the service for a while, and is waited for")
    func freshObjects() async throws {
        let aws = FakeAWS()
        aws.change { $0.freshRequests = 4 }
        let target = try target(aws)
        let user = UserID(try #require(aws.world.users.keys.min()))
        let made = try await target.perform(.createGroup(displayName: "fresh", description: "x"))
        let id = GroupID(try #require(made.createdID))
        _ = try await target.perform(.addMember(id, user))
        #expect(aws.world.memberships.values.contains { $0.group == id.value })
        #expect(aws.calls("CreateGroupMembership").count > 1)
        aws.change { $0.freshRequests = 1000 }
        let never = try await target.perform(.createGroup(displayName: "never", description: "x"))
        let add = Write.addMember(GroupID(try #require(never.createdID)), user)
        let begun = aws.time.monotonic()
        #expect(await failure { () async throws(UpstreamError) in try await target.perform(add) }?.kind == .notFound)
        #expect((15...60).contains(aws.time.monotonic() - begun))
    }
}
