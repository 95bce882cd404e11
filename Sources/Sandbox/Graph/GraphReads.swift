internal import HTTPServer

extension GraphService {
    // MARK: - Users

    func listUsers(_ call: Call, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let select = try select(call, state, GraphObjects.userProperties, GraphObjects.standardUserProperties, "user")
        let isOutline = try isOutline(call, state)
        let filter = try GraphFilter(call.text("$filter"))
        let users = state.world.entra.livingUsers.filter { filter.isEmpty || filter.matches(GraphObjects.user($0)) }
        return try page(users, select, call, state, key: \.id) { user in
            let object = GraphObjects.user(user)
            return isOutline ? GraphObjects.outline(object) : object
        }
    }

    func getUser(_ call: Call, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let select = try select(call, state, GraphObjects.userProperties, GraphObjects.standardUserProperties, "user")
        let key = call.text("user") ?? ""
        guard let user = state.world.entra.user(key) else { throw .noResource(key) }
        let object = GraphObjects.user(user)
        return GraphObjects.selected(select, of: try isOutline(call, state) ? GraphObjects.outline(object) : object)
    }

    func deletedItems(_ call: Call, _ state: SandboxState) throws(Refusal) -> JSONValue {
        switch call.text("cast") {
        case "microsoft.graph.user":
            let select = try select(
                call,
                state,
                GraphObjects.userProperties,
                GraphObjects.standardUserProperties,
                "user"
            )
            return try page(
                state.world.entra.users.filter { $0.deletedAt != nil },
                select,
                call,
                state,
                key: \.id,
                object: GraphObjects.user
            )
        case "microsoft.graph.group":
            let select = try select(
                call,
                state,
                GraphObjects.groupProperties,
                GraphObjects.groupProperties.sorted(),
                "group"
            )
            return try page(
                state.world.entra.groups.filter { $0.deletedAt != nil },
                select,
                call,
                state,
                key: \.id,
                object: GraphObjects.group
            )
        default: throw .badQuery("The type of the deleted items must be given.")
        }
    }

    /// The groups of a user among those asked for, or all.
    func memberGroups(_ call: Call, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let key = call.text("user") ?? ""
        guard let user = state.world.entra.user(key) else { throw .noResource(key) }
        let roles = try roles(of: call.request, state)
        let entra = state.world.entra
        var found = entra.groupsOf(user: user.id)
        if !roles.contains("Member.Read.Hidden") {
            found.subtract(entra.groups.filter(\.isHidden).map(\.id))
        }
        if call.operation == "users.checkMemberGroups" {
            guard let ids = JSONValue(parsing: call.request.body)?["groupIds"]?.array?.compactMap(\.text) else {
                throw .badQuery("The required parameter 'groupIds' is missing.")
            }
            guard ids.count <= 20 else { throw .badQuery("The number of group ids must not exceed 20.") }
            found.formIntersection(ids)
        }
        return [
            "@odata.context": .string("\(state.baseURL)/v1.0/$metadata#Collection(Edm.String)"),
            "value": .array(found.sorted().map { .string($0) }),
        ]
    }

    // MARK: - Groups

    func listGroups(_ call: Call, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let select = try select(
            call,
            state,
            GraphObjects.groupProperties,
            GraphObjects.groupProperties.sorted(),
            "group"
        )
        let filter = try GraphFilter(call.text("$filter"))
        let groups = state.world.entra.livingGroups.filter { filter.isEmpty || filter.matches(GraphObjects.group($0)) }
        return try page(groups, select, call, state, key: \.id, object: GraphObjects.group)
    }

    func getGroup(_ call: Call, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let select = try select(
            call,
            state,
            GraphObjects.groupProperties,
            GraphObjects.groupProperties.sorted(),
            "group"
        )
        let id = call.text("group") ?? ""
        guard let group = state.world.entra.group(id) else { throw .noResource(id) }
        return GraphObjects.selected(select, of: GraphObjects.group(group))
    }

    func members(_ call: Call, _ state: SandboxState) throws(Refusal) -> JSONValue {
        let entra = state.world.entra
        let id = call.text("group") ?? ""
        guard let group = entra.group(id) else { throw .noResource(id) }
        guard !entra.behaviour.unreadableGroups.contains(id) else {
            throw .insufficientPrivileges
        }
        let cast = call.text("cast") ?? ""
        if !cast.isEmpty { try needAdvanced(call) }
        let roles = try roles(of: call.request, state)
        var members: [World.EntraMember] = []
        if !group.isHidden || roles.contains("Member.Read.Hidden") {
            members =
                call.operation == "groups.members"
                ? entra.livingMembers(of: group, without: entra.deadIDs) : transitiveMembers(of: group, entra)
        }
        if !cast.isEmpty { members = members.filter { "microsoft.graph.\($0.kind.rawValue)" == cast } }
        let isOutline = roles.isDisjoint(with: ["User.Read.All", "Directory.Read.All"])
        let names = call.text("$select").map { $0.split(separator: ",").map { String($0) } }
        let showsIDs = isOutline || names == ["id"]
        let users = showsIDs ? [:] : Dictionary(entra.users.map { ($0.id, $0) }) { first, _ in first }
        let select = names ?? GraphObjects.standardUserProperties
        return try page(members, (cast.isEmpty ? ["@odata.type"] : []) + select, call, state, key: \.id) { member in
            var object: [String: JSONValue] = ["id": .string(member.id)]
            if let user = users[member.id] { object = GraphObjects.user(user) }
            if !showsIDs, member.kind == .group, let group = entra.group(member.id) {
                object = GraphObjects.group(group)
            }
            object["@odata.type"] = .string("#microsoft.graph.\(member.kind.rawValue)")
            return object
        }
    }

    private func transitiveMembers(of group: World.EntraGroup, _ entra: World.Entra) -> [World.EntraMember] {
        var found: [World.EntraMember] = []
        var seen: Set<String> = []
        var open = [group]
        let dead = entra.deadIDs
        while let next = open.popLast() {
            for member in entra.livingMembers(of: next, without: dead) where seen.insert(member.id).inserted {
                found.append(member)
                if let inner = entra.group(member.id) { open.append(inner) }
            }
        }
        return found
    }

    // MARK: - Queries

    /// The properties to tell.
    func select(
        _ call: Call,
        _ state: SandboxState,
        _ known: Set<String>,
        _ standard: [String],
        _ type: String
    ) throws(Refusal) -> [String] {
        guard let text = call.text("$select"), !text.isEmpty else {
            return standard.filter { $0 != GraphObjects.lifeCycleProperty }
        }
        let names = text.split(separator: ",").map { $0.filter { $0 != " " } }
        for name in names where !known.contains(name) {
            throw .badQuery("Could not find a property named '\(name)' on type 'microsoft.graph.\(type)'.")
        }
        if names.contains(GraphObjects.lifeCycleProperty) {
            let roles = try roles(of: call.request, state)
            guard roles.contains("User-LifeCycleInfo.Read.All") else { throw .insufficientPrivileges }
        }
        return names
    }

    /// Whether the caller sees users in outline only.
    func isOutline(_ call: Call, _ state: SandboxState) throws(Refusal) -> Bool {
        try roles(of: call.request, state).isDisjoint(with: ["User.Read.All", "Directory.Read.All"])
    }

    /// Casts and the like need both parameters.
    private func needAdvanced(_ call: Call) throws(Refusal) {
        let isEventual = call.request.header("ConsistencyLevel")?.lowercased() == "eventual"
        guard isEventual, call.text("$count") == "true" else {
            throw .unsupportedQuery("OData casts need `ConsistencyLevel: eventual` and `$count=true`.")
        }
    }

    private func page<Element>(
        _ elements: [Element],
        _ select: [String],
        _ call: Call,
        _ state: SandboxState,
        key: (Element) -> String,
        object: (Element) -> [String: JSONValue]
    ) throws(Refusal) -> JSONValue {
        var size = 100
        if let text = call.text("$top") {
            guard let number = Int(text), (1...999).contains(number) else {
                throw .badQuery("Invalid page size specified: '\(text)'. Must be between 1 and 999 inclusive.")
            }
            size = number
        }
        size = min(size, state.world.entra.behaviour.pageLimit ?? size)
        let request = call.request
        let query = request.rawQuery.split(separator: "&").filter { !$0.hasPrefix("$skiptoken=") }
        do {
            let page = try state.paging().page(
                of: elements,
                size: size,
                token: call.text("$skiptoken"),
                binding: request.rawPath,
                key: key
            )
            let link = page.token.map { token in
                state.baseURL + request.rawPath + "?" + (query + ["$skiptoken=\(token)"]).joined(separator: "&")
            }
            return .members([
                "@odata.context": .string("\(state.baseURL)/v1.0/$metadata"),
                "@odata.nextLink": link.map { .string($0) },
                "value": .array(page.elements.map { GraphObjects.selected(select, of: object($0)) }),
            ])
        } catch {
            throw Refusal("Directory_ExpiredPageToken", "The specified page token value has expired.", status: 400)
        }
    }
}

/// A `$filter` of the few forms that need no advanced parameters.
struct GraphFilter {
    private var property: String?
    private var value: JSONValue = .null
    private var kind = Kind.equal

    private enum Kind { case equal, prefix, any }

    init(_ text: String?) throws(Refusal) {
        guard let text, !text.isEmpty else { return }
        if let (property, rest) = Self.split(text, at: "/any(c:c eq ", end: ")") {
            (self.property, value, kind) = (property, try Self.literal(rest), .any)
        } else if text.hasPrefix("startswith("), let comma = text.firstIndex(of: ",") {
            property = String(text[text.index(text.startIndex, offsetBy: 11)..<comma])
            value = try Self.literal(
                String(text[text.index(after: comma)...].dropLast()).drop { $0 == " " }.description
            )
            kind = .prefix
        } else if let (property, rest) = Self.split(text, at: " eq ", end: "") {
            (self.property, value) = (property, try Self.literal(rest))
        } else {
            throw .unsupportedQuery("Unsupported or invalid query filter clause specified.")
        }
    }

    private static func split(_ text: String, at mark: String, end: String) -> (String, String)? {
        guard let range = text.firstRange(of: mark), text.hasSuffix(end) else { return nil }
        return (String(text[..<range.lowerBound]), String(text[range.upperBound...].dropLast(end.count)))
    }

    private static func literal(_ text: String) throws(Refusal) -> JSONValue {
        if text == "true" || text == "false" { return .bool(text == "true") }
        guard text.count >= 2, text.hasPrefix("'"), text.hasSuffix("'") else {
            throw .badQuery("Invalid filter clause: a literal is expected.")
        }
        let inner = String(text.dropFirst().dropLast())
        guard !inner.replacing("''", with: "").contains("'") else {
            throw .badQuery("Invalid filter clause: unterminated string literal.")
        }
        return .string(inner.replacing("''", with: "'"))
    }

    /// Whether everything matches.
    var isEmpty: Bool { property == nil }

    func matches(_ object: [String: JSONValue]) -> Bool {
        guard let property else { return true }
        let wanted = value.text?.lowercased()
        switch kind {
        case .any: return object[property]?.array?.contains { $0.text?.lowercased() == wanted } ?? false
        case .prefix: return object[property]?.text?.lowercased().hasPrefix(wanted ?? "") ?? false
        case .equal:
            guard let wanted else { return object[property] == value }
            return object[property]?.text?.lowercased() == wanted
        }
    }
}
