public import Model

extension EntraID {
    /// The code of the failure that tells that `accountEnabled` is not shown to the application.
    static let missingPermission = "MissingPermission"

    /// Reads all users and groups by their lists.
    func plainReading(_ api: GraphAPI) async -> DirectoryReading {
        async let users = plainUsers(api)
        async let groups = plainGroups(api)
        return await DirectoryReading(users: users, groups: groups)
    }

    /// Reads all users by their list. It is never empty: somebody administers the tenant.
    func plainUsers(_ api: GraphAPI) async -> RecordReading<UserRecord> {
        let name = CallName(operation: "users.list")
        let url = api.url(["users"], [("$select", await api.userSelect), ("$top", GraphAPI.pageSize)])
        let reading: ListReading<UserEntry> = await api.list(name, url)
        var records = records(of: reading.items, name)
        records.failure = reading.failure?.error ?? records.failure
        return records
    }

    /// The records of users that were told whole, or why they cannot be used.
    func records(of entries: [UserEntry], _ name: CallName) -> RecordReading<UserRecord> {
        var reading = RecordReading<UserRecord>()
        var incomplete: [String] = []
        for entry in entries {
            if let record = UserRecord(entry) {
                reading.records[entry.id] = record
            } else {
                incomplete.append(entry.id)
            }
        }
        if entries.isEmpty {
            reading.failure = name.error(.malformed, message: "the list of users is empty, but every tenant has some")
        } else if reading.records.isEmpty {
            reading.failure = EntraID.unseenState(name)
        } else if let first = incomplete.first {
            let message =
                "`userPrincipalName` or `accountEnabled` is missing for \(incomplete.count) users, first \(first)"
            reading.failure = name.error(.malformed, message: message)
        }
        return reading
    }

    /// The failure of an application that sees users without their state.
    static func unseenState(_ name: CallName) -> UpstreamError {
        name.error(
            .refused,
            code: missingPermission,
            message: "`accountEnabled` and `userPrincipalName` are not shown to the application",
            advice: "grant the application permission \(EntraPermission.users) with admin consent"
        )
    }

    /// Reads all groups by their list. A tenant without any is so rare that an empty list is read a second time.
    func plainGroups(_ api: GraphAPI) async -> RecordReading<GroupRecord> {
        let url = api.url(["groups"], [("$select", GroupEntry.select), ("$top", GraphAPI.pageSize)])
        let name = CallName(operation: "groups.list")
        var reading: ListReading<GroupEntry> = await api.list(name, url)
        if reading.failure == nil, reading.items.isEmpty { reading = await api.list(name, url) }
        let records = Dictionary(reading.items.map { ($0.id, GroupRecord($0)) }) { first, _ in first }
        return RecordReading(records: records, failure: reading.failure?.error)
    }

    // MARK: - Single users

    /// Reads the list of deleted users: those of the last 30 days.
    ///
    /// Their user principal names are given without the id that Entra puts before them.
    public func deletedUsers() async throws(UpstreamError) -> [SourceUser] {
        let api = try graph()
        let url = api.url(
            ["directory", "deletedItems", "microsoft.graph.user"],
            [("$select", await api.userSelect), ("$top", GraphAPI.pageSize)]
        )
        let name = CallName(operation: "directory.deletedItems")
        let reading: ListReading<UserEntry> = await api.list(name, url)
        if let failure = reading.failure { throw failure.error }
        return reading.items.compactMap { deletedUser($0) }.sorted { $0.id < $1.id }
    }

    private func deletedUser(_ entry: UserEntry) -> SourceUser? {
        var entry = entry
        // Nobody who is deleted is enabled, and the list may leave it out.
        if entry.accountEnabled.value == nil { entry.accountEnabled = .value(false) }
        guard var record = UserRecord(entry) else { return nil }
        let prefix = entry.id.replacing("-", with: "").lowercased()
        if record.userPrincipalName.lowercased().hasPrefix(prefix) {
            record.userPrincipalName = String(record.userPrincipalName.dropFirst(prefix.count))
        }
        return record.userPrincipalName.isEmpty ? nil : record.user(id: entry.id, state: .deleted)
    }

    /// Reads one user by id, user principal name or smtp address; nil where Graph says that there is none.
    ///
    /// Throws `conflict` where an address is the alias of two users.
    public func user(_ key: String) async throws(UpstreamError) -> SourceUser? {
        let api = try graph()
        guard EntraID.canBeKey(key) else { return nil }
        do {
            if let found = try await user(at: key, api) { return found }
            return key.contains("@") ? try await userByAlias(key, api) : nil
        } catch {
            throw error.error
        }
    }

    /// Whether a text can stand in the path of a user: a dot segment would leave it.
    static func canBeKey(_ key: String) -> Bool { !key.isEmpty && key != "." && key != ".." }

    /// The name of the call that reads one user.
    static func userCall(_ key: String) -> CallName { CallName(operation: "users.get", object: key) }

    private func user(at key: String, _ api: GraphAPI) async throws(CallFailure) -> SourceUser? {
        let name = EntraID.userCall(key)
        let entry: UserEntry
        do { entry = try await api.get(name, api.user(key, [("$select", await api.userSelect)])) } catch {
            // Graph may refuse a key that is neither an id nor a name by its form alone.
            if error.isNotFound || error.saysNoSuchKey && !key.contains("@") { return nil }
            throw error
        }
        guard let record = UserRecord(entry) else { throw CallFailure(EntraID.unseenState(name)) }
        return record.user(id: entry.id)
    }

    /// Source: Microsoft Graph, resource type `user`: `proxyAddresses` and `mail` take `eq` without advanced parameters.
    private func userByAlias(_ address: String, _ api: GraphAPI) async throws(CallFailure) -> SourceUser? {
        let literal = address.replacing("'", with: "''")
        let filters = ["proxyAddresses/any(c:c eq 'smtp:\(literal)')", "mail eq '\(literal)'"]
        let select = await api.userSelect
        var found: [String: SourceUser] = [:]
        for filter in filters {
            let query = [("$select", select), ("$filter", filter), ("$top", GraphAPI.pageSize)]
            let name = CallName(operation: "users.list", object: address)
            var reading: ListReading<UserEntry> = await api.list(name, api.url(["users"], query))
            if reading.failure?.status == 400 {
                // Where Graph does not take the filter, everybody is looked at.
                let all = [("$select", select), ("$top", GraphAPI.pageSize)]
                reading = await api.list(name, api.url(["users"], all))
            }
            if let failure = reading.failure { throw failure }
            for entry in reading.items {
                guard let user = UserRecord(entry)?.user(id: entry.id) else {
                    throw CallFailure(EntraID.unseenState(name))
                }
                // A member's `mail` names nobody: whoever edits users may write anything there.
                if user.aliases.contains(where: { $0.folded == address.folded }) { found[entry.id] = user }
            }
        }
        guard found.count > 1 else { return found.values.first }
        let name = CallName(operation: "users.list", object: address)
        let ids = found.keys.sorted().joined(separator: ", ")
        throw CallFailure(name.error(.conflict, message: "the address belongs to several users: \(ids)"))
    }
}
