import HTTP

@testable import IdentityCenter

extension FakeAWS.State {
    mutating func identityStore(_ operation: String, _ input: Document) -> HTTPResponse? {
        switch operation {
        case "ListUsers", "ListGroups", "ListGroupMemberships", "ListGroupMembershipsForMember", "DescribeUser",
            "DescribeGroup", "GetUserId", "GetGroupId", "GetGroupMembershipId", "CreateGroup", "UpdateGroup",
            "DeleteGroup", "CreateGroupMembership", "DeleteGroupMembership", "CreateUser", "UpdateUser", "DeleteUser":
            break
        default: return nil
        }
        guard input["IdentityStoreId"]?.text == FakeWorld.store else {
            return error("ResourceNotFoundException", type: "IDENTITY_STORE")
        }
        return reading(operation, input) ?? writingGroups(operation, input) ?? writingUsers(operation, input)
    }

    private mutating func reading(_ operation: String, _ input: Document) -> HTTPResponse? {
        switch operation {
        case "ListUsers":
            return page(operation, "Users", world.users.sorted { $0.key < $1.key }.map(\.value), input)
        case "ListGroups":
            return page(operation, "Groups", world.groups.sorted { $0.key < $1.key }.map(\.value), input)
        case "ListGroupMemberships":
            guard let group = known(input["GroupId"], world.groups) else { return missing("GROUP") }
            return page(operation, "GroupMemberships", rows { $0.group == group }, input)
        case "ListGroupMembershipsForMember":
            guard let user = known(input["MemberId"]?["UserId"], world.users) else { return missing("USER") }
            return page(operation, "GroupMemberships", rows { $0.user == user }, input)
        case "DescribeUser":
            guard let user = known(input["UserId"], world.users) else { return missing("USER") }
            return world.users[user].map { ok($0) }
        case "DescribeGroup":
            guard let group = known(input["GroupId"], world.groups) else { return missing("GROUP") }
            return world.groups[group].map { ok($0) }
        case "GetUserId": return userID(input)
        case "GetGroupId":
            let wanted = input["AlternateIdentifier"]?["UniqueAttribute"]
            guard wanted?["AttributePath"] == "displayName" else { return error("ValidationException") }
            let found = world.groups.first { $0.value["DisplayName"] == wanted?["AttributeValue"] }
            guard let id = known(found.map { .text($0.key) }, world.groups) else { return missing("GROUP") }
            return ok(["GroupId": .text(id), "IdentityStoreId": .text(FakeWorld.store)])
        case "GetGroupMembershipId":
            let wanted = FakeWorld.Membership(
                group: input["GroupId"]?.text ?? "",
                user: input["MemberId"]?["UserId"]?.text ?? ""
            )
            guard let id = world.memberships.first(where: { $0.value == wanted })?.key else {
                return missing("GROUP_MEMBERSHIP")
            }
            return ok(["MembershipId": .text(id)])
        default: return nil
        }
    }

    private mutating func userID(_ input: Document) -> HTTPResponse {
        let wanted = input["AlternateIdentifier"]?["UniqueAttribute"]
        guard let value = wanted?["AttributeValue"]?.text, !value.contains(" ") else {
            return error("ValidationException")
        }
        let found = world.users.first { user in
            switch wanted?["AttributePath"] {
            case "userName": user.value["UserName"]?.text == value
            case "emails.value": user.value["Emails"]?.list?.first?["Value"]?.text == value
            default: false
            }
        }
        guard let id = known(found.map { .text($0.key) }, world.users) else { return missing("USER") }
        return ok(["UserId": .text(id)])
    }

    private mutating func writingGroups(_ operation: String, _ input: Document) -> HTTPResponse? {
        switch operation {
        case "CreateGroup": return createGroup(input)
        case "UpdateGroup": return updateGroup(input)
        case "DeleteGroup":
            guard let id = known(input["GroupId"], world.groups) else { return missing("GROUP") }
            if let conflict = conflict(input, world.groups[id]) { return conflict }
            world.groups[id] = nil
            world.memberships = world.memberships.filter { $0.value.group != id }
            return ok([:])
        case "CreateGroupMembership":
            guard let group = known(input["GroupId"], world.groups) else { return missing("GROUP") }
            guard let user = known(input["MemberId"]?["UserId"], world.users) else { return missing("USER") }
            guard !world.memberships.values.contains(FakeWorld.Membership(group: group, user: user)) else {
                return error("ConflictException", reason: "UNIQUENESS_CONSTRAINT_VIOLATION")
            }
            return ok(["MembershipId": .text(world.addMember(group, user))])
        case "DeleteGroupMembership":
            guard let id = known(input["MembershipId"], world.memberships) else { return missing("GROUP_MEMBERSHIP") }
            world.memberships[id] = nil
            return ok([:])
        default: return nil
        }
    }

    private mutating func createGroup(_ input: Document) -> HTTPResponse {
        guard let name = input["DisplayName"]?.text, !name.isEmpty, input["Description"]?.text != "" else {
            return error("ValidationException")
        }
        if world.groups.values.contains(where: { $0["DisplayName"]?.text?.lowercased() == name.lowercased() }) {
            return error("ConflictException", reason: "UNIQUENESS_CONSTRAINT_VIOLATION")
        }
        let id = world.addGroup(name, input["Description"]?.text)
        if freshRequests > 0 { unknownUntil[id] = log.count + freshRequests }
        return ok(["GroupId": .text(id), "Revision": "1"])
    }

    private mutating func updateGroup(_ input: Document) -> HTTPResponse {
        guard let id = known(input["GroupId"], world.groups), let group = world.groups[id] else {
            return missing("GROUP")
        }
        if let conflict = conflict(input, group) { return conflict }
        guard case .object(var members) = group else { return missing("GROUP") }
        for operation in input["Operations"]?.list ?? [] {
            switch (operation["AttributePath"]?.text, operation["AttributeValue"]?.text) {
            case ("displayName", let name?):
                let others = world.groups.filter { $0.key != id }.values
                if others.contains(where: { $0["DisplayName"]?.text?.lowercased() == name.lowercased() }) {
                    return error("ConflictException", reason: "UNIQUENESS_CONSTRAINT_VIOLATION")
                }
                members["DisplayName"] = .text(name)
            case ("description", ""?): return error("ValidationException")
            case ("description", let text): members["Description"] = text.map { .text($0) }
            default: return error("ValidationException")
            }
        }
        members["Revision"] = .text(String((Int(members["Revision"]?.text ?? "0") ?? 0) + 1))
        world.groups[id] = .object(members)
        return ok(["GroupId": .text(id), "Revision": members["Revision"] ?? "1"])
    }

    private mutating func writingUsers(_ operation: String, _ input: Document) -> HTTPResponse? {
        switch operation {
        case "CreateUser":
            guard let name = input["UserName"]?.text, input["DisplayName"]?.text != nil,
                input["Name"]?["GivenName"] != nil, input["Name"]?["FamilyName"] != nil
            else { return error("ValidationException") }
            if let conflict = duplicate(name, input["Emails"], of: nil) { return conflict }
            return ok(["UserId": .text(world.addUser(name, input.members))])
        case "UpdateUser":
            guard let id = known(input["UserId"], world.users) else { return missing("USER") }
            return updateUser(id, input)
        case "DeleteUser":
            guard let id = known(input["UserId"], world.users) else { return missing("USER") }
            world.users[id] = nil
            world.memberships = world.memberships.filter { $0.value.user != id }
            return ok([:])
        default: return nil
        }
    }

    private mutating func updateUser(_ id: String, _ input: Document) -> HTTPResponse {
        var user = world.users[id]?.members ?? [:]
        var name = user["Name"]?.members ?? [:]
        for operation in input["Operations"]?.list ?? [] {
            guard let value = operation["AttributeValue"] else { return error("ValidationException") }
            switch operation["AttributePath"]?.text {
            case "userName": user["UserName"] = value
            case "displayName": user["DisplayName"] = value
            case "name.givenName": name["GivenName"] = value
            case "name.familyName": name["FamilyName"] = value
            case "emails": user["Emails"] = value
            default: return error("ValidationException")
            }
        }
        if let conflict = duplicate(user["UserName"]?.text ?? "", user["Emails"], of: id) { return conflict }
        user["Name"] = .object(name)
        world.users[id] = .object(user)
        return ok(["UserId": .text(id), "Revision": "2"])
    }

    private func duplicate(_ name: String, _ emails: Document?, of id: String?) -> HTTPResponse? {
        let others = world.users.filter { $0.key != id }.values
        let email = emails?.list?.first?["Value"]
        let isTaken = others.contains { other in
            other["UserName"]?.text == name || (email != nil && other["Emails"]?.list?.first?["Value"] == email)
        }
        return isTaken ? error("ConflictException", reason: "UNIQUENESS_CONSTRAINT_VIOLATION") : nil
    }

    /// SCIM: disables or enables a user.
    mutating func patchUser(_ request: HTTPRequest) -> HTTPResponse {
        let number = log.count
        let id = request.url.split(separator: "/").last.map { String($0) } ?? ""
        let body = Document.parsed(request.body) ?? [:]
        log.append(FakeAWS.Entry(operation: "PatchUser", input: body, fault: faultsByNumber[number]))
        guard request.headers.contains(HTTPField("Authorization", "Bearer scim-token")) else {
            return HTTPResponse(status: 401, body: Array(#"{"message":"bad token"}"#.utf8))
        }
        if case .error(_, let status, _)? = faultsByNumber[number] { return HTTPResponse(status: status) }
        guard let user = world.users[id] else { return HTTPResponse(status: 404) }
        guard case .flag(let isActive)? = body["Operations"]?.list?.first?["value"] else {
            return HTTPResponse(status: 400)
        }
        world.users[id] = user.with(["UserStatus": isActive ? "ENABLED" : "DISABLED"])
        return HTTPResponse(status: 200, body: Array("{}".utf8))
    }

    private func conflict(_ input: Document, _ group: Document?) -> HTTPResponse? {
        guard let revision = input["Revision"], revision != group?["Revision"] else { return nil }
        return error("ConflictException", reason: "CONCURRENT_MODIFICATION")
    }

    private func rows(_ isWanted: (FakeWorld.Membership) -> Bool) -> [Document] {
        world.memberships.filter { isWanted($0.value) }.sorted { $0.key < $1.key }.map { id, membership in
            [
                "MembershipId": .text(id), "GroupId": .text(membership.group),
                "MemberId": ["UserId": .text(membership.user)], "IdentityStoreId": .text(FakeWorld.store),
            ]
        }
    }

    /// The id, where there is such an object and it is known by now.
    private func known<Value>(_ id: Document?, _ objects: [String: Value]) -> String? {
        guard let id = id?.text, objects[id] != nil, log.count >= unknownUntil[id] ?? 0 else { return nil }
        return id
    }

    private func missing(_ type: String) -> HTTPResponse { error("ResourceNotFoundException", type: type) }
}

extension Document {
    var members: [String: Document] { if case .object(let members) = self { members } else { [:] } }
}
