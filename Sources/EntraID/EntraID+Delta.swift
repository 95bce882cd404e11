internal import HTTP
internal import Model

extension EntraID {
    /// What a delta link of this source may be asked by: with other permissions everything is read anew.
    private func scope(_ roles: Set<String>) -> String {
        let identity = [settings.graph, settings.tenant ?? "", settings.client ?? ""].joined(separator: " ")
        return identity.lowercased() + " " + roles.sorted().joined(separator: ",")
    }

    private var cacheKey: String { "entra/\(name)" }

    /// The copy of an earlier run, where it can be continued.
    private func stored(_ roles: Set<String>) async -> DirectoryCopy {
        let scope = scope(roles)
        guard let bytes = await cache?.value(for: cacheKey), var copy = DirectoryCopy(bytes), copy.scope == scope else {
            return DirectoryCopy(scope: scope)
        }
        copy.forgetAged(at: now)
        return copy
    }

    /// Reads users and groups by what has changed since the copy was made.
    func deltaReading(_ api: GraphAPI, _ roles: Set<String>) async -> DirectoryReading {
        let old = await stored(roles)
        async let readingUsers = users(old.users, api)
        async let readingGroups = groups(old.groups, api)
        let users = await readingUsers
        var groups = await readingGroups
        // Users that were read anew do not tell who of them was away meanwhile.
        let isBack = users.hasReturned || groups.hasReturned || (users.part != nil && !users.isContinued)
        if isBack, groups.isContinued {
            // Graph need not tell that somebody who was restored has their old memberships back.
            groups = await self.groups(nil, api)
        }
        var copy = old
        copy.users = users.part ?? old.users
        copy.groups = groups.part ?? (isBack ? nil : old.groups)
        if copy != old { await cache?.store(copy.encoded, for: cacheKey) }
        let isUsable = users.part != nil && groups.part != nil
        return DirectoryReading(users: users.reading, groups: groups.reading, copy: isUsable ? copy : nil)
    }

    /// Reads the users alone by what has changed since the copy was made.
    func deltaUsers(_ api: GraphAPI) async -> RecordReading<UserRecord> {
        let roles: Set<String>
        do { roles = try await api.roles() } catch { return RecordReading(failure: error) }
        let old = await stored(roles)
        let users = await users(old.users, api)
        // Somebody who is back is left to the next listing, which reads the groups too.
        if let part = users.part, part != old.users, !users.hasReturned {
            var copy = old
            copy.users = part
            // Users that were read anew do not tell who was away meanwhile, so the next listing reads the groups anew.
            if !users.isContinued { copy.groups = nil }
            await cache?.store(copy.encoded, for: cacheKey)
        }
        return users.reading
    }

    /// Keeps lists of members that were read because the copy did not know them.
    func keep(_ lists: [String: ListReading<MemberEntry>]) async {
        guard var copy = knowledge.copy else { return }
        var hasChanged = false
        for (group, list) in lists where list.failure == nil {
            if copy.groups?.keep(list.items, of: group) ?? false { hasChanged = true }
        }
        guard hasChanged else { return }
        note(copy)
        await cache?.store(copy.encoded, for: cacheKey)
    }

    /// Lets go of the copy and of the links that continue it.
    public func forget() async { await cache?.store(nil, for: cacheKey) }

    // MARK: - Users

    /// One part of the copy as a run finds it.
    struct PartReading<Record: Hashable & Sendable>: Sendable {
        /// The part to keep; nil where it comes from no delta, or is not whole.
        var part: CopyPart<Record>?
        var reading: RecordReading<Record>
        /// Whether it continues an older part.
        var isContinued = false
        /// Whether somebody or something is there again that was away, with the memberships of old.
        var hasReturned = false
    }

    private var now: Int64 { Int64(time.now()) }

    private func users(_ old: CopyPart<UserRecord>?, _ api: GraphAPI) async -> PartReading<UserRecord> {
        let name = CallName(operation: "users.delta")
        do throws(CallFailure) {
            let read: Round<UserRound> = try await round(name, since: old?.link, first: await firstUsers(api), api)
            var new = read.told.copy(over: read.isContinued ? old : nil, link: read.link, now: now)
            let isBack = try await resolve(&new, name, api)
            if new.records.isEmpty { return PartReading(reading: records(of: Array(read.told.entries.values), name)) }
            return PartReading(
                part: new,
                reading: RecordReading(records: new.records),
                isContinued: read.isContinued,
                hasReturned: isBack
            )
        } catch {
            if isFinal(error) { return PartReading(reading: RecordReading(failure: error.error)) }
            return PartReading(reading: await plainUsers(api))
        }
    }

    private func firstUsers(_ api: GraphAPI) async -> String {
        api.url(["users", "delta"], [("$select", await api.userSelect)])
    }

    /// Reads the users in doubt by id, or by the list where that takes fewer calls.
    ///
    /// - Returns: whether somebody is back who was away.
    private func resolve(
        _ part: inout CopyPart<UserRecord>,
        _ name: CallName,
        _ api: GraphAPI
    ) async throws(CallFailure) -> Bool {
        let doubtful = part.doubtful.keys.sorted()
        defer { part.settle(at: now) }
        guard !doubtful.isEmpty else { return false }
        if part.records.isEmpty, part.gone.isEmpty { throw CallFailure(EntraID.unseenState(name)) }
        var isBack = false
        if doubtful.count / GraphAPI.batchSize > part.records.count / 999 + 1 {
            let list = await plainUsers(api)
            if let failure = list.failure { throw CallFailure(failure) }
            for id in doubtful {
                if list.records[id] != nil, part.isBack(id, created: nil) { isBack = true }
                part.set(id, to: list.records[id], now: now)
            }
            return isBack
        }
        for (id, result) in await users(doubtful, api) {
            switch result {
            case .success(let entry):
                guard let record = UserRecord(entry) else { throw CallFailure(EntraID.unseenState(name)) }
                if part.isBack(id, created: entry.createdDateTime.value) { isBack = true }
                part.set(id, to: record, now: now)
            case .failure(let failure):
                guard failure.isNotFound else { throw failure }
                part.set(id, to: nil, now: now)
            }
        }
        return isBack
    }

    // MARK: - Groups

    private func groups(_ old: CopyPart<GroupRecord>?, _ api: GraphAPI) async -> PartReading<GroupRecord> {
        let name = CallName(operation: "groups.delta")
        do throws(CallFailure) {
            let read: Round<GroupRound> = try await round(name, since: old?.link, first: firstGroups(api), api)
            var new = read.told.copy(over: read.isContinued ? old : nil, link: read.link, now: now)
            if read.isContinued, let old { await checkLargeLists(&new, since: old, read.told, now: now, api) }
            var isBack = false
            for (id, result) in await groups(new.doubtful.keys.sorted(), api) {
                switch result {
                case .success(let entry):
                    if new.isBack(id, created: entry.createdDateTime.value) { isBack = true }
                    new.set(id, to: entry, now: now)
                case .failure(let failure):
                    guard failure.isNotFound else { throw failure }
                    new.set(id, to: nil, now: now)
                }
            }
            new.settle(at: now)
            return PartReading(
                part: new,
                reading: RecordReading(records: new.records),
                isContinued: read.isContinued,
                hasReturned: isBack
            )
        } catch {
            if isFinal(error) { return PartReading(reading: RecordReading(failure: error.error)) }
            return PartReading(reading: await plainGroups(api))
        }
    }

    private func firstGroups(_ api: GraphAPI) -> String {
        api.url(["groups", "delta"], [("$select", GroupEntry.select + ",members")])
    }

    // MARK: - Rounds

    /// A round that was read whole.
    private struct Round<Told: DeltaRound> {
        var told: Told
        /// The link that continues from its end.
        var link: String
        /// Whether it began at the link of a copy.
        var isContinued: Bool
    }

    /// Continues a copy, or begins a new one where its link has expired, is not this tenant's, or leads nowhere.
    private func round<Told: DeltaRound>(
        _ name: CallName,
        since link: String?,
        first: String,
        _ api: GraphAPI
    ) async throws(CallFailure) -> Round<Told> {
        if let link {
            do { return try await walk(name, link, isContinued: true, api) } catch {
                if isFinal(error) { throw error }
            }
        }
        do { return try await walk(name, first, isContinued: false, api) } catch {
            guard error.saysPageExpired else { throw error }
            return try await walk(name, first, isContinued: false, api)
        }
    }

    /// Whether another way of reading would fare no better.
    ///
    /// A refusal is none: a link may be refused that is another application's, and a delta whose lists are allowed.
    private func isFinal(_ failure: CallFailure) -> Bool {
        switch failure.error.kind {
        case .cancelled, .unreachable, .throttled, .misconfigured: true
        case .refused, .malformed, .notFound, .conflict, .quotaExceeded, .rejected: false
        }
    }

    /// Reads one round from a link to the link that ends it.
    private func walk<Told: DeltaRound>(
        _ name: CallName,
        _ url: String,
        isContinued: Bool,
        _ api: GraphAPI
    ) async throws(CallFailure) -> Round<Told> {
        guard api.isOwn(url) else {
            throw CallFailure(name.error(.rejected, message: "the delta link leads away from Graph"))
        }
        var told = Told()
        let link = try await api.walk(name, url) { (page: GraphPage<Told.Entry>) throws(CallFailure) in
            for entry in page.value { told.take(entry) }
        }
        guard let link, !link.isEmpty else {
            throw CallFailure(name.error(.malformed, message: "the last page has no delta link"))
        }
        return Round(told: told, link: link, isContinued: isContinued)
    }
}
