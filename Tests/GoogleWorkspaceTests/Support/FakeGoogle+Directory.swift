import HTTP

extension FakeGoogle {
    /// The answer of the Directory API to an authorised call.
    func directoryAnswer(_ call: Call, company: Company) -> HTTPResponse {
        guard let mask = FieldMask(call.query["fields"] ?? "") else {
            return .refusal(400, reason: "invalidParameter", message: "Invalid field selection")
        }
        switch call.operation {
        case "users.list": return usersList(call, company, mask)
        case "groups.list":
            guard call.query["customer"] == "my_customer" else { return badRequest }
            return page(
                call,
                mask,
                kind: "admin#directory#groups",
                key: "groups",
                company.groups.map(\.json),
                most: 200
            )
        case "users.get":
            guard let user = company.user(call.path[4]) else { return notFound("userKey") }
            return .json(mask.apply(user.json))
        case "groups.get":
            guard let group = company.group(call.path[4]) else { return notFound("groupKey") }
            return .json(mask.apply(group.json))
        default: return memberAnswer(call, company, mask)
        }
    }

    private func memberAnswer(_ call: Call, _ company: Company, _ mask: FieldMask) -> HTTPResponse {
        guard call.operation.hasPrefix("members.") else {
            return .refusal(404, reason: "notFound", message: "Not Found")
        }
        guard let group = company.group(call.path[4]) else { return notFound("groupKey") }
        switch call.operation {
        case "members.list":
            let members = group.members.map(\.json)
            return page(call, mask, kind: "admin#directory#members", key: "members", members, most: 200)
        case "members.get":
            guard let member = group.members.first(where: { $0.id == call.path[6] }) else {
                return notFound("memberKey")
            }
            return .json(mask.apply(member.json))
        default:
            guard let user = company.user(call.path[6]) else { return notFound("memberKey") }
            return .json(mask.apply(["isMember": .bool(company.isMember(user.id, of: group))]))
        }
    }

    private func usersList(_ call: Call, _ company: Company, _ mask: FieldMask) -> HTTPResponse {
        guard call.query["customer"] == "my_customer", call.query["projection"] == "basic" else { return badRequest }
        let deleted = call.query["showDeleted"] == "true"
        let users = company.users.filter { $0.deleted == deleted }.map(\.json)
        return page(call, mask, kind: "admin#directory#users", key: "users", users, most: 500)
    }

    private func page(
        _ call: Call,
        _ mask: FieldMask,
        kind: String,
        key: String,
        _ all: [JSON],
        most: Int
    ) -> HTTPResponse {
        guard let size = Int(call.query["maxResults"] ?? "100"), (1...most).contains(size) else {
            return .refusal(400, reason: "invalid", message: "Invalid value for maxResults")
        }
        var start = 0
        if let token = call.query["pageToken"] {
            guard token.hasPrefix("at-"), let offset = Int(token.dropFirst(3)),
                offset < all.count || (company.promisesEmptyPage && offset == all.count)
            else {
                return .refusal(400, reason: "invalid", message: "Invalid Input: pageToken")
            }
            start = offset
        }
        let end = min(all.count, start + min(size, company.pageCap))
        var body: [String: JSON] = ["kind": .text(kind), "etag": "\"list\""]
        if start < end { body[key] = .list(Array(all[start..<end])) }
        let isFull = end - start == min(size, company.pageCap)
        if end < all.count || (company.promisesEmptyPage && isFull) { body["nextPageToken"] = .text("at-\(end)") }
        return .json(mask.apply(.object(body)))
    }

    private var badRequest: HTTPResponse { .refusal(400, reason: "badRequest", message: "Bad Request") }

    private func notFound(_ key: String) -> HTTPResponse {
        .refusal(404, reason: "notFound", message: "Resource Not Found: \(key)")
    }
}
